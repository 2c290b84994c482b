"""Preparing sound: trim, normalise, denoise. Every function takes a `Clip` and returns another."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip, Samples
from tunelens.audio.loudness import loudness
from tunelens.base.errors import DataError, EmptyAudioError, ParameterError


def trim(clip: Clip, begin_s: float = 0.0, end_s: float | None = None) -> Clip:
    """Return the part of `clip` from `begin_s` to `end_s`, seconds from its first sample.

    Raises
    ------
    ParameterError
        `begin_s` is below 0 s, or `end_s` is not after it.
    EmptyAudioError
        The clip ends before `begin_s`.

    Examples
    --------
    >>> part = trim(Clip(np.arange(8, dtype=np.float32), sr=4), 0.5, 1.5)
    >>> part.y, part.start_s
    (array([2., 3., 4., 5.], dtype=float32), 0.5)
    """
    end_s = math.inf if end_s is None else end_s
    if not 0.0 <= begin_s < end_s:
        raise ParameterError(f"from {begin_s} s to {end_s} s is no excerpt; 0 <= begin < end is needed")
    begin = round(min(begin_s * clip.sr, clip.n_samples))
    end = round(min(end_s * clip.sr, clip.n_samples))
    if begin >= end:
        raise EmptyAudioError(
            f"{clip.source or 'the clip'} lasts {clip.duration_s:.2f} s; nothing is left from {begin_s:g} s"
        )
    return replace(clip, y=clip.y[..., begin:end], start_s=clip.start_s + begin / clip.sr)


def trim_silence(clip: Clip, top_db: float = 60.0, *, frame_s: float = 0.02) -> Clip:
    """Return `clip` without the quiet at its beginning and end.

    Quiet is a frame whose RMS, in its loudest channel, is more than `top_db` below that of the loudest frame.

    Raises
    ------
    EmptyAudioError
        All samples are 0, so nothing would be left.

    Examples
    --------
    >>> y = np.concatenate([np.zeros(50), np.ones(100), np.zeros(50)]).astype(np.float32)
    >>> trim_silence(Clip(y, sr=100)).duration_s
    1.0
    """
    if top_db <= 0:
        raise ParameterError(f"top_db is {top_db}; more than 0 dB is allowed")
    n = max(1, round(frame_s * clip.sr))
    powers = _frame_powers(np.atleast_2d(clip.y), n)
    if not powers.size or powers.max() == 0.0:
        raise EmptyAudioError(f"{clip.source or 'the clip'} is silent; nothing would be left")
    loud = np.flatnonzero(powers > powers.max() * 10.0 ** (-top_db / 10.0))
    begin, end = int(loud[0]) * n, min(int(loud[-1] + 1) * n, clip.n_samples)
    return replace(clip, y=clip.y[..., begin:end], start_s=clip.start_s + begin / clip.sr)


def _frame_powers(y: Samples, n: int) -> NDArray[np.float64]:
    """Mean power of every frame of `n` samples, of the loudest channel, shape (n_frames,)."""
    starts = np.arange(0, y.shape[1], n)
    if not starts.size:
        return np.empty(0)
    sums = np.add.reduceat(np.square(y, dtype=np.float64), starts, axis=1).max(axis=0)
    return sums / np.diff(np.append(starts, y.shape[1]))


def normalize_loudness(clip: Clip, lufs: float = -23.0, *, peak_db: float = -1.0) -> Clip:
    """Return `clip` at an integrated loudness (ITU-R BS.1770-4), as far as the sample peak allows.

    Parameters
    ----------
    clip : Clip
        Not silent.
    lufs : float
        Aim, LUFS, -70 to 0.
    peak_db : float
        The gain is held back so that no sample exceeds this, dB of full scale. The loudness is then below the
        aim; nothing is limited or compressed.

    Raises
    ------
    DataError
        The clip is silent: no gain makes it loud.
    """
    if not -70.0 <= lufs <= 0.0:
        raise ParameterError(f"lufs is {lufs}; -70 to 0 LUFS is allowed")
    now = loudness(clip)
    if not math.isfinite(now):
        raise DataError(f"{clip.source or 'the clip'} is silent; its loudness cannot be set")
    room_db = peak_db - 20.0 * math.log10(float(np.abs(clip.y).max()))
    gain = 10.0 ** (min(lufs - now, room_db) / 20.0)
    return clip.with_y(clip.y * np.float32(gain))


def denoise(
    clip: Clip, *, reduction_db: float = 18.0, noise_quantile: float = 0.1, threshold_db: float = 6.0
) -> Clip:
    """Return `clip` with steady noise turned down by a spectral gate.

    The noise floor of each frequency is a low quantile of its magnitude over time; bins less than
    `threshold_db` above it are turned down, with a mask smoothed over time and frequency against musical
    noise (after Boll, "Suppression of acoustic noise in speech using spectral subtraction", 1979).

    Parameters
    ----------
    clip : Clip
        Long enough to hear the noise alone: about a second or more.
    reduction_db : float
        How far the noise is turned down, dB.
    noise_quantile : float
        Share of the time in which only noise is expected, between 0 and 1.
    threshold_db : float
        How far above the floor sound begins, dB.

    Returns
    -------
    Clip
        Same rate, channels and length.
    """
    if not 0.0 < noise_quantile < 1.0 or reduction_db < 0.0:
        raise ParameterError(
            f"noise_quantile is {noise_quantile} (0 to 1 is allowed), reduction_db {reduction_db} (0 or more)"
        )
    clip.require_samples()
    gate = {"floor": 10.0 ** (-reduction_db / 20.0), "quantile": noise_quantile, "threshold_db": threshold_db}
    cleaned = [_in_pieces(y, clip.sr, **gate) for y in np.atleast_2d(clip.y)]
    return clip.with_y(np.stack(cleaned).reshape(clip.y.shape))


def _in_pieces(y: Samples, sr: int, **gate: float) -> Samples:
    """Gate a minute at a time, so that memory stays bounded; each piece is heard with what is around it."""
    piece, around = 60 * sr, sr
    parts = []
    for begin in range(0, y.size, piece):
        first = max(0, begin - around)
        cleaned = _gate(y[first : begin + piece + around], sr, **gate)
        parts.append(cleaned[begin - first : begin - first + piece])
    return np.concatenate(parts)


def _gate(y: Samples, sr: int, *, floor: float, quantile: float, threshold_db: float) -> Samples:
    from scipy.ndimage import uniform_filter
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    n_fft = 1 << max(6, round(math.log2(0.046 * sr)))
    stft = ShortTimeFFT(hann(n_fft, sym=False), hop=n_fft // 4, fs=sr)
    padded = np.pad(y, (0, max(0, n_fft - y.size)))
    spectrum = stft.stft(padded)
    magnitude = np.abs(spectrum)
    # The quantile of Rayleigh-distributed magnitudes, led back to their RMS.
    noise = np.quantile(magnitude, quantile, axis=1, keepdims=True) / math.sqrt(-math.log1p(-quantile))
    stands_out = np.float32(magnitude > noise * 10.0 ** (threshold_db / 20.0))
    # A lone bin that stands out is noise: it would tinkle. Sound stands out together with its neighbours.
    is_sound = np.float32(uniform_filter(stands_out, size=(3, 5), mode="nearest") > 0.5)
    openness = np.maximum(is_sound, uniform_filter(is_sound, size=(5, 5), mode="nearest"))
    mask = floor + (1.0 - floor) * openness
    return stft.istft(spectrum * mask, k1=padded.size)[: y.size].astype(np.float32)
