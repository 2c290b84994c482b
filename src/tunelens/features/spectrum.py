"""The one STFT: blocks of frames small enough to stay in cache while every feature reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.features.grid import Float32, Float64, Grid

BLOCK_SAMPLES = 1 << 18
"""Samples of the frames of one block: 128 of 2048 samples; their magnitude and power are 1 MB together."""

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


def framed(y: Float32, grid: Grid) -> Float32:
    """Return centred frames of `y`, padded with zeros: a view of shape (t, n_fft)."""
    padded = np.pad(y, grid.n_fft // 2)
    return sliding_window_view(padded, grid.n_fft)[:: grid.hop_length]


def block_length(grid: Grid) -> int:
    """Return the number of frames per block."""
    return max(8, BLOCK_SAMPLES // grid.n_fft)


def blocks(y: Float32, grid: Grid) -> Iterator[Block]:
    """Walk over the short-time Fourier transform of `y` (Hann window, centred, zero padding)."""
    frames, window = framed(y, grid), hann(grid.n_fft)
    step, last = block_length(grid), None
    for start in range(0, len(frames), step):
        magnitude, power = _spectra(frames[start : start + step] * window)
        block = Block(magnitude, power, magnitude[:1] if last is None else last)
        last = magnitude[-1:]
        yield block


def _spectra(windowed: Float64) -> tuple[Float32, Float32]:
    """Return magnitude and power, padded to whole lanes.

    The transform is done in float64: rounding in float32 would drown what lies 140 dB below the loudest
    bin, such as the stop band of a resampler, and that is where valleys of the contrast lie.
    """
    from scipy import fft

    spectrum = fft.rfft(windowed, axis=1, overwrite_x=True).astype(np.complex64)
    power = np.zeros((len(spectrum), -(-spectrum.shape[1] // LANE) * LANE), np.float32)
    np.multiply(spectrum, spectrum.conj(), out=spectrum)
    power[:, : spectrum.shape[1]] = spectrum.real
    return np.sqrt(power), power
