"""`tunelens analyze`: the main job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.base.errors import INTERRUPTED, ParameterError
from tunelens.cli.bar import Bar
from tunelens.cli.draw import MOST_ROWS, draw_analysis, draw_tracks
from tunelens.cli.face import (
    AsJson,
    Face,
    Jobs,
    LibraryFile,
    Quiet,
    example,
    guarded,
    worst,
)

if TYPE_CHECKING:
    from tunelens.library.store import Library
    from tunelens.services.analyze import ScanReport
    from tunelens.services.hear import HearOptions

NAME = "analyze"
EPILOG = example("tunelens analyze ~/Music", "tunelens analyze song.mp3 --no-models --json")

ALL_PATCHES, NONE = "all", "none"


@guarded
def run(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders.")],
    library: LibraryFile = None,
    jobs: Jobs = None,
    models: Annotated[
        str | None, typer.Option("--models", help="Nets to hear with, separated by commas.")
    ] = None,
    no_models: Annotated[bool, typer.Option("--no-models", help="Descriptors only, no nets.")] = False,
    patches: Annotated[
        str | None,
        typer.Option("--patches", help="How many 3-second patches the nets hear per song, or 'all'."),
    ] = None,
    bundles: Annotated[
        str | None,
        typer.Option(
            "--bundles", help="Bundles to ask, separated by commas, or 'none'. Default: the shipped ones."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Analyse again what is up to date.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Try files again that failed before.")] = False,
    engine: Annotated[str, typer.Option("--engine", help="What runs the work.")] = "local",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Hear files and whole folders, and keep what was heard in the library.

    Only new or changed files are heard; stopping at any moment loses no finished track.
    """
    from tunelens.library.store import Library
    from tunelens.services.analyze import analyze_many

    face = Face(as_json, quiet)
    hear = _options(models, no_models, patches, bundles)
    _fetch_missing(face, hear)
    with Library.open(library) as catalogue:
        report = analyze_many(
            paths,
            catalogue,
            jobs=jobs,
            engine=engine,
            options=hear,
            force=force,
            retry=retry,
            progress=Bar(face.err),
        )
        _tell(face, catalogue, report)
    if report.interrupted:
        return INTERRUPTED
    return worst([error for _, error in report.failed], report.n_files)


def _options(models: str | None, no_models: bool, patches: str | None, bundles: str | None) -> HearOptions:
    from tunelens.models import BACKBONES, DEFAULT_BACKBONES, DEFAULT_PATCHES
    from tunelens.services.hear import HearOptions

    if models and no_models:
        raise ParameterError("--models and --no-models were given together", hint="choose one of them")
    names = tuple(name.strip() for name in models.split(",")) if models else DEFAULT_BACKBONES
    for name in names:
        BACKBONES[name]
    hear = HearOptions(
        models=() if no_models else names,
        n_patches=_count(patches, DEFAULT_PATCHES),
        bundles=_bundles(bundles),
    )
    hear.asked()
    return hear


def _bundles(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return () if text == NONE else tuple(name.strip() for name in text.split(",") if name.strip())


def _fetch_missing(face: Face, hear: HearOptions) -> None:
    from tunelens.services.models import info, pull

    for name in hear.models:
        if not info(name, hear.settings).available:
            face.say(f"fetching the net {name}, once; --no-models goes without")
            pull(name, hear.settings)


def _count(patches: str | None, default: int) -> int | None:
    if patches is None:
        return default
    if patches == ALL_PATCHES:
        return None
    if not re.fullmatch("[1-9][0-9]{0,8}", patches):
        raise ParameterError(f"--patches is {patches!r}; a whole number from 1 or 'all' is needed")
    return int(patches)


def _tell(face: Face, catalogue: Library, report: ScanReport) -> None:
    done = (*report.analyzed, *report.skipped, *report.moved)
    if face.as_json:
        for path in done:
            face.result(str(path), catalogue.get(path).to_dict(), lambda _: None)
    else:
        _draw(face, catalogue, report)
    for path, error in report.failed:
        face.failure(str(path), error)
    face.say(report.summary())


def _draw(face: Face, catalogue: Library, report: ScanReport) -> None:
    if len(report.analyzed) == 1:
        draw_analysis(face.out, catalogue.get(report.analyzed[0]))
    elif report.analyzed:
        draw_tracks(face.out, [catalogue.track(path) for path in report.analyzed[:MOST_ROWS]])
        hidden = len(report.analyzed) - MOST_ROWS
        if hidden > 0:
            face.say(f"... and {hidden} more; `tunelens list` shows all")
