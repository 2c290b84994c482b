"""`LandmarkIndex`: all landmarks of a library on disk, beside its file, kept up to date piece by piece.

The library is the truth. The index says where to look, and what it says is looked at there; one that is
damaged, foreign or written by another version is built anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.files import atomic_path
from tunelens.base.settings import Settings
from tunelens.features.fingerprint import FINGERPRINT_VERSION, HOP_S
from tunelens.features.landmarks import LANDMARKS_VERSION
from tunelens.library.prints.segment import SAMPLED, Segment, write_segment
from tunelens.library.prints.store import Prints
from tunelens.library.store import Library

LAYOUT = f"2.{LANDMARKS_VERSION}.{FINGERPRINT_VERSION}.{SAMPLED}"
ABANDONED_S = 3600.0
"""A folder that no manifest names is removed after an hour: another process may have been at work in it."""


@dataclass(frozen=True)
class Manifest:
    """What an index consists of.

    Parameters
    ----------
    state : tuple of int
        The library that it knows, see `Prints.state`.
    segments : tuple of str
        Folders, the oldest first; of a track in several the last one counts.
    gone : tuple of int
        Tracks in segments that are no longer in the library.
    layout : str
        How it is written.
    """

    state: tuple[int, ...] = ()
    segments: tuple[str, ...] = ()
    gone: tuple[int, ...] = ()
    layout: str = LAYOUT

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read that of a folder; an empty one where there is none that can be used."""
        try:
            values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            names = tuple(name for name in values["segments"] if name.isalnum())
            state, gone = (tuple(int(value) for value in values[name]) for name in ("state", "gone"))
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return cls()
        return cls(state, names, gone) if values.get("layout") == LAYOUT else cls()

    def write(self, folder: Path) -> None:
        """Make it that of a folder, all at once."""
        with atomic_path(folder / "manifest.json") as path:
            path.write_text(json.dumps(asdict(self)), encoding="utf-8")


class LandmarkIndex:
    """The index of a library, as it was at one moment.

    Parameters
    ----------
    folder : Path
        Where it lies.
    manifest : Manifest

    Raises
    ------
    DataError
        It is damaged.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self.segments = [Segment(folder / name) for name in manifest.segments]
        self.alive = _last_of_each([segment.tracks["id"] for segment in self.segments], manifest.gone)

    @classmethod
    def of(cls, library: Library) -> Self:
        """Return the index of `library` as it is now; what it lacks is added first.

        Raises
        ------
        DataError
            It cannot be written.
        """
        folder, state = folder_of(library), Prints(library).state()
        manifest = Manifest.read(folder)
        try:
            index = cls(folder, manifest)
        except DataError:
            index = cls(folder, Manifest())
        return index if index.manifest.state == state else index.updated(library, state)

    @classmethod
    def rebuilt(cls, library: Library) -> Self:
        """Return the index of `library`, built from nothing: what it held has turned out to be damaged."""
        return cls(folder_of(library), Manifest()).updated(library, Prints(library).state())

    @property
    def n_tracks(self) -> int:
        """How many tracks it knows."""
        return int(sum(alive.sum() for alive in self.alive))

    @property
    def hours(self) -> float:
        """How much music it knows."""
        frames = sum(
            int((segment.tracks["end"][alive] - segment.tracks["start"][alive]).sum(dtype=np.int64))
            for segment, alive in zip(self.segments, self.alive, strict=True)
        )
        return frames * HOP_S / 3600

    def updated(self, library: Library, state: tuple[int, ...]) -> Self:
        """Return an index that knows what is in the library now."""
        prints = Prints(library)
        wanted = prints.stamps()
        kept, missing = self._to_keep(wanted)
        names = [*kept, *_written(self.folder, prints, missing)]
        manifest = Manifest(state, tuple(names), self._gone(wanted))
        manifest.write(self.folder)
        _sweep(self.folder, {*names, *self.manifest.segments})
        return type(self)(self.folder, manifest)

    def _to_keep(self, wanted: dict[int, int]) -> tuple[list[str], list[int]]:
        """Return the segments that stay as they are, and the tracks that a new one must hold.

        The new one takes over what the youngest segments hold, as long as they are not much larger than
        itself: there are never many, and no track is written more often than the library doubles.
        """
        good = [self._good(number, wanted) for number in range(len(self.segments))]
        missing = set(wanted).difference(*good)
        n_kept = len(good)
        while n_kept and self._gives_way(n_kept - 1, len(good[n_kept - 1]), len(missing)):
            n_kept -= 1
            missing |= good[n_kept]
        return list(self.manifest.segments[:n_kept]), sorted(missing)

    def _gone(self, wanted: dict[int, int]) -> tuple[int, ...]:
        known = {number for segment in self.segments for number in segment.tracks["id"].tolist()}
        return tuple(sorted(known.difference(wanted)))

    def _good(self, number: int, wanted: dict[int, int]) -> set[int]:
        """Tracks of a segment that are as it knows them."""
        rows = self.segments[number].tracks[self.alive[number]]
        pairs = zip(rows["id"].tolist(), rows["stamp"].tolist(), strict=True)
        return {track for track, stamp in pairs if wanted.get(track) == stamp}

    def _gives_way(self, number: int, n_good: int, n_missing: int) -> bool:
        return 0 < n_good <= 2 * n_missing or 2 * n_good < len(self.segments[number])


def _last_of_each(ids: list[NDArray[np.int64]], gone: tuple[int, ...]) -> list[NDArray[np.bool_]]:
    """Return which rows of the segments count: of a track in several, the last."""
    seen = np.array(gone, np.int64)
    alive = []
    for some in reversed(ids):
        alive.append(~np.isin(some, seen))
        seen = np.union1d(seen, some)
    return alive[::-1]


def _written(folder: Path, prints: Prints, ids: Iterable[int]) -> Iterator[str]:
    """Write tracks as segments, as many as their time lines need, and yield their names."""
    rest = prints.iterate(ids)
    while (first := next(rest, None)) is not None:
        name = uuid.uuid4().hex
        try:
            (folder / name).mkdir(parents=True)
            rest = write_segment(folder / name, chain([first], rest))
        except OSError as error:
            raise DataError(
                f"the index {str(folder)!r} cannot be written: {error.strerror or error}",
                hint="make room; it can be deleted at any time, and is built again",
            ) from error
        yield name


def _sweep(folder: Path, used: set[str]) -> None:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in used and time.time() - path.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(path, ignore_errors=True)


def folder_of(library: Library) -> Path:
    """Return where the index of a library lies: beside it, or in the cache where that cannot be written."""
    beside = library.path.with_name(f"{library.path.name}.landmarks")
    if os.access(beside if beside.exists() else library.path.absolute().parent, os.W_OK):
        return beside
    mark = hashlib.sha256(str(library.path.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Settings.from_env().cache_dir / "landmarks" / mark
