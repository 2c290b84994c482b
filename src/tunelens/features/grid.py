"""`Grid`: how time and frequency are cut, shared by every feature of a `Frames`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import ParameterError

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Sample rate, frame length, hop and mel settings; hashable, so that constants are cached by it.

    Parameters
    ----------
    sr : int
        Sample rate, Hz.
    n_fft : int
        Frame length, samples; even, from 64 to 65536.
    hop_length : int
        Step between frames, samples; from 1 to `n_fft`.
    n_mels : int
        Mel bands, from 1 to 512.
    n_mfcc : int
        Cepstral coefficients, from 1 to `n_mels`.
    fmin, fmax : float
        Range of the mel bands, Hz; ``fmax=None`` means half the sample rate.

    Raises
    ------
    ParameterError
        When a value is outside its range.

    Examples
    --------
    >>> Grid(22050).n_bins
    1025
    >>> Grid(22050, hop_length=0)
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: hop_length is 0; 1 to 2048 is allowed
    """

    sr: int
    n_fft: int = 2048
    hop_length: int = 512
    n_mels: int = 128
    n_mfcc: int = 20
    fmin: float = 0.0
    fmax: float | None = None

    def __post_init__(self) -> None:
        _within("n_fft", self.n_fft, 64, 65536)
        if self.n_fft % 2:
            raise ParameterError(f"n_fft is {self.n_fft}; an even number is needed")
        _within("hop_length", self.hop_length, 1, self.n_fft)
        _within("n_mels", self.n_mels, 1, 512)
        _within("n_mfcc", self.n_mfcc, 1, self.n_mels)
        if not 0 <= self.fmin < self.top_hz <= self.sr / 2:
            raise ParameterError(
                f"fmin is {self.fmin:g} and fmax {self.top_hz:g}; 0 <= fmin < fmax <= {self.sr / 2:g} allowed"
            )

    @property
    def top_hz(self) -> float:
        """Upper end of the mel bands, Hz."""
        return self.sr / 2 if self.fmax is None else self.fmax

    @property
    def n_bins(self) -> int:
        """Bins of a spectrum."""
        return self.n_fft // 2 + 1

    @property
    def bin_hz(self) -> float:
        """Distance between bins, Hz."""
        return self.sr / self.n_fft

    @property
    def freqs_hz(self) -> Float64:
        """Centre frequency of each bin, Hz."""
        return np.arange(self.n_bins, dtype=np.float64) * self.bin_hz

    def n_frames(self, n_samples: int) -> int:
        """Return the number of centred frames of `n_samples`."""
        return 1 + n_samples // self.hop_length


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ParameterError(f"{name} is {value}; {low} to {high} is allowed")
