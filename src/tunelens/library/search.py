"""Searching: a page of the tracks that a query finds, in an order, and how many there are in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from tunelens.base.errors import ParameterError
from tunelens.library.order import best, ordered, too_many
from tunelens.library.query import compiled, parse, with_lists
from tunelens.library.schema import tracks
from tunelens.library.store import LARGEST, Library
from tunelens.library.track import Track

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some of the tracks that a query finds.

    Parameters
    ----------
    tracks : tuple of Track
        In the order that was asked for.
    total : int
        How many there are in all.
    """

    tracks: tuple[Track, ...]
    total: int


def search(
    library: Library,
    text: str = "",
    *,
    sort: str = "",
    seed: int = 0,
    limit: int | None = PAGE,
    offset: int = 0,
) -> Page:
    """Return the tracks that a query finds.

    Parameters
    ----------
    library : Library
        Where to look.
    text : str
        The query, see `tunelens.library.query`; an empty one finds every track.
    sort : str
        Names of `tunelens.library.order.SORTS` joined by commas, each with ``-`` before it for the largest
        first; tracks without the value come last. By relevance where there are words, else by path, if empty.
    seed : int
        Which order ``random`` is; the same number gives the same order.
    limit : int or None
        At most this many; None for all.
    offset : int
        Leave out this many first.

    Raises
    ------
    QueryError
        The query cannot be read; the error knows the character.
    UnknownNameError
        No such order.
    ParameterError
        `limit` or `offset` is negative.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = tempfile.TemporaryDirectory()
    >>> with Library.open(Path(folder.name) / "music.db") as library:
    ...     search(library, "genre:jazz tempo:90..110", sort="-year")
    Page(tracks=(), total=0)
    >>> folder.cleanup()
    """
    if offset < 0 or (limit is not None and limit < 0):
        raise ParameterError(f"limit is {limit} and offset {offset}; neither may be negative")
    with library.database.read() as connection:
        tree = with_lists(connection, parse(text))
        matching = compiled(tree)
        everything = select(tracks.c.id).where(matching)
        total = connection.scalar(select(func.count()).select_from(tracks).where(matching)) or 0
        many = too_many(total)
        first = best(tree, sort) if many and limit is not None else None
        found = _page(connection, first, limit, offset) if first is not None else []
        if len(found) < min(limit or total, max(0, total - offset)):
            found = _page(connection, ordered(everything, tree, sort, seed=seed, many=many), limit, offset)
    return Page(tuple(library.tracks_by_id(found)), total)


def _page(connection: Connection, query: Select[Any], limit: int | None, offset: int) -> list[int]:
    page = query.limit(None if limit is None else min(limit, LARGEST)).offset(min(offset, LARGEST))
    return list(connection.scalars(page))
