"""`tunelens report`: the library as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Force, LibraryFile, Quiet, Where, example, guarded
from tunelens.cli.plain import printable

NAME = "report"
EPILOG = example("tunelens report", 'tunelens report --where "genre:jazz" --out jazz.html')


@guarded
def run(
    out: Annotated[Path, typer.Option("--out", "-o", help="The HTML file to write.")] = Path("report.html"),
    where: Where = "",
    title: Annotated[str, typer.Option("--title", help="Heading of the page.")] = "What Tunelens heard",
    no_audio: Annotated[bool, typer.Option("--no-audio", help="Embed no snippets of sound.")] = False,
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Write one HTML file about the library: table, charts, and a section per track. It needs no network."""
    from tunelens.library.store import Library
    from tunelens.services.report import MOST_SNIPPETS, report

    face = Face(as_json, quiet)
    with Library.open(library, create=False) as catalogue:
        page = report(
            catalogue,
            out,
            where=where,
            title=title,
            snippets=0 if no_audio else MOST_SNIPPETS,
            force=force,
            progress=Bar(face.err),
        )
    face.result(
        str(page), {"out": str(page)}, lambda console: console.print(printable(str(page)), markup=False)
    )
    return 0
