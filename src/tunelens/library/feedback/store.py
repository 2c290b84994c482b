"""`Feedback`: the events of a library, kept and summed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from tunelens.base.batches import batched
from tunelens.library.feedback.events import JUDGEMENTS, Event
from tunelens.library.feedback.interactions import Interactions, interactions_of
from tunelens.library.feedback.scores import Score, Tally, scores_of, tallies
from tunelens.library.matching import matcher
from tunelens.library.schema import events

if TYPE_CHECKING:
    from tunelens.library.store import Library

BATCH = 2_000
_COLUMNS = tuple(field.name for field in fields(Event) if field.name != "id")
_MAY_CHANGE = ("kind", "at", "value", "text")


@dataclass(frozen=True)
class Added:
    """What became of events that were added.

    Parameters
    ----------
    new, changed, known : int
        Not seen before; seen with another value or time; seen exactly so.
    """

    new: int = 0
    changed: int = 0
    known: int = 0

    def __add__(self, other: Added) -> Added:
        return Added(self.new + other.new, self.changed + other.changed, self.known + other.known)


class Feedback:
    """The events of a library.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from tunelens import Library
    >>> with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
    ...     feedback = Feedback(library)
    ...     like = Event("like", 1_700_000_000, "cli", artist="Nina Simone", title="Sinnerman")
    ...     feedback.add([like]), feedback.add([like]), feedback.scores()
    (1, 0, {})
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._database = library.database

    def add(self, given: Iterable[Event]) -> int:
        """Keep events and return how many were not there before; see `keep`."""
        return self.keep(given).new

    def keep(self, given: Iterable[Event]) -> Added:
        """Keep events, `BATCH` of them a transaction.

        An event whose source and key are there already is that event: its kind, time, value and text become
        those given, so that a rating or a count of plays that grew is brought up to date. Which track it
        belongs to is told only where it was not known.
        """
        told = Added()
        for batch in batched(given, BATCH):
            with self._database.write() as connection:
                told += _keep(connection, batch)
        return told

    def events(
        self,
        *,
        track_id: int | None = None,
        kinds: Sequence[str] = (),
        listener: str | None = None,
        source: str | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        """Return events that are so, the latest first."""
        query = select(events).order_by(events.c.at.desc(), events.c.id.desc())
        asked = {"track_id": track_id, "listener": listener, "source": source}
        for name, value in asked.items():
            query = query if value is None else query.where(events.c[name] == value)
        if kinds:
            query = query.where(events.c.kind.in_(kinds))
        with self._database.read() as connection:
            return [_event(row) for row in connection.execute(query.limit(limit))]

    def counts(self) -> dict[str, int]:
        """Return how many events there are of each kind."""
        query = select(events.c.kind, func.count().label("n")).group_by(events.c.kind).order_by(events.c.kind)
        with self._database.read() as connection:
            return {row.kind: row.n for row in connection.execute(query)}

    def count_waiting(self) -> int:
        """Return how many events wait for their track."""
        query = select(func.count()).select_from(events).where(events.c.track_id.is_(None))
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def newest(self, source: str, n: int) -> list[Event]:
        """Return the `n` events of a source that were kept last, the last first."""
        query = select(events).where(events.c.source == source).order_by(events.c.id.desc()).limit(n)
        with self._database.read() as connection:
            return [_event(row) for row in connection.execute(query)]

    def scores(self, listener: str | None = None) -> dict[int, Score]:
        """Return how well each track is liked by all, or by one listener.

        A track that nobody played or judged is left out: its score is 0. See the module `scores` beside.
        """
        return scores_of(self._tallies(), listener)

    def plays(self) -> dict[int, tuple[int, int]]:
        """Return of each track how often it was played, and when last: seconds since 1970."""
        times = func.sum(func.coalesce(events.c.value, 1.0)).label("times")
        heard = select(events.c.track_id, times, func.max(events.c.at).label("last"))
        played = heard.where(events.c.kind == "play", events.c.track_id.is_not(None))
        with self._database.read() as connection:
            rows = connection.execute(played.group_by(events.c.track_id))
            return {row.track_id: (round(row.times), row.last) for row in rows}

    def interactions(self) -> Interactions:
        """Return who likes what as a sparse matrix."""
        return interactions_of(self._tallies())

    def _tallies(self) -> dict[tuple[str, int], Tally]:
        """Sum up what listeners did with tracks: plays in SQL, judgements in the order of time."""
        mine = (events.c.listener, events.c.track_id)
        here = events.c.track_id.is_not(None)
        times = func.sum(func.coalesce(events.c.value, 1.0)).label("times")
        heard = select(*mine, events.c.kind, times).where(here, events.c.kind.in_(("play", "skip")))
        judged = select(events).where(here, events.c.kind.in_(JUDGEMENTS)).order_by(events.c.at, events.c.id)
        with self._database.read() as connection:
            paged = connection.execution_options(yield_per=10_000)
            found = tallies(_event(row) for row in paged.execute(judged))
            for row in paged.execute(heard.group_by(*mine, events.c.kind)):
                found.setdefault((row.listener, row.track_id), Tally()).hear(row.kind, row.times)
        return found

    def remove(self, ids: Iterable[int]) -> int:
        """Forget events by number and return how many there were."""
        with self._database.write() as connection:
            done = [connection.execute(delete(events).where(events.c.id == number)) for number in ids]
        return sum(one.rowcount for one in done)

    def remove_source(self, source: str) -> int:
        """Forget everything that one source told."""
        with self._database.write() as connection:
            return connection.execute(delete(events).where(events.c.source == source)).rowcount

    def adopt(self) -> int:
        """Give events without a track the track that has arrived since; return how many found theirs."""
        find = matcher(self._library).find
        known: dict[Any, int | None] = {}
        told = 0
        for rows in self._lost():
            for name in {tuple(row[1:]) for row in rows} - known.keys():
                known[name] = find(artist=name[0], title=name[1], album=name[2]).id
            found = [(row.id, known[tuple(row[1:])]) for row in rows]
            told += self._tell([{"event": event, "track": id} for event, id in found if id is not None])
        return told

    def _lost(self) -> Iterator[Sequence[Any]]:
        columns = (events.c.id, events.c.artist, events.c.title, events.c.album)
        lost = select(*columns).where(events.c.track_id.is_(None), events.c.title.is_not(None))
        after = 0
        while True:
            with self._database.read() as connection:
                page = lost.where(events.c.id > after).order_by(events.c.id).limit(BATCH)
                rows = connection.execute(page).all()
            if not rows:
                return
            yield rows
            after = rows[-1].id

    def _tell(self, tracks: list[dict[str, int]]) -> int:
        if not tracks:
            return 0
        orphan = update(events).where(events.c.id == bindparam("event"), events.c.track_id.is_(None))
        with self._database.write() as connection:
            return connection.execute(orphan.values(track_id=bindparam("track")), tracks).rowcount


def _keep(connection: Connection, batch: Sequence[Event]) -> Added:
    rows = [{f"its_{name}": getattr(event, name) for name in _COLUMNS} for event in batch]
    new = connection.execute(_INSERT, rows).rowcount
    changed = connection.execute(_CHANGE, rows).rowcount
    connection.execute(_ADOPT, rows)
    return Added(new, changed, len(batch) - new - changed)


def _event(row: Row[Any]) -> Event:
    return Event(**row._mapping)


_ITS: dict[str, Any] = {name: bindparam(f"its_{name}") for name in _COLUMNS}
_SAME = (events.c.source == _ITS["source"]) & (events.c.key == _ITS["key"])
_INSERT = insert(events).values(**_ITS).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_CHANGE = (
    update(events)
    .where(_SAME, or_(*(events.c[name].is_distinct_from(_ITS[name]) for name in _MAY_CHANGE)))
    .values({name: _ITS[name] for name in _MAY_CHANGE})
)
_ADOPT = update(events).where(_SAME, events.c.track_id.is_(None)).values(track_id=_ITS["track_id"])
