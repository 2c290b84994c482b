"""What the nets make of a stream: music or not, since when the same thing, and what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tunelens.features.descriptors import Descriptors
from tunelens.models import Tagging
from tunelens.models.bundles import Bundle
from tunelens.models.prediction import Prediction
from tunelens.services.ask import MUSIC, NOT_MUSIC, ask, unsaid
from tunelens.services.live.change import (
    LIKELY,
    Impression,
    Novelty,
    cosine_distance,
    texture,
    turning_point,
)
from tunelens.services.live.event import SILENCE, Change
from tunelens.services.live.intake import Beat
from tunelens.services.live.measures import WINDOW_S
from tunelens.services.live.nets import Net, Outputs
from tunelens.services.live.smoothing import Mean, TwoStates

EVEN = 0.5
SHORT_S = 1.0
"""What is looked at to be quick: the last second, repeated until it fills a patch."""
LONG_EVERY_S = 1.5
PAUSE_S = 1.0
"""After a silence as long as this something new begins."""
NOTICED_S = 1.5
"""What began so short ago need not begin again."""
ALIKE, TRIAL_S = 0.15, 4.0
"""What is new is taken for a false alarm when, seconds later, it is as like what was before as this."""
_PENULTIMATE, _SCORES = "penultimate", "scores"
_TAGS = 8


@dataclass(frozen=True)
class Said:
    """What may be said of a beat; see `Event`."""

    sound: str | None = None
    music: float | None = None
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    tags: tuple[tuple[str, float], ...] = ()
    change: Change | None = None


@dataclass(frozen=True, eq=False)
class _Before:
    """What was heard before something new began, until that has proved to be new."""

    since_s: float
    mean: Mean
    embedding: np.ndarray


class Listener:
    """Hears beats with nets.

    Each beat the nets look at the last second, which tells music from other sounds and notices what is new.
    What is told of the music is the mean of all that was heard since something new began, which is what
    `analyze` tells of a file.

    Parameters
    ----------
    nets : sequence of Net
        May be empty: then only silence is told.
    bundles : Mapping of str to Bundle
        What is asked about what the nets hear.
    every_s : float
        Length of a beat, seconds.
    """

    def __init__(self, nets: Sequence[Net], bundles: Mapping[str, Bundle], every_s: float) -> None:
        self._nets, self._every_s = nets, every_s
        self._views = list({id(net.view): net.view for net in nets}.values())
        self._music = {name: one for name, one in bundles.items() if name == MUSIC}
        self._rest = {name: one for name, one in bundles.items() if name != MUSIC}
        self._states, self._novelty = TwoStates(), Novelty(every_s)
        self._mean, self._short = Mean(WINDOW_S), list[Outputs]()
        self._quiet_s = self._long_s = self._at_s = self.since_s = 0.0
        self._before: _Before | None = None
        self._was_music: bool | None = None

    def restart(self, at_s: float) -> None:
        """Begin anew: what comes has nothing to do with what was."""
        self.since_s = self._long_s = at_s
        self._mean, self._before, self._was_music = Mean(WINDOW_S), None, None
        self._states, self._novelty = TwoStates(), Novelty(self._every_s)

    def add(self, beat: Beat, silent: bool) -> Change | None:
        """Hear a beat; return what began, if something did."""
        self._at_s = beat.end_s
        for view in self._views:
            view.add(beat.y)
        if silent:
            self._quiet_s += self._every_s
            return None
        paused, self._quiet_s = self._quiet_s >= PAUSE_S, 0.0
        if paused:
            self.restart(beat.end_s - self._every_s)
        begun = self._look(beat.end_s) if self._nets else None
        return Change(self.since_s, 1.0) if paused else begun

    def _look(self, at_s: float) -> Change | None:
        age_s = at_s - self.since_s
        self._short = short = self._hear(min(SHORT_S, age_s))
        probability = self._novelty.add(self._impression(short))
        if probability > LIKELY:
            return self._begin(at_s, short, probability)
        self._average(at_s, age_s, short)
        self._take_back(age_s)
        return None

    def _hear(self, seconds: float) -> list[Outputs]:
        return [net.hear(seconds) for net in self._nets]

    def _impression(self, short: Sequence[Outputs]) -> Impression:
        found = [one.get(_PENULTIMATE, one[_SCORES]) for one in short]
        return Impression(np.concatenate(found), texture(self._views[0].columns(self._every_s)))

    def _average(self, at_s: float, age_s: float, short: Sequence[Outputs]) -> None:
        """Take a whole patch now and then; while there is none, what was heard of the last second."""
        patch_s = max(net.hearing.cut.patch_s for net in self._nets)
        if age_s < patch_s:
            self._mean.add(short, self._every_s)
        elif at_s - self._long_s >= LONG_EVERY_S or not self._mean.outputs:
            self._long_s = at_s
            self._mean.add(self._hear(patch_s), LONG_EVERY_S)

    def _begin(self, at_s: float, short: Sequence[Outputs], probability: float) -> Change:
        """Begin something new, and keep what was before for a while."""
        self._before = _Before(self.since_s, self._mean, self._novelty.embedding)
        self.since_s = self._turned(at_s)
        self._mean, self._long_s = Mean(WINDOW_S), self.since_s
        fresh_s = max(at_s - self.since_s, self._every_s / 2)
        self._mean.add(short if fresh_s >= SHORT_S else self._hear(fresh_s), self._every_s)
        self._novelty.restart()
        return Change(self.since_s, probability)

    def _turned(self, at_s: float) -> float:
        """Return when, within the last two seconds, the sound turned."""
        columns = self._views[0].columns(2 * SHORT_S)
        per_s = self._views[0].columns_per_s
        ago = len(columns) - turning_point(columns, round(per_s * self._every_s / 2))
        return max(self.since_s, at_s - ago / per_s)

    def _take_back(self, age_s: float) -> None:
        """Go on with what was before, if what seemed new is like it."""
        before = self._before
        if before is None or age_s < TRIAL_S:
            return
        self._before = None
        if cosine_distance(self._novelty.embedding, before.embedding) < ALIKE:
            self._mean.join(before.mean)
            self.since_s = before.since_s

    def say(self, descriptors: Descriptors, silent: bool, change: Change | None) -> Said:
        """Return what may be said of the beat that was added last; once per beat.

        Where music begins or ends, something new begins.
        """
        if silent:
            return Said(SILENCE)
        if not self._nets:
            return Said(change=change)
        music = self._music_now(descriptors)
        change = change or self._flipped(music)
        said = ask(self._rest, descriptors, self._taggings(self._mean.outputs))
        if music is None:
            return Said(None, None, said, self._tags(), change)
        if music < EVEN:
            said = {name: unsaid(one) for name, one in said.items()}
        return Said(MUSIC if music >= EVEN else NOT_MUSIC, music, said, self._tags(), change)

    def _flipped(self, music: float | None) -> Change | None:
        """Begin something new where music begins or ends, unless that was noticed already."""
        if music is None:
            return None
        was, self._was_music = self._was_music, music >= EVEN
        if was in (None, self._was_music) or self._at_s - self.since_s < NOTICED_S:
            return None
        return self._begin(self._at_s, self._short, max(music, 1 - music))

    def _music_now(self, descriptors: Descriptors) -> float | None:
        """Probability of music, smoothed; None where nobody knows."""
        found = ask(self._music, descriptors, self._taggings(self._short)).get(MUSIC)
        return None if found is None else self._states.add(found.probabilities[MUSIC])

    def _taggings(self, heard: Sequence[Outputs]) -> list[Tagging]:
        return [net.tagging(outputs) for net, outputs in zip(self._nets, heard, strict=True)]

    def _tags(self) -> tuple[tuple[str, float], ...]:
        """The likeliest tags; one that several nets know has their mean."""
        found: dict[str, list[float]] = {}
        for tagging in self._taggings(self._mean.outputs):
            for tag, p in zip(tagging.tags, tagging.scores[0].tolist(), strict=True):
                found.setdefault(tag.lower(), []).append(p)
        means = {tag: sum(scores) / len(scores) for tag, scores in found.items()}
        return tuple(sorted(means.items(), key=lambda pair: -pair[1])[:_TAGS])
