"""Figures of ranked lists: did each listener find what was held back, and how much of all is ever shown?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.evaluation.intervals import LEVEL, N_DRAWS, Interval, around, check_draws, draws

Float = NDArray[np.float64]
Columns = NDArray[np.intp]


def top(scores: NDArray[Any], k: int) -> Columns:
    """Return the columns of the `k` largest scores of each row, the largest first.

    Examples
    --------
    >>> top(np.array([[0.1, 0.9, 0.5]]), 2).tolist()
    [[1, 2]]
    """
    k = min(k, scores.shape[1])
    some = np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)  # ties: the first column first
    order = np.argsort(-np.take_along_axis(scores, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)


def ndcg(hits: NDArray[np.bool_], n_wanted: NDArray[np.int64]) -> Float:
    """Return the normalised discounted cumulative gain of each list, shape (n,).

    Parameters
    ----------
    hits : ndarray of bool, shape (n, k)
        Was the thing at this place wanted? The best place first.
    n_wanted : ndarray of int, shape (n,)
        How many things there were to find, from 1.

    References
    ----------
    .. [1] Järvelin & Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002.

    Examples
    --------
    >>> ndcg(np.array([[False, True, False]]), np.array([1])).round(4).tolist()
    [0.6309]
    """
    gain = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.cumsum(gain)[np.minimum(n_wanted, hits.shape[1]) - 1]
    return hits @ gain / ideal


def recall(hits: NDArray[np.bool_], n_wanted: NDArray[np.int64]) -> Float:
    """Return which share of what was to be found is in each list, shape (n,)."""
    return hits.sum(axis=1) / n_wanted


def coverage(lists: Columns, n_items: int) -> float:
    """Return which share of all items is in some list."""
    return len(np.unique(lists)) / n_items if n_items else math.nan


def novelty(lists: Columns, n_listeners_of: NDArray[Any], n_listeners: int) -> Float:
    """Return the mean surprise of each list, bits, shape (n,).

    The surprise of an item is -log2 of the share of listeners who know it; one that nobody knows counts as
    if one did.

    References
    ----------
    .. [1] Vargas & Castells, "Rank and relevance in novelty and diversity metrics", RecSys 2011.

    Examples
    --------
    >>> novelty(np.array([[0, 1]]), np.array([4, 1]), 4).tolist()
    [1.0]
    """
    share = np.maximum(np.asarray(n_listeners_of, np.float64), 1) / n_listeners
    return -np.log2(share)[lists].mean(axis=1)


def mean_interval(
    values: Float, *, least: float = -math.inf, n: int = N_DRAWS, level: float = LEVEL, seed: int = 0
) -> Interval:
    """Return the mean over listeners, and the interval that resampling them gives.

    Parameters
    ----------
    values : ndarray, shape (n_listeners,)
    least : float
        No value is smaller, and no end of the interval.
    n, level, seed
        As `bootstrap` takes them.

    Examples
    --------
    >>> mean_interval(np.ones(20))
    Interval(value=1.0, low=1.0, high=1.0, level=0.95)
    """
    check_draws(n, level)
    value = float(values.mean()) if len(values) else math.nan
    if len(values) < 2:
        return Interval(value, math.nan, math.nan, level)
    found = np.array([values[rows].mean() for rows in draws(np.arange(len(values)), n, seed)])
    low, high = around(value, found, level)
    return Interval(value, max(low, least), high, level)
