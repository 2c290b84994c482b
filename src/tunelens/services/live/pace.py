"""How sound stands to the clock: how far it is ahead of real time, or behind."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Counts the seconds of sound from its first on against the seconds that passed.

    Parameters
    ----------
    clock : callable
        Returns seconds.

    Examples
    --------
    >>> seconds = iter([100.0, 101.0])
    >>> pace = Pace(lambda: next(seconds))
    >>> pace.ahead(0.5), pace.ahead(2.5)
    (0.5, 1.5)
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None

    def ahead(self, sound_s: float) -> float:
        """Return how many seconds the sound that has come, `sound_s`, is ahead; below 0 it is behind."""
        now = self._clock()
        self._began = now if self._began is None else self._began
        return sound_s - (now - self._began)
