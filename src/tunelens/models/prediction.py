"""`Prediction`: what a model says of one clip, and how far to believe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tunelens.data.labels import Task


@dataclass(frozen=True)
class Prediction:
    """What may be said of one clip.

    Parameters
    ----------
    task : {"single", "multi", "continuous"}
    label : str or None
        The class; None for "unknown", for tags and for numbers.
    labels : tuple of str
        The tags, likeliest first; the class alone for a single label; () for "unknown".
    value : float or None
        The number, of a continuous task.
    interval : tuple of two floats or None
        Holds the true number as often as `coverage` says.
    probabilities : Mapping of str to float
        Calibrated, per class or tag, likeliest first.
    set : tuple of str
        Every class or tag that cannot be ruled out at `coverage`, likeliest first.
    coverage : float or None
        How often sets or intervals were to hold the truth; None when nothing was measured.
    novelty : float or None
        0 to 1, the share of training clips that are less novel.
    known : bool
        Is there an answer?
    why : str
        Why not.

    Examples
    --------
    >>> Prediction("single", label="jazz", probabilities={"jazz": 0.9, "rock": 0.1}).probability
    0.9
    """

    task: Task
    label: str | None = None
    labels: tuple[str, ...] = ()
    value: float | None = None
    interval: tuple[float, float] | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    set: tuple[str, ...] = ()
    coverage: float | None = None
    novelty: float | None = None
    known: bool = True
    why: str = ""

    @property
    def best(self) -> str | None:
        """The likeliest class or tag, also where the answer is "unknown"; None for numbers."""
        return max(self.probabilities, key=self.probabilities.__getitem__, default=None)

    @property
    def probability(self) -> float | None:
        """Of `best`."""
        return None if self.best is None else self.probabilities[self.best]

    def to_dict(self) -> dict[str, Any]:
        """Return the prediction as a JSON object."""
        return {
            "task": self.task,
            "label": self.label,
            "labels": list(self.labels),
            "value": self.value,
            "interval": None if self.interval is None else list(self.interval),
            "probabilities": dict(self.probabilities),
            "set": list(self.set),
            "coverage": self.coverage,
            "novelty": self.novelty,
            "known": self.known,
            "why": self.why,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        interval = values["interval"]
        lists = {name: tuple(values[name]) for name in ("labels", "set")}
        return cls(**{**values, **lists, "interval": None if interval is None else tuple(interval)})
