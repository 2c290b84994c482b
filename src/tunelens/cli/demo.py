"""`tunelens demo`: hear a handful of free tracks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from tunelens.base.errors import INTERRUPTED
from tunelens.cli.bar import Bar
from tunelens.cli.draw import draw_tracks
from tunelens.cli.face import AsJson, Face, Jobs, Quiet, example, guarded, worst
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from tunelens.services.demo import Demo

NAME = "demo"
EPILOG = example("tunelens demo", "tunelens demo --no-models --out free-music")


@guarded
def run(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the tracks, the library and the report.")
    ] = Path("demo"),
    no_models: Annotated[bool, typer.Option("--no-models", help="Descriptors only, no nets.")] = False,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Fetch 30 freely licensed tracks and the nets, hear them, and write a report."""
    from tunelens.services.demo import demo

    face = Face(as_json, quiet)
    done = demo(out, with_models=not no_models, jobs=jobs, progress=Bar(face.err), say=face.say)
    for path, error in done.scan.failed:
        face.failure(str(path), error)
    face.result(str(done.report), done.to_dict(), lambda console: _draw(console, done))
    if done.scan.interrupted:
        return INTERRUPTED
    return worst([error for _, error in done.scan.failed], done.scan.n_files)


def _draw(out: Console, done: Demo) -> None:
    draw_tracks(out, done.tracks)
    expected = Table(
        "expected of the prompts", "share of pairs in order", "95 % interval", title_justify="left"
    )
    for claim in done.claims:
        expected.add_row(claim.text, f"{claim.auc:.2f}", f"{claim.low:.2f} to {claim.high:.2f}")
    for agreement in done.agreements:
        expected.add_row(agreement.text, f"{agreement.hits} of {agreement.n}", "")
    out.print()
    out.print(expected)
    out.print(f"\nreport: {printable(str(done.report))}", markup=False)
