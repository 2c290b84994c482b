"""What is said moment by moment made steady, without making it late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tunelens.services.live.nets import Outputs

STAY = 0.95
_LEAST = 1e-3


class TwoStates:
    """Is it, or is it not? The forward algorithm of a hidden Markov model with two states (Rabiner 1989).

    Parameters
    ----------
    stay : float
        Probability that a beat is as the one before it.

    Examples
    --------
    >>> states = TwoStates()
    >>> [round(states.add(p), 2) for p in (0.9, 0.9, 0.1, 0.9)]
    [0.9, 0.98, 0.61, 0.93]
    """

    def __init__(self, stay: float = STAY) -> None:
        self._stay = stay
        self._now = 0.5

    def add(self, probability: float) -> float:
        """Take what is said of one beat, with even odds before, and return what all beats say together."""
        p = min(max(probability, _LEAST), 1 - _LEAST)
        before = self._now * self._stay + (1 - self._now) * (1 - self._stay)
        self._now = before * p / (before * p + (1 - before) * (1 - p))
        return self._now


class Mean:
    """Mean of what the nets say, each part weighed by the seconds that it brings.

    When `full_s` seconds are together, what is older fades, exponentially.

    Parameters
    ----------
    full_s : float
        Seconds.
    """

    def __init__(self, full_s: float) -> None:
        self._full_s = full_s
        self.seconds = 0.0
        self.outputs: Sequence[Outputs] = ()

    def add(self, outputs: Sequence[Outputs], seconds: float) -> None:
        """Take the outputs of each net."""
        self.seconds = min(self.seconds + seconds, self._full_s)
        share = seconds / self.seconds
        if not self.outputs:
            self.outputs = outputs
            return
        self.outputs = [_between(old, new, share) for old, new in zip(self.outputs, outputs, strict=True)]

    def join(self, other: Mean) -> None:
        """Take all that another mean is made of."""
        self.add(other.outputs, other.seconds)


def _between(old: Outputs, new: Outputs, share: float) -> Mapping:
    return {name: values + share * (new[name] - values) for name, values in old.items()}
