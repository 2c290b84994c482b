"""Pitch: the segment-wise FFT-weighted curve, and a fundamental-frequency contour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.base.errors import ParameterError
from tunelens.features.grid import Float32, Float64


def pitch_curve(clip: Clip, block: int = 8000) -> Float32:
    """Return how high the sound lies in consecutive blocks.

    Of each block of `block` samples (a shorter last one is left out, unless it is the only one) the mean
    over FFT bins of (bin index + 1) x magnitude.

    Parameters
    ----------
    clip : Clip
        Sound; the mean of its channels is used.
    block : int
        Samples per block, at least 2.

    Returns
    -------
    ndarray of float32, shape (n_blocks,)
        Grows with level and with frequency; 0 for silence.

    Examples
    --------
    >>> t = np.arange(32000) / 16000
    >>> low, high = (Clip(np.sin(2 * np.pi * f * t).astype(np.float32), 16000) for f in (100, 1000))
    >>> bool((pitch_curve(high) > 5 * pitch_curve(low)).all()), pitch_curve(low).shape
    (True, (4,))
    """
    from scipy import fft

    if block < 2:
        raise ParameterError(f"block is {block}; at least 2 samples are needed")
    y = clip.require_samples().mono().y
    whole = y[: y.size // block * block].reshape(-1, block) if y.size >= block else y[None]
    magnitude = np.abs(fft.rfft(whole, axis=1))
    weights = np.arange(1, magnitude.shape[1] + 1, dtype=np.float32) / magnitude.shape[1]
    return magnitude @ weights


@dataclass(frozen=True, eq=False)
class F0:
    """A contour of fundamental frequency.

    Parameters
    ----------
    times_s : ndarray of float64, shape (t,)
        Middle of each frame in the source, seconds.
    f0_hz : ndarray of float32, shape (t,)
        Fundamental frequency, Hz; NaN where no pitch is heard.
    voiced : ndarray of float32, shape (t,)
        Probability that the frame has a pitch, 0 to 1.
    """

    times_s: Float64
    f0_hz: Float32
    voiced: Float32


N_CANDIDATES = 6
_MIN_RMS = 1e-5
_BLOCK_SAMPLES = 1 << 17
_JUMP_COST = 12.0
_SWITCH_COST = 2.0
_UNVOICED_COST = 3.0


def f0(clip: Clip, fmin: float = 65.4, fmax: float = 2093.0, hop_s: float = 512 / 22050) -> F0:
    """Return the fundamental frequency of a single voice or instrument over time.

    Candidates are minima of the cumulative mean normalised difference (de Cheveigné & Kawahara 2002, YIN),
    weighted by how many thresholds of a Beta(2, 18) prior would choose them (Mauch & Dixon 2014, pYIN);
    the smoothest path through them, unvoiced frames allowed, is found by Viterbi's algorithm.

    Parameters
    ----------
    clip : Clip
        Sound; the mean of its channels is used.
    fmin, fmax : float
        Range searched, Hz: 10 <= fmin < fmax; at most a quarter of the sample rate is searched. Above a
        tenth of it a period has few samples, and an octave error is possible.
    hop_s : float
        Step between frames, seconds.

    Returns
    -------
    F0

    Raises
    ------
    ParameterError
        When the range is not allowed.

    Examples
    --------
    >>> t = np.arange(22050) / 22050
    >>> contour = f0(Clip(np.sin(2 * np.pi * 220 * t).astype(np.float32), 22050))
    >>> round(float(np.nanmedian(contour.f0_hz)))
    220
    """
    sr = clip.sr
    fmax = min(fmax, sr / 4)
    if not 10 <= fmin < fmax:
        raise ParameterError(f"fmin is {fmin:g} and fmax {fmax:g}; 10 <= fmin < fmax <= {sr / 4:g} is needed")
    hop = max(1, round(hop_s * sr))
    periods, weights = _candidates(
        clip.require_samples().mono().y, hop, int(sr / fmax), int(np.ceil(sr / fmin))
    )
    path = _smoothest(np.log2(np.maximum(periods, 1e-9)), weights)
    chosen = np.take_along_axis(periods, np.maximum(path, 0)[:, None], axis=1)[:, 0]
    f0_hz = np.where(path >= 0, sr / np.maximum(chosen, 1e-9), np.nan).astype(np.float32)
    times_s = clip.start_s + np.arange(len(path), dtype=np.float64) * (hop / sr)
    return F0(times_s, f0_hz, weights.sum(axis=1).astype(np.float32))


def _candidates(y: Float32, hop: int, shortest: int, longest: int) -> tuple[Float64, Float64]:
    """Return candidate periods (samples) and their probabilities, each of shape (t, N_CANDIDATES)."""
    half = 2 * longest
    padded = np.pad(y, (half, half + longest))
    starts = np.arange(0, len(y) + 1, hop)
    periods, weights = [], []
    step = max(8, _BLOCK_SAMPLES // (2 * half))
    for begin in range(0, len(starts), step):
        some = starts[begin : begin + step]
        frames = padded[some[:, None] + np.arange(2 * half)]
        curve = normalised_difference(frames, longest + 1)
        found, weight = _minima(curve, shortest, longest)
        weight[np.sqrt((frames * frames).mean(axis=1)) < _MIN_RMS] = 0
        periods.append(found)
        weights.append(weight)
    return np.concatenate(periods), np.concatenate(weights)


def normalised_difference(frames: Float32, n_lags: int) -> Float32:
    """Return YIN's cumulative mean normalised difference at lags 0 to `n_lags` - 1, shape (t, n_lags).

    The first ``n - n_lags`` samples of each frame are compared with the same number `lag` samples later;
    the sums of products come from one FFT.
    """
    from scipy import fft

    t, n = frames.shape
    span = n - n_lags
    size = fft.next_fast_len(n + span, real=True)
    spectrum = fft.rfft(frames, size, axis=1)
    products = fft.irfft(spectrum * fft.rfft(frames[:, :span], size, axis=1).conj(), size, axis=1)[:, :n_lags]
    running = np.cumsum(np.pad(frames.astype(np.float64) ** 2, ((0, 0), (1, 0))), axis=1)
    energy = running[:, span : span + n_lags] - running[:, :n_lags]
    difference = np.maximum(energy[:, :1] + energy - 2 * products, 0)
    mean = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, n_lags)
    curve = np.ones((t, n_lags), np.float32)
    np.divide(difference[:, 1:], mean, out=curve[:, 1:], where=mean > 1e-12 * energy[:, :1] + 1e-30)
    return curve


@lru_cache(maxsize=1)
def _chance_below() -> Float64:
    """Probability, by Beta(2, 18), that a threshold lies below each step of a hundredth, shape (102,)."""
    thresholds = np.arange(1, 101) / 100
    density = thresholds * (1 - thresholds) ** 17
    return np.concatenate([[0.0], np.cumsum(density / density.sum()), [1.0]])


def _minima(curve: Float32, shortest: int, longest: int) -> tuple[Float64, Float64]:
    """Return refined lags and probabilities of the likeliest local minima of each row.

    A threshold chooses the first minimum below it: a minimum gets the thresholds between its own depth and
    the deepest one before it. What no minimum gets is the chance that there is no pitch.
    """
    here = curve[:, shortest:longest]
    left, right = curve[:, shortest - 1 : longest - 1], curve[:, shortest + 1 : longest + 1]
    depth = np.where((here < left) & (here <= right), here, 1.0)
    deepest = np.minimum.accumulate(depth, axis=1)
    chance = _chance_below()[np.ceil(np.clip(deepest, 0, 1) * 100).astype(int)]
    weights = -np.diff(chance, axis=1, prepend=1.0)
    count = min(N_CANDIDATES, weights.shape[1])
    lags = np.argpartition(-weights, count - 1, axis=1)[:, :count]
    rows = np.arange(len(curve))[:, None]
    a, b, c = (side[rows, lags].astype(np.float64) for side in (left, here, right))
    bend = a - 2 * b + c
    shift = np.where(bend > 0, (a - c) / (2 * np.where(bend > 0, bend, 1)), 0)
    return lags + shortest + np.clip(shift, -1, 1), weights[rows, lags]


def _smoothest(octaves: Float64, weights: Float64) -> NDArray[np.int64]:
    """Return the candidate of each frame on the best path; -1 where unvoiced (Viterbi)."""
    t, k = weights.shape
    unvoiced = np.maximum(1 - weights.sum(axis=1, keepdims=True), 0)
    cost = -np.log(np.concatenate([weights, unvoiced], axis=1) + 1e-6)
    cost[:, k] += _UNVOICED_COST
    came_from = np.zeros((t, k + 1), np.int64)
    total = cost[0]
    switch = np.full((k + 1, k + 1), _SWITCH_COST)
    switch[k, k] = 0.0
    for i in range(1, t):
        switch[:k, :k] = _JUMP_COST * np.abs(octaves[i - 1][:, None] - octaves[i][None])
        reach = total[:, None] + switch
        came_from[i] = reach.argmin(axis=0)
        total = reach.min(axis=0) + cost[i]
    path = np.empty(t, np.int64)
    path[-1] = int(total.argmin())
    for i in range(t - 1, 0, -1):
        path[i - 1] = came_from[i, path[i]]
    return np.where(path == k, -1, path)
