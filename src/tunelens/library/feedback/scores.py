"""How well a song is liked, held back where little is known: one like is not a hit.

Everything a listener did with a song is evidence for or against it. His last judgement weighs 1: a like is
all for it, a dislike all against, a rating its share of five stars. Plays and skips weigh `IMPLICIT` times
``log2(1 + times)``, so that the hundredth play tells little. The share for a song is Beta distributed among
songs; mean and strength of that prior are estimated from all of them (empirical Bayes: the mode of the
beta-binomial likelihood, under a weak prior of its own that matters where there are few songs).

Sources: Casella (1985), An introduction to empirical Bayes data analysis; Robinson (2017), Introduction to
Empirical Bayes; Hu, Koren, Volinsky (2008) for plays as weak evidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.library.feedback.events import JUDGEMENTS, STARS, Event

Array = NDArray[np.float64]
IMPLICIT = 0.25
LEVEL = 0.95
_USUAL_MEAN = (2.0, 2.0)
_USUAL_STRENGTH = 8.0
_LOG_STRENGTH_SD = 0.7


@dataclass(frozen=True)
class Score:
    """How well a song is liked, next to the average song.

    Parameters
    ----------
    value : float
        -1 to 1: 0 as the average song, 1 as good as can be; shrunken towards 0 where `weight` is small.
    low, high : float
        The interval that holds it with a probability of 95 % or more.
    n : int
        Plays, skips and judgements it rests on.
    weight : float
        What they weigh together, in judgements.
    """

    value: float
    low: float
    high: float
    n: int
    weight: float

    def to_dict(self) -> dict[str, float]:
        """Return the fields as JSON knows them."""
        return {name: round(value, 4) for name, value in vars(self).items()}


@dataclass
class Tally:
    """What one listener did with one song."""

    plays: float = 0.0
    skips: float = 0.0
    judgement: float | None = None
    judged_at: int = -1
    n: int = 0

    def add(self, event: Event) -> None:
        """Count an event; comments say nothing for or against."""
        if event.kind in JUDGEMENTS:
            self.judge(share(event), event.at)
        elif event.kind != "comment":
            self.hear(event.kind, event.times)

    def hear(self, kind: str, times: float) -> None:
        """Count plays or skips."""
        self.n += int(times)
        if kind == "play":
            self.plays += times
        else:
            self.skips += times

    def judge(self, favour: float, at: int) -> None:
        """Count a judgement, 0 to 1; the last holds."""
        self.n += 1
        if at >= self.judged_at:
            self.judged_at, self.judgement = at, favour

    def evidence(self) -> tuple[float, float]:
        """Return what weighs for the song, and what weighs at all."""
        times = self.plays + self.skips
        weight = IMPLICIT * math.log2(1.0 + times)
        favour = weight * self.plays / times if times else 0.0
        if self.judgement is None:
            return favour, weight
        return favour + self.judgement, weight + 1.0


def share(event: Event) -> float:
    """Return how far a judgement is for the song, 0 to 1."""
    if event.kind == "rating":
        return (event.value or 0.0) / STARS
    return 1.0 if event.kind == "like" else 0.0


def tallies(events: Iterable[Event]) -> dict[tuple[str, int], Tally]:
    """Sum up events by listener and track; those without a track are left out."""
    found: dict[tuple[str, int], Tally] = {}
    for event in events:
        if event.track_id is not None:
            found.setdefault((event.listener, event.track_id), Tally()).add(event)
    return {pair: tally for pair, tally in found.items() if tally.n}


@dataclass(frozen=True)
class Prior:
    """The share of favour among songs: Beta distributed.

    Parameters
    ----------
    mean : float
        Of the average song, 0 to 1.
    strength : float
        How many judgements it is worth.
    """

    mean: float = 0.5
    strength: float = _USUAL_STRENGTH

    @classmethod
    def fit(cls, favour: Array, weight: Array) -> Prior:
        """Estimate it from what all songs got, both of shape (n_songs,)."""
        from scipy.optimize import minimize

        pairs, counts = np.unique(np.round([favour, weight], 3), axis=1, return_counts=True)
        start = np.array([0.0, math.log(_USUAL_STRENGTH)])
        bounds = [(-7.0, 7.0), (math.log(0.5), math.log(500.0))]
        found = minimize(_loss, start, (pairs[0], pairs[1], counts), method="L-BFGS-B", bounds=bounds)
        return cls(float(_logistic(found.x[0])), float(math.exp(found.x[1])))

    def scores(self, favour: Array, weight: Array, n: NDArray[np.int64]) -> list[Score]:
        """Return the scores of songs."""
        from scipy.special import betaincinv

        a = self.mean * self.strength + favour
        b = (1.0 - self.mean) * self.strength + weight - favour
        tail = (1.0 - LEVEL) / 2.0
        mean, low, high = a / (a + b), betaincinv(a, b, tail), betaincinv(a, b, 1.0 - tail)
        values = [mean, np.minimum(low, mean), np.maximum(high, mean)]  # the mean of a steep one lies beyond
        columns = [self._beside_average(value).tolist() for value in values]
        return [Score(*row) for row in zip(*columns, n.tolist(), weight.tolist(), strict=True)]

    def _beside_average(self, rate: Any) -> Any:
        excess = rate - self.mean
        room = np.where(excess > 0.0, 1.0 - self.mean, self.mean)
        return np.clip(excess / room, -1.0, 1.0)


def _logistic(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def _loss(at: Array, favour: Array, weight: Array, counts: Array) -> float:
    """Return the negative log posterior of a prior, up to a constant."""
    from scipy.special import betaln

    mean, strength = _logistic(at[0]), math.exp(at[1])
    a, b = mean * strength, (1.0 - mean) * strength
    likelihood = counts @ (betaln(a + favour, b + weight - favour) - betaln(a, b))
    about_mean = _USUAL_MEAN[0] * math.log(mean) + _USUAL_MEAN[1] * math.log1p(-mean)
    about_strength = -0.5 * ((at[1] - math.log(_USUAL_STRENGTH)) / _LOG_STRENGTH_SD) ** 2
    return -float(likelihood + about_mean + about_strength)


def scores_of(found: Mapping[tuple[str, int], Tally], listener: str | None = None) -> dict[int, Score]:
    """Return the score of every track that somebody, or `listener`, did something with."""
    sums: dict[int, list[float]] = {}
    for (who, track), tally in found.items():
        if listener is None or who == listener:
            favour, weight = tally.evidence()
            so_far = sums.setdefault(track, [0.0, 0.0, 0])
            so_far[:] = [so_far[0] + favour, so_far[1] + weight, so_far[2] + tally.n]
    if not sums:
        return {}
    columns = np.array(list(sums.values()))
    prior = Prior.fit(columns[:, 0], columns[:, 1])
    told = prior.scores(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int64))
    return dict(zip(sums, told, strict=True))
