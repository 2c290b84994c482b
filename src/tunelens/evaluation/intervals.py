"""Intervals: how far a figure would move had other artists been judged."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.evaluation.metrics import Metric, indicator

Array = NDArray[Any]
LEVEL = 0.95
N_DRAWS = 1000


@dataclass(frozen=True)
class Interval:
    """A figure and how sure it is.

    Parameters
    ----------
    value : float
        Over all rows.
    low, high : float
        The interval; NaN where there are fewer than two groups, of which nothing can be known.
    level : float
        How often such an interval holds the truth.
    """

    value: float
    low: float
    high: float
    level: float = LEVEL

    def to_dict(self) -> dict[str, float | None]:
        """Return it as a JSON object; what is not known is None."""
        found = {"value": self.value, "low": self.low, "high": self.high, "level": self.level}
        return {name: None if math.isnan(one) else one for name, one in found.items()}


def bootstrap(
    metric: Metric,
    y_true: Array,
    said: Array,
    groups: Array,
    classes: Sequence[str] = (),
    *,
    parts: Array | None = None,
    n: int = N_DRAWS,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """Return a figure with the interval that resampling whole groups gives.

    Clips of one artist are alike, so that rows are no independent trials; groups are. The interval is that of
    the percentiles, moved so that its middle is the figure: a sample holds some rows twice and loses rare
    classes, which flatters mAP so much that the figure itself could lie outside.

    Parameters
    ----------
    metric : Metric
    y_true, said, classes
        As `Metric.score` takes them.
    groups : ndarray of int, shape (n_rows,)
        Rows of one group are drawn together.
    parts : ndarray of int, shape (n_rows,), optional
        Say, the seed of each row: the figure is the mean over parts.
    n : int
        Draws, from 10.
    level : float
        Between 0 and 1.
    seed : int

    Raises
    ------
    ParameterError
        `n` or `level` is out of range.
    DataError
        Lengths differ, or there is no row.

    References
    ----------
    .. [1] Field & Welsh, "Bootstrapping clustered data", J. R. Stat. Soc. B 69(3), 2007.

    Examples
    --------
    >>> from tunelens.evaluation.metrics import METRICS
    >>> truth, said = np.arange(40.0), np.arange(40.0) + np.tile([1.0, -1.0], 20)
    >>> bootstrap(METRICS["mae"], truth, said, np.arange(40))
    Interval(value=1.0, low=1.0, high=1.0, level=0.95)
    """
    check_draws(n, level)
    if not len(y_true) == len(said) == len(groups) or len(y_true) == 0:
        raise DataError(f"{len(y_true)} labels, {len(said)} answers and {len(groups)} groups were given")
    truth = coded(metric, y_true, classes)

    def score(rows: Array) -> float:
        return mean_score(metric, truth, said, rows, parts=parts, classes=classes)

    value = score(np.arange(len(truth)))
    found = np.array([score(rows) for rows in draws(groups, n, seed)])
    low, high = around(value, found, level) if len(np.unique(groups)) > 1 else (math.nan, math.nan)
    most = 1.0 if metric.higher_is_better else math.inf
    return Interval(value, float(np.maximum(low, metric.least)), float(np.minimum(high, most)), level)


def check_draws(n: int, level: float) -> None:
    """Raise `ParameterError` unless there are enough draws, and the level is a share."""
    if n < 10 or not 0 < level < 1:
        raise ParameterError(f"n is {n} and level {level}; n from 10, and a level between 0 and 1 are needed")


def coded(metric: Metric, y_true: Array, classes: Sequence[str]) -> Array:
    """Return truth in the form that is fastest to score again and again."""
    return y_true if metric.needs == "numbers" else indicator(y_true, classes)


def mean_score(
    metric: Metric,
    truth: Array,
    said: Array,
    rows: Array,
    *,
    parts: Array | None,
    classes: Sequence[str],
) -> float:
    """Return the figure over `rows`, as the mean over parts; NaN where no part defines it."""
    chosen = [rows] if parts is None else [rows[parts[rows] == part] for part in np.unique(parts)]
    found = [metric.score(truth[one], said[one], classes) for one in chosen if len(one)]
    known = [value for value in found if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def draws(groups: Array, n: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Yield the rows of `n` samples of groups, drawn with replacement."""
    rng = np.random.default_rng(seed)
    _, number = np.unique(groups, return_inverse=True)
    n_groups = int(number.max()) + 1
    rows = np.arange(len(groups))
    for _ in range(n):
        times = np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups)
        yield np.repeat(rows, times[number])


def around(value: float, found: NDArray[np.float64], level: float) -> tuple[float, float]:
    """Return the ends of the middle `level` of what was found, moved as far as its median is from `value`.

    Examples
    --------
    >>> low, high = around(0.5, np.linspace(0.6, 0.8, 101), 0.9)
    >>> round(low, 3), round(high, 3)
    (0.41, 0.59)
    """
    known = found[~np.isnan(found)]
    if not known.size:
        return math.nan, math.nan
    low, middle, high = np.quantile(known, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return float(value + low - middle), float(value + high - middle)
