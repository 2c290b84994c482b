"""Has something new begun? The last second beside the seconds before it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

LOOK_BACK_S = 4.0
LEAST_BEATS = 4
LIKELY = 0.5
"""From this probability on something new is taken to have begun."""
_FRESH = 2
_PER_COSINE, _PER_TEXTURE, _OFFSET = 10.7, 3.76, -11.5
_STEADY = 0.1


@dataclass(frozen=True, eq=False)
class Impression:
    """How one beat sounds.

    Parameters
    ----------
    embedding : ndarray of float32, shape (d,)
        What the nets make of the last second.
    texture : ndarray of float32, shape (2 n_mels,)
        Mean and standard deviation over time of each band of the log-mel spectrogram.
    """

    embedding: Float32
    texture: Float32


class Novelty:
    """How likely it is that something new began within the last second.

    A logistic regression on two distances between the last second and the up to four seconds before:
    the cosine of the nets' embeddings, and texture in standard deviations of the texture so far. Foote 2000
    ("Automatic audio segmentation using a measure of audio novelty") compares what is before a moment with
    what is after it; here as little as possible is after it, so that it is noticed early. The weights were
    fitted to medleys: ``python -m bench live`` measures others.

    Parameters
    ----------
    every_s : float
        Seconds between beats.
    """

    def __init__(self, every_s: float) -> None:
        self._heard: deque[Impression] = deque(maxlen=round(LOOK_BACK_S / every_s) + _FRESH)

    def add(self, impression: Impression) -> float:
        """Take how the last beat sounds and return the probability; 0 while there is little to compare."""
        self._heard.append(impression)
        before, fresh = list(self._heard)[:-_FRESH], list(self._heard)[-_FRESH:]
        if len(before) < LEAST_BEATS:
            return 0.0
        old = np.mean([one.embedding for one in before], axis=0)
        textures = np.array([one.texture for one in before])
        moved = np.mean([one.texture for one in fresh], axis=0) - textures.mean(axis=0)
        apart = float(np.sqrt(np.mean((moved / (textures.std(axis=0) + _STEADY)) ** 2)))
        z = _PER_COSINE * cosine_distance(impression.embedding, old) + _PER_TEXTURE * apart + _OFFSET
        return float(1 / (1 + np.exp(-z)))

    def restart(self) -> None:
        """Forget all but the last beat: what is new is now what is compared with."""
        while len(self._heard) > 1:
            self._heard.popleft()

    @property
    def embedding(self) -> Float32:
        """Mean of what was looked at."""
        return np.mean([one.embedding for one in self._heard], axis=0)


def cosine_distance(a: Float32, b: Float32) -> float:
    """Return 1 less the cosine of the angle between `a` and `b`."""
    return 1.0 - float(a @ b) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9)


def texture(columns: Float32) -> Float32:
    """Return mean and standard deviation of each band of `columns`, (t, n_mels)."""
    return np.concatenate([columns.mean(axis=0), columns.std(axis=0)])


def turning_point(columns: Float32, least: int) -> int:
    """Return the column at which `columns` (t, n_mels) fall best into two even halves, `least` on each side.

    Where the variance between the two is largest, which is where that within them is least.

    Examples
    --------
    >>> turning_point(np.repeat([[0.0], [1.0]], [7, 3], axis=0).astype(np.float32), 2)
    7
    """
    n = len(columns)
    if n < 2 * least:
        return max(0, n - least)
    sums = np.cumsum(columns, axis=0, dtype=np.float64)
    at = np.arange(least, n - least + 1)
    left = sums[at - 1] / at[:, None]
    right = (sums[-1] - sums[at - 1]) / (n - at)[:, None]
    between = at * (n - at) * np.square(left - right).sum(axis=1)
    return int(at[np.argmax(between)])
