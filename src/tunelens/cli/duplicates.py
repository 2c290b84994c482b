"""`tunelens duplicates`: files of the same recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.face import AsJson, Face, Force, LibraryFile, Where, example, guarded

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.library.track import Track
    from tunelens.services.duplicates import Duplicates

NAME = "duplicates"
EPILOG = example("tunelens duplicates", 'tunelens duplicates --where "artist:bach" --out review.sh')


@guarded
def run(
    where: Where = "",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A shell script that asks before it deletes each copy.")
    ] = None,
    force: Force = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Group the files of one recording, in whatever codec, bit rate, gain and cut, and say which is the best.

    Nothing is deleted. Excerpts and mixes that hold a whole song are listed apart: they are no duplicates.
    """
    from tunelens.library.store import Library
    from tunelens.services.duplicates import duplicates, write_script

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        found = duplicates(catalogue, where)
        face.result(str(catalogue.path), found.to_dict(), lambda console: _draw(console, found))
    if out is not None:
        write_script(found, out, force=force)
        face.say(f"wrote {out}; read it before you run it")
    n_files = sum(len(group.copies) for group in found.groups)
    face.say(f"{len(found.groups)} recordings with {n_files} spare files, {found.spare_bytes / 1e6:.1f} MB")
    if found.n_without:
        face.say(f"{found.n_without} tracks have no landmarks yet; tunelens analyze hears them")
    return 0


def _draw(console: Console, found: Duplicates) -> None:
    from rich.markup import escape

    from tunelens.cli.plain import printable

    for group in found.groups:
        console.print(f"[bold]keep[/] {escape(_line(group.keep))}")
        for copy in group.copies:
            how = "the same bytes" if copy.identical else f"{copy.share:.0%} of the peaks agree"
            gain = "" if copy.gain_db is None or abs(copy.gain_db) < 0.1 else f", {copy.gain_db:+.1f} dB"
            console.print(f"     {escape(_line(copy.track))}")
            console.print(f"     [dim]begins at {copy.offset_s:+.2f} s{gain}; {how}; {copy.why}[/]")
    for part in found.parts:
        names = f"{printable(str(part.part.path))} is in {printable(str(part.whole.path))}"
        console.print(f"[bold]part[/] {escape(names)} from {part.offset_s:.1f} s")


def _line(track: Track) -> str:
    from tunelens.cli.plain import printable

    rate = f" {track.bit_rate // 1000} kbit/s" if track.bit_rate else ""
    return f"{printable(str(track.path))} ({track.codec}{rate}, {track.sr} Hz, {track.duration_s:.1f} s)"
