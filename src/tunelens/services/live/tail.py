"""`Tail`: the end of a stream that frames to come still need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]


class Tail:
    """Frames of a stream, each computed once and as if the stream were one long signal.

    Frame ``i`` is centred at ``i * hop`` and sees `reach` samples on each side; before the begin of the
    stream there are zeros.

    Parameters
    ----------
    hop, reach : int
        Samples.
    compute : callable
        From samples to centred frames, (t, d), with zeros beyond both ends.

    Examples
    --------
    >>> tail = Tail(2, 2, lambda y: np.convolve(y, np.ones(3), "same")[::2, None])
    >>> tail.add(np.ones(5, np.float32)).ravel().tolist(), tail.add(np.ones(3, np.float32)).ravel().tolist()
    ([2.0, 3.0], [3.0, 3.0])
    """

    def __init__(self, hop: int, reach: int, compute: Callable[[Float32], NDArray]) -> None:
        self._hop, self._reach, self._compute = hop, reach, compute
        self._margin = -(-reach // hop)
        self._y = np.zeros(0, np.float32)
        self._begun = 0  # frames before the samples that are held
        self._next = 0

    def add(self, y: Float32) -> NDArray:
        """Return the frames that are complete now, (t, d); `y` holds a sample at least."""
        self._y = np.concatenate([self._y, y])
        complete = max(self._next, self._begun + (self._y.size - self._reach) // self._hop + 1)
        frames = self._compute(self._y)[self._next - self._begun : complete - self._begun]
        keep_from = max(0, complete - self._margin)
        self._y = self._y[(keep_from - self._begun) * self._hop :].copy()
        self._begun, self._next = keep_from, complete
        return frames
