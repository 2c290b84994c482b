"""`Sieve`: keeps some seconds and some bands of a sound and lets the rest fall."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip

if TYPE_CHECKING:
    from scipy.signal import ShortTimeFFT

Float = NDArray[np.float64]

LOWEST_HZ = 60.0
FADE_S = 0.01
WINDOW_S = 0.1


class Sieve:
    """A mono clip, cut into segments and bands.

    Parameters
    ----------
    clip : Clip
        Mono, at least one sample.
    edges_s : ndarray, shape (n_segments + 1,)
        Borders of the segments, seconds from the begin of the clip.
    edges_hz : ndarray, shape (n_bands + 1,)
        Borders of the bands, Hz.

    Examples
    --------
    >>> t = np.arange(22050) / 22050
    >>> tones = Clip(np.sin(2 * np.pi * 200 * t) + np.sin(2 * np.pi * 3000 * t), 22050)
    >>> sieve = Sieve(tones, np.array([0, 1.0]), np.array([0, 1000, 11025.0]))
    >>> low = sieve.keep(np.ones(1), np.array([1, 0])).y[5000:15000]
    >>> bool(np.abs(low - np.sin(2 * np.pi * 200 * t)[5000:15000]).max() < 0.01)
    True
    """

    def __init__(self, clip: Clip, edges_s: Float, edges_hz: Float) -> None:
        self.clip, self.edges_s, self.edges_hz = clip, edges_s, edges_hz

    @classmethod
    def even(cls, clip: Clip, n_segments: int, n_bands: int) -> Self:
        """Return a sieve of segments of one length and bands of one ratio, but for the lowest: 0 to 60 Hz.

        Examples
        --------
        >>> Sieve.even(Clip(np.zeros(22050), 22050), 2, 6).edges_hz.round().tolist()
        [0.0, 60.0, 170.0, 483.0, 1370.0, 3886.0, 11025.0]
        """
        nyquist = clip.sr / 2
        rising = np.geomspace(min(LOWEST_HZ, nyquist / 4), nyquist, n_bands)
        return cls(clip, np.linspace(0, clip.duration_s, n_segments + 1), np.append(0.0, rising))

    def keep(self, segments: Float, bands: Float) -> Clip:
        """Return the clip with each segment and each band multiplied by its gain, 0 to 1."""
        gate = self._gate(np.asarray(segments, np.float64))
        sound = self.clip.y if np.all(np.equal(bands, 1)) else self._filtered(np.asarray(bands, np.float64))
        return self.clip.with_y((sound * gate).astype(np.float32))

    def _gate(self, gains: Float) -> Float:
        """Return a gain per sample; neighbouring segments fade into each other."""
        if np.all(gains == gains[0]):
            return np.full(self.clip.n_samples, gains[0])
        inner = self.edges_s[1:-1]
        at = np.stack([inner - FADE_S / 2, inner + FADE_S / 2], axis=1).ravel()
        return np.interp(np.arange(self.clip.n_samples) / self.clip.sr, at, np.repeat(gains, 2)[1:-1])

    def _filtered(self, gains: Float) -> Float:
        bins = np.fft.rfftfreq(self._length, 1 / self.clip.sr)
        band = np.clip(np.searchsorted(self.edges_hz, bins, side="right") - 1, 0, len(gains) - 1)
        whole = self._stft.istft(self._spectrum * gains[band][:, None]).real
        return whole[: self.clip.n_samples]

    @property
    def _length(self) -> int:
        return max(64, round(WINDOW_S * self.clip.sr) // 4 * 4)

    @cached_property
    def _stft(self) -> ShortTimeFFT:
        from scipy.signal import ShortTimeFFT
        from scipy.signal.windows import hann

        window = hann(self._length, sym=False)
        return ShortTimeFFT(window, hop=self._length // 4, fs=self.clip.sr)

    @cached_property
    def _spectrum(self) -> NDArray[np.complex128]:
        padded = np.pad(self.clip.y, (0, max(0, self._length - self.clip.n_samples)))
        return self._stft.stft(padded.astype(np.float64))
