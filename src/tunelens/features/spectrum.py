"""The one STFT: blocks of frames small enough to stay in cache while every feature reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.features.grid import Float32, Grid

BLOCK = 128
"""Frames per block: magnitude and power of 128 frames of 1025 bins are about 1 MB together."""

LANE = 32
"""Rows of a spectrum are padded with zeros to a multiple of this many bins (see `spectral.lanes`)."""


@dataclass(frozen=True, eq=False)
class Block:
    """Consecutive spectra, time first.

    Parameters
    ----------
    magnitude, power : ndarray of float32, shape (t, width)
        Spectra; `width` is the number of bins rounded up to a multiple of `LANE`, the rest is zero.
    before : ndarray of float32, shape (width,)
        Magnitude of the frame before the first one (of the first one itself at the very start).
    """

    magnitude: Float32
    power: Float32
    before: Float32


@lru_cache(maxsize=16)
def hann(n: int) -> Float32:
    """Return the periodic Hann window of `n` samples."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)).astype(np.float32)


def framed(y: Float32, grid: Grid) -> Float32:
    """Return centred frames of `y`, padded with zeros: a view of shape (t, n_fft)."""
    padded = np.pad(y, grid.n_fft // 2)
    return sliding_window_view(padded, grid.n_fft)[:: grid.hop_length]


def blocks(y: Float32, grid: Grid) -> Iterator[Block]:
    """Walk over the short-time Fourier transform of `y` (Hann window, centred, zero padding)."""
    frames, window = framed(y, grid), hann(grid.n_fft)
    before: Float32 | None = None
    for start in range(0, len(frames), BLOCK):
        block = _transform(frames[start : start + BLOCK] * window, before)
        before = block.magnitude[-1]
        yield block


def _transform(windowed: Float32, before: Float32 | None) -> Block:
    from scipy import fft

    spectrum = fft.rfft(windowed, axis=1, overwrite_x=True)
    width = -(-spectrum.shape[1] // LANE) * LANE
    power = np.zeros((len(spectrum), width), np.float32)
    inner = power[:, : spectrum.shape[1]]
    np.multiply(spectrum.real, spectrum.real, out=inner)
    inner += spectrum.imag * spectrum.imag
    magnitude = np.sqrt(power)
    return Block(magnitude, power, magnitude[0] if before is None else before)
