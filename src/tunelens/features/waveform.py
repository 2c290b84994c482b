"""The 42 waveform statistics: moments at four smoothings, and the share of magnitude in ten bands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from tunelens.audio.clip import Clip
from tunelens.features.grid import Float32, Float64

SMOOTHINGS = (1, 10, 100, 1000)
N_BANDS = 10
_BAND_SMOOTHING = 5
_FIRST_BIN = 2
_CHUNK = 1 << 16

WAVEFORM_NAMES: tuple[str, ...] = tuple(
    f"amp{n}{kind}{what}"
    for n in SMOOTHINGS
    for kind in ("", "d")
    for what in ("mean", "std", "skew", "kurt")
) + tuple(f"power{k + 1}" for k in range(N_BANDS))


@dataclass(frozen=True)
class Moments:
    """Count, mean and sums of the second to fourth power of the deviation from the mean; they can be added.

    Examples
    --------
    >>> Moments.of(np.array([1, 2], np.float32)) + Moments.of(np.array([3, 6], np.float32))
    Moments(n=4, mean=3.0, m2=14.0, m3=18.0, m4=98.0)
    """

    n: int = 0
    mean: float = 0.0
    m2: float = 0.0
    m3: float = 0.0
    m4: float = 0.0

    @classmethod
    def of(cls, values: Float32) -> Moments:
        """Measure `values`, in chunks that stay in cache."""
        if not values.size:
            return cls()
        chunks = (values[start : start + _CHUNK] for start in range(0, values.size, _CHUNK))
        return cls._centred(values.size, values.mean(), chunks)

    @classmethod
    def of_steps(cls, values: Float32) -> Moments:
        """Measure the first difference of `values`, whose mean is known from the ends."""
        n = values.size - 1
        if n < 1:
            return cls()
        chunks = (np.diff(values[start : start + _CHUNK + 1]) for start in range(0, n, _CHUNK))
        return cls._centred(n, (values[-1] - values[0]) / np.float32(n), chunks)

    @classmethod
    def _centred(cls, n: int, about: np.float32, chunks: Iterable[Float32]) -> Moments:
        """Take the moments of `chunks` from `about`, which is near the mean, and move them to the mean."""
        sums = np.zeros(4)
        for chunk in chunks:
            away = chunk - about
            square = away * away
            sums += away.sum(), away @ away, square @ away, square @ square
        s1, s2, s3, s4 = (float(x) for x in sums)
        e = s1 / n
        return cls(
            n,
            float(about) + e,
            max(s2 - n * e**2, 0.0),
            s3 - 3 * e * s2 + 2 * n * e**3,
            max(s4 - 4 * e * s3 + 6 * e**2 * s2 - 3 * n * e**4, 0.0),
        )

    def __add__(self, other: Moments) -> Moments:
        """Join two disjoint sets of values (Pébay 2008, "Formulas for robust, one-pass parallel moments")."""
        if not self.n or not other.n:
            return self if self.n else other
        n, d = self.n + other.n, other.mean - self.mean
        a, b = self.n / n, other.n / n
        return Moments(
            n,
            self.mean + d * b,
            self.m2 + other.m2 + n * a * b * d**2,
            self.m3 + other.m3 + n * a * b * (a - b) * d**3 + 3 * d * (a * other.m2 - b * self.m2),
            self.m4
            + other.m4
            + n * a * b * (a * a - a * b + b * b) * d**4
            + 6 * d**2 * (a * a * other.m2 + b * b * self.m2)
            + 4 * d * (a * other.m3 - b * self.m3),
        )

    def statistics(self) -> tuple[float, float, float, float]:
        """Return mean, standard deviation, skewness and kurtosis (3 if normal); 0 where undefined."""
        variance = self.m2 / self.n if self.n else 0.0
        # below this the deviations are rounding of equal float32 values
        if variance <= (1e-7 * self.mean) ** 2 or variance < 1e-30:
            return self.mean, 0.0, 0.0, 0.0
        return self.mean, sqrt(variance), self.m3 / self.n / variance**1.5, self.m4 / self.n / variance**2


@dataclass(frozen=True, eq=False)
class WaveformSums:
    """What the 42 statistics follow from; sums of consecutive windows can be added.

    Parameters
    ----------
    moments : tuple of Moments
        Of the smoothed waveform and of its first difference, for each of `SMOOTHINGS`.
    bands : ndarray of float64, shape (10,)
        Magnitude in ten equal frequency bands.
    """

    moments: tuple[Moments, ...]
    bands: Float64

    @classmethod
    def of(cls, y: Float32) -> WaveformSums:
        """Measure one-dimensional `y`."""
        moments: list[Moments] = []
        for n in SMOOTHINGS:
            smooth = _block_means(y, n)
            moments += Moments.of(smooth), Moments.of_steps(smooth)
        return cls(tuple(moments), _bands(_block_means(y, _BAND_SMOOTHING)))

    def __add__(self, other: WaveformSums) -> WaveformSums:
        """Join two consecutive windows; the one step across the border is not counted."""
        joined = (a + b for a, b in zip(self.moments, other.moments, strict=True))
        return WaveformSums(tuple(joined), self.bands + other.bands)

    def statistics(self) -> dict[str, float]:
        """Return the 42 statistics by name."""
        values = [x for moments in self.moments for x in moments.statistics()]
        total = float(self.bands.sum())
        shares = self.bands / total if total > 0 else np.zeros(N_BANDS)
        return dict(zip(WAVEFORM_NAMES, [*values, *shares.tolist()], strict=True))


def waveform_statistics(clip: Clip) -> dict[str, float]:
    """Return the 42 waveform statistics of `clip` (mean of its channels).

    For n = 1, 10, 100, 1000 the samples are averaged over consecutive blocks of n (a shorter last block is
    left out). ``amp{n}mean``, ``amp{n}std``, ``amp{n}skew``, ``amp{n}kurt`` are mean, standard deviation,
    skewness and kurtosis (3 for a normal distribution) of the averages, ``amp{n}dmean`` and so on those of
    their first difference. ``power1`` to ``power10``: samples averaged over blocks of 5, magnitude of the
    FFT of the whole, bins from 2 up in ten bands of equal width; the share of each in their sum. The last
    few averages are left out of this FFT, so that its length has only small prime factors.

    Returns
    -------
    dict of str to float
        Finite always. Statistics that have no value are 0: all of silence, skewness and kurtosis of a
        constant, everything of a smoothing that is longer than the clip.

    Raises
    ------
    EmptyAudioError
        When the clip holds no samples.

    Examples
    --------
    >>> square = np.tile(np.repeat(np.float32([1, -1]), 50), 400)
    >>> values = waveform_statistics(Clip(square, 22050))
    >>> len(values), values["amp1std"], values["amp1kurt"], values["amp100std"]
    (42, 1.0, 1.0, 0.0)
    """
    return WaveformSums.of(clip.require_samples().mono().y).statistics()


def _block_means(y: Float32, n: int) -> Float32:
    if n == 1:
        return y
    whole = y[: y.size // n * n].reshape(-1, n)
    return whole @ np.full(n, 1 / n, np.float32)


def _bands(smooth: Float32) -> Float64:
    from scipy import fft

    if smooth.size < 2 * (_FIRST_BIN + 1):
        return np.zeros(N_BANDS)
    length = fft.prev_fast_len(smooth.size, real=True)
    magnitude = np.abs(fft.rfft(smooth[:length]))[_FIRST_BIN:]
    return np.array([band.sum(dtype=np.float64) for band in np.array_split(magnitude, N_BANDS)])
