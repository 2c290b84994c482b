"""The stages' common ground: what a stage is, what it is given, and how one is run or taken from before."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from tunelens.base.errors import TunelensError, WorkerError
from tunelens.base.extras import require
from tunelens.base.language import say, word
from tunelens.base.progress import Progress, Silent
from tunelens.services.hits.names import stage_name
from tunelens.services.hits.options import Options
from tunelens.services.hits.versions import versions
from tunelens.services.hits.work import Work

R = TypeVar("R")


class NotDoneError(TunelensError):
    """A stage cannot be done with what is there, and nobody is at fault.

    Parameters
    ----------
    text : str
        Why, an English text that is said (`tunelens.base.language.word`).
    values : object
        What `text` names.
    """

    code = "not_done"

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text.format(**values) if values else text)
        self.text, self.values = text, values


@dataclass(frozen=True)
class Outcome:
    """What became of one stage.

    Parameters
    ----------
    stage : str
        A name in `STAGES`.
    state : str
        "done", "kept" (taken from an earlier run), "skipped" (not wanted), "not done" (not possible with
        what is there) or "failed".
    key : str
        What the result depends on, hashed.
    result : object
        What was found; None where nothing was.
    parameters : Mapping
        What the stage was asked.
    why, values : str, Mapping
        Why there is no result: a text that is said, and what it names.
    error : TunelensError or None
        What failed.
    seconds : float
        What the result cost, also in the run that it was taken from.
    """

    stage: str
    state: str
    key: str
    result: Any = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    error: TunelensError | None = None
    seconds: float = 0.0

    @property
    def reason(self) -> str:
        """Why there is no result, in the language of now; "" when there is one."""
        if self.error is not None:
            return self.error.message
        named = {name: stage_name(str(one)) if name == "stage" else one for name, one in self.values.items()}
        return say(self.why, **named) if self.why else ""


@dataclass
class Context:
    """What a stage is given: what is asked, where to keep files, and what the stages before it found."""

    options: Options
    work: Work
    progress: Progress = field(default_factory=Silent)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def have(self, kind: type[R]) -> R | None:
        """Return the result of this kind that an earlier stage found, or None."""
        found = (one.result for one in self.outcomes.values())
        return next((result for result in found if isinstance(result, kind)), None)

    def once(self, name: str, parts: Any, make: Callable[[], R]) -> R:
        """Return what `make` returns, kept under what it depends on: a part of a stage that costs much."""
        key = sha256(json.dumps([name, versions(), parts], sort_keys=True).encode()).hexdigest()
        kept = self.work.load(name, key)
        if kept is None:
            kept = self.work.keep(name, key, make(), parameters={}, seconds=0.0)
        found: R = kept.result
        return found

    def need(self, kind: type[R]) -> R:
        """Return the result of this kind; the runner has made sure that it is there."""
        result = self.have(kind)
        assert result is not None, kind
        return result


@dataclass(frozen=True)
class Stage:
    """One stage.

    Parameters
    ----------
    name : str
        In `STAGES`.
    run : callable
        Does the work; returns a frozen dataclass, or raises.
    parameters : callable
        What of the options the result depends on, as JSON types.
    needs : tuple of str
        Stages without whose result this one cannot be done.
    uses : tuple of str
        Stages whose result is used where there is one.
    inputs : callable
        What the files that are read look like now, as JSON types; a change is a change of parameters.
    is_there : callable
        Are the files still there that a kept result names?
    version : int
        Raised whenever a result would come out differently.
    """

    name: str
    run: Callable[[Context], Any]
    parameters: Callable[[Options], Mapping[str, Any]]
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    inputs: Callable[[Options], Any] = lambda _: None
    is_there: Callable[[Any], bool] = lambda _: True
    version: int = 1

    def key(self, context: Context) -> str:
        """Return what the result depends on, hashed."""
        before = {name: context.outcomes[name].key for name in (*self.needs, *self.uses)}
        parts = [
            self.name, self.version, versions(), dict(self.parameters(context.options)),
            self.inputs(context.options), before,
        ]  # fmt: skip
        return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def run_stage(stage: Stage, context: Context, *, force: bool = False) -> Outcome:
    """Do one stage, or take what was found before; whatever goes wrong is told and ends nothing else.

    Parameters
    ----------
    stage : Stage
    context : Context
        Has the outcomes of all earlier stages.
    force : bool
        Do it anew.
    """
    options = context.options
    if stage.name in options.skip:
        return _none(stage, "skipped", word("It was not asked for."))
    missing = next((name for name in stage.needs if context.outcomes[name].result is None), None)
    if missing is not None:
        text = word("It needs the stage “{stage}”, which has no result.")
        return _none(stage, "not done", text, stage=missing)
    try:
        return _done(stage, context, force=force)
    except NotDoneError as error:
        return _none(stage, "not done", error.text, **error.values)
    except TunelensError as error:
        return _failed(stage, error)
    except Exception as error:  # noqa: BLE001 - a fault in one stage must not cost the others
        return _failed(stage, WorkerError(f"{stage.name}: {type(error).__name__}: {error}", hint=_FAULT))


_FAULT = "this is a fault of Tunelens; please report it"


def _done(stage: Stage, context: Context, *, force: bool) -> Outcome:
    parameters = stage.parameters(context.options)
    key = stage.key(context)
    kept = None if force else context.work.load(stage.name, key)
    if kept is not None and not stage.is_there(kept.result):
        kept = None
    state = "done" if kept is None else "kept"
    if kept is None:
        started = time.monotonic()
        with _one_thread():
            result = stage.run(context)
        seconds = time.monotonic() - started
        kept = context.work.keep(stage.name, key, result, parameters=parameters, seconds=seconds)
    return Outcome(stage.name, state, key, kept.result, dict(parameters), seconds=kept.seconds)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Reckon on one core: small data gains nothing by more, and threads that wait for others lose much."""
    require("sklearn.cluster")  # only what is loaded can be limited
    with require("threadpoolctl").threadpool_limits(limits=1):
        yield


def _none(stage: Stage, state: str, why: str, /, **values: object) -> Outcome:
    """Its key says that there is nothing, so that what uses it is done anew once there is."""
    return Outcome(stage.name, state, f"{stage.name}: nothing", why=why, values=values)


def _failed(stage: Stage, error: TunelensError) -> Outcome:
    return Outcome(stage.name, "failed", f"{stage.name}: nothing", error=error)
