"""How far two groups of songs are apart: sizes of effects, and the words for them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tunelens.base.language import word

Floats = NDArray[np.float64]

SMALL, MEDIUM, LARGE = 0.147, 0.33, 0.474
"""Cliff's delta from which an effect is small, medium and large (Romano et al. 2006)."""
SMALL_G = 0.2
"""Hedges's g from which a difference of means is small (Cohen 1988)."""
NOT_SHOWN = word("no difference shown")
ALIKE = word("alike")
WORDS = (
    word("hardly different"),
    word("slightly different"),
    word("clearly different"),
    word("strongly different"),
)


def superiority(a: Floats, b: Floats) -> float:
    """Return how often a value of `a` is above one of `b`, of all pairs; ties count half.

    Parameters
    ----------
    a, b : ndarray, shapes (n,) and (m,)
        Finite.

    Returns
    -------
    float
        0 to 1; 0.5 where neither is above the other. NaN where one is empty.

    References
    ----------
    .. [1] Vargha & Delaney, "A critique and improvement of the CL common language effect size statistics of
       McGraw and Wong", J. Educ. Behav. Stat. 25(2), 2000.

    Examples
    --------
    >>> superiority(np.array([3.0, 2.0]), np.array([1.0, 2.0]))
    0.875
    """
    if not a.size or not b.size:
        return math.nan
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([a, b]))[: a.size]
    return float((ranks.sum() - a.size * (a.size + 1) / 2) / (a.size * b.size))


def cliffs_delta(a: Floats, b: Floats) -> float:
    """Return how much more often a value of `a` is above one of `b` than below, -1 to 1.

    Of values that are 0 or 1 it is the difference of their shares.

    References
    ----------
    .. [1] Cliff, "Dominance statistics: ordinal analyses to answer ordinal questions", Psychol. Bull. 114(3),
       1993.

    Examples
    --------
    >>> cliffs_delta(np.array([3.0, 2.0]), np.array([1.0, 2.0]))
    0.75
    """
    return 2 * superiority(a, b) - 1


def hedges_g(a: Floats, b: Floats) -> float:
    """Return the difference of means in pooled standard deviations, corrected for small samples.

    Parameters
    ----------
    a, b : ndarray
        Finite.

    Returns
    -------
    float
        Positive where `a` is higher; NaN where there are under 3 values, or all are equal.

    References
    ----------
    .. [1] Hedges, "Distribution theory for Glass's estimator of effect size", J. Educ. Stat. 6(2), 1981.

    Examples
    --------
    >>> round(hedges_g(np.array([2.0, 4.0, 6.0]), np.array([1.0, 3.0, 5.0])), 3)
    0.399
    """
    n, m = a.size, b.size
    if min(n, m) < 1 or n + m < 3:
        return math.nan
    squares = ((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()
    deviation = math.sqrt(squares / (n + m - 2))
    # what is left where all values are equal is rounding
    if deviation <= 1e-12 * max(abs(a.mean()), abs(b.mean())):
        return math.nan
    return float((a.mean() - b.mean()) / deviation) * correction(n + m - 2)


def correction(freedom: float) -> float:
    """Return Hedges's factor for `freedom` degrees of freedom, which takes away the bias of Cohen's d.

    Examples
    --------
    >>> round(correction(4), 3), round(correction(100_000), 3)
    (0.798, 1.0)
    """
    return math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom - 1) / 2) - math.log(freedom / 2) / 2)


def size_of(delta: float) -> str:
    """Return the word for a difference that was shown, by Cliff's delta.

    Examples
    --------
    >>> size_of(0.1), size_of(-0.2), size_of(0.5)
    ('hardly different', 'slightly different', 'strongly different')
    """
    return WORDS[int(np.searchsorted((SMALL, MEDIUM, LARGE), abs(delta), side="right"))]


def verdict(
    delta: float, low: float, high: float, q: float, level: float, *, means_alike: bool = True
) -> str:
    """Return what may be said of a difference: nothing is claimed without `q` under `level`.

    Where nothing was shown, the whole interval lies where a difference would be less than small, and the
    means do not tell otherwise, the two are alike; else it is not known.

    Parameters
    ----------
    delta, low, high : float
        Cliff's delta and its interval.
    q : float
        p, corrected for the number of tests.
    level : float
    means_alike : bool
        Is Hedges's g, with its interval, small too? Values may spread otherwise around one middle.

    Examples
    --------
    >>> verdict(0.2, 0.1, 0.3, q=0.001, level=0.05), verdict(0.01, -0.05, 0.07, q=0.8, level=0.05)
    ('slightly different', 'alike')
    """
    if q < level:
        return size_of(delta)
    return ALIKE if means_alike and low > -SMALL and high < SMALL else NOT_SHOWN
