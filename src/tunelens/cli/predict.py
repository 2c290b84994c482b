"""`tunelens predict`: ask a bundle."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Jobs, Quiet, example, guarded, worst
from tunelens.cli.fetching import fetch_missing

if TYPE_CHECKING:
    from rich.table import Table

    from tunelens.base.errors import TunelensError
    from tunelens.services.predict import Answer, Stretch

NAME = "predict"
EPILOG = example("tunelens predict my-genres music/", "tunelens predict ./bundle song.wav --timeline --json")
MOST_IN_SET = 5


@guarded
def run(
    bundle: Annotated[str, typer.Argument(metavar="BUNDLE", help="Name or folder of a bundle.")],
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help="Audio files and folders; tables for a bundle trained on one."
        ),
    ],
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Say it of each window, not the whole.")
    ] = False,
    window_s: Annotated[
        float, typer.Option("--window", help="Length of a window, seconds; for --timeline.")
    ] = 30.0,
    jobs: Jobs = None,
    engine: Annotated[str, typer.Option("--engine", help="What runs the work.")] = "local",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Ask a trained model about files or rows of a table; it may answer that it does not know.

    A file that cannot be heard is told of and does not stop the rest.
    """
    from tunelens.models.bundles import Bundle, find_bundle
    from tunelens.services.predict import predict

    face = Face(as_json, quiet)
    loaded = Bundle.load(find_bundle(bundle))
    fetch_missing(face, loaded.input.nets)
    told = predict(
        loaded,
        paths,
        timeline=timeline,
        window_s=window_s,
        jobs=jobs,
        engine=engine,
        progress=Bar(face.err),
    )
    return _tell(face, told)


def _tell(face: Face, answers: Iterable[Answer]) -> int:
    errors: list[TunelensError] = []
    good: list[Answer] = []
    for answer in answers:
        if answer.error is not None:
            errors.append(answer.error)
            face.failure(answer.item, answer.error)
            continue
        good.append(answer)
        if face.as_json:
            face.result(answer.item, answer.to_dict(), lambda _: None)
    if good and not face.as_json:
        face.out.print(_table(good))
    return worst(errors, len(errors) + len(good))


def _table(answers: list[Answer]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    from tunelens.cli.plain import printable

    timeline = answers[0].timeline
    numbers = answers[0].prediction.task == "continuous"
    columns = ["file", *(["from", "to"] if timeline else [])]
    columns += ["value", "interval", "unknown"] if numbers else ["label", "probability", "set", "unknown"]
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", min_width=16 if column == "file" else None)
    for answer in answers:
        for stretch in answer.stretches:
            cells = [_near(answer.item), *(_times(stretch) if timeline else []), *_cells(stretch)]
            table.add_row(*(escape(printable(cell)) for cell in cells))
    return table


def _near(item: str) -> str:
    """Return a path as a person here would write it."""
    here = f"{Path.cwd()}{os.sep}"
    return item.removeprefix(here)


def _times(stretch: Stretch) -> list[str]:
    return ["" if time is None else f"{time:.1f} s" for time in (stretch.start_s, stretch.end_s)]


def _cells(stretch: Stretch) -> list[str]:
    said = stretch.prediction
    if said.task == "continuous":
        interval = "" if said.interval is None else f"{said.interval[0]:.3g} to {said.interval[1]:.3g}"
        return ["" if said.value is None else f"{said.value:.3g}", interval, said.why]
    names = said.labels or (("unknown",) if not said.known else ())
    sure = [f"{said.probabilities[name]:.0%}" for name in said.labels] or (
        [f"{said.probability:.0%}"] if said.probability is not None and said.task == "single" else []
    )
    more = f" and {len(said.set) - MOST_IN_SET} more" if len(said.set) > MOST_IN_SET else ""
    return [", ".join(names), ", ".join(sure), ", ".join(said.set[:MOST_IN_SET]) + more, said.why]
