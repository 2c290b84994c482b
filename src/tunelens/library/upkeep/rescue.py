"""What can still be read of a damaged library, in a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, inspect, literal_column, select
from sqlalchemy.exc import DatabaseError, IntegrityError

from tunelens.base.errors import DataError, NotFoundError
from tunelens.base.files import atomic_path, check_writable
from tunelens.base.progress import Progress, Silent
from tunelens.library.copies import sync
from tunelens.library.database import Database, open_database
from tunelens.library.identity import path_to_text
from tunelens.library.schema import (
    METADATA,
    analyses,
    memberships,
    meta,
    prints,
    tags,
    texts,
    tracks,
    vectors,
)
from tunelens.library.upkeep.checks import is_readable
from tunelens.library.upkeep.repairs import REPAIRS

OF_TRACKS = (analyses, tags, vectors, prints)
PAGE = 500
MOST_SKIPPED = 1000
"""Places in a row that cannot be read, after which a table is given up."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Rescued:
    """What came over.

    Parameters
    ----------
    path : Path
        The new library.
    n_tracks, n_lost : int
        Tracks that could be read whole, and that could not.
    others : Mapping of str to int
        Rows of the other tables that came over.
    """

    path: Path
    n_tracks: int
    n_lost: int
    others: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as a JSON object."""
        return asdict(self) | {"path": path_to_text(self.path)}


def rescue(path: Path, to: Path, *, force: bool = False, progress: Progress | None = None) -> Rescued:
    """Copy what can still be read of the library at `path` into a new one at `to`; the old one is left alone.

    Tracks come whole, with their numbers, or not at all.

    Raises
    ------
    NotFoundError
        There is no such library.
    ParameterError
        `to` exists.
    DataError
        Not even the list of its tables can be read, or there is no room.
    """
    check_writable(to, force=force)
    if not path.is_file():
        raise NotFoundError(f"there is no library at {str(path)!r}", hint="check the spelling")
    with atomic_path(to) as temporary:
        with (
            closing(Database(path, read_only=True)) as old,
            closing(open_database(temporary, create=True)) as new,
            old.read() as source,
            new.write() as target,
        ):
            found = _Rescue(source, target).run(progress or Silent())
        sync(temporary)
    return Rescued(to, *found)


class _Rescue:
    def __init__(self, source: Connection, target: Connection) -> None:
        self.source, self.target = source, target
        there = inspect(source)
        self.have = {
            name: {one["name"] for one in there.get_columns(name)} for name in there.get_table_names()
        }
        if "tracks" not in self.have:
            raise DataError("no track can be read: the list of tables is damaged", hint="restore a backup")

    def run(self, progress: Progress) -> tuple[int, int, dict[str, int]]:
        """Return the tracks that came over and that did not, and the rows of other tables."""
        layouts = METADATA.tables["layouts"]
        others = {layouts.name: self._table(layouts, set())}
        kept, n_lost = self._tracks(progress)
        for one in METADATA.sorted_tables:
            if one not in (meta, tracks, layouts, memberships, *OF_TRACKS):
                others[one.name] = self._table(one, kept)
        others[memberships.name] = sum(map(self._members, sorted(kept)))
        for name in ("counter", "full text"):
            REPAIRS[name](self.target)
        return len(kept), n_lost, others

    def _tracks(self, progress: Progress) -> tuple[set[int], int]:
        numbers = self._numbers()
        kept = set()
        progress.start(len(numbers), "tracks")
        for number in sorted(numbers):
            came = self._track(number)
            progress.advance(str(number), came)
            kept |= {number} if came else set()
        progress.finish()
        return kept, len(numbers - kept)

    def _numbers(self) -> set[int]:
        """Return the numbers of all tracks that anything readable knows of."""
        found = {row["id"] for row in self._walk(tracks)} | {row["track_id"] for row in self._walk(analyses)}
        with suppress(DatabaseError):
            found |= set(self.source.scalars(select(tracks.c.id)))  # from an index
        return {number for number in found if isinstance(number, int)}

    def _track(self, number: int) -> bool:
        """Bring one track over, or nothing of it; return whether it came."""
        try:
            rows = self._rows(tracks, tracks.c.id == number)
            parts = {one: self._rows(one, one.c.track_id == number) for one in OF_TRACKS}
            lyrics = self._lyrics(number)
        except (DatabaseError, DataError):
            return False
        if not rows:
            return False
        with suppress(IntegrityError):  # what was read cannot be true
            self._insert(tracks, [{"added_at": rows[0]["analyzed_at"], **rows[0]}])
            for one, own in parts.items():
                self._insert(one, own)
        if is_readable(self.target, number):
            self._insert(texts, [{"rowid": number, "lyrics": lyrics}])
            return True
        self.target.execute(delete(tracks).where(tracks.c.id == number))
        return False

    def _lyrics(self, number: int) -> str:
        if "texts" not in self.have:
            return ""
        return self.source.scalar(select(texts.c.lyrics).where(texts.c.rowid == number)) or ""

    def _rows(self, one: Table, where: Any, limit: int | None = None) -> list[Row]:
        columns = [column for column in one.columns if column.name in self.have.get(one.name, ())]
        if not columns:
            return []
        rowid: list[Any] = [literal_column(f"{one.name}.rowid").label("place")] if limit else []
        query = select(*columns, *rowid).where(where).limit(limit)
        return [dict(row._mapping) for row in self.source.execute(query.order_by(*rowid))]

    def _insert(self, one: Table, rows: list[Row]) -> None:
        if rows:
            self.target.execute(insert(one), rows)

    def _table(self, one: Table, kept: set[int]) -> int:
        n = 0
        for row in self._walk(one):
            about = {"track_id": None} if "track_id" in row and row["track_id"] not in kept else {}
            try:
                self._insert(one, [row | about])
                n += 1
            except IntegrityError:  # a row that cannot be true
                continue
        return n

    def _members(self, number: int) -> int:
        """Bring over in which clusters a track is: rows without a rowid, which cannot be walked."""
        n = 0
        with suppress(DatabaseError, DataError):
            for row in self._rows(memberships, memberships.c.track_id == number):
                with suppress(IntegrityError):  # its run did not come over
                    self._insert(memberships, [row])
                    n += 1
        return n

    def _walk(self, one: Table) -> Iterator[Row]:
        """Yield the rows of a table that can be read, stepping over those that cannot."""
        place, limit, skipped = 0, PAGE, 0
        rowid: Any = literal_column(f"{one.name}.rowid")
        while skipped < MOST_SKIPPED:
            try:
                rows = self._rows(one, rowid > place, limit)
            except (DatabaseError, DataError):
                skipped, place, limit = skipped + (limit == 1), place + (limit == 1), 1
                continue
            if not rows:
                return
            place, limit, skipped = rows[-1]["place"], PAGE, 0
            for row in rows:
                del row["place"]
                yield row
