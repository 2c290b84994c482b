"""Tempo and beats from a novelty curve."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tunelens.features.grid import Float32, Float64

SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0
PRIOR_BPM, PRIOR_OCTAVES = 100.0, 0.7
SHORTEST_S = 4.0
_COMPRESSION = 10.0
_LOCAL_S = 1.0
_WINDOW_S = 20.0
_TEMPO_STEP = 0.01
_COMB = ((1, 1.0), (2, 0.5**0.5))
_TIGHTNESS = 40.0
_SMOOTHING_FRAMES = 1.0
_BEAT_DELAY_S = 0.01
_ALTERNATIVES = 3
_LEAST_SALIENCE = 0.035
_HALF_SURE_SCORE, _SURENESS = 0.105, 1.69


@dataclass(frozen=True)
class Tempo:
    """How fast a listener would tap.

    Parameters
    ----------
    bpm : float or None
        Beats per minute, 30 to 300; None where there is no pulse.
    confidence : float
        Estimated probability, 0 to 1, that `bpm` is within 4 % of what a listener would tap.
    alternatives : tuple of (float, float)
        Other tempi (BPM) with their strength relative to `bpm` (0 to 1), strongest first.
    reason : str or None
        Why `bpm` is None.

    Examples
    --------
    >>> tempo = Tempo(120.0, 0.8)
    >>> tempo.half_bpm, tempo.double_bpm
    (60.0, 240.0)
    """

    bpm: float | None
    confidence: float
    alternatives: tuple[tuple[float, float], ...] = ()
    reason: str | None = None

    @property
    def half_bpm(self) -> float | None:
        """The tempo of someone who taps every second beat."""
        return None if self.bpm is None else self.bpm / 2

    @property
    def double_bpm(self) -> float | None:
        """The tempo of someone who taps twice a beat."""
        return None if self.bpm is None else self.bpm * 2


def novelty(mel: Float32) -> Float32:
    """Return how much is new in each frame: the mean rise of the compressed mel spectrum, (t,).

    Compression is ``log(1 + 10 mel / mean of mel)``, which makes the curve independent of gain and lets
    soft onsets count (Klapuri, Eronen & Astola 2006; Grosche & Müller 2011).

    Parameters
    ----------
    mel : ndarray of float32, shape (n_mels, t)
        Power in mel bands.
    """
    level = float(mel.mean(dtype=np.float64))
    if level <= np.finfo(np.float32).tiny:
        return np.zeros(mel.shape[1], np.float32)
    rows = mel.T * np.float32(_COMPRESSION / level)
    np.log1p(rows, out=rows)
    rise = np.maximum(rows[1:] - rows[:-1], 0).mean(axis=1)
    return np.concatenate([np.zeros(1, np.float32), rise])


def accents(novelty: Float32, fps: float) -> Float64:
    """Return `novelty` above its mean over one second, in standard deviations; zeros if nothing varies."""
    curve = novelty.astype(np.float64)
    width = max(1, round(_LOCAL_S * fps))
    local = np.convolve(curve, np.full(width, 1 / width), "same")[: len(curve)]
    above = np.maximum(curve - local, 0)
    spread = above.std()
    return above / spread if spread > 1e-9 else np.zeros_like(above)


@dataclass(frozen=True, eq=False)
class Pulses:
    """How strongly each tempo of a grid is present.

    Parameters
    ----------
    bpm : ndarray of float64, shape (n,)
        Tempi, evenly spaced in logarithm.
    salience : ndarray of float64, shape (n,)
        Autocorrelation at the period and its double, at most 1, times the root of the Fourier magnitude at
        the tempo.
    """

    bpm: Float64
    salience: Float64


def pulses(accents: Float64, fps: float) -> Pulses:
    """Measure how periodic `accents` are at each tempo from 30 to 300 BPM.

    An autocorrelation has peaks at the slower multiples of a period, a Fourier transform at the faster
    ones; their product keeps what both see (Peeters 2007, "Template-based estimation of time-varying
    tempo"). Both are taken over windows of 20 seconds and averaged.
    """
    length = min(len(accents), round(_WINDOW_S * fps))
    frames = sliding_window_view(accents, length)[:: max(1, length // 2)]
    centred = frames - frames.mean(axis=1, keepdims=True)
    used = centred[centred.std(axis=1) > 0.05]
    bpm = _tempo_grid()
    if not len(used):
        return Pulses(bpm, np.zeros_like(bpm))
    product = np.maximum(_regularity(used, fps), 0) * np.sqrt(_fourier(used, fps))
    return Pulses(bpm, product.mean(axis=0))


@lru_cache(maxsize=1)
def _tempo_grid() -> Float64:
    return np.exp(np.arange(np.log(SLOWEST_BPM), np.log(FASTEST_BPM), _TEMPO_STEP))


def _regularity(frames: Float64, fps: float) -> Float64:
    """Return the mean autocorrelation at one and two periods of each tempo, shape (windows, tempi)."""
    length = frames.shape[1]
    power = np.abs(np.fft.rfft(frames, 2 * length, axis=1)) ** 2
    raw = np.fft.irfft(power, axis=1)[:, : 3 * length // 4]
    lags = np.arange(raw.shape[1])
    unbiased = raw / raw[:, :1] * (length / (length - lags))
    total, weights = np.zeros((len(frames), len(_tempo_grid()))), np.zeros(len(_tempo_grid()))
    for multiple, weight in _COMB:
        lag = multiple * 60 * fps / _tempo_grid()
        inside = lag < raw.shape[1] - 1
        below = np.minimum(lag.astype(int), raw.shape[1] - 2)
        share = lag - below
        values = unbiased[:, below] * (1 - share) + unbiased[:, below + 1] * share
        total += weight * np.where(inside, values, 0)
        weights += weight * inside
    return total / np.maximum(weights, 1e-9)


@lru_cache(maxsize=8)
def _waves(length: int, fps: float) -> NDArray[np.complex64]:
    phase = np.outer(np.arange(length) / fps, _tempo_grid() / 60)
    return (np.exp(-2j * np.pi * phase) * np.hanning(length)[:, None]).astype(np.complex64)


def _fourier(frames: Float64, fps: float) -> Float64:
    """Return the magnitude at each tempo, the strongest of each window 1, shape (windows, tempi)."""
    magnitude = np.abs(frames.astype(np.complex64) @ _waves(frames.shape[1], fps)).astype(np.float64)
    return magnitude / np.maximum(magnitude.max(axis=1, keepdims=True), 1e-12)


def estimate_tempo(accents: Float64, fps: float) -> Tempo:
    """Return the tempo whose pulse is strongest, weighted by how common tempi are.

    The weight is a Gaussian over the logarithm of the tempo around 100 BPM (a beat of 600 ms, Parncutt 1994).
    """
    if len(accents) < SHORTEST_S * fps:
        return Tempo(None, 0.0, reason=f"shorter than {SHORTEST_S:g} s")
    measured, scores = _scored(accents, fps)
    best = int(np.argmax(scores))
    if measured.salience[best] < _LEAST_SALIENCE:
        return Tempo(None, 0.0, reason="no pulse")
    others = tuple(
        (_refined(measured.bpm, scores, i), float(scores[i] / scores[best]))
        for i in _peaks(scores)
        if i != best
    )
    return Tempo(
        _refined(measured.bpm, scores, best),
        _confidence(float(scores[best])),
        others[:_ALTERNATIVES],
    )


def best_score(accents: Float64, fps: float) -> float:
    """Return the score of the tempo that `estimate_tempo` chooses: what its confidence follows."""
    return float(_scored(accents, fps)[1].max())


def _scored(accents: Float64, fps: float) -> tuple[Pulses, Float64]:
    measured = pulses(accents, fps)
    return measured, measured.salience * _prior(measured.bpm)


def _prior(bpm: Float64) -> Float64:
    return np.exp(-0.5 * (np.log2(bpm / PRIOR_BPM) / PRIOR_OCTAVES) ** 2)


def _peaks(scores: Float64) -> list[int]:
    inner = scores[1:-1]
    found = 1 + np.flatnonzero((inner > scores[:-2]) & (inner >= scores[2:]))
    return sorted((int(i) for i in found), key=lambda i: -scores[i])


def _refined(bpm: Float64, scores: Float64, i: int) -> float:
    if not 0 < i < len(scores) - 1:
        return float(bpm[i])
    left, here, right = scores[i - 1 : i + 2]
    bend = left - 2 * here + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(bpm[i] * np.exp(_TEMPO_STEP * np.clip(shift, -0.5, 0.5)))


def _confidence(score: float) -> float:
    """Return the estimated probability that the tempo is right (see docs/descriptors.md for the fit)."""
    odds = (max(score, 0.0) / _HALF_SURE_SCORE) ** _SURENESS
    return odds / (1 + odds)


def track_beats(accents: Float64, fps: float, bpm: float) -> Float32:
    """Return the times (s) of the beats (Ellis 2007, "Beat tracking by dynamic programming").

    The sum of accents on beats is made as large as possible, less 40 times the square of the logarithm of
    each interval over the beat period. Frames are solved in runs of half a period: no beat in a run
    depends on another beat in it.
    """
    score, back = _solve(_smoothed(accents), 60 * fps / bpm)
    last = max(0, len(score) - 1 - round(60 * fps / bpm))
    path = [last + int(np.argmax(score[last:]))]
    while back[path[-1]] >= 0:
        path.append(int(back[path[-1]]))
    return (np.array(path[::-1]) / fps + _BEAT_DELAY_S).astype(np.float32)


def _smoothed(accents: Float64) -> Float64:
    bell = np.exp(-0.5 * (np.arange(-4, 5) / _SMOOTHING_FRAMES) ** 2)
    return np.convolve(accents, bell / bell.sum(), "same")[: len(accents)]


def _solve(accents: Float64, period: float) -> tuple[Float64, NDArray[np.int64]]:
    """Return the best total up to each frame, and the beat before it (-1 for none)."""
    near, far = max(1, round(period / 2)), round(2 * period)
    lags = np.arange(far, near - 1, -1)
    penalty = _TIGHTNESS * np.log(lags / period) ** 2
    score = np.concatenate([np.zeros(far), accents])
    within_reach = sliding_window_view(score, len(lags))
    back = np.full(len(accents), -1)
    for start in range(0, len(accents), near):
        stop = min(start + near, len(accents))
        totals = within_reach[start:stop] - penalty
        choice = totals.argmax(axis=1)
        gain = np.maximum(totals.max(axis=1), 0)
        score[far + start : far + stop] += gain
        back[start:stop] = np.where(gain > 0, np.arange(start, stop) - lags[choice], -1)
    return score[far:], back
