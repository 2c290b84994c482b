"""The one STFT: blocks of frames small enough to stay in cache while every feature reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.features.grid import Float32, Float64, Grid

BLOCK_SAMPLES = 1 << 19
"""Samples of the frames of one block, 256 of 2048 samples: larger ones leave the cache, smaller ones spend
more time on calls than on numbers."""

TRANSFORM_SAMPLES = 1 << 17
"""Samples that are transformed at once: in float64 a block of frames is too large for the nearest cache."""

LANE = 32
"""Rows of a spectrum are padded with zeros to a multiple of this many bins (see `Block.lanes`)."""


@dataclass(frozen=True, eq=False)
class Block:
    """Consecutive spectra, time first.

    Parameters
    ----------
    magnitude, power : ndarray of float32, shape (t, width)
        Spectra; `width` is the number of bins rounded up to a multiple of `LANE`, the rest is zero.
    before : ndarray of float32, shape (1, width)
        Magnitude of the frame before the first one (of the first one itself at the very start).
    """

    magnitude: Float32
    power: Float32
    before: Float32

    @cached_property
    def lanes(self) -> Float32:
        """Sum, first and second moment of each run of `LANE` bins about its middle, (t, lanes, 3).

        Moments about a near point keep the bandwidth of a pure tone exact in float32, and the sums spare
        the rolloff a running sum over all bins.
        """
        t, width = self.magnitude.shape
        return (self.magnitude.reshape(-1, LANE) @ _lane_weights()).reshape(t, width // LANE, 3)

    @cached_property
    def total(self) -> Float32:
        """Sum of the magnitude of each frame, 1 where it is silent, (t, 1)."""
        total = self.lanes[:, :, 0].sum(axis=1, keepdims=True)
        return np.where(total > 0, total, np.float32(1))


@lru_cache(maxsize=1)
def _lane_weights() -> Float32:
    local = np.arange(LANE) - (LANE - 1) / 2
    return np.stack([np.ones(LANE), local, local**2], axis=1).astype(np.float32)


@lru_cache(maxsize=16)
def hann(n: int) -> Float64:
    """Return the periodic Hann window of `n` samples."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)


def framed(y: Float32, n_fft: int, hop_length: int, start: int, stop: int) -> Float32:
    """Return the centred frames `start` to `stop` of `y`, zeros outside it: shape (stop - start, n_fft).

    A view, save where frames reach over an end.
    """
    first = start * hop_length - n_fft // 2
    last = first + (stop - start - 1) * hop_length + n_fft
    piece = y[max(first, 0) : last]
    if first < 0 or last > len(y):
        piece = np.pad(piece, (max(-first, 0), max(last - len(y), 0)))
    return sliding_window_view(piece, n_fft)[::hop_length]


def block_length(grid: Grid) -> int:
    """Return the number of frames per block."""
    return max(8, BLOCK_SAMPLES // grid.n_fft)


def blocks(y: Float32, grid: Grid) -> Iterator[Block]:
    """Walk over the short-time Fourier transform of `y` (Hann window, centred, zero padding)."""
    n_frames, step = grid.n_frames(len(y)), block_length(grid)
    last: Float32 | None = None
    for start in range(0, n_frames, step):
        magnitude = _magnitude(y, grid, start, min(start + step, n_frames))
        yield Block(magnitude, np.square(magnitude), magnitude[:1] if last is None else last)
        last = magnitude[-1:]


def _magnitude(y: Float32, grid: Grid, start: int, stop: int) -> Float32:
    """Return the magnitude of the frames `start` to `stop`, padded to whole lanes.

    The transform is done in float64: rounding in float32 would drown what lies 140 dB below the loudest
    bin, such as the stop band of a resampler, and that is where valleys of the contrast lie.
    """
    from scipy import fft

    out = np.zeros((stop - start, -(-grid.n_bins // LANE) * LANE), np.float32)
    step = max(2, TRANSFORM_SAMPLES // grid.n_fft)
    for first in range(start, stop, step):
        frames = framed(y, grid.n_fft, grid.hop_length, first, min(first + step, stop))
        spectrum = fft.rfft(frames * hann(grid.n_fft), axis=1, overwrite_x=True).astype(np.complex64)
        np.abs(spectrum, out=out[first - start :][: len(spectrum), : grid.n_bins])
    return out
