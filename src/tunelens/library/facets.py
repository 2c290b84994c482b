"""Counts by facet: how many of the tracks that a query finds are of which genre, key, year, ..."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, cast, func, select, tuple_

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.library.query import condition_in, likely
from tunelens.library.query.tagged import sort_of_tag
from tunelens.library.schema import corrections, tags, tracks
from tunelens.library.store import Library
from tunelens.library.track import GROUPS

MOST = 20
TEMPO_STEP_BPM = 10


@dataclass(frozen=True)
class Count:
    """One value of a facet: the tracks that have it, and the term that finds them among the rest."""

    value: str
    n_tracks: int
    term: str


@dataclass(frozen=True)
class Facet:
    """One way to divide what a query finds.

    Parameters
    ----------
    name : str
        One of `FACETS`.
    counts : tuple of Count
        The most frequent first; years, decades and tempos in their order.
    n_values : int
        How many values there are in all.
    """

    name: str
    counts: tuple[Count, ...]
    n_values: int


def facets(library: Library, text: str, names: Sequence[str], *, most: int = MOST) -> tuple[Facet, ...]:
    """Count what a query finds by each of `names`.

    A track counts once for each value that it has; one without a value is not counted.

    Raises
    ------
    UnknownNameError
        One is not among `FACETS`.
    QueryError
        The query cannot be read.
    ParameterError
        `most` is not positive.
    """
    for name in names:
        if name not in FACETS:
            raise UnknownNameError.among("facet", name, FACETS)
    if most < 1:
        raise ParameterError(f"most is {most}; at least 1 is needed")
    with library.database.read() as connection:
        matching = condition_in(connection, text)
        return tuple(_facet(connection, name, matching, most) for name in dict.fromkeys(names))


def _facet(connection: Connection, name: str, matching: ColumnElement[bool], most: int) -> Facet:
    rows = connection.execute(FACETS[name](name, matching)).all()
    counts = [
        Count(_told(name, row.value), row.n, _term(name, row.value)) for row in rows if row.value is not None
    ]
    kept = sorted(counts, key=lambda count: (-count.n_tracks, count.value))[:most]
    if name in _IN_ORDER:
        kept = [count for count in counts if count in kept]
    return Facet(name, tuple(kept), len(counts))


def _told(name: str, value: Any) -> str:
    if name == "tempo":
        return f"{value}..{value + TEMPO_STEP_BPM}"
    return f"{value}s" if name == "decade" else str(value)


def _term(name: str, value: Any) -> str:
    if name == "tempo":
        return f"tempo:>={value} tempo:<{value + TEMPO_STEP_BPM}"
    if name == "decade":
        return f"year:{value}s"
    quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
    exact = "=" if name in {*_TAGS, "artist", "album", "albumartist", "codec", "mode"} else ""
    return f"{name}:{exact}{value}" if str(value).isalnum() else f'{name}:{exact}"{quoted}"'


def _by_column(column: ColumnElement[Any]) -> Callable[[str, ColumnElement[bool]], Select[Any]]:
    value = column.label("value")
    return lambda _, matching: select(value, func.count().label("n")).where(matching).group_by(value)


def _by_tag(group: str, matching: ColumnElement[bool]) -> Select[Any]:
    """Count by tag; of genres, what a file says of itself counts too, as the tag that it is."""
    heard = select(tags.c.track_id, tags.c.word.label("value")).where(sort_of_tag(group), likely())
    word = reduce(lambda text, mark: func.replace(text, mark, " "), "-_/", func.lower(tracks.c.genre))
    given = select(tracks.c.id, word)  # as `tag_word` writes it
    pairs = heard.union(given.where(tracks.c.genre.is_not(None))) if group == "genre" else heard.distinct()
    pair = pairs.subquery()
    found = select(pair.c.value, func.count().label("n")).join(tracks, tracks.c.id == pair.c.track_id)
    denied = select(corrections.c.track_id, corrections.c.word).where(
        corrections.c.holds == 0, corrections.c.track_id.is_not(None)
    )
    so = tuple_(pair.c.track_id, pair.c.value).not_in(denied)
    return found.where(matching, so).group_by(pair.c.value)


_TAGS = (*GROUPS[:-1], "tag", "label")
_IN_ORDER = ("year", "decade", "tempo")
FACETS: dict[str, Callable[[str, ColumnElement[bool]], Select[Any]]] = {
    **dict.fromkeys(_TAGS, _by_tag),
    "key": _by_column(tracks.c.tonic + " " + tracks.c.mode),
    "mode": _by_column(tracks.c.mode),
    "year": _by_column(tracks.c.year),
    "decade": _by_column(tracks.c.year - tracks.c.year % 10),
    "tempo": _by_column(cast(tracks.c.tempo_bpm / TEMPO_STEP_BPM, Integer) * TEMPO_STEP_BPM),
    "artist": _by_column(tracks.c.artist),
    "album": _by_column(tracks.c.album),
    "albumartist": _by_column(tracks.c.album_artist),
    "codec": _by_column(tracks.c.codec),
}
"""How each facet is counted; a query for pairs of a value and a number of tracks."""
