"""`Prints`: the prints of a library, read in batches."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, func, select

from tunelens.base.batches import batched
from tunelens.base.errors import DataError
from tunelens.features.chroma_sequence import CHROMA_VERSION, ChromaSequence
from tunelens.features.fingerprint import Fingerprint
from tunelens.features.landmarks import LANDMARKS_VERSION, Peaks
from tunelens.library.prints.printer import CHROMA, LANDMARKS
from tunelens.library.query import condition_in
from tunelens.library.schema import prints, tracks
from tunelens.library.store import PAGE, Library

_Read = TypeVar("_Read")


@dataclass(frozen=True, eq=False)
class Printed:
    """The peaks of one track.

    Parameters
    ----------
    id : int
        Number of the track.
    stamp : int
        Differs where the track has changed, or is another one: see `_stamp`.
    peaks : Peaks
        What they say.
    """

    id: int
    stamp: int
    peaks: Peaks


class Prints:
    """The prints of a library; one that is damaged is none, and never the end.

    Parameters
    ----------
    library : Library
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def landmarks(self, ids: Iterable[int]) -> dict[int, Fingerprint]:
        """Return the landmarks of each track that has some; others are left out."""
        return {number: peaks.fingerprint() for number, peaks in self.peaks(ids).items()}

    def peaks(self, ids: Iterable[int]) -> dict[int, Peaks]:
        """Return the peaks of each track that has some."""
        return {one.id: one.peaks for one in self.iterate(ids)}

    def chroma(self, ids: Iterable[int]) -> dict[int, ChromaSequence]:
        """Return the pitch classes over time of each track that has some."""
        found = _whole(self._of(ids, CHROMA, CHROMA_VERSION), ChromaSequence.unpack)
        return {row.track_id: chroma for row, chroma in found}

    def ids(self, where: str = "", kind: str = LANDMARKS) -> list[int]:
        """Return the tracks that match a filter and have a print of `kind`, by number."""
        with self._library.database.read() as connection:
            wanted = _having(kind, condition_in(connection, where))
            return list(connection.scalars(wanted.order_by(tracks.c.id)))

    def count(self) -> int:
        """Return how many tracks have landmarks."""
        with self._library.database.read() as connection:
            known = select(func.count()).select_from(prints)
            return connection.scalar(known.where(*_current(LANDMARKS, LANDMARKS_VERSION))) or 0

    def stamps(self) -> dict[int, int]:
        """Return the stamp of each track with landmarks, by number."""
        having = select(tracks.c.id, tracks.c.revision, tracks.c.sha256).join(prints)
        with self._library.database.read() as connection:
            rows = connection.execute(having.where(*_current(LANDMARKS, LANDMARKS_VERSION)))
            return {row.id: _stamp(row) for row in rows}

    def state(self) -> tuple[int, int, int, int]:
        """Return what differs when any track has come, changed or gone, and is told in milliseconds.

        Another library that was put in the place of this one may count alike; its last change is another.
        """
        last = select(tracks.c.sha256, tracks.c.analyzed_at).order_by(tracks.c.revision.desc()).limit(1)
        with self._library.database.read() as connection:
            counted = connection.execute(select(func.count(), func.sum(tracks.c.revision))).one()
            row = connection.execute(last).first()
        told = zlib.crc32(f"{row.sha256} {row.analyzed_at}".encode()) if row else 0
        return self._library.revision(), counted[0], counted[1] or 0, told

    def iterate(self, ids: Iterable[int]) -> Iterator[Printed]:
        """Yield the peaks of tracks, a page in memory at a time."""
        for row, peaks in _whole(self._of(ids, LANDMARKS, LANDMARKS_VERSION), Peaks.unpack):
            yield Printed(row.track_id, _stamp(row), peaks)

    def _of(self, ids: Iterable[int], kind: str, version: str) -> Iterator[Row[Any]]:
        query = select(prints.c.track_id, prints.c.data, tracks.c.revision, tracks.c.sha256).join(tracks)
        query = query.where(*_current(kind, version)).order_by(prints.c.track_id)
        for some in batched(ids, PAGE):
            with self._library.database.read() as connection:
                found: Any = connection.execute(query.where(prints.c.track_id.in_(some)))
                yield from found


def _current(kind: str, version: str) -> tuple[ColumnElement[bool], ...]:
    return prints.c.kind == kind, prints.c.version == version


def _having(kind: str, wanted: ColumnElement[bool]) -> Any:
    version = LANDMARKS_VERSION if kind == LANDMARKS else CHROMA_VERSION
    return select(tracks.c.id).join(prints).where(*_current(kind, version)).where(wanted)


def _stamp(row: Any) -> int:
    """Tell a track by its revision and its content: by number and revision alone libraries are alike."""
    return int(zlib.crc32(row.sha256.encode()) << 31 ^ row.revision)


def is_readable(row: Row[Any]) -> bool:
    """Can a row of ``prints`` be read? One of another version is not asked: it is heard again anyway."""
    known = {(LANDMARKS, LANDMARKS_VERSION): Peaks.unpack, (CHROMA, CHROMA_VERSION): ChromaSequence.unpack}
    unpack = known.get((row.kind, row.version))
    try:
        return unpack is None or unpack(row.data) is not None
    except DataError:
        return False


def _whole(rows: Iterable[Row[Any]], unpack: Callable[[bytes], _Read]) -> Iterator[tuple[Row[Any], _Read]]:
    for row in rows:
        try:
            found = unpack(row.data)
        except DataError:
            continue
        yield row, found
