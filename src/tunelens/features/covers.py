"""How alike two recordings run as works: the same chords in the same order, in any key and near any tempo.

Cross recurrence of pitch classes and the longest stretch in which both move along (Serra, Serra, Andrzejak
2009, "Cross recurrence quantification for cover song identification"): Qmax at the optimal transposition
(Serra, Gomez, Herrera 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.features.chroma_sequence import RATE_HZ, ChromaSequence
from tunelens.features.grid import Float32

EMBEDDED_S = 4.0
"""Moments are compared together with what follows for so long: single chords are alike everywhere."""

NEAREST = 0.1
"""Two moments agree when each is among this share of the other's nearest."""

ONSET, EXTENSION = 5.0, 0.5
"""What it costs to leave the common path, and each step beside it."""

TRANSPOSITIONS = 2
_LEAST_ROWS = 4


@dataclass(frozen=True)
class Likeness:
    """How alike two recordings run.

    Parameters
    ----------
    score : float
        Length of the longest common path over the root of the length of the shorter, both in steps of half a
        second. Unrelated music rarely passes 4, see docs/identification.md.
    transposition : int
        Semitones from the first up to the second, -5 to 6.
    common_s : float
        How long they move along, seconds, less what the gaps cost.
    """

    score: float
    transposition: int
    common_s: float


def likeness(a: ChromaSequence, b: ChromaSequence, step: int = 1) -> Likeness:
    """Return how alike `a` and `b` run; of every `step` rows the mean is taken, which is faster and coarser.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> chords = np.repeat(rng.integers(0, 16, (60, 12)), 4, axis=0).astype(np.uint8)
    >>> higher = ChromaSequence(np.roll(chords, 3, axis=1)[20:])
    >>> found = likeness(ChromaSequence(chords), higher)
    >>> found.transposition, found.score > 5
    (3, True)
    """
    first, second = _rows(a, step), _rows(b, step)
    m = max(1, round(EMBEDDED_S * RATE_HZ / step))
    if min(len(first), len(second)) < m + _LEAST_ROWS:
        return Likeness(0.0, 0, 0.0)
    known = _embedded(first, m)
    best = max(
        (_longest(_recurrence(known, _embedded(np.roll(second, -shift, axis=1), m))), -shift)
        for shift in _transpositions(first, second)
    )
    length, shift = best[0], -best[1]
    score = length / np.sqrt(min(len(first), len(second)))
    return Likeness(float(score), (shift + 5) % 12 - 5, length * step / RATE_HZ)


def _rows(sequence: ChromaSequence, step: int) -> Float32:
    """Rows of unit length, silence a row of equal parts."""
    values = sequence.values[: len(sequence) // step * step].reshape(-1, step, 12).mean(axis=1)
    values = np.where(values.any(axis=1, keepdims=True), values, 1.0)
    values = values - values.mean(axis=1, keepdims=True)
    return (values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6)).astype(np.float32)


def _transpositions(a: Float32, b: Float32) -> list[int]:
    """Return by how many semitones `b` may lie above `a`, the likeliest ones."""
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    fits = [float(mean_a @ np.roll(mean_b, -shift)) for shift in range(12)]
    return [int(shift) for shift in np.argsort(fits)[::-1][:TRANSPOSITIONS]]


def _embedded(rows: Float32, m: int) -> Float32:
    windows = np.lib.stride_tricks.sliding_window_view(rows, m, axis=0)
    return np.ascontiguousarray(windows).reshape(len(rows) - m + 1, -1)


def _recurrence(a: Float32, b: Float32) -> NDArray[np.bool_]:
    """Return which moments agree, (len a, len b)."""
    near = a @ b.T
    in_row, in_column = (max(0, round((1 - NEAREST) * n) - 1) for n in reversed(near.shape))
    row = np.partition(near, in_row, axis=1)[:, in_row, None]
    column = np.partition(near, in_column, axis=0)[None, in_column]
    return (near > row) & (near > column)


def _longest(agree: NDArray[np.bool_]) -> float:
    """Return Qmax: how many moments agree on the best path, less what its gaps cost.

    A path steps by (1, 1), (1, 2) or (2, 1): it follows tempi from half to twice. All of a row is computed
    at once, since a cell depends on earlier rows only.
    """
    n, width = agree.shape
    Q = np.zeros((n + 2, width + 2), np.float32)
    left = np.zeros_like(Q)
    cost = np.where(agree, ONSET, EXTENSION).astype(np.float32)
    for i in range(2, n + 2):
        here = agree[i - 2]
        reached = np.maximum(np.maximum(Q[i - 1, 1:-1], Q[i - 2, 1:-1]), Q[i - 1, :-2]) + 1
        fallen = np.maximum(np.maximum(left[i - 1, 1:-1], left[i - 2, 1:-1]), left[i - 1, :-2])
        Q[i, 2:] = np.where(here, reached, np.maximum(fallen, 0))
        left[i, 2:] = Q[i, 2:] - cost[i - 2]
    return float(Q.max())
