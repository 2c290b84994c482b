"""Reader `jamendo`: the MTG-Jamendo dataset, whose rows have as many cells as tags."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tunelens.base.errors import DataError, NotFoundError
from tunelens.data.readers.audio_index import AudioIndex, keep_file
from tunelens.data.readers.harvest import EMPTY_LABEL, Harvest, Row, plain
from tunelens.data.readers.table import WRONG_WIDTH
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import SPLITS, Tracks

HEAD = ["TRACK_ID", "ARTIST_ID", "ALBUM_ID", "PATH", "DURATION", "TAGS"]
FILES = {"train": "train", "valid": "validation", "test": "test"}
SOURCE = "MTG-Jamendo (Bogdanov et al., 2019); metadata CC BY-NC-SA 4.0, recordings under Creative Commons"
_MOST_BYTES = 1 << 30
_LONGEST_LINE = 1 << 20


class Jamendo:
    """``autotagging_genre.tsv``: ids, path, duration and any number of ``genre---rock``."""

    name = "jamendo"
    summary = "MTG-Jamendo TSVs (autotagging*.tsv), with the official splits beside them"

    def recognises(self, path: Path) -> bool:
        """Are the first cells those of MTG-Jamendo?"""
        if not os.path.isfile(path) or path.suffix.lower() != ".tsv":  # noqa: PTH113 - never raises
            return False
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.readline(1000).rstrip("\r\n").split("\t") == HEAD

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read a TSV, or all three of a split when one of them is named.

        ``options.label`` is the kind of tags to keep, ``genre``, ``instrument`` or ``mood/theme``, else all;
        ``options.audio`` the folder of ``00/1234.mp3`` or ``00/1234.low.mp3``; ``options.split`` the folder
        of the split, ``split-0`` unless told.
        """
        path = Path(source).expanduser()
        if not self.recognises(path):
            raise DataError(f"{str(path)!r} does not begin with the row {' '.join(HEAD)}, divided by tabs")
        harvest = Harvest(plain(path.stem), options, SOURCE)
        index = AudioIndex(path.parent, options.audio)
        parts, whole = _parts(path, options.split or "split-0", harvest)
        if whole:
            splits = {cells[0]: split for split, part in parts.items() for cells in _rows(part) if cells[0]}
            for cells in _rows(path):
                _add(harvest, index, cells, splits.get(cells[0], ""), bool(parts))
        else:
            for split, part in parts.items():
                for cells in _rows(part):
                    _add(harvest, index, cells, split, True)
        return harvest.tracks(kind="multi", label=options.label or "tags")


def _parts(path: Path, folder: str, harvest: Harvest) -> tuple[dict[str, Path], bool]:
    """Return the lists of the splits, and whether `path` holds all rows rather than those of one split."""
    found = re.fullmatch(rf"(.+)-({'|'.join(FILES.values())})", path.stem)
    if found:
        harvest.note(f"{path.name} is one of three lists; all that lie beside it are read, as split")
        return _existing(path.parent, found[1]), False
    for place in (path.parent / folder, path.parent / "splits" / folder):
        parts = _existing(place, path.stem)
        if parts:
            harvest.note(f"splits are those of {folder}")
            return parts, True
    if harvest.options.split:
        raise NotFoundError(f"there is no {folder}/{path.stem}-train.tsv beside {str(path)!r}")
    harvest.note("no official splits were found beside the list")
    return {}, True


def _existing(folder: Path, stem: str) -> dict[str, Path]:
    paths = {split: folder / f"{stem}-{FILES[split]}.tsv" for split in SPLITS}
    return {split: path for split, path in paths.items() if path.is_file()}


def _rows(path: Path) -> Iterator[list[str]]:
    """Yield the cells of each row below the names."""
    if path.stat().st_size > _MOST_BYTES:
        raise DataError(f"{str(path)!r} is larger than {_MOST_BYTES} bytes")
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        file.readline(_LONGEST_LINE)
        while line := file.readline(_LONGEST_LINE):
            if line.strip():
                yield line.rstrip("\r\n").split("\t")


def _add(harvest: Harvest, index: AudioIndex, cells: list[str], split: str, official: bool) -> None:
    if len(cells) < len(HEAD) - 1:
        return harvest.drop(cells[0], WRONG_WIDTH)
    track, artist, album, name = cells[:4]
    if official and not split:
        return harvest.drop(track, "outside of the official lists")
    tags = _tags(cells[5:], harvest.options.label)
    if not tags:
        return harvest.drop(track, EMPTY_LABEL)
    path, reason = index.find(name)
    if path is None:
        path, reason = index.find(f"{name.removesuffix('.mp3')}.low.mp3")
    if path is None:
        return harvest.drop(name, reason)
    groups = {"artist": artist, "album": album}
    keep_file(harvest, Row(track, name, frozenset(tags), path=path, groups=groups, split=split))


def _tags(cells: list[str], category: str | None) -> list[str]:
    tags = [cell.strip() for cell in cells if cell.strip()]
    if category is None:
        return tags
    return [tag.partition("---")[2] for tag in tags if tag.partition("---")[0] == category]


JAMENDO = Jamendo()
