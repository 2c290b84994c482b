"""The difference between two sides in one feature: sizes, intervals that resample groups, and a test.

The test is that of Mann and Whitney where every song stands for itself. Where songs belong together it is
Obuchowski's: the probability that a value of one side is above one of the other, against one half, with a
variance that adds up over groups. With few groups p is counted: how often groups that change sides by chance
are as far apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.explore.effects import cliffs_delta, correction, hedges_g
from tunelens.explore.sides import FEW_GROUPS, Sides

Floats = NDArray[np.float64]
FEW_VALUES = 16


@dataclass(frozen=True)
class Difference:
    """How far the sides are apart in one feature.

    Parameters
    ----------
    n_a, n_b : int
        Songs with a value.
    g, g_low, g_high : float
        Hedges's g, and its interval; NaN where values do not vary.
    delta, low, high : float
        Cliff's delta, and its interval.
    p : float
        Of no difference, two-sided; not corrected.
    test : {"mann-whitney", "by groups", "permutation"}
    """

    n_a: int
    n_b: int
    g: float
    g_low: float
    g_high: float
    delta: float
    low: float
    high: float
    p: float
    test: str


def difference(values: Floats, sides: Sides, *, n_draws: int, seed: int, level: float = 0.95) -> Difference:
    """Compare the sides.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite.
    sides : Sides
    n_draws : int
        Draws of groups, and permutations where those are needed.
    seed : int
    level : float
        How often intervals hold the truth.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> values = np.concatenate([rng.normal(1, 1, 200), rng.normal(0, 1, 200)])
    >>> found = difference(values, Sides(np.arange(400) < 200, np.arange(400)), n_draws=500, seed=0)
    >>> bool(found.g_low < 1 < found.g_high), found.p < 1e-6, found.test
    (True, True, 'mann-whitney')
    """
    a, b = values[sides.is_a], values[~sides.is_a]
    g_low, g_high, low, high = _intervals(values, sides, n_draws, seed, level)
    p, test = p_of(values, sides, n_draws=n_draws, seed=seed)
    g = hedges_g(a, b)
    ends = (math.nan, math.nan) if math.isnan(g) else (g_low, g_high)
    return Difference(a.size, b.size, g, *ends, cliffs_delta(a, b), low, high, p, test)


def _intervals(
    values: Floats, sides: Sides, n_draws: int, seed: int, level: float
) -> tuple[float, float, float, float]:
    if min(sides.n_groups) < 2:
        return (math.nan,) * 4
    way = _Counted if len(np.unique(values)) <= FEW_VALUES else _Ranked
    sums, ranked = _Sums.of(values, sides), way.of(values, sides)
    drawn = [(sums.g(times), ranked.delta(times)) for times in sides.draws(n_draws, seed)]
    ends = [(1 - level) / 2, (1 + level) / 2]
    found: list[float] = []
    for one in (np.concatenate(part) for part in zip(*drawn, strict=True)):
        known = one[np.isfinite(one)]
        found += np.quantile(known, ends).tolist() if known.size else [math.nan, math.nan]
    return found[0], found[1], found[2], found[3]


@dataclass(frozen=True, eq=False)
class _Sums:
    """Count, sum and squares of the values of each group on each side: all that g needs."""

    parts: Floats

    @classmethod
    def of(cls, values: Floats, sides: Sides) -> _Sums:
        centred = values - values.mean()
        n = len(sides.kind)
        columns = [
            np.bincount(sides.number, side * power, n)
            for side in (sides.is_a, ~sides.is_a)
            for power in (np.ones_like(centred), centred, centred**2)
        ]
        return cls(np.column_stack(columns))

    def g(self, times: Floats) -> Floats:
        """Return Hedges's g of each draw; NaN where a draw has no variation."""
        n, s, q, m, t, r = (times @ self.parts).T
        with np.errstate(divide="ignore", invalid="ignore"):
            squares = (q - s**2 / n) + (r - t**2 / m)
            found: Floats = (s / n - t / m) / np.sqrt(np.maximum(squares, 0) / (n + m - 2))
        factor = correction(self.parts[:, [0, 3]].sum() - 2)  # that of a draw hardly differs
        return np.where(np.isfinite(found), found * factor, np.nan)


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Where the values of each side lie in the order of all: what delta needs of many values."""

    group_a: NDArray[np.intp]
    group_b: NDArray[np.intp]
    below: NDArray[np.intp]
    up_to: NDArray[np.intp]

    @classmethod
    def of(cls, values: Floats, sides: Sides) -> _Ranked:
        a, b = values[sides.is_a], values[~sides.is_a]
        order = np.argsort(b, kind="stable")
        left, right = (np.searchsorted(b[order], a, side) for side in ("left", "right"))
        return cls(sides.number[sides.is_a], sides.number[~sides.is_a][order], left, right)

    def delta(self, times: Floats) -> Floats:
        """Return Cliff's delta of each draw; NaN where a side is empty."""
        a, b = times[:, self.group_a], times[:, self.group_b]
        sums = np.concatenate([np.zeros((len(times), 1)), np.cumsum(b, axis=1)], axis=1)
        won = np.einsum("ij,ij->i", a, sums[:, self.below]) + np.einsum("ij,ij->i", a, sums[:, self.up_to])
        return _of_pairs(won / 2, a.sum(axis=1) * sums[:, -1])


