"""Can the label be told from how a file is stored? Then a model may learn the storage and not the music."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.data.labels import Labels
from tunelens.evaluation.audit.findings import FormatLeak
from tunelens.evaluation.audit.folds import N_RESAMPLED, Rows, balanced, grouped_folds, out_of_fold
from tunelens.evaluation.audit.sound import SoundFacts

JOINTLY = "jointly"
RAREST = 10
"""Classes and tags with fewer rows are left out: too few to tell chance from knowledge."""

Float64 = NDArray[np.float64]


def properties(facts: Sequence[SoundFacts]) -> dict[str, Float64]:
    """Return the properties of each file as numbers, shape (n,) each."""
    codecs = sorted({one.codec for one in facts})
    columns = {
        "bandwidth": [one.cutoff_hz for one in facts],
        "bit rate": [one.bit_rate for one in facts],
        "sample rate": [one.sr for one in facts],
        "codec": [codecs.index(one.codec) for one in facts],
        "channels": [one.n_channels for one in facts],
        "loudness": [one.loudness_lufs for one in facts],
        "duration": [one.duration_s for one in facts],
    }
    return {name: np.array(values, np.float64) for name, values in columns.items()}


def format_leaks(
    columns: Mapping[str, Float64], labels: Labels, groups: Rows, seed: int = 0
) -> list[FormatLeak]:
    """Return how well the label can be told from each property, and from all jointly, by trees.

    Parameters
    ----------
    columns : Mapping of str to ndarray of float64, shape (n,)
        As `properties` gives them.
    labels : Labels
        Of the same rows.
    groups : ndarray of int, shape (n,)
        Rows of one group are never on both sides of a fold.

    Returns
    -------
    list of FormatLeak
        Balanced accuracy (of tags the mean, of numbers the rank correlation) with its interval. Empty where
        there are too few rows to say.
    """
    rows, asked = _asked(labels)
    if not rows.size:
        return []
    chance = _chance(labels, asked)
    varying = {name: values[rows] for name, values in columns.items() if _varies(values[rows])}
    tried = {name: values[:, None] for name, values in varying.items()}
    if len(varying) > 1:
        tried[JOINTLY] = np.stack(list(varying.values()), axis=1)
    same = [
        FormatLeak(name, chance, chance, chance, chance, False) for name in columns if name not in varying
    ]
    scored = [
        FormatLeak(name, *(_rounded(_score(X, asked, groups[rows], seed))), chance)
        for name, X in tried.items()
    ]
    order = [*columns, JOINTLY]
    return sorted([*same, *scored], key=lambda leak: order.index(leak.by))


def _rounded(score: tuple[float, float, float]) -> tuple[float, float, float]:
    value, low, high = (round(x, 3) for x in score)
    return value, low, high


def _asked(labels: Labels) -> tuple[Rows, NDArray[Any]]:
    """Rows that count, and what is asked of each: (n,) numbers or (n, m) classes or tags."""
    y = labels.y()
    every = np.arange(len(labels))
    if labels.task == "continuous":
        return (every if len(y) >= RAREST else every[:0]), y
    if labels.task == "multi":
        common = (y.sum(axis=0) >= RAREST) & ((1 - y).sum(axis=0) >= RAREST)
        return (every if common.any() else every[:0]), y[:, common]
    classes, counts = np.unique(y, return_counts=True)
    rows = np.flatnonzero(np.isin(y, classes[counts >= RAREST]))
    if np.unique(y[rows]).size < 2:
        rows = rows[:0]
    return rows, np.unique(y[rows], return_inverse=True)[1][:, None]


def _chance(labels: Labels, asked: NDArray[Any]) -> float:
    if labels.task == "continuous":
        return 0.0
    return 0.5 if labels.task == "multi" else round(1 / np.unique(asked).size, 3)


def _varies(values: Float64) -> bool:
    there = values[~np.isnan(values)]
    return there.size > 0 and bool(np.ptp(there) > 0 or there.size < values.size)


def _score(X: Float64, asked: NDArray[Any], groups: Rows, seed: int) -> tuple[float, float, float]:
    X = np.where(np.isnan(X), -1e9, X)
    if asked.ndim == 1:
        return _rank_score(X, asked, groups, seed)
    hits = np.full(asked.shape, np.nan)
    for column, y in enumerate(asked.T):
        classes = np.unique(y)
        proba = out_of_fold(lambda shape: _tree(shape, seed), X, y, groups, seed=seed, classes=classes)
        told = ~np.isnan(proba).any(axis=1)
        hits[told, column] = classes[proba[told].argmax(axis=1)] == y[told]
    return balanced(hits, asked, groups, seed)


def _rank_score(X: Float64, y: Float64, groups: Rows, seed: int) -> tuple[float, float, float]:
    from sklearn.tree import DecisionTreeRegressor

    told = np.full(len(y), np.nan)
    for train, test in grouped_folds(y, groups, seed):
        tree = DecisionTreeRegressor(max_leaf_nodes=8, min_samples_leaf=5, random_state=seed)
        told[test] = tree.fit(X[train], y[train]).predict(X[test])
    if np.isnan(told).all():
        return 0.0, 0.0, 0.0
    rng, members = np.random.default_rng(seed), [np.flatnonzero(groups == one) for one in np.unique(groups)]
    drawn = [
        np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        for _ in range(N_RESAMPLED // 2)
    ]
    low, high = np.percentile([_ranks_agree(told[rows], y[rows]) for rows in drawn], [2.5, 97.5])
    return _ranks_agree(told, y), float(low), float(high)


def _ranks_agree(a: Float64, b: Float64) -> float:
    """Spearman's correlation; 0 where one of the two does not vary."""
    from scipy.stats import rankdata

    a, b = rankdata(a), rankdata(b)
    return float(np.corrcoef(a, b)[0, 1]) if np.ptp(a) > 0 and np.ptp(b) > 0 else 0.0


def _tree(shape: tuple[int, ...], seed: int) -> Any:
    """One small tree for one property; a forest of them where several play together."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier

    if shape[1] == 1:
        return DecisionTreeClassifier(
            max_leaf_nodes=16, min_samples_leaf=5, class_weight="balanced", random_state=seed
        )
    return RandomForestClassifier(50, min_samples_leaf=3, class_weight="balanced", random_state=seed)
