"""Features of the samples themselves: rms and zero-crossing rate."""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.features.grid import Float32, Grid

_STILL = 1e-10


def rms(y: Float32, grid: Grid) -> Float32:
    """Return the root mean square of each frame, shape (t,); zeros stand outside the clip."""
    pieces = _pieces(y, grid)
    return np.sqrt(_frame_sums(np.einsum("pk,pk->p", pieces, pieces), len(y), grid) / grid.n_fft)


def zcr(y: Float32, grid: Grid) -> Float32:
    """Return sign changes per sample in each frame, 0 to 1, shape (t,); samples within 1e-10 of 0 are 0."""
    negative = y < -_STILL
    changes = np.zeros(len(y), np.float32)
    np.not_equal(negative[1:], negative[:-1], out=changes[1:], casting="unsafe")
    pieces = _pieces(changes, grid)
    within = _frame_sums(pieces @ np.ones(pieces.shape[1], np.float32), len(y), grid)
    # a change between the sample before a frame and its first sample is not inside the frame
    first = np.arange(len(within)) * grid.hop_length - grid.n_fft // 2
    within -= changes[np.clip(first, 0, len(y) - 1)]
    return within / np.float32(grid.n_fft)


def _pieces(values: Float32, grid: Grid) -> Float32:
    """Cut `values`, padded with zeros, into the pieces that overlapping frames share, (n_pieces, length)."""
    half = grid.n_fft // 2
    length = gcd(half, grid.hop_length)
    return np.pad(values, (half, half + (-len(values)) % length)).reshape(-1, length)


def _frame_sums(sums: Float32, n_samples: int, grid: Grid) -> Float32:
    """Sum over each centred frame, given the sum of each piece."""
    length = gcd(grid.n_fft // 2, grid.hop_length)
    frames = sliding_window_view(sums, grid.n_fft // length)[:: grid.hop_length // length]
    return frames[: grid.n_frames(n_samples)].sum(axis=1)
