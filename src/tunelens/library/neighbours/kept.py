"""The places of all tracks, kept as a matrix that is mapped and brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from tunelens.base.errors import DataError
from tunelens.base.settings import Settings
from tunelens.library.keep import revision_of
from tunelens.library.neighbours.measures import Float32, Ids, listed, read_measures
from tunelens.library.neighbours.parts import Weights, dimension, places, space_version
from tunelens.library.neighbours.shelf import Kept, Shelf
from tunelens.library.remembered import remembered
from tunelens.library.schema import tracks
from tunelens.library.store import Library

NAME = "places"
_SAMPLED = 32
_AT_ONCE = 20_000
_MANY = 20_000

Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Places:
    """Where the tracks of a library lie, and as of when.

    Parameters
    ----------
    revision : int
        Of the library.
    ids, revisions : ndarray of int64, shape (n,)
        The tracks, ascending, and when each was changed last.
    matrix : ndarray of float32, shape (n, d)
        Their places with the usual weights; may be mapped.
    sample : tuple of tuple
        Number, revision, SHA-256 and time of some tracks: by them a library is known again, since another
        that was put in its place may count its revisions alike.
    lineage : str
        Stays while places follow one library, and is another when they are read from the beginning.
    """

    revision: int
    ids: Ids
    revisions: Ids
    matrix: Float32
    sample: tuple[tuple[int, int, str, str], ...] = ()
    lineage: str = ""

    @classmethod
    def of(cls, library: Library, settings: Settings | None = None, say: Say | None = None) -> Self:
        """Return the places of the tracks of `library` as it is now.

        What is kept is used as far as it still holds; where nothing can be kept, all is read every time.
        `say` is told before many tracks are read.
        """
        shelf = Shelf.of(library.path, settings)
        with library.database.read() as connection:
            known = cls._kept(shelf.load(NAME), connection)
            revision = revision_of(connection)
            if known is not None and known.revision == revision:
                return known
            new = cls._read(connection, revision, known, say or silent)
        with suppress(DataError):  # no room, or no right to write: it works from memory
            new._keep(shelf)
        return new

    @classmethod
    def known(cls, library: Library, settings: Settings | None = None, say: Say | None = None) -> Self:
        """Return what `of` does; what was opened once is at hand until the library changes."""
        room = settings and settings.cache_dir
        return remembered(library, ("places", room), lambda: cls.of(library, settings, say))

    @classmethod
    def _kept(cls, kept: Kept | None, connection: Connection) -> Self | None:
        if kept is None or kept.facts.get("space") != space_version():
            return None
        try:
            arrays = {
                what: np.load(kept.paths[what], mmap_mode="r") for what in ("ids", "revisions", "matrix")
            }
            sample = tuple((int(i), int(j), str(sha), str(at)) for i, j, sha, at in kept.facts["sample"])
            found = cls(
                int(kept.facts["revision"]), sample=sample, lineage=str(kept.facts["lineage"]), **arrays
            )
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return found if found._fits() and found._is_of(connection) else None

    def _fits(self) -> bool:
        n = len(self.ids)
        types = [array.dtype for array in (self.ids, self.revisions, self.matrix)]
        return (self.ids.shape, self.revisions.shape, self.matrix.shape) == (
            (n,),
            (n,),
            (n, dimension()),
        ) and (types == [np.int64, np.int64, np.float32])

    def _is_of(self, connection: Connection) -> bool:
        """Is this the library? A track of the same number and revision must be the same content."""
        then = {number: (revision, sha256, at) for number, revision, sha256, at in self.sample}
        now = _sample(connection, np.array(list(then), np.int64))
        return all(then[one[0]][0] != one[1] or then[one[0]] == one[1:] for one in now)

    @classmethod
    def _read(cls, connection: Connection, revision: int, known: Self | None, say: Say) -> Self:
        ids, revisions = _all_tracks(connection)
        matrix = np.zeros((len(ids), dimension()), np.float32)
        new = np.ones(len(ids), bool) if known is None else known._lend(ids, revisions, matrix)
        if new.sum() > _MANY:
            say(f"reading what was heard in {new.sum():,} tracks, once")
        for some, table in read_measures(connection, ids[new]):
            matrix[np.searchsorted(ids, some)] = places(table, Weights())
        sample = _sample(connection, _telling(ids, revisions))
        return cls(revision, ids, revisions, matrix, sample, known.lineage if known else token_hex(8))

    def _lend(self, ids: Ids, revisions: Ids, matrix: Float32) -> NDArray[np.bool_]:
        """Copy the rows that still hold into `matrix`, and tell which do not."""
        rows = np.minimum(np.searchsorted(self.ids, ids), max(len(self.ids) - 1, 0))
        if not len(self.ids):
            return np.ones(len(ids), bool)
        same = (self.ids[rows] == ids) & (self.revisions[rows] == revisions)
        matrix[same] = self.matrix[rows[same]]
        return ~same

    def _keep(self, shelf: Shelf) -> None:
        facts = {
            "space": space_version(),
            "revision": self.revision,
            "sample": self.sample,
            "lineage": self.lineage,
        }
        arrays: dict[str, NDArray[Any]] = {
            "ids": self.ids,
            "revisions": self.revisions,
            "matrix": self.matrix,
        }
        shelf.keep(NAME, facts, {what: save_array(array) for what, array in arrays.items()})


def silent(_: str) -> None:
    """Say nothing."""


def save_array(array: NDArray[Any]) -> Callable[[Path], None]:
    """Return what writes `array` to a path."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.save(file, array, allow_pickle=False)

    return write


def _all_tracks(connection: Connection) -> tuple[Ids, Ids]:
    rows = connection.execute(select(tracks.c.id, tracks.c.revision).order_by(tracks.c.id))
    lots = [np.array([tuple(row) for row in lot], np.int64) for lot in rows.partitions(_AT_ONCE)]
    found = np.concatenate(lots) if lots else np.zeros((0, 2), np.int64)
    return np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1])


def _telling(ids: Ids, revisions: Ids) -> Ids:
    """Choose the tracks that changed last, and some from everywhere."""
    latest = ids[np.argsort(-revisions, kind="stable")[:_SAMPLED]]
    spread = ids[np.linspace(0, len(ids) - 1, min(_SAMPLED, len(ids))).astype(int)]
    return np.unique(np.concatenate([latest, spread]))


def _sample(connection: Connection, ids: Ids) -> tuple[tuple[int, int, str, str], ...]:
    fields = (tracks.c.id, tracks.c.revision, tracks.c.sha256, tracks.c.analyzed_at)
    rows: Iterable[Any] = connection.execute(select(*fields).where(tracks.c.id.in_(listed(ids))))
    return tuple((row.id, row.revision, row.sha256, row.analyzed_at) for row in rows)
