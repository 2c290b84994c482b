"""Exact changes of sound, from which augmentations draw.

What comes out has the rate that came in, is finite float32, and is never clipped: a result that would
pass full scale (or the peak of a clip that passed it before) is scaled down as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.base.errors import ParameterError

N_FFT = 2048
HOP = N_FFT // 4
ORDER = 8


def held(clip: Clip, y: NDArray[Any]) -> Clip:
    """Return `clip` with samples `y`, scaled down as a whole where they pass full scale."""
    ceiling = max(1.0, float(np.abs(clip.y).max(initial=0.0)))
    peak = float(np.abs(y).max(initial=0.0))
    return clip.with_y(np.asarray(y * (ceiling / peak) if peak > ceiling else y, np.float32))


def gained(clip: Clip, db: float) -> Clip:
    """Return `clip` louder by `db` decibels; by less where that would pass full scale.

    Examples
    --------
    >>> float(gained(Clip(np.full(4, 0.1, np.float32), 8000), 20 * np.log10(2)).y[0])
    0.20000000298023224
    """
    return held(clip, clip.y.astype(np.float64) * 10 ** (db / 20))


def noised(clip: Clip, snr_db: float, rng: np.random.Generator) -> Clip:
    """Return `clip` with white noise `snr_db` decibels below its power; silence stays silent."""
    y = clip.y.astype(np.float64)
    noise = rng.standard_normal(y.shape)
    power = np.mean(noise**2) if noise.size else 0.0
    if not power:
        return clip
    scale = np.sqrt(np.mean(y**2) / power) * 10 ** (-snr_db / 20)
    return held(clip, y + scale * noise)


def stretched(clip: Clip, rate: float) -> Clip:
    """Return `clip` played `rate` times as fast at the same pitch (phase vocoder).

    Its length is ``round(n_samples / rate)``, at least 1. Attacks smear a little.
    """
    if not 0.25 <= rate <= 4:
        raise ParameterError(f"rate is {rate}; 0.25 to 4 is allowed")
    if rate == 1:
        return clip
    n = max(1, round(clip.n_samples / rate))
    channels = [_vocoded(one, rate, n) for one in np.atleast_2d(clip.y)]
    return held(clip, np.stack(channels) if clip.y.ndim == 2 else channels[0])


def _vocoded(y: NDArray[np.float32], rate: float, n: int) -> NDArray[np.float64]:
    window = np.hanning(N_FFT + 1)[:-1]
    padded = np.pad(y.astype(np.float64), (N_FFT // 2, N_FFT // 2 + N_FFT))
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    S = np.fft.rfft(frames * window, axis=1).astype(np.complex64)
    steps = np.arange(0, len(S) - 1, rate)
    at = steps.astype(np.intp)
    share = (steps - at)[:, None]
    size = (1 - share) * np.abs(S[at]) + share * np.abs(S[at + 1])
    phase = _locked(size * np.exp(1j * _phases(S, at)))
    return _overlapped(np.fft.irfft(size * np.exp(1j * phase), N_FFT, axis=1) * window, window, n)


def _phases(S: NDArray[np.complex64], at: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the phase of every frame made, from how far each bin turns between the frames read."""
    expected = 2 * np.pi * HOP / N_FFT * np.arange(S.shape[1])
    turn = np.angle(S[at + 1]) - np.angle(S[at]) - expected
    turn += expected - 2 * np.pi * np.round(turn / (2 * np.pi))
    phase: NDArray[np.float64] = np.cumsum(np.vstack([np.angle(S[:1]), turn[:-1]]), axis=0, dtype=np.float64)
    return phase


def _locked(S: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return phases in which the bins of one peak agree (loose locking, Puckette 1995)."""
    together = S.copy()
    together[:, 1:] -= S[:, :-1]
    together[:, :-1] -= S[:, 1:]
    phase: NDArray[np.float64] = np.angle(together)
    return phase


def _overlapped(frames: NDArray[np.float64], window: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    length = max(N_FFT + HOP * (len(frames) - 1), N_FFT // 2 + n)
    total, weight = np.zeros(length), np.zeros(length)
    for i, frame in enumerate(frames):
        total[i * HOP : i * HOP + N_FFT] += frame
        weight[i * HOP : i * HOP + N_FFT] += window**2
    return (total / np.maximum(weight, 1e-3))[N_FFT // 2 : N_FFT // 2 + n]


def shifted(clip: Clip, semitones: float) -> Clip:
    """Return `clip` higher by `semitones`, of the same length: stretched, then resampled."""
    if not -24 <= semitones <= 24:
        raise ParameterError(f"semitones is {semitones}; -24 to 24 is allowed")
    if semitones == 0:
        return clip
    import soxr

    factor = 2 ** (semitones / 12)
    longer = stretched(clip, 1 / factor).y
    y = soxr.resample(longer.T, clip.sr * factor, clip.sr).T
    short = max(0, clip.n_samples - y.shape[-1])
    fitted = np.pad(y, [(0, 0)] * (y.ndim - 1) + [(0, short)])[..., : clip.n_samples]
    return held(clip, np.ascontiguousarray(fitted))


def equalised(clip: Clip, bands: Sequence[tuple[float, float, float]]) -> Clip:
    """Return `clip` through peaking filters.

    Parameters
    ----------
    clip : Clip
    bands : sequence of (hz, db, q)
        Centre, gain at the centre and quality of each; those above 0.45 times the rate are left out.
    """
    from scipy.signal import sosfilt

    sos = [_peaking(clip.sr, *band) for band in bands if 0 < band[0] < 0.45 * clip.sr]
    return held(clip, sosfilt(np.array(sos), clip.y.astype(np.float64))) if sos else clip


def _peaking(sr: int, hz: float, db: float, q: float) -> list[float]:
    # the peaking filter of R. Bristow-Johnson's audio EQ cookbook
    gain, w = 10 ** (db / 40), 2 * np.pi * hz / sr
    alpha = np.sin(w) / (2 * q)
    b = [1 + alpha * gain, -2 * np.cos(w), 1 - alpha * gain]
    a = [1 + alpha / gain, -2 * np.cos(w), 1 - alpha / gain]
    return [*(one / a[0] for one in b), *(one / a[0] for one in a)]


def lowpassed(clip: Clip, hz: float) -> Clip:
    """Return `clip` without what is above `hz` (Butterworth, 48 dB per octave).

    Above 0.45 times the rate nothing is changed.
    """
    from scipy.signal import butter, sosfilt

    if not hz > 0:
        raise ParameterError(f"hz is {hz}; a frequency above 0 is needed")
    if hz >= 0.45 * clip.sr:
        return clip
    sos = butter(ORDER, hz, fs=clip.sr, output="sos")
    return held(clip, sosfilt(sos, clip.y.astype(np.float64)))


def cropped(clip: Clip, start: int, length: int) -> Clip:
    """Return `length` samples from sample `start`; `start_s` moves along."""
    y = np.ascontiguousarray(clip.y[..., start : start + length])
    return replace(clip, y=y, start_s=clip.start_s + start / clip.sr)
