"""Reader `fma`: the Free Music Archive dataset, its metadata and its official split."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.data.labels import Kind
from tunelens.data.readers.audio_index import file_id, keep_file
from tunelens.data.readers.columns import SPLIT_WORDS
from tunelens.data.readers.harvest import MISSING_FILE, Harvest, Row
from tunelens.data.readers.numbers import moment
from tunelens.data.readers.table import WRONG_WIDTH, CsvTable, parse_cells
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

SUBSETS = ("small", "medium", "large", "full")
SOURCE = "FMA (Defferrard et al., ISMIR 2017); metadata CC BY 4.0, each recording under its artist's licence"
_LABELS = ("genre_top", "genres", "genres_all")
_MOST_DEPTH = 20


class Fma:
    """``fma_metadata/tracks.csv`` and ``fma_small/000/000002.mp3``."""

    name = "fma"
    summary = "FMA: fma_metadata beside fma_small, fma_medium, fma_large or fma_full; official split"

    def recognises(self, path: Path) -> bool:
        """Is ``tracks.csv`` with its three rows of names there, below or beside?"""
        metadata = _metadata(path)
        return metadata is not None and _has_three_heads(metadata / "tracks.csv")

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read one subset: of the audio folder that is named, or the only one there.

        ``options.label``: ``genre_top`` (one of 16), ``genres`` or ``genres_all`` (many); with
        ``kind="hierarchical"`` the path from the root to the deepest genre of a track.
        """
        path = Path(source).expanduser()
        metadata = _metadata(path)
        if metadata is None:
            raise NotFoundError(f"{str(path)!r} has no fma_metadata/tracks.csv, nor has the folder above it")
        harvest = Harvest("fma", options, SOURCE)
        audio = _audio_folder(path, metadata, harvest)
        subset = audio.name.rpartition("_")[2] if audio.name.startswith("fma_") else "full"
        genres = _genres(metadata / "genres.csv")
        label, kind = _label(options)
        _Reading(harvest, audio, genres, label, kind).run(_tracks(metadata / "tracks.csv", harvest), subset)
        return harvest.tracks(kind=kind, label=label)


def _metadata(path: Path) -> Path | None:
    if path.is_file():
        return path.parent if path.name == "tracks.csv" else None
    folders = [path, path / "fma_metadata"]
    if path.name.startswith("fma_"):
        folders.append(path.parent / "fma_metadata")
    return next((folder for folder in folders if (folder / "tracks.csv").is_file()), None)


