"""`tunelens show`: one track of the library."""

from __future__ import annotations

from typing import Annotated

import typer

from tunelens.cli.draw import draw_analysis
from tunelens.cli.face import AsJson, Face, LibraryFile, example, guarded

NAME = "show"
EPILOG = example("tunelens show song.mp3", "tunelens show 17 --json")


@guarded
def run(
    track: Annotated[
        str,
        typer.Argument(metavar="TRACK", help="Number, path, part of the title, or first digits of the hash."),
    ],
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Show everything that is known of one track, and how sure it is."""
    import os
    from pathlib import Path

    from tunelens.library.store import Library

    with Library.open(library, create=False) as catalogue:
        there = bool(track) and os.path.lexists(track)
        analysis = catalogue.get(Path(track).absolute() if there else track)
    Face(as_json).result(str(analysis.path), analysis.to_dict(), lambda out: draw_analysis(out, analysis))
    return 0
