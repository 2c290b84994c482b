"""Features of the samples themselves: rms and zero-crossing rate."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tunelens.features.grid import Float32, Grid

_STILL = 1e-10


def rms(y: Float32, grid: Grid) -> Float32:
    """Return the root mean square of each frame, shape (t,); zeros stand outside the clip."""
    return np.sqrt(_frame_sums(y, grid, _energy) / grid.n_fft)


def zcr(y: Float32, grid: Grid) -> Float32:
    """Return sign changes per sample in each frame, 0 to 1, shape (t,); samples within 1e-10 of 0 are 0."""
    negative = y < -_STILL
    changes = np.zeros(len(y), bool)
    np.not_equal(negative[1:], negative[:-1], out=changes[1:])
    within = _frame_sums(changes, grid, _count)
    # a change between the sample before a frame and its first sample is not inside the frame
    first = np.arange(len(within)) * grid.hop_length - grid.n_fft // 2
    within -= changes[np.clip(first, 0, len(y) - 1)]
    return within / np.float32(grid.n_fft)


def _energy(pieces: Float32) -> Float32:
    return np.einsum("pk,pk->p", pieces, pieces)


def _count(pieces: NDArray[np.bool_]) -> Float32:
    return np.bitwise_count(np.packbits(pieces, axis=1)).sum(axis=1, dtype=np.float32)


def _frame_sums(values: NDArray[Any], grid: Grid, total: Callable[[NDArray[Any]], Float32]) -> Float32:
    """Sum over each centred frame, `total` being the sum over each row of a matrix, shape (t,).

    Frames overlap: each piece that they share is summed once.
    """
    half = grid.n_fft // 2
    length = gcd(half, grid.hop_length)
    whole = len(values) // length * length
    sums = np.concatenate([total(values[:whole].reshape(-1, length)), total(values[None, whole:])])
    frames = sliding_window_view(np.pad(sums, half // length), grid.n_fft // length)
    return frames[:: grid.hop_length // length][: grid.n_frames(len(values))].sum(axis=1)
