"""Recommenders as functions: given listeners, how well every item fits each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.library.recommend.blend import blend
from tunelens.library.recommend.collaborative import FactorOptions, Factors, confidence_of
from tunelens.library.recommend.content import Anchors, fit

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Rows = NDArray[np.intp]
Scores = NDArray[Any]
Scorer = Callable[[Rows], Scores]
"""Takes listeners and returns how well every item fits each, shape (n, n_items)."""


def at_random(n_items: int, seed: int) -> Scorer:
    """Return a recommender that draws."""

    def scores(rows: Rows) -> Scores:
        return np.array([np.random.default_rng([seed, int(row)]).random(n_items) for row in rows])

    return scores


def popularity(plays: csr_matrix[Any]) -> Scorer:
    """Return a recommender of what most listeners know."""
    known = n_listeners_of(plays).astype(np.float64)
    return lambda rows: np.tile(known, (len(rows), 1))


def collaborative(plays: csr_matrix[Any], options: FactorOptions) -> Scorer:
    """Return a recommender of what listeners of like taste play."""
    factors = Factors.fit(confidence_of(plays), options)
    return lambda rows: factors.scores(factors.listeners[rows])


def by_content(plays: csr_matrix[Any], matrix: NDArray[np.float32]) -> Scorer:
    """Return a recommender of what sounds like what was played; rows of `matrix` are the items."""
    liked = confidence_of(plays)

    def scores(rows: Rows) -> Scores:
        mine = (liked[int(row)] for row in rows)
        return np.array([fit(matrix, Anchors.of(one.indices.astype(np.intp), one.data)) for one in mine])

    return scores


def hybrid(plays: csr_matrix[Any], sound: Scorer, crowd: Scorer, weight: float) -> Scorer:
    """Return a recommender that heeds both; items that nobody played are judged by `sound` alone."""
    warm = n_listeners_of(plays) > 0

    def scores(rows: Rows) -> Scores:
        pairs = zip(sound(rows), crowd(rows), strict=True)
        return np.array([blend(by_sound, by_crowd, warm, weight) for by_sound, by_crowd in pairs])

    return scores


def remembered(scorer: Scorer) -> Scorer:
    """Return a recommender that works out each answer once."""
    known: dict[bytes, Scores] = {}

    def scores(rows: Rows) -> Scores:
        key = rows.tobytes()
        if key not in known:
            known[key] = scorer(rows)
        return known[key]

    return scores


def n_listeners_of(plays: csr_matrix[Any]) -> NDArray[np.int64]:
    """Return how many listeners played each item, shape (n_items,)."""
    return np.bincount(plays.indices[plays.data > 0], minlength=plays.shape[1])