@dataclass(frozen=True, eq=False)
class _Counted:
    """How many songs of each group have each value: what delta needs of few values, say of shares."""

    a: Floats
    b: Floats

    @classmethod
    def of(cls, values: Floats, sides: Sides) -> _Counted:
        kinds, place = np.unique(values, return_inverse=True)
        shape = (len(sides.kind), len(kinds))
        cell = sides.number * len(kinds) + place
        a, b = (np.bincount(cell, side, shape[0] * shape[1]) for side in (sides.is_a, ~sides.is_a))
        return cls(a.reshape(shape).astype(np.float64), b.reshape(shape).astype(np.float64))

    def delta(self, times: Floats) -> Floats:
        """Return Cliff's delta of each draw; NaN where a side is empty."""
        a, b = times @ self.a, times @ self.b
        below = np.cumsum(b, axis=1) - b / 2
        return _of_pairs((a * below).sum(axis=1), a.sum(axis=1) * b.sum(axis=1))


def _of_pairs(won: Floats, pairs: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(pairs > 0, 2 * won / pairs - 1, np.nan)


def p_of(values: Floats, sides: Sides, *, n_draws: int, seed: int) -> tuple[float, str]:
    """Return p of no difference, and by which test; 1 where all values are equal."""
    if np.ptp(values) == 0:
        return 1.0, "mann-whitney"
    if not sides.grouped:
        from scipy.stats import mannwhitneyu

        return float(mannwhitneyu(values[sides.is_a], values[~sides.is_a]).pvalue), "mann-whitney"
    if min(_worth(part) for part in sides.shares) >= FEW_GROUPS:
        p = obuchowski(values, sides)
        if not math.isnan(p):
            return p, "by groups"
    return permuted(values, sides, n_draws=n_draws, seed=seed), "permutation"


def obuchowski(values: Floats, sides: Sides) -> float:
    """Return p of no difference from a variance that adds up over groups; NaN where it is 0.

    References
    ----------
    .. [1] Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53(2), 1997.
    .. [2] Brunner & Munzel, "The nonparametric Behrens-Fisher problem", Biom. J. 42(1), 2000 (the degrees of
       freedom, by groups in place of songs).
    .. [3] Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics
       Bulletin 2(6), 1946 (what groups of unequal size are worth).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> ten_each = Sides(np.repeat(np.arange(40) < 20, 10), np.repeat(np.arange(40), 10))
    >>> artist_means = np.repeat(rng.normal(size=40), 10)
    >>> obuchowski(artist_means + 0.1 * rng.normal(size=400), ten_each) > 0.05
    True
    """
    from scipy.stats import rankdata
    from scipy.stats import t as student

    is_a, n, m = sides.is_a, int(sides.is_a.sum()), int((~sides.is_a).sum())
    ranks, own = rankdata(values), np.empty(len(values))
    own[is_a], own[~is_a] = rankdata(values[is_a]), rankdata(values[~is_a])
    placed = np.where(is_a, (ranks - own) / m, 1 - (ranks - own) / n)  # how often this song is on the right
    above = float(placed[is_a].mean())
    pull = (placed - above) / np.where(is_a, n, m)
    size = len(sides.kind)
    of_a, of_b = (np.bincount(sides.number, pull * side, size) for side in (is_a, ~is_a))
    (ka, fa), (kb, fb) = (_unequal(part) for part in sides.shares)
    va, vb = ka * of_a @ of_a, kb * of_b @ of_b
    variance = va + vb + 2 * math.sqrt(ka * kb) * of_a @ of_b
    if variance <= 1e-15:
        return math.nan
    freedom = (va + vb) ** 2 / (va**2 / fa + vb**2 / fb)
    return float(2 * student.sf(abs(above - 0.5) / math.sqrt(variance), freedom))


def _worth(shares: Floats) -> float:
    """Return how many groups of equal size tell as much as groups with these shares of the songs.

    Examples
    --------
    >>> round(_worth(np.full(20, 1 / 20))), round(_worth(np.array([0.9] + 10 * [0.01])), 1)
    (20, 1.2)
    """
    return float(1 / (shares**2).sum())


def _unequal(shares: Floats) -> tuple[float, float]:
    """Return what a variance of groups is multiplied by to have no bias, and its degrees of freedom.

    Examples
    --------
    >>> [round(one, 3) for one in _unequal(np.full(20, 1 / 20))]  # n / (n - 1), and n - 1
    [1.053, 19.0]
    """
    squares = (shares**2).sum()
    bias = 1 - 2 * (shares**3).sum() / squares + squares
    return float(1 / bias), float(squares**2 / (shares**4).sum() - 1)


def permuted(values: Floats, sides: Sides, *, n_draws: int, seed: int) -> float:
    """Return how often sides that chance could have made are as far apart, by the sum of ranks.

    Examples
    --------
    >>> sides = Sides(np.repeat([True, False], 6), np.repeat(np.arange(6), 2))
    >>> permuted(np.arange(12.0), sides, n_draws=200, seed=0) > 0.05  # three artists a side tell nothing
    True
    """
    from scipy.stats import rankdata

    ranks = rankdata(values)
    own = abs(float(_apart(sides.is_a[None], ranks)[0]))
    beyond = sum(int((np.abs(_apart(some, ranks)) >= own - 1e-12).sum())
                 for some in sides.relabelled(n_draws, seed))  # fmt: skip
    return (1 + beyond) / (1 + n_draws)


def _apart(is_a: NDArray[np.bool_], ranks: Floats) -> Floats:
    n = is_a.sum(axis=1)
    found: Floats = (is_a @ ranks - n * (n + 1) / 2) / (n * (len(ranks) - n)) - 0.5
    return found
