"""`Listening`: who heard what, how often and, where it is known, when; read from a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, NotFoundError
from tunelens.data.readers.numbers import number
from tunelens.data.readers.table import Line, Table, open_table, shown
from tunelens.library.feedback.clock import epoch_s

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LARGEST_COUNT = 1e9
_NAMES: Mapping[str, tuple[str, ...]] = {
    "listener": ("listener", "user", "userid", "user_id", "user_name", "username", "听众", "用户", "用户id"),
    "item": (
        *("item", "artist", "artistid", "artist_id", "artist_name", "track", "trackid", "track_id"),
        *("song", "song_id", "title", "歌手", "艺人", "歌曲", "歌名"),
    ),
    "count": ("count", "counts", "plays", "play_count", "playcount", "weight", "listens", "播放次数", "次数"),
    "time": ("time", "timestamp", "at", "date", "listened_at", "played_at", "时间"),
}


@dataclass(frozen=True, eq=False)
class Listening:
    """Who heard what, one row for each time or for many times together.

    Parameters
    ----------
    listeners, items : tuple of str
        Names.
    who, what : ndarray of int64, shape (n,)
        Listener and item of each row.
    plays : ndarray of float32, shape (n,)
        How many times.
    at : ndarray of int64, shape (n,), or None
        When, seconds since 1970; None where the times are not known of all rows.
    dropped : Mapping of str to int
        Why rows of the table were left out, and how many.
    """

    listeners: tuple[str, ...]
    items: tuple[str, ...]
    who: NDArray[np.int64]
    what: NDArray[np.int64]
    plays: NDArray[np.float32]
    at: NDArray[np.int64] | None = None
    dropped: Mapping[str, int] | None = None

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, float, int | None]]) -> Self:
        """Build it of rows of listener, item, plays and time.

        Examples
        --------
        >>> found = Listening.of([("ann", "夜曲", 3, None), ("bob", "夜曲", 1, None)])
        >>> found.items, found.matrix().toarray().tolist()
        (('夜曲',), [[3.0], [1.0]])
        """
        listeners: dict[str, int] = {}
        items: dict[str, int] = {}
        cells = [
            (listeners.setdefault(who, len(listeners)), items.setdefault(what, len(items)), plays, at)
            for who, what, plays, at in rows
        ]
        times = [at for *_, at in cells if at is not None]
        return cls(
            tuple(listeners),
            tuple(items),
            np.array([row[0] for row in cells], np.int64),
            np.array([row[1] for row in cells], np.int64),
            np.array([row[2] for row in cells], np.float32),
            np.array(times, np.int64) if cells and len(times) == len(cells) else None,
        )

    @property
    def pairs(self) -> NDArray[np.int64]:
        """Listener and item of each row as one number, shape (n,)."""
        return self.who * len(self.items) + self.what

    def matrix(self) -> csr_matrix[Any]:
        """Return the plays, shape (n_listeners, n_items)."""
        from scipy.sparse import csr_matrix

        shape = (len(self.listeners), len(self.items))
        return csr_matrix((self.plays, (self.who, self.what)), shape=shape)

    def renamed(self, names: Mapping[str, str]) -> Self:
        """Return it with other names of items; rows of items that have none are left out, and counted.

        Examples
        --------
        >>> found = Listening.of([("ann", "1", 3, None), ("ann", "2", 1, None), ("ann", "3", 1, None)])
        >>> found = found.renamed({"1": "周杰伦", "2": "周杰伦"})
        >>> found.items, found.matrix().toarray().tolist(), found.dropped
        (('周杰伦',), [[4.0]], {'no name of the item': 1})
        """
        times = [None] * len(self.who) if self.at is None else self.at.tolist()
        rows = [
            (self.listeners[who], names[self.items[what]], plays, at)
            for who, what, plays, at in zip(
                self.who.tolist(), self.what.tolist(), self.plays.tolist(), times, strict=True
            )
            if self.items[what] in names
        ]
        lost = len(self.who) - len(rows)
        dropped = {**(self.dropped or {}), **({"no name of the item": lost} if lost else {})}
        return replace(type(self).of(rows), dropped=dropped)

    def only(self, rows: NDArray[np.bool_]) -> Self:
        """Return it with some rows alone; listeners and items keep their numbers."""
        at = None if self.at is None else self.at[rows]
        return replace(self, who=self.who[rows], what=self.what[rows], plays=self.plays[rows], at=at)


def read_listening(path: Path) -> Listening:
    """Read a table of listener, item, count and perhaps time.

    Parameters
    ----------
    path : Path
        CSV, TSV or Parquet. Columns are told by their names (``user``, ``artist``, ``plays``, ``timestamp``,
        ...), or are listener, item, count and time in this order. Without a count each row is one time.

    Raises
    ------
    NotFoundError
        There is no such file.
    DataError
        It is no such table, or no row of it can be used.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no file {str(path)!r}")
    table = open_table(path)
    roles = _roles(table)
    dropped: Counter[str] = Counter()
    found = Listening.of(_rows(table, roles, dropped))
    if not len(found.who):
        reasons = ", ".join(f"{reason} ({n})" for reason, n in dropped.items()) or "it has no rows"
        raise DataError(f"{str(path)!r}: no row can be used: {reasons}", hint=_EXPECTED)
    return replace(found, dropped=dict(dropped))


