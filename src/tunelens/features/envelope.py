"""Features of the samples themselves: rms and zero-crossing rate."""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.features.grid import Float32, Float64, Grid

_STILL = 1e-10


def rms(y: Float32, grid: Grid) -> Float32:
    """Return the root mean square of each frame, shape (t,); zeros stand outside the clip."""
    return np.sqrt(_frame_sums(y * y, grid) / grid.n_fft).astype(np.float32)


def zcr(y: Float32, grid: Grid) -> Float32:
    """Return sign changes per sample in each frame, 0 to 1, shape (t,); samples within 1e-10 of 0 are 0."""
    negative = y < -_STILL
    changes = np.zeros(len(y), np.float32)
    changes[1:] = negative[1:] != negative[:-1]
    within = _frame_sums(changes, grid)
    first = np.arange(len(within)) * grid.hop_length - grid.n_fft // 2
    # a change between the sample before a frame and its first sample is not inside the frame
    inside = first >= 0
    within[inside] -= changes[np.minimum(first[inside], len(y) - 1)]
    return (within / grid.n_fft).astype(np.float32)


def _frame_sums(values: Float32, grid: Grid) -> Float64:
    """Sum over each centred frame, through sums of the pieces that overlapping frames share."""
    piece = gcd(grid.n_fft // 2, grid.hop_length)
    half = grid.n_fft // 2
    tail = half + (-len(values)) % piece
    pieces = np.pad(values, (half, tail)).reshape(-1, piece).sum(axis=1, dtype=np.float64)
    frames = sliding_window_view(pieces, grid.n_fft // piece)[:: grid.hop_length // piece]
    return frames[: grid.n_frames(len(values))].sum(axis=1)
