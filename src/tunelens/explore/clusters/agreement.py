"""How alike two divisions of the same songs are, and which cluster of one is which of the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError

Ints = NDArray[np.intp]


def agreement(a: Sequence[int] | Ints, b: Sequence[int] | Ints) -> float:
    """Return the adjusted Rand index (Hubert & Arabie 1985): 1 the same but for names, about 0 by chance.

    Noise (-1) counts as a cluster of its own.

    Raises
    ------
    DataError
        They are of different numbers of songs, or of none.

    Examples
    --------
    >>> agreement([0, 0, 1, 1], [1, 1, 0, 0])
    1.0
    """
    from sklearn.metrics import adjusted_rand_score

    if len(a) != len(b) or not len(a):
        raise DataError(f"divisions of {len(a)} and of {len(b)} songs; the same songs are needed, at least 1")
    return float(adjusted_rand_score(a, b))


def contingency(a: Sequence[int] | Ints, b: Sequence[int] | Ints) -> tuple[Ints, Ints, Ints]:
    """Return the labels of `a`, those of `b`, and how many songs have each pair, shape (n of a, n of b)."""
    rows, i = np.unique(np.asarray(a), return_inverse=True)
    columns, j = np.unique(np.asarray(b), return_inverse=True)
    counts = np.zeros((len(rows), len(columns)), np.intp)
    np.add.at(counts, (i, j), 1)
    return rows, columns, counts


def matched(old: Sequence[int] | Ints, new: Sequence[int] | Ints) -> dict[int, int]:
    """Return which label of `old` each of `new` continues: most songs stay (Kuhn 1955), none twice.

    Labels that share no song are left out; noise (-1) continues nothing.

    Examples
    --------
    >>> matched([0, 0, 1, 1, 1], [5, 5, 7, 7, 8])
    {5: 0, 7: 1}
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns, counts = contingency(new, old)
    real = np.outer(rows >= 0, columns >= 0)
    pairs = zip(*linear_sum_assignment(np.where(real, counts, 0), maximize=True), strict=True)
    return {int(rows[i]): int(columns[j]) for i, j in pairs if real[i, j] and counts[i, j]}