def read_names(path: Path) -> dict[str, str]:
    """Read a table of identifier and name, its first two columns or those called ``id`` and ``name``.

    Raises
    ------
    NotFoundError
        There is no such file.
    DataError
        It is no such table.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no file {str(path)!r}")
    table = open_table(path)
    if len(table.columns) < 2:
        raise DataError(f"{str(path)!r} has one column", hint="a table of identifier and name is needed")
    columns = [name.casefold() for name in table.columns]
    at = [columns.index(name) if name in columns else place for place, name in enumerate(("id", "name"))]
    pairs = (
        (line.cells[at[0]].strip(), line.cells[at[1]].strip()) for line in table.lines() if not line.fault
    )
    return {id: name for id, name in pairs if id and name}


_EXPECTED = "a table of listener, item, count and, if known, time is needed"


def _roles(table: Table) -> dict[str, int]:
    names = [name.strip().casefold().replace(" ", "_") for name in table.columns]
    found = {role: column for role, known in _NAMES.items() if (column := _first(names, known)) is not None}
    if "listener" in found and "item" in found:
        return found
    if all(name.startswith("column_") for name in names) and len(names) in (2, 3, 4):
        return dict(zip(_NAMES, range(len(names)), strict=False))
    missing = " and no ".join(role for role in ("listener", "item") if role not in found)
    raise DataError(f"{str(table.path)!r} has no {missing}; columns: {shown(names)}", hint=_EXPECTED)


def _first(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _rows(
    table: Table, roles: Mapping[str, int], dropped: Counter[str]
) -> Iterable[tuple[str, str, float, int | None]]:
    for line in table.lines():
        fault = line.fault or _fault(line, roles, table.decimal_comma)
        if fault:
            dropped[fault] += 1
            continue
        plays = number(line.cells[roles["count"]], table.decimal_comma) if "count" in roles else 1.0
        at = epoch_s(line.cells[roles["time"]]) if "time" in roles else None
        yield (
            line.cells[roles["listener"]].strip(),
            line.cells[roles["item"]].strip(),
            plays or 0.0,
            at or None,
        )


def _fault(line: Line, roles: Mapping[str, int], decimal_comma: bool) -> str:
    if not (line.cells[roles["listener"]].strip() and line.cells[roles["item"]].strip()):
        return "no listener or item"
    if "count" not in roles:
        return ""
    plays = number(line.cells[roles["count"]], decimal_comma)
    return "" if plays is not None and 0 < plays <= LARGEST_COUNT else "no count above 0"
