"""`Ring`: the end of something that grows without end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Ring:
    """The last `capacity` rows of all that were added.

    Examples
    --------
    >>> ring = Ring(3)
    >>> ring.add(np.arange(5))
    >>> ring.last(2).tolist(), len(ring)
    ([3, 4], 3)
    """

    def __init__(self, capacity: float) -> None:
        self._capacity = max(1, round(capacity))
        self._rows: NDArray | None = None

    def __len__(self) -> int:
        return 0 if self._rows is None else len(self._rows)

    def add(self, rows: NDArray) -> None:
        """Append rows; as many of the oldest go."""
        joined = rows if self._rows is None else np.concatenate([self._rows, rows])
        self._rows = joined[-self._capacity :].copy()

    def last(self, n: float) -> NDArray:
        """Return the last `n` rows, at least one, fewer where there are no more."""
        assert self._rows is not None, "asked before anything was added"
        return self._rows[max(0, len(self._rows) - max(1, round(n))) :]
