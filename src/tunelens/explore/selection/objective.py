"""How many clips lose their twin: the objective that features are chosen by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tunelens.explore.selection.twins import Floats, Rows, Standard, Twins

Mask = NDArray[np.bool_]
BLOCK = 512
"""Clips whose distances to all others are held at a time."""
TIE = 1e-9
"""A clip that is less than this share farther than the twin is as near: the rest is rounding."""


def lost_twins(
    twins: Twins, subset: Sequence[str] | Mask | None = None, *, standard: Standard | None = None
) -> int:
    """Count the clips whose nearest neighbour among all other clips is not their twin.

    Squared Euclidean distance in the chosen features, each standardised. A tie counts as lost.

    Parameters
    ----------
    twins : Twins
        n songs, 2 n clips.
    subset : sequence of str or ndarray of bool, optional
        Names of features, or which of them; all if left out. With none at all every clip is lost.
    standard : Standard, optional
        Of the training songs; of `twins` if left out.

    Returns
    -------
    int
        0 to 2 n.

    Raises
    ------
    UnknownNameError
        There is no such feature.

    Examples
    --------
    >>> a = np.array([[0.0, 9], [4, 1], [8, 5]])
    >>> b = np.array([[0.1, 1], [4.1, 5], [8.1, 9]])
    >>> twins = Twins(a, b, ("tells", "does not"), ("1", "2", "3"))
    >>> lost_twins(twins, ["tells"]), lost_twins(twins, ["does not"]), lost_twins(twins, [])
    (0, 6, 6)
    """
    objective = Objective.of(twins, standard)
    if subset is None:
        return objective.lost(np.ones(len(twins.names), np.bool_))
    named = subset if isinstance(subset, np.ndarray) else twins.mask(subset)
    return objective.lost(named)


@dataclass(eq=False)
class Objective:
    """Counts lost twins for one subset of features after another; the same subset is counted once.

    Parameters
    ----------
    Z : ndarray of float64, shape (2 n, d)
        Standardised clips: the first of every song, then the second of every song.

    Attributes
    ----------
    evaluations : int
        Subsets that were counted.
    """

    Z: Floats
    evaluations: int = 0
    _known: dict[bytes, int] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, twins: Twins, standard: Standard | None = None) -> Objective:
        """Return the objective of `twins`, standardised by themselves unless told."""
        return cls((standard or Standard.of(twins)).apply(twins))

    def lost(self, mask: Mask) -> int:
        """Return how many clips lose their twin in the features of `mask`, bool of shape (d,)."""
        key = np.packbits(mask).tobytes()
        if key not in self._known:
            self.evaluations += 1
            self._known[key] = int(lost_clips(self.Z[:, mask]).sum())
        return self._known[key]


def lost_clips(Z: Floats) -> Mask:
    """Return which clips have another that is as near as their twin, bool of shape (2 n,).

    Distances come from one matrix product per block of clips in float32, each pair once, with a bound on its
    error. Clips for which the bound leaves a doubt are settled by differences in float64, so that the answer
    is that of comparing every pair one by one. Memory: `BLOCK` times 2 n floats.

    Parameters
    ----------
    Z : ndarray of float64, shape (2 n, k)
        As in `Objective`, the chosen features alone.
    """
    if len(Z) <= 2:
        return np.zeros(len(Z), np.bool_)
    # held-out songs may lie so far out that float32 overflows: what is no number then is settled below
    with np.errstate(over="ignore", invalid="ignore"):
        twin = np.roll(np.arange(len(Z)), len(Z) // 2)
        reach = ((Z - Z[twin]) ** 2).sum(axis=1) * (1 + TIE)
        size = (Z**2).sum(axis=1)
        nearest = _nearest(Z, twin, size)
        error = (Z.shape[1] + 10) * np.finfo(np.float32).eps * (size + size.max())
        lost = nearest + error <= reach
        for i in np.flatnonzero(~lost & ~(nearest - error > reach)):
            lost[i] = _is_beaten(Z, int(i), int(twin[i]), float(reach[i]))
    return lost


def _nearest(Z: Floats, twin: Rows, size: Floats) -> Floats:
    """Return about the squared distance to the nearest clip that is neither itself nor its twin."""
    one = np.ones(len(Z))
    # |x - y|^2 = -2 x y + |y|^2 + |x|^2, all three terms by the one product
    ours = np.column_stack([-2 * Z, one, size]).astype(np.float32)
    theirs = np.ascontiguousarray(np.column_stack([Z, size, one]).astype(np.float32).T)
    nearest = np.full(len(Z), np.inf, np.float32)
    for start in range(0, len(Z), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(Z)))
        apart = ours[rows] @ theirs[:, start:]
        apart[rows - start, rows - start] = np.inf
        later = rows[twin[rows] >= start]
        apart[later - start, twin[later] - start] = np.inf
        nearest[rows] = np.minimum(nearest[rows], apart.min(axis=1))
        nearest[start:] = np.minimum(nearest[start:], apart.min(axis=0))
    return nearest.astype(np.float64)


def _is_beaten(Z: Floats, i: int, twin: int, reach: float) -> bool:
    apart = ((Z - Z[i]) ** 2).sum(axis=1)
    apart[[i, twin]] = np.inf
    return bool(apart.min() <= reach)
