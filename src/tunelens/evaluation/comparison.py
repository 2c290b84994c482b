"""Two models on the same rows: the difference, its interval, and whether chance explains it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.evaluation.crossval import OutOfFold
from tunelens.evaluation.intervals import LEVEL, N_DRAWS, around, check_draws, coded, draws, mean_score
from tunelens.evaluation.metrics import Metric

Array = NDArray[Any]


@dataclass(frozen=True)
class Difference:
    """How much better the first model is than the second.

    Parameters
    ----------
    value : float
        Figure of the first less that of the second.
    low, high : float
        Interval by resampling groups, both models on the same draws.
    p : float
        How often a difference as large comes about when it is drawn, group by group, which answers are
        whose; two-sided. Where only their order counts, ranks are swapped: one model's scale is no more
        than another's.
    level : float
    """

    value: float
    low: float
    high: float
    p: float
    level: float = LEVEL

    def to_dict(self) -> dict[str, float | None]:
        """Return it as a JSON object; what is not known is None."""
        return {name: None if math.isnan(one) else one for name, one in asdict(self).items()}


def compare_pairs(
    a: OutOfFold, b: OutOfFold, metric: Metric, *, n: int = N_DRAWS, level: float = LEVEL, seed: int = 0
) -> Difference:
    """Compare two models that were judged on the same rows, folds and seeds.

    Parameters
    ----------
    a, b : OutOfFold
    metric : Metric
    n : int
        Draws, from 10; also the finest p is 1 / (n + 1).
    level : float
    seed : int

    Raises
    ------
    DataError
        Rows, labels or seeds differ, so that answers cannot be paired.
    ParameterError
        `n` or `level` is out of range.

    References
    ----------
    .. [1] Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses", Springer, 2005.
    .. [2] Venkatraman, "A permutation test to compare receiver operating characteristic curves",
       Biometrics 56(4), 2000.

    Examples
    --------
    >>> from tunelens.evaluation.metrics import METRICS
    >>> rows, nought = np.arange(40), np.zeros(40, int)
    >>> truth = np.arange(40.0)
    >>> def said(error):
    ...     return OutOfFold(truth, truth + error, rows, nought, nought, rows, (), "continuous")
    >>> worse = compare_pairs(said(2.0), said(1.0), METRICS["mae"])
    >>> worse.value, worse.low, worse.p < 0.01
    (1.0, 1.0, True)
    """
    check_draws(n, level)
    _check_same(a, b)
    truth = coded(metric, a.y_true, a.classes)

    def score(said: Array, rows: Array) -> float:
        return mean_score(metric, truth, said, rows, parts=a.seed_of, classes=a.classes)

    whole = np.arange(len(truth))
    value = score(a.proba, whole) - score(b.proba, whole)
    if len(np.unique(a.groups)) < 2:
        return Difference(value, math.nan, math.nan, math.nan, level)
    found = np.array([score(a.proba, rows) - score(b.proba, rows) for rows in draws(a.groups, n, seed)])
    own, other = (ranked(one.proba, one.seed_of) if metric.order_only else one.proba for one in (a, b))
    swaps = _swapped(own, other, a.groups, n, seed)
    chance = np.array([score(one, whole) - score(two, whole) for one, two in swaps])
    p = (1 + int((np.abs(chance) >= abs(value) - 1e-12).sum())) / (n + 1)
    return Difference(value, *around(value, found, level), p, level)


def _check_same(a: OutOfFold, b: OutOfFold) -> None:
    same = a.classes == b.classes and all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for name in ("rows", "y_true", "seed_of", "fold_of", "groups")
    )
    if not same:
        raise DataError(
            "the two models were not judged on the same rows, folds and seeds",
            hint="run both with the same protocol, folds and seeds",
        )


def ranked(said: Array, parts: Array) -> Array:
    """Return answers as ranks within each part, column by column; ties share their mean.

    Examples
    --------
    >>> ranked(np.array([0.1, 0.9, 0.9, 7.0]), np.array([0, 0, 0, 1])).tolist()
    [1.0, 2.5, 2.5, 1.0]
    """
    from scipy.stats import rankdata

    found = np.empty(said.shape)
    for part in np.unique(parts):
        found[parts == part] = rankdata(said[parts == part], axis=0)
    return found


def _swapped(a: Array, b: Array, groups: Array, n: int, seed: int) -> Iterator[tuple[Array, Array]]:
    """Yield both answers `n` times, those of half of the groups swapped."""
    rng = np.random.default_rng([seed, 1])
    _, number = np.unique(groups, return_inverse=True)
    for _ in range(n):
        swap = rng.integers(2, size=int(number.max()) + 1, dtype=bool)[number]
        swap = swap if a.ndim == 1 else swap[:, None]
        yield np.where(swap, b, a), np.where(swap, a, b)


def holm(ps: Sequence[float]) -> list[float]:
    """Return p values corrected for their number (Holm 1979); NaN stays NaN and does not count.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    known = sorted((p, i) for i, p in enumerate(ps) if not math.isnan(p))
    found, least = [math.nan] * len(ps), 0.0
    for rank, (p, i) in enumerate(known):
        least = max(least, min(1.0, p * (len(known) - rank)))
        found[i] = least
    return found
