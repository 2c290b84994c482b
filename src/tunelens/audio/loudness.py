"""Loudness: ITU-R BS.1770-4 (integrated, gated) and EBU Tech 3342 (loudness range).

The K-weighting is applied to the spectrum: the power of each 100 ms is the weighted sum of its squared FFT,
and the weights are the squared response of the two filters that BS.1770-4 tabulates at 48 kHz. So there is no
filter state, and every rate is weighted alike.

Above 10 kHz the weighting is flat. There the power is known from the samples, and the FFT, now of the sum of
two samples each, has to take off only what lower frequencies weigh less.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip, Samples
from tunelens.base.errors import ParameterError

Powers = NDArray[np.float64]

SEGMENTS_PER_S = 10
# BS.1770-4, tables 1 and 2: numerator, denominator at 48 kHz.
_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_TABLE_SR = 48_000
# From here on what the sums of two samples fold down lies above 10 kHz, and lands where little is taken off.
_LEAST_HALVED_SR = 40_000
# BS.1770-4, table 3 (left, right, centre, [low frequency,] surrounds), by the number of channels.
_SURROUND = 1.41
_CHANNEL_WEIGHTS = {
    5: (1.0, 1.0, 1.0, _SURROUND, _SURROUND),
    6: (1.0, 1.0, 1.0, 0.0, _SURROUND, _SURROUND),
    8: (1.0, 1.0, 1.0, 0.0, _SURROUND, _SURROUND, _SURROUND, _SURROUND),
}
_OFFSET_DB = -0.691
_ABSOLUTE_GATE = 10.0 ** ((-70.0 - _OFFSET_DB) / 10.0)


def _response(freqs_hz: NDArray[Any], taps: tuple[tuple[float, ...], tuple[float, ...]]) -> NDArray[Any]:
    z = np.exp(-2j * np.pi * np.minimum(freqs_hz, _TABLE_SR / 2) / _TABLE_SR)
    top, bottom = (sum(tap * z**power for power, tap in enumerate(side)) for side in taps)
    return np.abs(top / bottom) ** 2


def _weighting(freqs_hz: NDArray[Any]) -> NDArray[Any]:
    return _response(freqs_hz, _SHELF) * _response(freqs_hz, _HIGH_PASS)


_FLAT = float(_weighting(np.array(_TABLE_SR / 2)))


@lru_cache(maxsize=16)
def _shortfalls(sr: int, n: int, *, halved: bool, two_sided: bool) -> NDArray[np.float32]:
    """How much less than `_FLAT` each bin weighs, such that they sum |FFT|² of `n` samples to mean power.

    Parameters
    ----------
    sr : int
        Sample rate, Hz.
    n : int
        Samples of the segment.
    halved : bool
        The FFT is that of n / 2 sums of two samples.
    two_sided : bool
        For a complex FFT; else for a real one, whose inner bins count twice.
    """
    n_fft = n // 2 if halved else n
    step_s = n / n_fft / sr
    freqs_hz = np.abs(np.fft.fftfreq(n_fft, step_s)) if two_sided else np.fft.rfftfreq(n_fft, step_s)
    weights = (_FLAT - _weighting(freqs_hz)) / float(n_fft) ** 2
    if halved:
        weights /= (2 * np.cos(np.pi * freqs_hz / sr)) ** 2
    if not two_sided:
        weights[1 : (n_fft + 1) // 2] *= 2.0
    return weights.astype(np.float32)


class LoudnessMeter:
    """K-weighted power of every 100 ms, fed block by block.

    A segment is ``round(sr / 10)`` samples. What is left over at the end counts only when
    there is nothing else.

    Parameters
    ----------
    sr : int
        Sample rate, Hz.
    n_channels : int
        Channels, in the order left, right, centre, low frequency, surrounds. With 5, 6 or 8 channels the
        weights are those of BS.1770-4; with other numbers every channel counts 1.

    Examples
    --------
    >>> meter = LoudnessMeter(48000, 1)
    >>> meter.add(np.sin(2 * np.pi * 1000 * np.arange(96000) / 48000).astype(np.float32))
    >>> round(integrated_lufs(meter.powers), 1)
    -3.0
    """

    def __init__(self, sr: int, n_channels: int) -> None:
        self._n = max(1, round(sr / SEGMENTS_PER_S))
        self._sr = sr
        self._gains = np.array(_CHANNEL_WEIGHTS.get(n_channels, (1.0,) * n_channels))
        self._rest: Samples = np.empty((n_channels, 0), np.float32)
        self._done: list[Powers] = []

    def add(self, y: Samples) -> None:
        """Measure more samples, shape (n,) or (n_channels, n)."""
        y = np.atleast_2d(y)
        if y.shape[0] != self._gains.size:
            raise ParameterError(f"y has {y.shape[0]} channels; this meter was made for {self._gains.size}")
        y = self._complete_rest(y)
        whole = y.shape[1] - y.shape[1] % self._n
        if whole:
            self._done.append(self._measure(y[:, :whole]))
        if whole < y.shape[1]:
            self._rest = y[:, whole:].copy()

    def _complete_rest(self, y: Samples) -> Samples:
        """Finish the segment that the last block began; return what is after it."""
        if self._rest.shape[1] == 0:
            return y
        missing = self._n - self._rest.shape[1]
        self._rest = np.concatenate([self._rest, y[:, :missing]], axis=1)
        if self._rest.shape[1] == self._n:
            self._done.append(self._measure(self._rest))
            self._rest = self._rest[:, :0]
        return y[:, missing:]

    @property
    def powers(self) -> Powers:
        """Channel-weighted mean power of each segment so far, shape (n_segments,)."""
        if not self._done and self._rest.shape[1]:
            return self._measure(self._rest, n=self._rest.shape[1])
        return np.concatenate([np.empty(0), *self._done])

    def take(self) -> Powers:
        """Return the power of each segment that ended since the last call, and forget it."""
        done, self._done = self._done, []
        return np.concatenate([np.empty(0), *done])

    def _measure(self, y: Samples, n: int | None = None) -> Powers:
        n = n or self._n
        if y.shape[0] == 2 and y.T.flags.c_contiguous:
            # Read as left + i right, one complex FFT serves both: with weights that are equal at k and -k
            # the mixed terms cancel.
            return _power(y.T.view(np.complex64).reshape(-1, n), self._sr)
        rows = (np.ascontiguousarray(x).reshape(-1, n) for x in y)
        return sum(gain * _power(x, self._sr) for gain, x in zip(self._gains, rows, strict=True))


def _power(segments: NDArray[Any], sr: int) -> Powers:
    """K-weighted mean power of each row, of real and imaginary part together."""
    import scipy.fft

    n, two_sided = segments.shape[1], np.iscomplexobj(segments)
    parts = segments.view(np.float32)
    flat = np.vecdot(parts, parts).astype(np.float64) * (_FLAT / n)
    halved = sr >= _LEAST_HALVED_SR and n % 2 == 0
    if halved:
        segments = segments[:, ::2] + segments[:, 1::2]
    spectrum = scipy.fft.fft(segments, axis=1) if two_sided else scipy.fft.rfft(segments, axis=1)
    squares = spectrum.view(np.float32)
    np.square(squares, out=squares)
    shortfalls = _shortfalls(sr, n, halved=halved, two_sided=two_sided)
    return np.maximum(flat - squares @ np.repeat(shortfalls, 2), 0.0)


def _to_lufs(power: float) -> float:
    return _OFFSET_DB + 10.0 * float(np.log10(power)) if power > 0 else -np.inf


def _blocks(powers: Powers, length: int) -> Powers:
    """Mean power of every `length` segments in a row."""
    if powers.size <= length:
        return powers.mean(keepdims=True) if powers.size else powers
    sums = np.cumsum(np.concatenate([[0.0], powers]))
    return np.maximum(sums[length:] - sums[:-length], 0.0) / length


def integrated_lufs(powers: Powers) -> float:
    """Gated loudness of the whole, LUFS (BS.1770-4: 400 ms blocks, gates at -70 LUFS and -10 LU).

    Parameters
    ----------
    powers : ndarray of float64, shape (n_segments,)
        From `LoudnessMeter`.

    Returns
    -------
    float
        LUFS; -inf for silence. Sound shorter than 400 ms is one block.
    """
    blocks = _blocks(powers, 4)
    blocks = blocks[blocks > _ABSOLUTE_GATE]
    if blocks.size == 0:
        return -np.inf
    return _to_lufs(float(blocks[blocks > 0.1 * blocks.mean()].mean()))


def loudness_range_lu(powers: Powers) -> float:
    """Loudness range, LU (EBU Tech 3342: 3 s blocks, gates at -70 LUFS and -20 LU, 10th to 95th percentile).

    Returns
    -------
    float
        LU; 0 for silence and for sound shorter than 3 s.
    """
    blocks = _blocks(powers, 30)
    blocks = blocks[blocks > _ABSOLUTE_GATE]
    if blocks.size == 0:
        return 0.0
    levels_db = 10.0 * np.log10(blocks[blocks > 0.01 * blocks.mean()])
    low, high = np.percentile(levels_db, [10, 95])
    return float(high - low)


def loudness(clip: Clip) -> float:
    """Integrated loudness of a clip, LUFS; -inf for silence.

    Examples
    --------
    >>> loudness(Clip(np.zeros(48000, np.float32), sr=48000))
    -inf
    """
    meter = LoudnessMeter(clip.sr, clip.n_channels)
    meter.add(clip.y)
    return integrated_lufs(meter.powers)
