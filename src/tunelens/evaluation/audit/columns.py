"""Columns of a table that are empty, always the same, or give the label away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.data.labels import Labels
from tunelens.evaluation.audit.findings import Fault
from tunelens.evaluation.audit.folds import Rows
from tunelens.evaluation.audit.formats import format_leaks

REVEALING = 0.95
"""A single column that tells the label this well is hardly a measurement: an index, a code, an outcome."""

MOST_TRIED = 500


def column_faults(
    X: NDArray[np.float64], names: tuple[str, ...], labels: Labels, groups: Rows, seed: int = 0
) -> list[Fault]:
    """Return the columns that tell nothing, and those that tell too much.

    Parameters
    ----------
    X : ndarray of float64, shape (n, d)
        The table; NaN where a value is missing.
    names : tuple of str
        Of the columns. Beyond the first `MOST_TRIED` nobody looks whether they reveal.
    labels, groups, seed
        As `format_leaks` takes them.
    """
    return [*_telling_nothing(X, names), *_telling_all(X[:, :MOST_TRIED], names, labels, groups, seed)]


def _telling_nothing(X: NDArray[Any], names: tuple[str, ...]) -> Iterator[Fault]:
    for name, column in zip(names, X.T, strict=True):
        there = column[~np.isnan(column)]
        if not there.size:
            yield Fault(name, "empty", "no row has a value")
        elif np.ptp(there) == 0 and there.size == column.size:
            yield Fault(name, "constant", f"every row has {there[0]:.6g}")


def _telling_all(
    X: NDArray[Any], names: tuple[str, ...], labels: Labels, groups: Rows, seed: int
) -> Iterator[Fault]:
    for name, column in zip(names, X.T, strict=False):
        for leak in format_leaks({name: column}, labels, groups, seed):
            if leak.varies and leak.score >= REVEALING:
                yield Fault(
                    name, "revealing", f"tells the label alone: {leak.score:.3f}, chance {leak.chance:.3f}"
                )
