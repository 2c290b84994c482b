"""The hook: the stretch of a song that is repeated most and stands for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.language import say
from tunelens.features.grid import Float64
from tunelens.features.structure.heard import Heard, hear
from tunelens.features.structure.onbeat import on_beat
from tunelens.features.structure.repeats import enhanced, fitness, occurrences
from tunelens.features.structure.segments import stripe
from tunelens.features.structure.similarity import Ssm, self_similarity
from tunelens.features.structure.turns import turns
from tunelens.features.timeline import Sound

HOOK_S = 15.0
HOOK_VERSION = "1"
_STRIPE_S = 3.0
_REPEAT = 0.4
_NEAR_BEST = 0.9
_LOUDER = 0.02
_MOST_DB = 6.0
_SILENT = 1e-4
_MOST_TOLD = 12


@dataclass(frozen=True)
class Hook:
    """The stretch of a recording that stands for the whole.

    Parameters
    ----------
    start_s, end_s : float
        Where it lies, seconds.
    how : {"repeated", "representative", "middle", "whole", "first"}
        It comes again; or nothing does, and it is most like all the rest; or there is nothing to tell by
        (silence), and it is the middle; or the recording is no longer than what was asked for; or nobody
        looked, and it is the begin.
    occurrences_s : tuple of (float, float)
        Where it sounds, in order, itself too; empty where nothing comes again.
    coverage : float
        Share of the recording that these are, 0 to 1.
    confidence : float
        How exactly it comes again: mean cosine similarity of the repeats, 0 to 1; 0 where nothing does.
    bpm : float or None
        The tempo by whose beats it begins; None where there is no pulse.

    Examples
    --------
    >>> for reason in Hook(48.0, 63.0, "repeated", ((48.0, 63.0), (96.0, 111.0)), 0.2, 0.9, 120.0).reasons:
    ...     print(reason)
    sounds 2 times: at 0:48, 1:36
    these are 20% of the recording
    repeats are alike to 0.90 (1 is the same)
    begins on a beat (120 BPM)
    """

    start_s: float
    end_s: float
    how: str
    occurrences_s: tuple[tuple[float, float], ...] = ()
    coverage: float = 0.0
    confidence: float = 0.0
    bpm: float | None = None

    @property
    def repeats(self) -> int:
        """How often it sounds, itself counted; 0 where nothing comes again."""
        return len(self.occurrences_s)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why this stretch, in words."""
        beat = (say("begins on a beat ({bpm} BPM)", bpm=round(self.bpm)),) if self.bpm else ()
        if self.how != "repeated":
            return (*_without_repeats(self.how), *beat)
        times = ", ".join(_clock(begin) for begin, _ in self.occurrences_s[:_MOST_TOLD])
        times += ", ..." if self.repeats > _MOST_TOLD else ""
        return (
            say("sounds {n} times: at {times}", n=self.repeats, times=times),
            say("these are {share} of the recording", share=f"{self.coverage:.0%}"),
            say("repeats are alike to {alike} (1 is the same)", alike=f"{self.confidence:.2f}"),
            *beat,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the hook as a JSON object."""
        return {
            "start_s": self.start_s,
            "end_s": self.end_s,
            "how": self.how,
            "repeats": self.repeats,
            "occurrences_s": [list(pair) for pair in self.occurrences_s],
            "coverage": self.coverage,
            "confidence": self.confidence,
            "bpm": self.bpm,
            "reasons": list(self.reasons),
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Hook:
        """Return the hook that `to_dict` gave.

        Raises
        ------
        DataError
            When something is missing or is no number.
        """
        try:
            return cls(
                float(body["start_s"]),
                float(body["end_s"]),
                str(body["how"]),
                tuple((float(a), float(b)) for a, b in body["occurrences_s"]),
                float(body["coverage"]),
                float(body["confidence"]),
                None if body["bpm"] is None else float(body["bpm"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"this is no hook: {error!r}") from error


def _without_repeats(how: str) -> tuple[str, ...]:
    match how:
        case "representative":
            return say("nothing comes again"), say("this is what is most like the rest")
        case "middle":
            return (say("silence: this is the middle"),)
        case "whole":
            return (say("the recording is no longer than what was asked for"),)
        case _:
            return (say("this is the begin; nothing was searched for"),)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def find_hook(sound: Sound, duration_s: float = HOOK_S) -> Hook:
    """Find the stretch of `duration_s` that is repeated most and stands for the rest.

    Of all stretches of that length the one of greatest fitness is taken (Mueller, Jiang & Grosche 2013: how
    exact its repeats are and how much of the recording they cover, `tunelens.features.structure.repeats`);
    among those nearly as fit, one that begins with a part, and the louder. It begins on a beat that is like
    the first of a bar, where there is a pulse.

    Parameters
    ----------
    sound : Clip or iterable of Clip
        Any length, in bounded memory.
    duration_s : float
        Length of the hook, seconds.

    Raises
    ------
    ParameterError
        `duration_s` is not above 0.
    EmptyAudioError
        `sound` holds no samples.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> find_hook(Clip(np.zeros(22050 * 30), 22050)).reasons
    ('silence: this is the middle',)
    """
    if not 0 < duration_s < np.inf:
        raise ParameterError(f"duration_s is {duration_s}; more than 0 s is needed")
    heard = hear(sound)
    if heard.duration_s <= duration_s:
        return Hook(heard.start_s, heard.end_s, "whole")
    if heard.level.max() < _SILENT:
        start = round(heard.start_s + (heard.duration_s - duration_s) / 2, 3)
        return Hook(start, round(start + duration_s, 3), "middle")
    ssm = self_similarity(heard.columns)
    length = int(np.clip(round(duration_s / ssm.step_s), 1, ssm.n - 1))
    return _repeated(heard, ssm, length, duration_s) or _representative(heard, ssm, length, duration_s)


def _repeated(heard: Heard, ssm: Ssm, length: int, duration_s: float) -> Hook | None:
    """Return the fittest stretch; None where what it is said to repeat is not like it."""
    stripes = enhanced(ssm.values, round(_STRIPE_S / ssm.step_s))
    fit = fitness(stripes, length).fitness
    best = _choice(fit, heard.level_db(length), turns(ssm))
    window = slice(best, best + length)
    found = {
        span: stripe(ssm.values[window, slice(*span)])
        for span in occurrences(stripes, best, length)
        if span[1] <= best or span[0] >= best + length
    }
    again = {span: alike for span, alike in found.items() if alike >= _REPEAT}
    if not again:
        return None
    spans = sorted([(best, best + length), *again])
    start_s, bpm = on_beat(heard, float(ssm.edges_s[best]), duration_s)
    return Hook(
        round(start_s, 3),
        round(start_s + duration_s, 3),
        "repeated",
        tuple((round(float(ssm.edges_s[a]), 2), round(float(ssm.edges_s[b]), 2)) for a, b in spans),
        round(sum(b - a for a, b in spans) / ssm.n, 4),
        round(float(np.mean(list(again.values()))), 4),
        bpm,
    )


def _choice(fit: Float64, level_db: Float64, starts: NDArray[np.intp]) -> int:
    """Return the start to take: nearly the fittest, with the begin of a part if there is one, and loud."""
    worth = fit * (1 + _LOUDER * np.clip(level_db - np.median(level_db), -_MOST_DB, _MOST_DB))
    good = fit >= _NEAR_BEST * fit.max()
    begins = np.zeros(len(fit), bool)
    begins[starts[starts < len(fit)]] = True
    if (good & begins).any():
        good &= begins
    return int(np.argmax(np.where(good, worth, -np.inf)))


def _representative(heard: Heard, ssm: Ssm, length: int, duration_s: float) -> Hook:
    """Return the stretch that is most like all the rest (Cooper & Foote 2002).

    Its likeness to every moment is summed up, as if all stretches were equal.
    """
    total = np.concatenate([[0.0], np.cumsum(ssm.values.sum(axis=1, dtype=np.float64))])
    best = int(np.argmax(total[length:] - total[:-length]))
    start_s, bpm = on_beat(heard, float(ssm.edges_s[best]), duration_s)
    return Hook(round(start_s, 3), round(start_s + duration_s, 3), "representative", bpm=bpm)
