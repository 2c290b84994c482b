"""Reader `msd`: genres of the Million Song Dataset, as lists for sound or as a table of numbers."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tunelens.base.errors import DataError, ParameterError
from tunelens.data.readers.audio_index import AudioIndex, keep_file
from tunelens.data.readers.harvest import Harvest, Row, plain
from tunelens.data.readers.matrix import read_table
from tunelens.data.readers.table import WRONG_WIDTH, CsvTable
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

TRACK = re.compile(r"TR[A-Z]{5}[0-9A-F]{11}")
SOURCE = "Million Song Dataset (Bertin-Mahieux et al., ISMIR 2011); for research"
_LIST_SUFFIXES = (".cls", ".tsv", ".txt")
_LONGEST_LINE = 10_000
_MOST_BYTES = 1 << 30


class Msd:
    """``msd_genre_dataset.txt``, or a list of ``TRAAAAK128F9318786<TAB>Rock``."""

    name = "msd"
    summary = "Million Song genre table (numbers), or a list of track id and genre with previews as sound"

    def recognises(self, path: Path) -> bool:
        """Are the rows those of the genre table, or of a list of track ids?"""
        return _is_table(path) or _is_list(path)

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read the table, or the list together with the previews below ``options.audio``.

        A list may give a second genre; the first, more frequent one, is the label, or both with
        ``kind="multi"`` or ``"hierarchical"``.
        """
        path = Path(source).expanduser()
        if not path.is_file():
            raise DataError(
                f"{str(path)!r} is no file", hint="a genre table or a list of track ids is needed"
            )
        harvest = Harvest(plain(path.stem), options, SOURCE)
        if _is_table(path):
            return read_table(CsvTable(path, comment="#"), harvest)
        if not _is_list(path):
            raise DataError(f"{str(path)!r} is neither the genre table nor rows of track id, tab, genre")
        if options.label not in {None, "genre"}:
            raise ParameterError(f"label is {options.label!r}; a list has genre")
        _read_list(path, harvest)
        return harvest.tracks(kind=options.kind or "single", label="genre")


def _head(path: Path, most: int = 60) -> list[str]:
    """Return the first lines that are no comments."""
    if not os.path.isfile(path):  # noqa: PTH113 - never raises
        return []
    with path.open(encoding="utf-8", errors="replace") as file:
        lines = [file.readline(_LONGEST_LINE).rstrip("\r\n") for _ in range(most)]
    return [line for line in lines if line and not line.startswith("#")]


def _is_table(path: Path) -> bool:
    head = _head(path)[:1] if path.suffix.lower() in {".txt", ".csv"} else []
    return bool(head) and {"%genre", "track_id"} <= set(head[0].split(","))


def _is_list(path: Path) -> bool:
    head = _head(path) if path.suffix.lower() in _LIST_SUFFIXES else []
    return bool(head) and all(TRACK.fullmatch(line.split("\t")[0]) and "\t" in line for line in head)


def _read_list(path: Path, harvest: Harvest) -> None:
    if path.stat().st_size > _MOST_BYTES:
        raise DataError(f"{str(path)!r} is larger than {_MOST_BYTES} bytes")
    if harvest.options.audio is None:
        raise DataError(
            f"{str(path)!r} names tracks and genres only: there is nothing to hear or to count",
            hint="--read audio=FOLDER says where previews called TRAAAAK128F9318786.mp3 lie",
        )
    index = AudioIndex(path.parent, harvest.options.audio)
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        while line := file.readline(_LONGEST_LINE):
            if line.strip() and not line.startswith("#"):
                _add(harvest, index, [cell.strip() for cell in line.split("\t")])


def _add(harvest: Harvest, index: AudioIndex, cells: list[str]) -> None:
    track = cells[0]
    if len(cells) < 2 or not TRACK.fullmatch(track):
        return harvest.drop(track, WRONG_WIDTH)
    path, reason = index.find(track)
    if path is None:
        return harvest.drop(track, reason)
    genres = [cell for cell in cells[1:] if cell]
    several = {"multi": frozenset(genres), "hierarchical": tuple(genres)}
    label = several.get(harvest.options.kind or "", genres[0] if genres else "")
    keep_file(harvest, Row(track, track, label, path=path))


MSD = Msd()
