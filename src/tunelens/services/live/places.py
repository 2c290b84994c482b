"""`Places`: how many streams are heard at once."""

from __future__ import annotations

import os
from threading import Lock
from typing import Self

STREAMS_PER_CORE = 4
"""A core hears more in real time (``python -m bench live``), but must do other things too."""


class Places:
    """So many, and no more.

    Parameters
    ----------
    most : int
        Places.

    Examples
    --------
    >>> places = Places(1)
    >>> places.take(), places.take()
    (True, False)
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken = 0
        self._lock = Lock()

    @classmethod
    def for_this_machine(cls) -> Self:
        """Return places for as many streams as the cores bear."""
        return cls(STREAMS_PER_CORE * (os.cpu_count() or 1))

    def take(self) -> bool:
        """Take a place; False when all are taken."""
        with self._lock:
            free = self._taken < self.most
            self._taken += free
            return free

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._taken -= 1
