"""In which order a search gives its tracks."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, func, literal_column, select

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.library.query import Node, compiled, match_of, split
from tunelens.library.query.fields import COLUMNS, counted_plays, mean_ratings
from tunelens.library.query.words import matching
from tunelens.library.schema import texts, tracks

RELEVANCE, RANDOM = "relevance", "random"
SORTS = (*COLUMNS, "plays", "rating", RELEVANCE, RANDOM)
WEIGHTS = {
    "title": 10, "artist": 8, "album": 5, "albumartist": 4, "genre": 3, "path": 1, "tags": 2, "lyrics": 1,
}  # fmt: skip
"""How much a word in each column says about a track, for BM25."""

NAMES = "title artist album albumartist"
MOST_WEIGHED = 20_000
"""Where more tracks have the words, weighing them all would take seconds and tell little."""

_TEXTUAL = ("title", "artist", "album", "albumartist", "codec", "mode")
_PRIME = 2**31 - 1
_ROUNDS = 2


def ordered(query: Select[Any], tree: Node, sort: str, *, seed: int = 0, many: bool = False) -> Select[Any]:
    """Return `query`, which selects from ``tracks``, in an order; see `tunelens.library.search.search`.

    With `many`, relevance weighs no more than `MOST_WEIGHED` tracks.

    Raises
    ------
    UnknownNameError
        No such order.
    ParameterError
        The same twice.
    """
    for name, falling in _keys(sort, tree):
        if name == RANDOM:
            query = query.order_by(_shuffled(seed))
        elif name == RELEVANCE:
            query = _by_relevance(query, tree, many)
        else:
            query, value = _valued(query, name)
            query = query.order_by(value.desc().nulls_last() if falling else value.nulls_last())
    return query.order_by(tracks.c.id)


def too_many(n_tracks: int) -> bool:
    """Are these too many to weigh each?"""
    return n_tracks > MOST_WEIGHED


def best(tree: Node, sort: str) -> Select[Any] | None:
    """Return the numbers of the `MOST_WEIGHED` tracks that are weighed among many, the best first.

    None where something else than relevance is asked for, or more than words can find a track.
    """
    words, others = split(tree)
    if not words or _keys(sort, tree) != [(RELEVANCE, False)]:
        return None
    scores = _scores(tree, many=True)
    query = select(scores.c.track_id).join(tracks, tracks.c.id == scores.c.track_id)
    return query.where(*map(compiled, others)).order_by(scores.c.score, scores.c.track_id)


def _keys(sort: str, tree: Node) -> list[tuple[str, bool]]:
    keys = [(one.strip().lstrip("-"), one.strip().startswith("-")) for one in sort.split(",") if one.strip()]
    names = [name for name, _ in keys]
    for name in names:
        if name not in SORTS:
            raise UnknownNameError.among("order", name, SORTS)
    if len(set(names)) < len(names):
        raise ParameterError(f"the order {sort!r} names one thing twice")
    return keys or [(RELEVANCE if match_of(tree) else "path", False)]


def _valued(query: Select[Any], name: str) -> tuple[Select[Any], ColumnElement[Any]]:
    if name in {"plays", "rating"}:
        source = counted_plays() if name == "plays" else mean_ratings()
        return _joined(query, source), source.c.value
    column = COLUMNS[name]
    return query, func.lower(column) if name in _TEXTUAL else column


def _joined(query: Select[Any], source: FromClause) -> Select[Any]:
    return query.outerjoin(source, source.c.track_id == tracks.c.id)


def _by_relevance(query: Select[Any], tree: Node, many: bool) -> Select[Any]:
    """Order by BM25, the best first; tracks found by other things than words come last."""
    if not match_of(tree):
        return query
    scores = _scores(tree, many)
    return _joined(query, scores).order_by(scores.c.score.nulls_last())


def _scores(tree: Node, many: bool) -> Subquery:
    """Return the scores of tracks by ``track_id``; of many, the first that have the words in their names."""
    expression = match_of(tree, NAMES if many else "") or ""
    weights = ", ".join(str(WEIGHTS[column.name]) for column in texts.c if column.name in WEIGHTS)
    rank: ColumnElement[float] = literal_column("rank")
    scored = matching(expression).where(rank.match(f"bm25({weights})"))
    found = scored.with_only_columns(texts.c.rowid.label("track_id"), rank.label("score"))
    return (found.limit(MOST_WEIGHED) if many else found).subquery()


def _shuffled(seed: int) -> ColumnElement[Any]:
    """Return a number for each track that looks random and depends on `seed` alone: quadratic congruence.

    Every step stays under 2^62, so it is exact wherever integers have 64 bits.
    """
    draw = random.Random(seed)
    mixed: ColumnElement[Any] = tracks.c.id
    for _ in range(_ROUNDS):
        mixed = (mixed % _PRIME * draw.randrange(1, _PRIME) + draw.randrange(_PRIME)) % _PRIME
        mixed = mixed * mixed % _PRIME
    return mixed
