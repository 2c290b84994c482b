"""`Prints`: the prints of a library, read in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from tunelens.base.errors import DataError
from tunelens.features.chroma_sequence import CHROMA_VERSION, ChromaSequence
from tunelens.features.fingerprint import Fingerprint
from tunelens.features.landmarks import LANDMARKS_VERSION, Peaks
from tunelens.library.prints.printer import CHROMA, LANDMARKS
from tunelens.library.query import condition_in
from tunelens.library.schema import prints, tracks
from tunelens.library.store import PAGE, Library


@dataclass(frozen=True, eq=False)
class Printed:
    """The peaks of one track.

    Parameters
    ----------
    id : int
        Number of the track.
    revision : int
        When the track changed last, see `Library.revision`.
    peaks : Peaks
        What they say.
    """

    id: int
    revision: int
    peaks: Peaks


class Prints:
    """The prints of a library.

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
        return {row.track_id: _unpacked(row) for row in self._of(ids, LANDMARKS, LANDMARKS_VERSION)}

    def chroma(self, ids: Iterable[int]) -> dict[int, ChromaSequence]:
        """Return the pitch classes over time of each track that has some."""
        rows = self._of(ids, CHROMA, CHROMA_VERSION)
        return {row.track_id: ChromaSequence.unpack(row.data) for row in rows}

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

    def revisions(self) -> dict[int, int]:
        """Return when each track with landmarks changed last, by number."""
        having = select(tracks.c.id, tracks.c.revision).join(prints)
        with self._library.database.read() as connection:
            rows = connection.execute(having.where(*_current(LANDMARKS, LANDMARKS_VERSION)))
            return {row.id: row.revision for row in rows}

    def state(self) -> tuple[int, int, int]:
        """Return what differs when any track has come, changed or gone, and is told in milliseconds."""
        with self._library.database.read() as connection:
            counted = connection.execute(select(func.count(), func.sum(tracks.c.revision))).one()
        return self._library.revision(), counted[0], counted[1] or 0

    def iterate(self, ids: Iterable[int]) -> Iterator[Printed]:
        """Yield the peaks of tracks, a page in memory at a time; what is damaged is left out."""
        for row in self._of(ids, LANDMARKS, LANDMARKS_VERSION):
            try:
                peaks = _unpacked(row)
            except DataError:
                continue
            yield Printed(row.track_id, row.revision, peaks)

    def _of(self, ids: Iterable[int], kind: str, version: str) -> Iterator[Row[Any]]:
        query = select(prints.c.track_id, prints.c.data, tracks.c.revision).join(tracks)
        query = query.where(*_current(kind, version)).order_by(prints.c.track_id)
        iterator = iter(ids)
        while some := list(islice(iterator, PAGE)):
            with self._library.database.read() as connection:
                found: Any = connection.execute(query.where(prints.c.track_id.in_(some)))
                yield from found


def _current(kind: str, version: str) -> tuple[ColumnElement[bool], ...]:
    return prints.c.kind == kind, prints.c.version == version


def _having(kind: str, wanted: ColumnElement[bool]) -> Any:
    version = LANDMARKS_VERSION if kind == LANDMARKS else CHROMA_VERSION
    return select(tracks.c.id).join(prints).where(*_current(kind, version)).where(wanted)


def _unpacked(row: Row[Any]) -> Peaks:
    try:
        return Peaks.unpack(row.data)
    except DataError as error:
        raise DataError(
            f"the print of track {row.track_id} is damaged", hint="tunelens analyze --force hears it again"
        ) from error
