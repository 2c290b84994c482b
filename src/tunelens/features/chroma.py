"""Pitch classes: tuning, chroma, tonnetz."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tunelens.features.grid import Float32, Float64, Grid
from tunelens.features.spectrum import Block

PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_PEAK_RANGE_HZ = (150.0, 4000.0)
_PEAK_SHARE = 0.1
_TUNING_STEPS = 100
_RANK = 80


def pitch_peaks(block: Block, grid: Grid) -> Float32:
    """Return frequency (Hz) and power of every spectral peak from 150 to 4000 Hz, shape (n_peaks, 2).

    A peak is a local maximum above a tenth of the strongest bin of its frame, refined by a parabola
    (Smith 2011, "Spectral Audio Signal Processing").
    """
    low, high = _peak_bins(grid)
    if low >= high:
        return np.zeros((0, 2), np.float32)
    near = block.power[:, low - 1 : high + 1]
    left, here, right = near[:, :-2], near[:, 1:-1], near[:, 2:]
    rises = near[:, 1:] > near[:, :-1]
    is_peak = rises[:, :-1] > rises[:, 1:]
    is_peak &= here > _PEAK_SHARE * block.power.max(axis=1, keepdims=True)
    rows, columns = np.divmod(np.flatnonzero(is_peak), is_peak.shape[1])
    return _refined(left[rows, columns], here[rows, columns], right[rows, columns], columns + low, grid)


@lru_cache(maxsize=16)
def _peak_bins(grid: Grid) -> tuple[int, int]:
    """First bin that may be a peak, and the first one beyond; both its neighbours must exist."""
    low, high = np.searchsorted(grid.freqs_hz, _PEAK_RANGE_HZ)
    return max(int(low), 1), min(int(high), grid.n_bins - 1)


def _refined(left: Float32, here: Float32, right: Float32, bins: np.ndarray, grid: Grid) -> Float32:
    slope, bend = (right - left) / 2, left + right - 2 * here
    shift = np.where(np.abs(slope) < np.abs(bend), -slope / np.where(bend == 0, 1, bend), 0)
    return np.stack([(bins + shift) * grid.bin_hz, here + slope * shift / 2], axis=1).astype(np.float32)


def tuning(peaks: Float32) -> float:
    """Return the deviation from A = 440 Hz most common among strong peaks, semitones, -0.5 to 0.49."""
    if not len(peaks):
        return 0.0
    strong = peaks[peaks[:, 1] >= np.median(peaks[:, 1]), 0].astype(np.float64)
    away = np.mod(12 * np.log2(strong / 27.5), 1.0)
    away[away >= 0.5] -= 1.0
    edges = np.linspace(-0.5, 0.5, _TUNING_STEPS + 1)
    counts = np.histogram(away, edges)[0]
    return float(edges[np.argmax(counts)])


def chroma_bank(grid: Grid, tuning: float = 0.0) -> Float64:
    """Return weights of each bin for the 12 pitch classes from C up, shape (12, n_bins).

    Gaussians around each pitch class, scaled to unit length per bin, weighted by octave with a Gaussian of
    two octaves around 880 Hz (Ellis 2007, "Chroma feature analysis and synthesis").
    """
    hz = np.arange(1, grid.n_bins + 1) * grid.bin_hz
    pitch = 12 * np.log2(hz * 16 / (440.0 * 2 ** (tuning / 12)))
    width = np.maximum(np.diff(pitch), 1.0)
    pitch = np.concatenate([[pitch[0] - 18], pitch[:-1]])
    width = np.concatenate([[max(pitch[1] - pitch[0], 1.0)], width])
    away = np.mod(pitch - np.arange(12)[:, None] + 126, 12) - 6
    bank = np.exp(-2 * (away / width) ** 2)
    bank /= np.linalg.norm(bank, axis=0)
    bank *= np.exp(-0.5 * ((pitch / 12 - 5) / 2) ** 2)
    return np.roll(bank, -3, axis=0)


@lru_cache(maxsize=16)
def _basis(grid: Grid) -> Float32:
    """Orthonormal vectors that nearly span the chroma bank at every tuning, shape (n_bins, rank).

    The tuning is known only after the last frame. Projected on this basis a spectrum needs to be read
    once; `chroma` finishes with the bank of the tuning that was found. 80 vectors of the 120 leave an
    error below 5e-4, half of what is promised beside librosa.
    """
    banks = np.concatenate([chroma_bank(grid, tuning) for tuning in np.arange(-0.5, 0.5, 0.1)])
    strength, mix = np.linalg.eigh(banks @ banks.T)
    kept = np.flatnonzero(strength > 1e-10 * strength[-1])[-_RANK:]
    rows = mix[:, kept].T @ banks / np.sqrt(strength[kept, None])
    return np.ascontiguousarray(rows.T, np.float32)


def chroma_projection(block: Block, grid: Grid) -> Float32:
    """Return the power spectrum in the coordinates that `chroma` needs, shape (t, rank)."""
    return block.power[:, : grid.n_bins] @ _basis(grid)


def chroma(projection: Float32, tuning: float, grid: Grid) -> Float32:
    """Return the energy of the 12 pitch classes, the strongest of each frame 1, shape (t, 12)."""
    energy = np.maximum(projection @ (_basis(grid).T @ chroma_bank(grid, tuning).T).astype(np.float32), 0)
    strongest = energy.max(axis=1, keepdims=True)
    strongest[strongest < np.finfo(np.float32).tiny] = 1.0
    return energy / strongest


@lru_cache(maxsize=1)
def _tonal_axes() -> Float32:
    circle = np.outer([7 / 6, 7 / 6, 3 / 2, 3 / 2, 2 / 3, 2 / 3], np.arange(12))
    circle[::2] -= 0.5
    return (np.array([1, 1, 1, 1, 0.5, 0.5])[:, None] * np.cos(np.pi * circle)).T.astype(np.float32)


def tonnetz(chroma: Float32) -> Float32:
    """Return coordinates on the circles of fifths, minor thirds and major thirds, shape (t, 6)."""
    total = chroma.sum(axis=1, keepdims=True)
    total[total == 0] = 1.0
    return (chroma / total) @ _tonal_axes()
