"""`prepare`: of every song of both sides the same kind of excerpt, mono and at one rate."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import NotFoundError, TunelensError
from tunelens.base.language import word
from tunelens.services.excerpts import HookReport
from tunelens.services.hits.inputs import look_of
from tunelens.services.hits.options import Options
from tunelens.services.hits.stage import Context, NotDoneError, Stage
from tunelens.services.hits.stages.acquire import Acquired

SR = 22050
CHART, REFERENCE = "chart", "reference"
EXCERPTS = "excerpts"
LIBRARY = "library"
NO_SOUND = word("No sound was given for the songs of the chart (--audio, --download).")


@dataclass(frozen=True)
class Cut:
    """Excerpts of the chart's songs and of the reference's.

    Parameters
    ----------
    chart, reference : tuple of HookReport
        Where each excerpt lies in its recording, and the file it was written to.
    failed : tuple of (str, TunelensError)
        Recordings that could not be cut, and why.
    """

    chart: tuple[HookReport, ...]
    reference: tuple[HookReport, ...] = ()
    failed: tuple[tuple[str, TunelensError], ...] = ()

    def of(self, side: str) -> dict[Path, HookReport]:
        """Return the excerpts of one side by the file that was written."""
        return {one.out: one for one in getattr(self, side) if one.out is not None}


def _run(context: Context) -> Cut:
    files = [path for path in context.need(Acquired).files if path is not None]
    if not files:
        raise NotDoneError(NO_SOUND)
    chart, failed = _excerpts(context, files, CHART)
    if not chart:
        raise failed[0][1]
    try:
        reference, more = _excerpts(context, reference_files(context.options), REFERENCE)
    except TunelensError as error:  # the chart is worth a report without it
        reference, more = (), ((Path(str(context.options.against)), error),)
    return Cut(chart, reference, tuple((str(path), error) for path, error in (*failed, *more)))


def _excerpts(
    context: Context, files: Sequence[Path], side: str
) -> tuple[tuple[HookReport, ...], tuple[tuple[Path, TunelensError], ...]]:
    from tunelens.services.hook import prepare

    if not files:
        return (), ()
    options = context.options
    done = prepare(
        files, excerpts_folder(context, side), jobs=options.jobs, settings=options.settings,
        progress=context.progress, **cutting(options),
    )  # fmt: skip
    return done.done, done.failed


def excerpts_folder(context: Context, side: str) -> Path:
    """Return where the excerpts of a side lie, those of every recipe apart: a kept result names them."""
    asked = context.options
    return context.work.place(EXCERPTS) / f"{asked.how}-{asked.duration_s:g}s" / side


def cutting(options: Options) -> dict[str, Any]:
    """Return how excerpts are cut."""
    return {"how": options.how, "duration_s": options.duration_s, "sr": SR}


def reference_files(options: Options) -> list[Path]:
    """Return the sound of the reference; [] where it has none, a table say.

    Raises
    ------
    NotFoundError
        A folder without sound, or a query that finds nothing.
    """
    source = options.against
    if source is None:
        return []
    if is_library(source):
        return _of_library(source, options)
    return [Path(source)] if os.path.isdir(source) else []  # noqa: PTH112 - never raises


def is_library(source: str) -> bool:
    """Does `source` mean tracks of a library?"""
    return source == LIBRARY or source.startswith(f"{LIBRARY}:")


def _of_library(source: str, options: Options) -> list[Path]:
    from tunelens.library.store import Library

    with Library.open(options.library, create=False) as catalogue:
        paths = [track.path for track in catalogue.iterate(source.partition(":")[2])]
    there = [path for path in paths if path.is_file()]
    if not there:
        raise NotFoundError(
            f"{source!r} finds no track whose file is there", hint="tunelens list shows tracks"
        )
    return there


def _parameters(options: Options) -> dict[str, Any]:
    return {"against": options.against, **cutting(options), "mono": True}


def _inputs(options: Options) -> Any:
    if options.against is None:
        return None
    if is_library(options.against):
        try:
            return [str(path) for path in _of_library(options.against, options)]
        except TunelensError:
            return None
    return look_of(options.against)


def _is_there(found: Cut) -> bool:
    return all(one.out is not None and one.out.is_file() for one in (*found.chart, *found.reference))


PREPARE = Stage("prepare", _run, _parameters, needs=("acquire",), inputs=_inputs, is_there=_is_there)
