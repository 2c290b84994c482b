"""From pieces of sound of any size to beats of equal length, mended and measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from tunelens.audio.clip import Samples
from tunelens.audio.decode import mix_down
from tunelens.audio.listen import FULL_SCALE
from tunelens.audio.loudness import LoudnessMeter, Powers
from tunelens.audio.resample import QUALITY
from tunelens.audio.source import ABSURD_PEAK
from tunelens.base.errors import ParameterError
from tunelens.features.summary import SUMMARY_SR

_LOWEST_HZ = 5.0


@dataclass(frozen=True, eq=False)
class Beat:
    """The stretch of a stream that one event is about.

    Parameters
    ----------
    end_s : float
        Where it ends in the stream, seconds.
    y : ndarray of float32, shape (n,)
        Mono at 22.05 kHz without any constant; the resampler gives it some 30 ms late.
    powers : ndarray of float64
        K-weighted power of each 100 ms that ended.
    peak : float
        Largest absolute sample.
    clipped : float
        Share of the samples at full scale.
    mended : int
        Samples that were no sound (NaN, infinite, a thousand times full scale) and were set to 0.
    """

    end_s: float
    y: Samples
    powers: Powers
    peak: float
    clipped: float
    mended: int


class Intake:
    """Cuts a stream into beats. All that follows sees beats alone: how a sender cuts it changes nothing.

    Parameters
    ----------
    sr, n_channels : int
        Of the stream.
    every_s : float
        Length of a beat, seconds.
    """

    def __init__(self, sr: int, n_channels: int, every_s: float) -> None:
        self._sr, self._n_channels, self._every_s = sr, n_channels, every_s
        self._meter = LoudnessMeter(sr, n_channels)
        self._convert = None if sr == SUMMARY_SR else soxr.ResampleStream(
            sr, SUMMARY_SR, 1, dtype="float32", quality=QUALITY
        )  # fmt: skip
        self._high_pass = HighPass(_LOWEST_HZ, SUMMARY_SR)
        self._parts: list[Samples] = []
        self._held = self._n_beats = self._end = 0

    def add(self, y: Samples) -> Iterator[Beat]:
        """Take samples, shape (n,) or (n_channels, n), and yield the beats that are complete."""
        y = np.atleast_2d(np.asarray(y, np.float32))
        if y.shape[0] != self._n_channels:
            raise ParameterError(f"y has {y.shape[0]} channels; this stream has {self._n_channels}")
        while y.shape[1] >= (missing := self.missing):
            yield self._beat(np.concatenate([*self._parts, y[:, :missing]], axis=1))
            y, self._parts, self._held = y[:, missing:], [], 0
        if y.shape[1]:
            self._parts.append(y.copy())
            self._held += y.shape[1]

    @property
    def missing(self) -> int:
        """Samples until the beat is full that is being filled: rounding does not add up over days."""
        return round((self._n_beats + 1) * self._every_s * self._sr) - self._end - self._held

    def _beat(self, y: Samples) -> Beat:
        self._n_beats += 1
        self._end += y.shape[1]
        y, mended = _mended(y)
        self._meter.add(y)
        level = np.abs(y)
        mono = np.ascontiguousarray(mix_down(y))
        at_rate = mono if self._convert is None else self._convert.resample_chunk(mono)
        return Beat(
            end_s=self._end / self._sr,
            y=self._high_pass(at_rate),
            powers=self._meter.take(),
            peak=float(level.max()),
            clipped=float((level >= FULL_SCALE).mean()),
            mended=mended,
        )


class HighPass:
    """A filter of first order: what sound cards add to all samples alike goes, what is heard stays.

    Examples
    --------
    >>> high_pass = HighPass(5.0, 100)
    >>> high_pass(np.full(3, 0.5, np.float32)).tolist()
    [0.0, 0.0, 0.0]
    """

    def __init__(self, lowest_hz: float, sr: int) -> None:
        self._taps = [1.0, -1.0], [1.0, -float(np.exp(-2 * np.pi * lowest_hz / sr))]
        self._state: NDArray[np.float64] | None = None

    def __call__(self, y: Samples) -> Samples:
        """Filter the next samples, one at least; what was before the first is taken to be like it."""
        from scipy.signal import lfilter

        state = -y[:1].astype(np.float64) if self._state is None else self._state
        filtered, self._state = lfilter(*self._taps, y, zi=state)
        return filtered.astype(np.float32)


def _mended(y: Samples) -> tuple[Samples, int]:
    """Return the samples with 0 for those that are no sound, and how many these were."""
    sane = np.abs(y) <= ABSURD_PEAK  # False for NaN too
    n = y.size - int(np.count_nonzero(sane))
    return (y, 0) if n == 0 else (np.where(sane, y, np.float32(0)), n)
