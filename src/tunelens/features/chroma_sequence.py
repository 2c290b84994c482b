"""What a library keeps to find a work again in another performance: pitch classes, twice a second.

Spectral peaks of windows of 186 ms give pitch classes at the tuning of the recording itself
(`tunelens.features.key`), so that an orchestra tuned to 443 Hz and a piano at 440 agree.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.audio.listen import Window
from tunelens.base.errors import DataError
from tunelens.features import key
from tunelens.features.grid import Float32, Float64
from tunelens.features.packed import inflated

CHROMA_VERSION = "1"
RATE_HZ = 2.0
LONGEST_S = 1800.0
"""Half an hour; what is longer is more than one work, and only its beginning is kept."""

_LEVELS = 15
_MOST_ROWS = int(LONGEST_S * RATE_HZ) + 2


@dataclass(frozen=True, eq=False)
class ChromaSequence:
    """Pitch classes of a recording over time.

    Parameters
    ----------
    values : ndarray of uint8, shape (n, 12)
        `RATE_HZ` rows a second; C to B, the strongest of a row 15, a silent row 0.
    """

    values: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.values)

    def pack(self) -> bytes:
        """Return bytes that `unpack` reads.

        Examples
        --------
        >>> one = ChromaSequence(np.full((2, 12), 15, np.uint8))
        >>> np.array_equal(ChromaSequence.unpack(one.pack()).values, one.values)
        True
        """
        return zlib.compress(np.ascontiguousarray(self.values.T).tobytes())

    @classmethod
    def unpack(cls, data: bytes) -> ChromaSequence:
        """Read what `pack` wrote.

        Raises
        ------
        DataError
            Something else wrote it, or it is damaged.
        """
        try:
            values = np.frombuffer(inflated(data, 12 * _MOST_ROWS), np.uint8).reshape(12, -1).T
        except ValueError as error:
            raise DataError(f"a print of {len(data)} bytes is damaged: {error}") from error
        if values.max(initial=0) > _LEVELS:
            raise DataError(f"a print of {len(data)} bytes is damaged: levels beyond {_LEVELS}")
        return cls(values.copy())


class ChromaGatherer:
    """Collects the tones of a recording window by window; memory ends to grow after `LONGEST_S`."""

    def __init__(self) -> None:
        self._rows = np.zeros((0, 12 * key.STEPS), np.float32)

    def add(self, window: Window) -> None:
        """Take a window of mono sound."""
        self.add_clip(window.clip)

    def add_clip(self, clip: Clip) -> None:
        """Take a stretch of mono sound, `start_s` set."""
        if clip.start_s < LONGEST_S:
            times_s, tones = key.tones_over_time(clip.y, clip.sr)
            rows = np.minimum((times_s + clip.start_s) * RATE_HZ, _MOST_ROWS - 1).astype(int)
            grown = np.zeros((max(len(self._rows), rows.max(initial=0) + 1), tones.shape[1]), np.float32)
            grown[: len(self._rows)] = self._rows
            np.add.at(grown, rows, tones)
            self._rows = grown

    def finish(self) -> ChromaSequence:
        """Return the sequence, at the tuning of the whole."""
        total = self._rows.sum(axis=0, dtype=np.float64)
        return ChromaSequence(_levels(key.pitch_classes_over_time(self._rows, key.Tones(total))))


def _levels(classes: Float32 | Float64) -> NDArray[np.uint8]:
    top = classes.max(axis=1, keepdims=True, initial=0.0)
    return np.round(_LEVELS * classes / np.where(top > 0, top, 1)).astype(np.uint8)
