"""p values of many tests, corrected for their number."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tunelens.base.errors import UnknownNameError
from tunelens.base.language import word

CORRECTIONS = ("bh", "holm", "none")
"""Benjamini-Hochberg holds the share of false discoveries, Holm the chance of a single one."""


CALLED = {"bh": word("Benjamini-Hochberg"), "holm": word("Holm"), "none": word("not corrected")}
"""What a reader calls the corrections."""


def corrected(ps: Sequence[float], how: str = "bh") -> list[float]:
    """Return q values; NaN stays NaN and does not count.

    Parameters
    ----------
    ps : sequence of float
    how : str
        One of `CORRECTIONS`.

    Raises
    ------
    UnknownNameError
        There is no such correction.

    References
    ----------
    .. [1] Benjamini & Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57(1), 1995.
    .. [2] Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6(2), 1979.

    Examples
    --------
    >>> [round(q, 3) for q in corrected([0.01, 0.04, 0.03, math.nan])]
    [0.03, 0.04, 0.04, nan]
    >>> [round(q, 3) for q in corrected([0.01, 0.04, 0.03], "holm")]
    [0.03, 0.06, 0.06]
    """
    if how not in CORRECTIONS:
        raise UnknownNameError.among("correction", how, CORRECTIONS)
    found = np.array(ps, np.float64)
    known = np.flatnonzero(~np.isnan(found))
    if known.size and how != "none":
        found[known] = _bh(found[known]) if how == "bh" else _holm(found[known])
    return [math.nan if math.isnan(q) else float(q) for q in found]


def _bh(ps: np.ndarray) -> np.ndarray:
    from scipy.stats import false_discovery_control

    return np.asarray(false_discovery_control(ps))


def _holm(ps: np.ndarray) -> np.ndarray:
    order = np.argsort(ps)
    steps = np.maximum.accumulate(ps[order] * np.arange(len(ps), 0, -1))
    found = np.empty_like(ps)
    found[order] = np.minimum(steps, 1.0)
    return found
