"""`tunelens covers`: other recordings of the same work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, LibraryFile, Quiet, Where, example, guarded

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.services.covers import Covers

NAME = "covers"
EPILOG = example("tunelens covers 12", 'tunelens covers humming.wav --where "-artist:beatles"')


@guarded
def run(
    ref: Annotated[str, typer.Argument(metavar="TRACK|FILE", help="A track as for show, or an audio file.")],
    where: Where = "",
    n: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 10,
    least: Annotated[float, typer.Option("--least", help="Score from which a recording is told.")] = 4.5,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """List recordings that may be the same work: the same harmony in the same order, in any key and tempo.

    They are candidates, for a person to hear; two songs over one chord progression are alike too.
    """
    from tunelens.library.store import Library
    from tunelens.services.covers import covers

    face = Face(as_json, quiet)
    with Library.open(library, create=False) as catalogue:
        found = covers(catalogue, ref, where, n=n, least=least, progress=Bar(face.err))
    face.result(ref, found.to_dict(), lambda console: _draw(console, found))
    face.say(f"{len(found.candidates)} candidates among {found.n_compared} recordings")
    return 0


def _draw(console: Console, found: Covers) -> None:
    from rich.markup import escape
    from rich.table import Table

    from tunelens.cli.plain import printable

    table = Table("track", "recording", "score", "semitones", "alike for", "", box=None, pad_edge=False)
    for one in found.candidates:
        kind = "same recording" if one.same_recording else "candidate"
        cells = [str(one.track.id), printable(one.track.name), f"{one.score:.1f}", f"{one.transposition:+d}"]
        table.add_row(*map(escape, cells), f"{one.common_s:.0f} s", kind)
    if found.candidates:
        console.print(table)
