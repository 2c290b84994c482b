"""Key: which of the 24 major and minor keys the tones of a track speak for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tunelens.features.chroma import PITCH_CLASSES
from tunelens.features.grid import Float32, Float64
from tunelens.features.spectrum import framed

MODES = ("major", "minor")
STEPS = 10
"""Steps per semitone of a tone histogram."""

_N_FFT = 4096
_RANGE_HZ = (80.0, 1400.0)
_BLOCK = 64
_NOTE_WIDTH = 0.25
_LEAST_TONALITY = 0.035
_HALF_SURE_MARGIN, _HALF_SURE_TONALITY = 0.02, 0.01

PROFILES: dict[str, tuple[float, ...]] = {
    "major": (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    "minor": (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
}
"""How often each degree sounds, from the tonic up.

Albrecht & Shanahan 2013, "The use of large corpora to train a new type of key-finding algorithm".
"""


@dataclass(frozen=True)
class Key:
    """Tonic and mode of a track as a whole.

    Parameters
    ----------
    tonic : str or None
        "C", "C#", ..., "B"; None where nothing tonal sounds.
    mode : {"major", "minor"} or None
    confidence : float
        Estimated probability, 0 to 1, that tonic and mode are both right.
    tuning_hz : float or None
        Frequency of the A that the track is tuned to, 427 to 453 Hz.
    reason : str or None
        Why there is no key.

    Examples
    --------
    >>> Key("A", "minor", 0.7).camelot
    '8A'
    """

    tonic: str | None
    mode: str | None
    confidence: float
    tuning_hz: float | None = None
    reason: str | None = None

    @property
    def camelot(self) -> str | None:
        """The key on the wheel that DJs use: neighbours mix well; A is minor, B major."""
        if self.tonic is None:
            return None
        major = PITCH_CLASSES.index(self.tonic) + (3 if self.mode == "minor" else 0)
        return f"{(major * 7 + 7) % 12 + 1}{'A' if self.mode == 'minor' else 'B'}"


@dataclass(frozen=True, eq=False)
class Tones:
    """Which pitch classes sounded, in tenths of a semitone; consecutive windows can be added.

    Parameters
    ----------
    histogram : ndarray of float64, shape (120,)
        Sum over time of the root of the magnitude of spectral peaks, from C at A = 440 Hz up.
    """

    histogram: Float64

    @classmethod
    def of(cls, y: Float32, sr: int) -> Tones:
        """Measure one-dimensional `y`: peaks from 80 to 1400 Hz of spectra of 186 ms."""
        total = np.zeros(12 * STEPS)
        for _, _, place, weights in _spectra(y, sr):
            total += _spread(place, weights)[0]
        return cls(total)

    def __add__(self, other: Tones) -> Tones:
        """Join two windows."""
        return Tones(self.histogram + other.histogram)


@lru_cache(maxsize=4)
def _window(n: int) -> Float32:
    return np.hanning(n).astype(np.float32)


def tones_over_time(y: Float32, sr: int) -> tuple[Float64, Float32]:
    """Return what `Tones` adds up, spectrum by spectrum: times in seconds (t,), histograms (t, 120)."""
    times, tones = [np.zeros(0)], [np.zeros((0, 12 * STEPS), np.float32)]
    for times_s, rows, place, weights in _spectra(y, sr):
        cells = _spread(place, weights, rows, times_s.size)
        times.append(times_s)
        tones.append(cells.astype(np.float32))
    return np.concatenate(times), np.concatenate(tones)


def _spectra(y: Float32, sr: int) -> Iterator[tuple[Float64, NDArray[np.intp], Float64, Float32]]:
    """Yield, block by block, times of spectra in seconds, and spectrum, place and weight of each peak."""
    n_fft = max(64, 2 * round(_N_FFT * sr / 44100))
    n_frames = 1 + len(y) // n_fft
    for start in range(0, n_frames, _BLOCK):
        stop = min(start + _BLOCK, n_frames)
        yield (
            np.arange(start, stop, dtype=np.float64) * (n_fft / sr),
            *_peaks(framed(y, n_fft, n_fft, start, stop), sr),
        )


def _peaks(frames: Float32, sr: int) -> tuple[NDArray[np.intp], Float64, Float32]:
    from scipy import fft

    n_fft = frames.shape[1]
    low, high = (int(hz * n_fft / sr) for hz in _RANGE_HZ)
    magnitude = np.abs(fft.rfft(frames * _window(n_fft), axis=1)[:, max(low - 1, 0) : high + 1])
    left, here, right = magnitude[:, :-2], magnitude[:, 1:-1], magnitude[:, 2:]
    rows, columns = np.nonzero((here > left) & (here >= right))
    bins = columns + max(low, 1) + _shift(left[rows, columns], here[rows, columns], right[rows, columns])
    place = np.mod(12 * np.log2(bins * (sr / n_fft) / 440.0) + 9, 12) * STEPS
    return rows, place, np.sqrt(here[rows, columns])


def _shift(left: Float32, here: Float32, right: Float32) -> Float32:
    """Return where the parabola through three log magnitudes has its top, bins from the middle, ±0.5."""
    tiny = np.float32(1e-12)
    a, b, c = np.log(left + tiny), np.log(here + tiny), np.log(right + tiny)
    return np.clip(0.5 * (a - c) / np.minimum(a - 2 * b + c, -tiny), -0.5, 0.5)


def _spread(place: Float64, weights: Float32, rows: NDArray[np.intp] | int = 0, n_rows: int = 1) -> Float64:
    """Return histograms in which each weight is shared by the two nearest steps, (n_rows, 120)."""
    below = place.astype(int)
    share = place - below
    n = 12 * STEPS
    both = np.concatenate([rows * n + below % n, rows * n + (below + 1) % n])
    parts = np.concatenate([weights * (1 - share), weights * share])
    return np.bincount(both, parts, n_rows * n).reshape(n_rows, n) + np.zeros(n)


def _alignment(tones: Tones) -> complex:
    """Mean of the peaks, each a unit vector whose angle is its place between two semitones."""
    angles = np.arange(12 * STEPS) * (2 * np.pi / STEPS)
    return complex(tones.histogram @ np.exp(1j * angles)) / max(float(tones.histogram.sum()), 1e-12)


def tuning(tones: Tones) -> float:
    """Return the deviation from A = 440 Hz in semitones, -0.5 to 0.5: the circular mean of all peaks."""
    return float(np.angle(_alignment(tones)) / (2 * np.pi))


def tonality(tones: Tones) -> float:
    """Return how well the peaks agree on semitone steps: 0 for noise and speech, above 0.1 for most music."""
    return abs(_alignment(tones))


def pitch_classes(tones: Tones) -> Float64:
    """Return the weight of the 12 pitch classes from C up at the track's own tuning, (12,)."""
    return _notes(tones) @ tones.histogram


