"""What could not be done: songs and stages, and whether that makes the run one that failed in part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tunelens.base.errors import TunelensError
from tunelens.base.language import say
from tunelens.services.hits.stage import Outcome
from tunelens.services.hits.stages.compare import PARTS, Compared


@dataclass(frozen=True)
class Failure:
    """One thing that could not be done.

    Parameters
    ----------
    stage : str
        Where.
    item : str
        The song or file; "" for the stage itself.
    why : str
        In the language of the report.
    error : TunelensError or None
        What was raised, in English.
    counts : bool
        Was it asked for and failed? What is not possible with what is there, or was not wanted, is told and
        does not count.
    """

    stage: str
    item: str
    why: str
    error: TunelensError | None = None
    counts: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the failure as a JSON object."""
        error = self.error.to_dict() if self.error else None
        return {
            "stage": self.stage,
            "item": self.item,
            "why": self.why,
            "error": error,
            "counts": self.counts,
        }


def failures_of(outcomes: Mapping[str, Outcome]) -> tuple[Failure, ...]:
    """Return what failed, stages first."""
    stages = [_of_stage(one) for one in outcomes.values() if one.result is None]
    return (*stages, *(failure for one in outcomes.values() for failure in _of_items(one)))


def _of_stage(outcome: Outcome) -> Failure:
    why = told(outcome.error) if outcome.error else outcome.reason
    return Failure(outcome.stage, "", why, outcome.error, counts=outcome.state == "failed")


def _of_items(outcome: Outcome) -> Iterator[Failure]:
    for item, error in getattr(outcome.result, "failed", ()):
        yield Failure(outcome.stage, str(item), told(error), error)
    if isinstance(outcome.result, Compared):
        for part, text in (outcome.result.undone or {}).items():
            yield Failure(outcome.stage, say(PARTS[part]), say(text), counts=False)


def told(error: TunelensError) -> str:
    """Return what kind of thing went wrong, in the language of now; the error's own words are English."""
    known = {
        "decode": say("The file is not audio that can be decoded."),
        "empty_audio": say("The file holds no sound."),
        "audio": say("The file cannot be heard."),
        "not_found": say("It is not there."),
        "missing_dependency": say("A library that is needed is not installed."),
        "data": say("The data does not allow it."),
        "late": say("It took longer than it may."),
        "worker": say("The program failed in a way that was not foreseen."),
        "unmatched": say("No file was found for this song."),
    }
    return known.get(error.code, say("It went wrong."))
