"""Reader `library`: the tracks of a library that match a filter, as a dataset."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

from tunelens.base.errors import ParameterError
from tunelens.data.labels import Kind
from tunelens.data.readers.audio_index import common_base, file_id, keep_file
from tunelens.data.readers.harvest import MISSING_FILE, Harvest, Row, plain
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks
from tunelens.library.store import Library
from tunelens.library.track import GROUPS, Track

SOURCE = "the music library of the user; private"
TEXTS = ("genre", "artist", "album", "mode", "key")
NUMBERS = (
    "year", "tempo_bpm", "loudness_lufs", "loudness_range_lu", "danceability", "energy",
    "dynamic_complexity_db", "duration_s",
)  # fmt: skip
HEARD = "heard:"
TOLD = "told:"
"""Begins a label that is what people said in a vocabulary: ``told:genre``."""
LABELS = (*TEXTS, *NUMBERS, *(HEARD + group for group in GROUPS))
_MAGIC = b"SQLite format 3\0"


class LibraryReader:
    """``library:genre:jazz``, ``library:music.db?tempo:90..120``, ``music.db``."""

    name = "library"
    summary = "tracks of a Tunelens library: library:FILTER, or FILE.db, or library:FILE.db?FILTER"

    def recognises(self, path: Path) -> bool:
        """Is it a file of SQLite?"""
        if not os.path.isfile(path):  # noqa: PTH113 - never raises
            return False
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read the tracks that match a filter.

        ``options.label``: a field of the track (``genre``, the file's own word, unless told),
        ``heard:mood`` and the like for the likely tags of the nets, which are not the truth, or
        ``told:gym`` for what people said in a vocabulary.
        """
        label = options.label or "genre"
        if label not in LABELS and not label.startswith(TOLD):
            raise ParameterError(f"label is {label!r}; a library has {', '.join(LABELS)}, {TOLD}VOCABULARY")
        database, query = _parsed(str(source))
        harvest = Harvest("library", options, SOURCE)
        with Library.open(database, create=False) as library:
            tracks = list(library.iterate(query))
            told = _told(library, label)
        if told is not None:
            tracks = [track for track in tracks if track.id in told]
        base = common_base([track.path for track in tracks], Path())
        for track in tracks:
            _add(harvest, base, track, _label(track, label) if told is None else told[track.id])
        if label.startswith(HEARD):
            harvest.note("labels are what pretrained nets heard: a model learns their errors too")
        several = told is not None and any(isinstance(said, frozenset) for said in told.values())
        return harvest.tracks(kind="multi" if several else _kind(label), label=label.removeprefix(TOLD))


def _parsed(source: str) -> tuple[Path | None, str]:
    """Split ``FILE?FILTER``; without a file that is there, all of it is a filter of the default library."""
    name, _, query = source.partition("?")
    path = Path(name).expanduser()
    return (path, query) if name and os.path.isfile(path) else (None, source)  # noqa: PTH113 - never raises


def _kind(label: str) -> Kind | None:
    if label.startswith(HEARD):
        return "multi"
    return "continuous" if label in NUMBERS else None if label == "genre" else "single"


def _told(library: Library, label: str) -> dict[int, Any] | None:
    """Return by track what people said of it: its label, or where one has several, all of them.

    Where one label is all that was ever spoken of, tracks that it was denied are "not" it: two classes.
    """
    from tunelens.library.corrections.store import Corrections

    if not label.startswith(TOLD):
        return None
    every = Corrections(library).told(label.removeprefix(TOLD))
    names = {name for said in every.values() for name in said}
    if len(names) == 1:
        (name,) = names
        return {track: name if said[name] else f"not {name}" for track, said in every.items()}
    found = {track: frozenset(name for name, holds in said.items() if holds) for track, said in every.items()}
    kept = {track: labels for track, labels in found.items() if labels}
    if all(len(labels) == 1 for labels in kept.values()):
        return {track: next(iter(labels)) for track, labels in kept.items()}
    return kept


def _add(harvest: Harvest, base: Path, track: Track, label: Any) -> None:
    name = plain(file_id(track.path, base))
    if not os.path.isfile(track.path):  # noqa: PTH113 - never raises
        return harvest.drop(name, MISSING_FILE)
    groups = {"artist": track.artist or "", "album": track.album or ""}
    time = math.nan if track.year is None else float(track.year)
    keep_file(harvest, Row(name, name, label, path=track.path, groups=groups, time=time))


def _label(track: Track, label: str) -> Any:
    if label.startswith(HEARD):
        return frozenset(track.likely_tags(label.removeprefix(HEARD)))
    value = getattr(track, label)
    if label in NUMBERS:
        return math.nan if value is None else float(value)
    return value or ""


LIBRARY = LibraryReader()