def _has_three_heads(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as file:
        heads = [file.readline(1 << 16).split(",") for _ in range(3)]
    return {"set", "track"} <= set(heads[0]) and "genre_top" in heads[1] and heads[2][0].strip() == "track_id"


def _audio_folder(path: Path, metadata: Path, harvest: Harvest) -> Path:
    if harvest.options.audio is not None:
        return harvest.options.audio
    if path.name.startswith("fma_") and path.is_dir() and path != metadata:
        return path
    roots = (metadata.parent, metadata)
    found = [root / f"fma_{name}" for root in roots for name in SUBSETS if (root / f"fma_{name}").is_dir()]
    if not found:
        raise NotFoundError(
            f"no folder fma_small, fma_medium, fma_large or fma_full beside {str(metadata)!r}",
            hint="--read audio=FOLDER says where the sound is",
        )
    if len(found) > 1:
        names = ", ".join(folder.name for folder in found)
        harvest.note(f"{found[0].name} is read; there are {names}: name the folder for another")
    return found[0]


def _label(options: ReadOptions) -> tuple[str, Kind]:
    label = options.label or (
        "genres" if options.kind in {"hierarchical", "multi"} or options.level else "genre_top"
    )
    if label not in _LABELS:
        raise ParameterError(f"label is {label!r}; FMA has {', '.join(_LABELS)}")
    if options.level or options.kind == "hierarchical":
        return label, "hierarchical"
    return label, "single" if label == "genre_top" else "multi"


@dataclass(frozen=True)
class _Genre:
    title: str
    parent: str


def _genres(path: Path) -> dict[str, _Genre]:
    if not path.is_file():
        raise NotFoundError(f"{str(path)!r} does not exist", hint="it comes with fma_metadata")
    table = CsvTable(path)
    lacking = {"genre_id", "parent", "title"} - set(table.columns)
    if lacking:
        raise DataError(f"{str(path)!r} lacks the columns {', '.join(sorted(lacking))}")
    at = {name: table.columns.index(name) for name in ("genre_id", "parent", "title")}
    rows = [line.cells for line in table.lines() if not line.fault]
    return {row[at["genre_id"]]: _Genre(row[at["title"]], row[at["parent"]]) for row in rows}


def _tracks(path: Path, harvest: Harvest) -> Iterator[dict[str, str]]:
    """Yield the wanted cells of each track under ``top.name``."""
    lines = CsvTable(path).lines()
    heads = [line.cells for line in islice(lines, 2)]
    tops = (parse_cells([_first_line(path)]) or [[]])[0]
    if not heads or len(tops) != len(heads[0]):
        raise DataError(f"{str(path)!r} has no three rows of names of one length")
    names = [f"{top}.{name}" for top, name in zip(tops, heads[0], strict=True)]
    wanted = {"set.split", "set.subset", "track.genre_top", "track.genres", "track.genres_all", "artist.name",
              "album.title", "track.date_created"}  # fmt: skip
    lacking = sorted(
        {"set.split", "set.subset", "track.genre_top", "track.genres", "artist.name"} - set(names)
    )
    if lacking:
        raise DataError(f"{str(path)!r} lacks the columns {', '.join(lacking)}")
    places = {name: i for i, name in enumerate(names) if name in wanted}
    for line in lines:
        if line.fault:
            harvest.drop(f"line {line.number}", line.fault)
        else:
            yield {"id": line.cells[0], **{name: line.cells[i] for name, i in places.items()}}


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.readline(1 << 20)


class _Reading:
    def __init__(
        self, harvest: Harvest, audio: Path, genres: Mapping[str, _Genre], label: str, kind: Kind
    ) -> None:
        self.harvest, self.audio, self.genres, self.label, self.kind = harvest, audio, genres, label, kind

    def run(self, tracks: Iterator[dict[str, str]], subset: str) -> None:
        wanted = SUBSETS[: SUBSETS.index(subset) + 1] if subset in SUBSETS else SUBSETS
        outside = 0
        for track in tracks:
            if track["set.subset"] in wanted or subset == "full":
                self._add(track)
            else:
                outside += 1
        if outside:
            self.harvest.note(f"{outside} tracks of tracks.csv are outside of {self.audio.name}")

    def _add(self, track: dict[str, str]) -> None:
        if not re.fullmatch(r"\d{1,9}", track["id"]):
            return self.harvest.drop(track["id"], WRONG_WIDTH)
        stem = f"{int(track['id']):06d}"
        path = self.audio / stem[:3] / f"{stem}.mp3"
        name = file_id(path, self.audio)
        if not path.is_file():
            return self.harvest.drop(name, MISSING_FILE)
        groups = {"artist": track["artist.name"].strip(), "album": track.get("album.title", "").strip()}
        split = SPLIT_WORDS.get(track["set.split"].lower(), "")
        keep_file(self.harvest, Row(
            name, name, self._label(track), path=path, groups=groups, split=split,
            time=moment(track.get("track.date_created", "")),
        ))  # fmt: skip

    def _label(self, track: dict[str, str]) -> Any:
        if self.kind == "single":
            return track["track.genre_top"]
        numbers = _numbers(
            track[f"track.{self.label}"] if self.label != "genre_top" else track["track.genres"]
        )
        if self.kind == "multi":
            return frozenset(self.genres[number].title for number in numbers if number in self.genres)
        paths = [self._path(number) for number in numbers if number in self.genres]
        top = track["track.genre_top"]
        return max((path for path in paths if not top or path[0] == top), key=len, default=())

    def _path(self, number: str) -> tuple[str, ...]:
        """Return the titles from the root down to a genre."""
        titles: list[str] = []
        while number in self.genres and len(titles) < _MOST_DEPTH:
            titles.insert(0, self.genres[number].title)
            number = self.genres[number].parent
        return tuple(titles)


def _numbers(cell: str) -> list[str]:
    """Return the genre numbers of a cell such as ``[21, 103]``."""
    if len(cell) > 10_000:
        return []
    try:
        values = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [str(value) for value in values] if isinstance(values, list | tuple) else []


FMA = Fma()
