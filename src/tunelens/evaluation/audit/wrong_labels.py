"""Labels that are likely wrong: confident learning (Northcutt, Jiang, Chuang 2021).

A quick head gives each row the probability of each class without having seen the row or its group. A class
is believed where its probability reaches the mean it has among the rows that carry it, or 0.8. A row that
carries one class and is believed to be another is a suspect.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.data.labels import Labels
from tunelens.evaluation.audit.findings import WrongLabel
from tunelens.evaluation.audit.folds import Rows, grouped_folds, out_of_fold

RAREST = 5
"""Classes with fewer rows are too rare to be judged."""

SURE = 0.8
"""A class this probable is believed even where its own rows are surer still."""

FAR = 6.0
"""A number is suspect that lies so many robust standard deviations from what was predicted."""

MOST_COMPONENTS = 100
_TO_SIGMA = 1.4826


def suspects(
    X: NDArray[Any], labels: Labels, groups: Rows, ids: tuple[str, ...], seed: int = 0
) -> list[WrongLabel]:
    """Return the rows whose label is likely wrong, the surest first.

    Parameters
    ----------
    X : ndarray, shape (n, d)
        What is known of the rows; NaN where unknown. Rows of NaN only are not judged.
    labels : Labels
        What they are said to be.
    groups : ndarray of int, shape (n,)
        Rows of one group never judge each other.
    ids : tuple of str
        Names of the rows.
    """
    heard = np.flatnonzero(~np.isnan(X).all(axis=1))
    X, labels, groups = X[heard], labels.take(heard), groups[heard]
    names = [ids[row] for row in heard]
    if labels.task == "continuous":
        found = _far_numbers(X, labels.y(), groups, names, seed)
    elif labels.task == "multi":
        found = _doubtful_tags(X, labels, groups, names, seed)
    else:
        found = _doubtful_classes(X, labels.y(), groups, names, seed)
    return sorted(found, key=lambda one: -one.margin)


def _doubtful_classes(
    X: NDArray[Any], y: NDArray[Any], groups: Rows, names: list[str], seed: int
) -> list[WrongLabel]:
    known, counts = np.unique(y, return_counts=True)
    classes = known[counts >= RAREST]
    judged = np.flatnonzero(np.isin(y, classes))
    if classes.size < 2:
        return []
    X, y, groups = X[judged], y[judged], groups[judged]
    proba = out_of_fold(_head, X, y, groups, seed=seed, classes=classes)
    return [
        WrongLabel(names[judged[row]], str(y[row]), str(classes[better]), margin)
        for row, better, margin in doubts(proba, np.searchsorted(classes, y))
    ]


def doubts(proba: NDArray[np.float64], given: Rows) -> list[tuple[int, int, float]]:
    """Return row, class it is believed to be and margin, for rows believed to be another than given.

    Parameters
    ----------
    proba : ndarray, shape (n, n_classes)
        Out-of-fold probabilities; rows of NaN are left out.
    given : ndarray of int, shape (n,)
        Number of the class that each row carries.

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.8, 0.2], [0.9, 0.1], [0.1, 0.9], [0.2, 0.8]])
    >>> doubts(proba, np.array([0, 0, 1, 1, 1]))
    [(2, 0, 0.8)]
    """
    judged = np.flatnonzero(~np.isnan(proba).any(axis=1))
    if not judged.size:
        return []
    classes = range(proba.shape[1])
    own = [proba[judged[given[judged] == k], k] for k in classes]
    believed = np.array([mine.mean() if mine.size else SURE for mine in own])
    sure = np.where(proba[judged] >= np.minimum(believed, SURE), proba[judged], -1.0)
    best = sure.argmax(axis=1)
    odd = (sure.max(axis=1) >= 0) & (best != given[judged])
    return [
        (int(row), int(k), round(float(proba[row, k] - proba[row, given[row]]), 3))
        for row, k in zip(judged[odd], best[odd], strict=True)
        if proba[row, k] > proba[row, given[row]]
    ]


def _doubtful_tags(
    X: NDArray[Any], labels: Labels, groups: Rows, names: list[str], seed: int
) -> list[WrongLabel]:
    Y, found = labels.y(), []
    for tag, column in zip(labels.classes, Y.T, strict=True):
        if min(column.sum(), (1 - column).sum()) < RAREST:
            continue
        y = np.where(column == 1, tag, f"not {tag}")
        found += _doubtful_classes(X, y, groups, names, seed)
    return found


def _far_numbers(
    X: NDArray[Any], y: NDArray[Any], groups: Rows, names: list[str], seed: int
) -> list[WrongLabel]:
    predicted = np.full(len(y), np.nan)
    for train, test in grouped_folds(y, groups, seed):
        predicted[test] = _line(X[train].shape).fit(X[train], y[train]).predict(X[test])
    away = y - predicted
    if np.isnan(away).all():
        return []
    away -= np.nanmedian(away)
    sigma = _TO_SIGMA * float(np.nanmedian(np.abs(away)))
    far = np.abs(away) > FAR * sigma if sigma > 0 else np.zeros(len(y), bool)
    return [
        WrongLabel(
            names[row], f"{y[row]:.4g}", f"{predicted[row]:.4g}", round(float(abs(away[row]) / sigma), 2)
        )
        for row in np.flatnonzero(far)
    ]


def _head(shape: tuple[int, ...]) -> Any:
    from sklearn.linear_model import LogisticRegression

    return _prepared(LogisticRegression(C=0.1, max_iter=500), shape)


def _line(shape: tuple[int, ...]) -> Any:
    from sklearn.linear_model import RidgeCV

    return _prepared(RidgeCV(np.logspace(-2, 4, 7)), shape)


def _prepared(last: Any, shape: tuple[int, ...]) -> Any:
    """Fill gaps, scale, and turn many columns into few, so that a head fits in a moment."""
    from sklearn.decomposition import PCA
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    steps = [SimpleImputer(keep_empty_features=True), StandardScaler()]
    if min(shape) > MOST_COMPONENTS:
        steps.append(PCA(MOST_COMPONENTS, svd_solver="randomized", random_state=0))
    return make_pipeline(*steps, last)
