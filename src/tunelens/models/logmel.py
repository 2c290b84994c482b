"""The log-mel spectrogram that the pretrained nets were trained on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tunelens.base.errors import BundleError, ParameterError
from tunelens.features.cepstral import mel_bank
from tunelens.features.grid import Grid
from tunelens.features.spectrum import hann
from tunelens.models.patches import Cut

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class LogMel:
    """What a net wants to see: ``log10(gain * mel power + 1)`` in patches of equal length.

    Mel power as librosa defines it: Hann window, centred frames with zeros beyond the ends, squared
    magnitude, triangular filters of equal area on Slaney's mel scale from 0 Hz to half the sample rate.

    Parameters
    ----------
    sr : int
        Sample rate, Hz.
    n_fft, hop_length : int
        Frame length and step, samples.
    n_mels : int
        Mel bands.
    n_frames : int
        Frames per patch.
    gain : float
        Factor before the logarithm.

    Examples
    --------
    >>> spec = LogMel(sr=16000, n_fft=512, hop_length=256, n_mels=96, n_frames=187)
    >>> spec.cut.patch_s, spec(np.zeros(16000, np.float32)).shape
    (2.992, (63, 96))
    """

    sr: int
    n_fft: int
    hop_length: int
    n_mels: int
    n_frames: int
    gain: float = 10000.0

    def __post_init__(self) -> None:
        if not (1 <= self.n_frames <= 10_000 and 0 < self.gain < 1e9):
            raise ParameterError(f"n_frames {self.n_frames} and gain {self.gain} are outside what is allowed")
        self.grid  # noqa: B018 - checks the other values

    @property
    def grid(self) -> Grid:
        """The cut of time and frequency."""
        return Grid(self.sr, self.n_fft, self.hop_length, self.n_mels, n_mfcc=1)

    @property
    def cut(self) -> Cut:
        """Which samples each patch sees."""
        return Cut(
            sr=self.sr,
            step=self.n_frames * self.hop_length,
            length=(self.n_frames - 1) * self.hop_length + self.n_fft,
            context=self.n_fft // 2,
        )

    def __call__(self, y: Float32) -> Float32:
        """Return the spectrogram of the mono samples `y`, shape (t, n_mels)."""
        return self.of_excerpt(np.pad(y, self.n_fft // 2))

    def of_excerpt(self, y: Float32) -> Float32:
        """Return the frames that lie wholly inside `y`, shape (t, n_mels)."""
        from scipy import fft

        grid = self.grid
        frames = sliding_window_view(y, self.n_fft)[:: self.hop_length]
        spectrum = fft.rfft(frames * hann(self.n_fft).astype(np.float32), axis=1, overwrite_x=True)
        power = spectrum.real**2 + spectrum.imag**2
        return np.log10(np.float32(self.gain) * (power @ mel_bank(grid).T) + np.float32(1))

    def to_dict(self) -> dict[str, Any]:
        """Return the values as a JSON object."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> LogMel:
        """Read what `to_dict` wrote; anything else is a `BundleError`."""
        try:
            return cls(**values)
        except (TypeError, ParameterError) as error:
            raise BundleError(f"a net asks for features that are not known: {error}") from error
