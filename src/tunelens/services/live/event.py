"""`Event`: what a stream is at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tunelens.features.key import Key
from tunelens.features.rhythm import Tempo
from tunelens.models.prediction import Prediction
from tunelens.models.taxonomy import group_of

SILENCE = "silence"
SOUNDS = ("music", "not music", SILENCE)
_DIGITS = 4


@dataclass(frozen=True)
class Change:
    """Where something new began.

    Parameters
    ----------
    at_s : float
        When, seconds of the stream.
    probability : float
        That it is no false alarm, 0 to 1.
    """

    at_s: float
    probability: float


@dataclass(frozen=True)
class Level:
    """How loud the stream is.

    Parameters
    ----------
    momentary_lufs, short_term_lufs : float or None
        Loudness of the last 400 ms and of the last 3 s (EBU Tech 3341); None for silence.
    peak : float
        Largest absolute sample since the last event, full scale 1.
    clipped : float
        Share of its samples at full scale.
    """

    momentary_lufs: float | None
    short_term_lufs: float | None
    peak: float
    clipped: float


@dataclass(frozen=True)
class Latency:
    """How late an event is.

    Parameters
    ----------
    compute_s : float
        Seconds that it took to make.
    behind_s : float
        Seconds that the stream is heard later than it came; 0 where nobody waits for it, as for a file.
    """

    compute_s: float
    behind_s: float = 0.0


@dataclass(frozen=True)
class Event:
    """What a stream is at one moment.

    Parameters
    ----------
    at_s : float
        How much of the stream was heard, seconds.
    sound : {"music", "not music", "silence"} or None
        What is heard; None where no net listens.
    music : float or None
        Probability of music, smoothed; None for silence and without nets.
    predictions : Mapping of str to Prediction
        By bundle: genre, mood...; an answer may be "unknown". Empty in silence.
    tags : tuple of (str, float)
        The likeliest tags of the nets with their probabilities, likeliest first.
    tempo, key : Tempo, Key
        Of what sounded since `since_s`, of the last 30 s at most.
    energy : float
        0 (calm) to 1 (intense).
    level : Level
    since_s : float
        Where what is heard now began: the last change, or the begin of the stream.
    change : Change or None
        Something new was noticed just now.
    mended : int
        Samples of the stream so far that were no sound, and were taken for 0.
    lost_s : float
        Seconds of the stream so far that did not arrive.
    latency : Latency
        Not part of what makes two events equal.

    Examples
    --------
    >>> level = Level(-14.0, -15.5, 0.5, 0.0)
    >>> event = Event(0.5, None, None, Tempo(None, 0.0), Key(None, None, 0.0), 0.5, level)
    >>> event.to_dict()["level"]["momentary_lufs"], event.change
    (-14.0, None)
    """

    at_s: float
    sound: str | None
    music: float | None
    tempo: Tempo
    key: Key
    energy: float
    level: Level
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    tags: tuple[tuple[str, float], ...] = ()
    since_s: float = 0.0
    change: Change | None = None
    mended: int = 0
    lost_s: float = 0.0
    latency: Latency = field(default=Latency(0.0), compare=False)

    def told_late(self, behind_s: float) -> Event:
        """Return the same event, which knows how much later than it came the stream is heard."""
        return replace(self, latency=replace(self.latency, behind_s=max(0.0, behind_s)))

    def to_dict(self) -> dict[str, Any]:
        """Return the event as a JSON object; numbers have four digits."""
        tempo, key = self.tempo, self.key
        told = {
            "at_s": self.at_s,
            "sound": self.sound,
            "music": self.music,
            "predictions": {name: one.to_dict() for name, one in self.predictions.items()},
            "tags": [{"tag": tag, "probability": p, "group": group_of(tag)} for tag, p in self.tags],
            "tempo": {"bpm": tempo.bpm, "confidence": tempo.confidence, "reason": tempo.reason},
            "key": {
                name: getattr(key, name) for name in ("tonic", "mode", "camelot", "confidence", "reason")
            },
            "energy": self.energy,
            "level": vars(self.level),
            "since_s": self.since_s,
            "change": None if self.change is None else vars(self.change),
            "mended": self.mended,
            "lost_s": self.lost_s,
            "latency": vars(self.latency),
        }
        return _rounded(told)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, Mapping):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
