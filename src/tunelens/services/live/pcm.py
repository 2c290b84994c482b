"""Raw sound as it comes through a pipe or a socket: what it is, and bytes made samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Samples
from tunelens.base.errors import ParameterError

FORMATS = {"s16le": "<i2", "f32le": "<f4"}
LOWEST_SR, HIGHEST_SR, MOST_CHANNELS = 8_000, 192_000, 8
_FIELDS = ("sr", "format", "channels")


@dataclass(frozen=True)
class PcmFormat:
    """What raw sound is: interleaved samples without a header.

    Parameters
    ----------
    sr : int
        Sample rate, 8000 to 192000 Hz.
    format : {"s16le", "f32le"}
        Whole numbers of 16 bits, or floats of 32 with full scale at ±1; little endian.
    channels : int
        1 to 8.

    Raises
    ------
    ParameterError
        A value is not allowed.

    Examples
    --------
    >>> PcmFormat(48000, "f32le", 2).bytes_per_s
    384000
    """

    sr: int
    format: str = "s16le"
    channels: int = 1

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ParameterError(f"format is {self.format!r}; allowed: {', '.join(FORMATS)}")
        for name, low, high in (("sr", LOWEST_SR, HIGHEST_SR), ("channels", 1, MOST_CHANNELS)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise ParameterError(f"{name} is {value!r}; a whole number from {low} to {high} is needed")

    @classmethod
    def from_dict(cls, values: Any) -> PcmFormat:
        """Read what a stranger says his sound is.

        Raises
        ------
        ParameterError
            It is no object of `sr`, `format` and `channels`, or a value is not allowed.
        """
        if not isinstance(values, Mapping) or "sr" not in values:
            raise ParameterError('the sound must be described first, say {"sr": 48000, "format": "f32le"}')
        unknown = sorted(set(values) - set(_FIELDS))
        if unknown or not isinstance(values.get("format", ""), str):
            raise ParameterError(f"{', '.join(map(repr, unknown)) or 'format'} makes no sense here",
                                 hint=f"allowed: {', '.join(_FIELDS)}")  # fmt: skip
        return cls(**values)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one instant, all channels."""
        return self.channels * np.dtype(FORMATS[self.format]).itemsize

    @property
    def bytes_per_s(self) -> int:
        """Bytes of one second."""
        return self.sr * self.frame_bytes


class PcmReader:
    """Makes samples of bytes, wherever the pieces are cut.

    Examples
    --------
    >>> reader = PcmReader(PcmFormat(8000, "s16le", 2))
    >>> reader.read(b"\\x00\\x40\\x00").shape, reader.read(b"\\xc0").tolist()
    ((2, 0), [[0.5], [-0.5]])
    """

    def __init__(self, pcm: PcmFormat) -> None:
        self.pcm = pcm
        self._rest = b""

    def read(self, data: bytes) -> Samples:
        """Return the samples that are complete now, shape (n_channels, n), full scale at ±1."""
        data = self._rest + data
        whole = len(data) // self.pcm.frame_bytes * self.pcm.frame_bytes
        self._rest = data[whole:]
        found: NDArray[Any] = np.frombuffer(data[:whole], FORMATS[self.pcm.format])
        y = found.reshape(-1, self.pcm.channels).T
        if self.pcm.format == "s16le":
            return y.astype(np.float32) * np.float32(2.0**-15)
        return y.astype(np.float32)
