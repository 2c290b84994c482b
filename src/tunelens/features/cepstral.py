"""Mel bands, cepstral coefficients and their slopes."""

from __future__ import annotations

from functools import lru_cache
from math import factorial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.features.grid import Float32, Float64, Grid
from tunelens.features.spectrum import Block

DELTA_WIDTH = 9
_GROUP = 16


def mel_to_hz(mel: Float64) -> Float64:
    """Return Hz of Slaney's mel scale: linear below 1000 Hz (15 mel), logarithmic above."""
    return np.where(mel < 15, mel * (200 / 3), 1000.0 * 6.4 ** ((mel - 15) / 27))


def hz_to_mel(hz: Float64) -> Float64:
    """Return Slaney's mel of `hz`."""
    return np.where(hz < 1000, hz * (3 / 200), 15 + 27 * np.log(np.maximum(hz, 1e-9) / 1000) / np.log(6.4))


@lru_cache(maxsize=16)
def mel_bank(grid: Grid) -> Float32:
    """Return triangular filters of equal area (Slaney), shape (n_mels, n_bins)."""
    ends = hz_to_mel(np.array([grid.fmin, grid.top_hz]))
    corners = mel_to_hz(np.linspace(ends[0], ends[1], grid.n_mels + 2))[:, None]
    low, middle, high = corners[:-2], corners[1:-1], corners[2:]
    freqs = grid.freqs_hz
    rising, falling = (freqs - low) / (middle - low), (high - freqs) / (high - middle)
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * (2 / (high - low))).astype(np.float32)


@lru_cache(maxsize=16)
def _mel_groups(grid: Grid) -> tuple[tuple[slice, slice, Float32], ...]:
    """Neighbouring filters with the few bins they look at: a product that skips the zeros of the bank."""
    bank, groups = mel_bank(grid), []
    for first in range(0, grid.n_mels, _GROUP):
        rows = slice(first, min(first + _GROUP, grid.n_mels))
        used = np.flatnonzero(bank[rows].any(axis=0))
        bins = slice(int(used[0]), int(used[-1]) + 1) if used.size else slice(0, 0)
        groups.append((rows, bins, np.ascontiguousarray(bank[rows, bins].T)))
    return tuple(groups)


def mel(block: Block, grid: Grid) -> Float32:
    """Return the power in each mel band, shape (t, n_mels)."""
    out = np.empty((len(block.power), grid.n_mels), np.float32)
    for rows, bins, weights in _mel_groups(grid):
        np.matmul(block.power[:, bins], weights, out=out[:, rows])
    return out


@lru_cache(maxsize=16)
def _cosines(n_mfcc: int, n_mels: int) -> Float32:
    basis = np.cos(np.pi / n_mels * np.outer(np.arange(n_mels) + 0.5, np.arange(n_mfcc)))
    basis *= np.sqrt(2 / n_mels)
    basis[:, 0] /= np.sqrt(2)
    return basis.astype(np.float32)


def mfcc(mel_db: Float32, grid: Grid) -> Float32:
    """Return the first coefficients of the orthonormal cosine transform (type 2) of `mel_db`, (t, n_mfcc)."""
    return mel_db @ _cosines(grid.n_mfcc, grid.n_mels)


@lru_cache(maxsize=16)
def _slope_weights(width: int, order: int) -> Float32:
    """Weights that give the derivative of the polynomial of degree `order` fitted to `width` points."""
    x = np.arange(width) - width // 2
    fit = np.linalg.pinv(np.vander(x, order + 1, increasing=True).astype(float))
    return (factorial(order) * fit[order]).astype(np.float32)


def delta(rows: Float32, order: int = 1) -> Float32:
    """Return the derivative over time of `rows` (t, d): Savitzky-Golay over 9 frames, degree = `order`.

    The derivative of that order is constant over a fit, so the outermost frames repeat the nearest full fit.
    With fewer than 9 frames the widest odd number of them is used; with fewer than 3 the result is 0.
    """
    width = min(DELTA_WIDTH, len(rows) - 1 + len(rows) % 2)
    if width < 3:
        return np.zeros_like(rows)
    inner = sliding_window_view(rows, width, axis=0) @ _slope_weights(width, order)
    half = width // 2
    missing = len(rows) - len(inner) - half
    return np.concatenate([np.repeat(inner[:1], half, 0), inner, np.repeat(inner[-1:], missing, 0)])
