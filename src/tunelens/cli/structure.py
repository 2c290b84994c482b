"""`tunelens structure`: the parts of a recording, and which of them come again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.face import AsJson, Face, Force, example, guarded
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.services.structure import StructureReport

NAME = "structure"
EPILOG = example("tunelens structure song.mp3", "tunelens structure song.mid --of midi --out song.svg --json")


@guarded
def run(
    path: Annotated[str, typer.Argument(metavar="FILE", help="Audio or video file; MIDI with --of midi.")],
    of: Annotated[
        str, typer.Option("--of", help="Compare by chroma, mfcc, both, embedding (of a net) or midi.")
    ] = "both",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Picture: PNG, SVG or HTML file.")] = None,
    model: Annotated[str, typer.Option("--model", help="Net of --of embedding.")] = "MSD_musicnn",
    title: Annotated[str | None, typer.Option("--title", help="Title. Default: what the file says.")] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Cut a recording into parts, name those that are alike with one letter, and show how it was told.

    The picture has waveform, novelty, parts and self-similarity over one time axis.
    """
    from tunelens.services.structure import structure

    found = structure(path, of=of, out=out, model=model, title=title, force=force)
    Face(as_json).result(path, found.to_dict(), lambda console: _draw(console, found))
    return 0


def _draw(console: Console, found: StructureReport) -> None:
    from rich.table import Table

    from tunelens.cli.identify import clock

    table = Table("part", "from", "to", "length", "again at", box=None, pad_edge=False)
    for segment in found.structure.segments:
        others = [one for one in found.structure.repeats.get(segment.label, ()) if one is not segment]
        times = (clock(segment.start_s), clock(segment.end_s), f"{segment.duration_s:.1f} s")
        table.add_row(segment.label, *times, ", ".join(clock(one.start_s) for one in others))
    console.print(table)
    console.print(f"form: {found.structure.form}", markup=False)
    if found.out is not None:
        console.print(printable(str(found.out)), markup=False)
