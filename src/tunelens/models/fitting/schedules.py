"""How the step size changes during training.

Examples
--------
>>> [round(share("cosine", step, 4), 3) for step in range(5)]
[1.0, 0.854, 0.5, 0.146, 0.0]
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SCHEDULES = ("constant", "cosine", "one-cycle", "plateau")
WARM = 0.3
START, END = 1 / 25, 1 / 25 / 1e4
DROP, WAIT, LEAST_GAIN = 0.3, 5, 1e-4


def share(schedule: str, step: int, n_steps: int) -> float:
    """Return by how much the step size is multiplied at a step of `n_steps`.

    Parameters
    ----------
    schedule : {"constant", "cosine", "one-cycle", "plateau"}
        ``cosine``: from 1 to 0 (Loshchilov, Hutter 2017, without restarts). ``one-cycle``: up from 1/25 over
        the first 30 %, then down to next to nothing (Smith, Topin 2018). ``plateau``: 1; see `Plateau`.
    step : int
        From 0.
    n_steps : int
        Of the whole training.
    """
    if schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * min(step / n_steps, 1.0)))
    if schedule == "one-cycle":
        return _one_cycle(step, n_steps)
    return 1.0


def _one_cycle(step: int, n_steps: int) -> float:
    top, last = WARM * n_steps - 1, n_steps - 1
    if step < top:
        return _between(START, 1.0, step / top)
    return _between(1.0, END, min((step - max(top, 0)) / max(last - max(top, 0), 1), 1.0))


def _between(low: float, high: float, at: float) -> float:
    return high + (low - high) / 2 * (1 + math.cos(math.pi * at))


@dataclass
class Plateau:
    """Multiplies the step size by 0.3 whenever the loss has not become better for more than 5 rounds."""

    share: float = 1.0
    best: float = math.inf
    waited: int = 0

    def see(self, loss: float) -> None:
        """Take note of the loss of a round."""
        if loss < self.best * (1 - LEAST_GAIN):
            self.best, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited > WAIT:
            self.share, self.waited = self.share * DROP, 0
