"""Folds inside a training set: groups stay together there too."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
BINS = 4
"""Into how many ranges numbers are cut, so that each fold sees low and high ones."""


def inner_folds(
    y: NDArray[Any], groups: NDArray[Any] | None, n_folds: int, seed: int = 0
) -> list[tuple[Rows, Rows]]:
    """Return (train, test) rows of folds that share no group and are as alike as groups allow.

    Groups go one by one, largest first, to the fold that lacks their classes most.

    Parameters
    ----------
    y : ndarray, shape (n,) or (n, n_classes)
        Classes, an indicator matrix, or numbers.
    groups : ndarray, shape (n,), optional
        Every row is its own group if left out.
    n_folds : int
        As many at most as there are groups.
    seed : int

    Returns
    -------
    list of tuple of ndarray
        Empty where there are fewer than two groups.

    Examples
    --------
    >>> groups = np.array([0, 0, 1, 1, 2, 2])
    >>> [test.tolist() for _, test in inner_folds(np.array(list("ababab")), groups, 3)]
    [[4, 5], [0, 1], [2, 3]]
    """
    groups = np.arange(len(y)) if groups is None else np.asarray(groups)
    names, member = np.unique(groups, return_inverse=True)
    n_folds = min(n_folds, len(names))
    if n_folds < 2:
        return []
    counts = np.zeros((len(names), (columns := _indicator(y)).shape[1]))
    np.add.at(counts, member, columns)
    fold_of = _deal(counts, n_folds, seed)[member]
    rows = np.arange(len(y))
    folds = [(rows[fold_of != i], rows[fold_of == i]) for i in range(n_folds)]
    return [(train, test) for train, test in folds if len(train) and len(test)]


def _deal(counts: NDArray[np.float64], n_folds: int, seed: int) -> Rows:
    order = np.random.default_rng(seed).permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    share = counts / np.maximum(counts.sum(axis=0), 1)
    filled, sizes = np.zeros((n_folds, counts.shape[1])), np.zeros(n_folds)
    fold_of = np.zeros(len(counts), np.intp)
    for group in order:
        # the second key fills folds evenly where classes do not tell them apart
        need = filled @ share[group]
        best = min(range(n_folds), key=lambda i: (round(float(need[i]), 12), float(sizes[i])))
        fold_of[group] = best
        filled[best] += share[group]
        sizes[best] += counts[group].sum() or 1
    return fold_of


def _indicator(y: NDArray[Any]) -> NDArray[np.float64]:
    if y.ndim == 2:
        return np.concatenate([y, np.ones((len(y), 1))], axis=1).astype(np.float64)
    if y.dtype.kind == "f":
        y = np.digitize(y, np.quantile(y, np.arange(1, BINS) / BINS))
    classes, at = np.unique(y, return_inverse=True)
    return np.eye(len(classes))[at]
