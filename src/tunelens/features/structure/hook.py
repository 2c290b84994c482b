"""The hook: the stretch of a song that is repeated most and stands for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tunelens.base.errors import DataError, ParameterError
from tunelens.features.frames import Frames
from tunelens.features.grid import Float32, Float64
from tunelens.features.rhythm import novelty
from tunelens.features.structure.repeats import enhanced, fitness, occurrences
from tunelens.features.structure.sequences import sequence_of
from tunelens.features.structure.similarity import self_similarity
from tunelens.features.timeline import Floats, Sound, timeline

HOOK_S = 15.0
HOOK_VERSION = "1"
LIMIT = 2000
_FINEST_S = 0.35
_SMOOTH_S = 1.0
_STRIPE_S = 4.0
_LEAST_FITNESS = 0.05
_NEAR_BEST = 0.95
_SILENT = 1e-4


@dataclass(frozen=True)
class Hook:
    """The stretch of a recording that stands for the whole.

    Parameters
    ----------
    start_s, end_s : float
        Where it lies, seconds.
    how : {"repeated", "representative", "middle", "whole"}
        It comes again; or nothing does, and it is most like all the rest; or there is nothing to tell by
        (silence), and it is the middle; or the recording is no longer than what was asked for.
    occurrences_s : tuple of (float, float)
        Where it sounds, in order, itself too; empty where nothing comes again.
    coverage : float
        Share of the recording that these are, 0 to 1.
    confidence : float
        0 to 1.
    bpm : float or None
        The tempo by whose beats it begins.
    reasons : tuple of str
        Why, in words.
    """

    start_s: float
    end_s: float
    how: str
    occurrences_s: tuple[tuple[float, float], ...] = ()
    coverage: float = 0.0
    confidence: float = 0.0
    bpm: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def repeats(self) -> int:
        """How often it sounds, itself counted; 0 where nothing comes again."""
        return len(self.occurrences_s)

    def to_dict(self) -> dict[str, Any]:
        """Return the hook as a JSON object."""
        return {
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "how": self.how,
            "repeats": self.repeats,
            "occurrences_s": [[round(a, 2), round(b, 2)] for a, b in self.occurrences_s],
            "coverage": round(self.coverage, 4),
            "confidence": round(self.confidence, 4),
            "bpm": None if self.bpm is None else round(self.bpm, 2),
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


def find_hook(sound: Sound, duration_s: float = HOOK_S) -> Hook:
    """Find the stretch of `duration_s` that is repeated most and stands for the rest.

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
    """
    if not 0 < duration_s < np.inf:
        raise ParameterError(f"duration_s is {duration_s}; more than 0 s is needed")
    heard = _heard(sound)
    length = heard.edges_s[-1] - heard.edges_s[0]
    if length <= duration_s:
        why = f"the recording has {length:.1f} s, no more than the {duration_s:g} s asked for"
        return Hook(float(heard.edges_s[0]), float(heard.edges_s[-1]), "whole", reasons=(why,))
    if heard.level.max() < _SILENT:
        return _middle(heard, duration_s)
    return _most_repeated(heard, duration_s)


@dataclass(frozen=True, eq=False)
class _Heard:
    edges_s: Float64
    rows: Floats
    level: Float64
    onsets: Float32
    fps: float


def _heard(sound: Sound) -> _Heard:
    def rows(frames: Frames) -> Floats:
        return np.concatenate([frames.mfcc[1:13], frames.chroma, frames.rms[None], novelty(frames.mel)[None]])

    found = timeline(sound, rows, limit=LIMIT, finest_s=_FINEST_S)
    return _Heard(found.edges_s, found.values[:-2], found.values[-2].astype(float), found.values[-1], 1.0)


def _middle(heard: _Heard, duration_s: float) -> Hook:
    middle = (heard.edges_s[0] + heard.edges_s[-1]) / 2
    start = float(middle - duration_s / 2)
    return Hook(start, start + duration_s, "middle", reasons=("silence: this is the middle",))


def _most_repeated(heard: _Heard, duration_s: float) -> Hook:
    columns = sequence_of(heard.rows, heard.edges_s, "both", smooth_s=_SMOOTH_S)
    stripes = enhanced(self_similarity(columns).values, round(_STRIPE_S / columns.step_s))
    length = int(np.clip(round(duration_s / columns.step_s), 1, columns.n))
    found = fitness(stripes, length)
    best = int(np.argmax(found.fitness))
    spans = occurrences(stripes, best, length)
    start = float(min(heard.edges_s[best], heard.edges_s[-1] - duration_s))
    edges = heard.edges_s
    return Hook(
        start,
        start + duration_s,
        "repeated",
        tuple((float(edges[a]), float(edges[b])) for a, b in spans),
        float(found.coverage[best]),
        float(found.fitness[best]),
        None,
        (),
    )