def pitch_classes_over_time(histograms: Float32, tones: Tones) -> Float64:
    """Return the same of every histogram (t, 120), at the tuning of `tones`, (t, 12)."""
    return histograms @ _notes(tones).T


def _notes(tones: Tones) -> Float64:
    """Return how much each step of a histogram is each pitch class, (12, 120)."""
    away = np.arange(12 * STEPS) / STEPS - tuning(tones) - np.arange(12)[:, None]
    away = np.mod(away + 6, 12) - 6
    return np.exp(-0.5 * (away / _NOTE_WIDTH) ** 2)


@lru_cache(maxsize=1)
def _templates() -> Float64:
    """The profiles of the 24 keys, majors first, each of mean 0 and length 1, shape (24, 12)."""
    rows = np.array([np.roll(PROFILES[mode], tonic) for mode in MODES for tonic in range(12)])
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def key_strengths(classes: Float64) -> Float64:
    """Return the correlation of `classes` (12,) with the profile of each key, majors first, (24,)."""
    away = classes - classes.mean()
    length = np.linalg.norm(away)
    return _templates() @ (away / length) if length > 0 else np.zeros(24)


def estimate_key(tones: Tones) -> Key:
    """Return the key whose profile correlates best with the tones (Krumhansl 1990)."""
    if tones.histogram.sum() <= 0:
        return Key(None, None, 0.0, reason="silence")
    if tonality(tones) < _LEAST_TONALITY:
        return Key(None, None, 0.0, reason="nothing tonal")
    strengths = key_strengths(pitch_classes(tones))
    best = int(np.argmax(strengths))
    tuning_hz = round(440.0 * 2 ** (tuning(tones) / 12), 2)
    return Key(PITCH_CLASSES[best % 12], MODES[best // 12], _confidence(tones, strengths), tuning_hz)


def _confidence(tones: Tones, strengths: Float64) -> float:
    """Return the estimated probability that the key is right (see docs/descriptors.md for the fit)."""
    first, second = np.sort(strengths)[::-1][:2]
    margin, sure = float(first - second), tonality(tones)
    return margin / (margin + _HALF_SURE_MARGIN) * sure / (sure + _HALF_SURE_TONALITY)
