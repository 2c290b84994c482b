"""`Prediction`: what a model says of one clip, and how far to believe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tunelens.base.card import Card, Fact, Shown, percent
from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.data.labels import Task

MOST_SAID = 3
MOST_SHOWN = 8


@dataclass(frozen=True)
class Prediction(Shown):
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

    def line(self) -> str:
        """Return the answer in one line, with how sure it is, or why there is none.

        Examples
        --------
        >>> Prediction("single", known=False, why="nothing like it was heard").line()
        'unknown: nothing like it was heard'
        """
        if self.task == "continuous":
            low, high = self.interval or (self.value, self.value)
            return f"{self.value:.2f} ({low:.2f} – {high:.2f})" if self.known else self._unknown()
        if self.labels:
            said = self.labels[:MOST_SAID]
            return ", ".join(f"{say(label)} {percent(self.probabilities[label])}" for label in said)
        if self.why or self.best is None or self.probability is None:
            return self._unknown()
        return say("none for sure; {label} {share}", label=say(self.best), share=percent(self.probability))

    def _unknown(self) -> str:
        return say("unknown: {why}", why=say(self.why))

    def card(self, title: str = "") -> Card:
        """Return what a notebook shows."""
        facts = []
        if self.coverage is not None and self.set:
            name = say("cannot be ruled out ({share})", share=percent(self.coverage))
            facts.append(Fact(name, ", ".join(map(say, self.set))))
        if self.novelty is not None:
            facts.append(Fact(say("novelty"), say("more novel than so many training clips"), self.novelty))
        rows = tuple(self.probabilities.items())[:MOST_SHOWN]
        table = Table(say("Probabilities"), (word("label"), word("probability")), rows)
        return Card(title, self.line(), tuple(facts), (table,) if rows else (), ("probability",))

    def _card(self) -> Card:
        return self.card()

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
