"""What the quick looks of an audit share: folds that keep groups together, and a score with its interval."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
N_FOLDS = 5
N_RESAMPLED = 500
MOST_STRATA = 64


def grouped_folds(y: NDArray[Any], groups: Rows, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield training and test rows; no group stands in both; classes are spread as far as groups allow."""
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    n_folds = min(N_FOLDS, np.unique(groups).size)
    if n_folds < 2:
        return
    strata = y if y.ndim == 1 and y.dtype.kind in "US" and np.unique(y).size <= MOST_STRATA else None
    rare = strata is None or np.unique(strata, return_counts=True)[1].max() < n_folds
    kind = GroupKFold if rare else StratifiedGroupKFold
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", UserWarning
        )  # a class rarer than folds is looked at as far as it goes
        yield from kind(n_folds, shuffle=True, random_state=seed).split(np.zeros(len(y)), strata, groups)


def out_of_fold(
    build: Callable[[tuple[int, ...]], Any],
    X: NDArray[Any],
    y: NDArray[Any],
    groups: Rows,
    *,
    seed: int,
    classes: NDArray[Any],
) -> NDArray[np.float64]:
    """Return the probability of each class, (n, n_classes), by models that saw no row of the group.

    Rows that no model could judge are NaN. `build` is given the shape of what the model will be fitted on.
    """
    proba = np.full((len(y), len(classes)), np.nan)
    for train, test in grouped_folds(y, groups, seed):
        if np.unique(y[train]).size < 2:
            continue
        model = build(X[train].shape).fit(X[train], y[train])
        proba[test] = 0.0
        proba[np.ix_(test, np.searchsorted(classes, model.classes_))] = model.predict_proba(X[test])
    return proba


def balanced(hits: NDArray[Any], y: NDArray[Any], groups: Rows, seed: int) -> tuple[float, float, float]:
    """Return balanced accuracy and its 95 % interval, whole groups resampled.

    Parameters
    ----------
    hits : ndarray of float, shape (n, m)
        1 where the m-th answer for a row is right, 0 where it is wrong, NaN where there is none.
    y : ndarray, shape (n, m)
        What was asked: recall is taken per column and per value of it, and averaged.
    """
    _, group = np.unique(groups, return_inverse=True)
    right, asked = [], []
    for column in range(y.shape[1]):
        for value in np.unique(y[:, column]):
            mine = (y[:, column] == value) & ~np.isnan(hits[:, column])
            right.append(np.bincount(group[mine], hits[mine, column], group.max() + 1))
            asked.append(np.bincount(group[mine], minlength=group.max() + 1))
    tallies = np.array(right, np.float64).T, np.array(asked, np.float64).T
    n = len(tallies[0])
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), N_RESAMPLED)
    low, high = np.nanpercentile(_recalls(drawn @ tallies[0], drawn @ tallies[1]), [2.5, 97.5])
    return (
        float(_recalls(*(tally.sum(axis=0, keepdims=True) for tally in tallies))[0]),
        float(low),
        float(high),
    )


def _recalls(right: NDArray[Any], asked: NDArray[Any]) -> NDArray[np.float64]:
    """Mean recall of each row of tallies over the columns that were asked at all."""
    there = asked > 0
    share = np.where(there, right / np.where(there, asked, 1.0), 0.0)
    return share.sum(axis=1) / np.where(there.any(axis=1), there.sum(axis=1), np.nan)
