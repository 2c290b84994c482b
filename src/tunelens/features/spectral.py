"""Shape of the spectrum: centroid, bandwidth, rolloff, flatness, contrast, flux; each of one block."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tunelens.features.grid import Float32, Float64, Grid
from tunelens.features.spectrum import LANE, Block

ROLLOFF_SHARE = 0.85
CONTRAST_BANDS = 7
_CONTRAST_HZ = 200.0
_CONTRAST_QUANTILE = 0.02
_FLOOR = 1e-10


def centroid_bandwidth(block: Block, grid: Grid) -> Float32:
    """Return centroid and bandwidth, Hz, shape (t, 2); 0 for silence."""
    n_lanes = block.lanes.shape[1]
    total, first, second = (block.lanes.reshape(-1, 3 * n_lanes) @ _moment_weights(n_lanes)).T
    total[total == 0] = 1.0
    centroid = first / total
    variance = second / total - centroid**2
    return _as_hz(np.stack([centroid, np.sqrt(np.maximum(variance, 0))], axis=1), grid)


@lru_cache(maxsize=16)
def _moment_weights(n_lanes: int) -> Float64:
    """What turns moments of lanes about their middles into those of a frame about bin 0, (3 n_lanes, 3)."""
    middles = np.arange(n_lanes) * LANE + (LANE - 1) / 2
    one, none = np.ones(n_lanes), np.zeros(n_lanes)
    rows = [[one, middles, middles**2], [none, one, 2 * middles], [none, none, one]]
    return np.ascontiguousarray(np.moveaxis(np.array(rows), 2, 0)).reshape(-1, 3)


def _as_hz(bins: Float64, grid: Grid) -> Float32:
    return (bins * grid.bin_hz).astype(np.float32)


def rolloff(block: Block, grid: Grid) -> Float32:
    """Return the lowest bin frequency, Hz, at or below which 85 % of the magnitude lies, shape (t,)."""
    running = np.cumsum(block.lanes[:, :, 0], axis=1, dtype=np.float64)
    goal = ROLLOFF_SHARE * running[:, -1:]
    lane = np.argmax(running >= goal, axis=1)
    rows = np.arange(len(lane))
    inside = block.magnitude.reshape(len(lane), -1, LANE)[rows, lane]
    start = np.where(lane > 0, running[rows, lane - 1], 0.0)
    reached = start[:, None] + np.cumsum(inside, axis=1, dtype=np.float64) >= goal
    reached[:, -1] = True
    return _as_hz(lane * LANE + np.argmax(reached, axis=1).astype(np.float64), grid)


def flatness(block: Block, grid: Grid) -> Float32:
    """Return geometric over arithmetic mean of the power, 0 to 1, shape (t,).

    Four magnitudes are multiplied before each logarithm; what the padding adds to both means is taken off.
    """
    magnitude = np.maximum(block.magnitude, np.float32(_FLOOR**0.5))
    quarter = magnitude.shape[1] // 4
    products = magnitude[:, :quarter] * magnitude[:, quarter : 2 * quarter]
    products *= magnitude[:, 2 * quarter : 3 * quarter]
    products *= magnitude[:, 3 * quarter :]
    padding = magnitude.shape[1] - grid.n_bins
    log_mean = (2 * np.log(products).sum(axis=1) - padding * np.log(np.float32(_FLOOR))) / grid.n_bins
    mean = (np.einsum("tk,tk->t", magnitude, magnitude) - padding * np.float32(_FLOOR)) / grid.n_bins
    return np.exp(log_mean) / mean


@lru_cache(maxsize=16)
def contrast_bands(grid: Grid) -> tuple[tuple[slice, int], ...]:
    """Return, for each octave band, its bins and how many of them make a peak or a valley.

    Bands reach from the last bin below their lower edge up to the last but one inside, the highest up to
    half the sample rate; a band that lies above that has no bins.
    """
    freqs = grid.freqs_hz
    edges = np.concatenate([[0.0], _CONTRAST_HZ * 2.0 ** np.arange(CONTRAST_BANDS)])
    bands = []
    for k in range(CONTRAST_BANDS):
        inside = np.flatnonzero((freqs >= edges[k]) & (freqs <= edges[k + 1]))
        is_last = k == CONTRAST_BANDS - 1
        if inside.size == 0 or edges[k] >= grid.sr / 2:
            bands.append((slice(0, 0), 1))
            continue
        low = inside[0] - (k > 0)
        high = grid.n_bins if is_last else inside[-1] + 1
        count = max(1, round(_CONTRAST_QUANTILE * (high - low)))
        bands.append((slice(int(low), int(high if is_last else high - 1)), count))
    return tuple(bands)


@lru_cache(maxsize=16)
def _ends(grid: Grid) -> tuple[NDArray[np.intp], Float32]:
    """Return the bins at the ends of bands sorted in place, and what makes means of them, (n, 14)."""
    weights = np.zeros((grid.n_bins, 2 * CONTRAST_BANDS), np.float32)
    for k, (bins, count) in enumerate(contrast_bands(grid)):
        if bins.stop > bins.start:
            weights[bins.stop - count : bins.stop, k] = 1 / count
            weights[bins.start : bins.start + count, CONTRAST_BANDS + k] = 1 / count
    used = np.flatnonzero(weights.any(axis=1))
    return used, weights[used]


def contrast_extremes(block: Block, grid: Grid) -> Float32:
    """Return mean of the strongest, then of the weakest 2 % of magnitudes of each band, shape (t, 14)."""
    ordered = block.magnitude[:, : grid.n_bins].copy()
    for bins, _ in contrast_bands(grid):
        ordered[:, bins].sort(axis=1)
    ends, weights = _ends(grid)
    return ordered[:, ends] @ weights


def contrast(extremes: Float32, grid: Grid) -> Float32:
    """Return peak over valley in dB, (t, 7); 0 for a band above half the sample rate.

    Peaks and valleys are each kept within 80 dB of the largest of the clip, as librosa does.
    """
    peak, valley = extremes[:, :CONTRAST_BANDS], extremes[:, CONTRAST_BANDS:]
    exists = np.array([bins.stop > bins.start for bins, _ in contrast_bands(grid)])
    return (decibels(peak) - decibels(valley)) * exists


def decibels(x: Float32, range_db: float = 80.0) -> Float32:
    """Return ``10 log10(x)``, at least -100 dB and at most `range_db` below the largest of all."""
    db = np.log10(np.maximum(x, np.float32(_FLOOR)))
    db *= np.float32(10)
    return np.maximum(db, db.max() - np.float32(range_db), out=db)


def flux(block: Block, _grid: Grid) -> Float32:
    """Return the distance between consecutive magnitude spectra that each sum to 1, shape (t,)."""
    shares = block.magnitude / block.total
    first = block.before / max(float(block.before.sum()), float(np.finfo(np.float32).tiny))
    squares = np.empty(len(shares), np.float32)
    for steps, out in ((shares[:1] - first, squares[:1]), (np.diff(shares, axis=0), squares[1:])):
        np.einsum("tk,tk->t", steps, steps, out=out)
    return np.sqrt(squares)
