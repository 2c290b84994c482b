"""The part of training data that says when to stop."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.models.inner import inner_folds

Rows = NDArray[np.intp]
FEWEST_GROUPS = 4


def hold_out(
    y: NDArray[Any], groups: NDArray[Any] | None, share: float, seed: int = 0
) -> tuple[Rows, Rows | None]:
    """Return the rows to learn from and those to watch, which share no group.

    A group stays with those to learn from if it holds a class or tag that would be missing there.

    Parameters
    ----------
    y : ndarray, shape (n,) or (n, k)
    groups : ndarray, shape (n,), optional
        Every row is its own group if left out.
    share : float
        Of the rows to watch, 0 to 0.5.
    seed : int

    Returns
    -------
    tuple of ndarray
        The second is None where `share` is 0 or there is too little to hold out.

    Examples
    --------
    >>> y, groups = np.array(list("abababab")), np.repeat(np.arange(4), 2)
    >>> learn, watch = hold_out(y, groups, 0.25)
    >>> sorted(learn.tolist() + watch.tolist()), set(groups[learn]) & set(groups[watch])
    ([0, 1, 2, 3, 4, 5, 6, 7], set())
    """
    groups = np.arange(len(y)) if groups is None else np.asarray(groups)
    rows = np.arange(len(y))
    if share <= 0 or len(np.unique(groups)) < FEWEST_GROUPS:
        return rows, None
    folds = inner_folds(y, groups, max(2, round(1 / share)), seed)
    watched = np.isin(rows, folds[0][1])
    watched &= ~np.isin(groups, groups[watched & _only_there(y, watched)])
    return (rows[~watched], rows[watched]) if watched.any() else (rows, None)


def _only_there(y: NDArray[Any], watched: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which rows have a class that no row to learn from has."""
    if y.ndim == 2:
        missing = ~(y[~watched] > 0).any(axis=0)
        return np.asarray(((y > 0) & missing).any(axis=1), np.bool_)
    if y.dtype.kind == "f":
        return np.zeros(len(y), np.bool_)
    return np.asarray(np.isin(y, y[~watched], invert=True), np.bool_)
