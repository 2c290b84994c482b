"""`tunelens identify`: which songs of a library sound in a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, LibraryFile, Quiet, example, guarded, worst

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.base.errors import TunelensError
    from tunelens.services.identify import Identification, Sighting

NAME = "identify"
EPILOG = example("tunelens identify clip.wav", "tunelens identify --against music.db mix.mp3 --json")


@guarded
def run(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Excerpts, songs, mixes; folders.")],
    against: Annotated[
        Path | None,
        typer.Option("--against", help="Look in this library file, and list every interval that is known."),
    ] = None,
    speed: Annotated[
        float,
        typer.Option("--speed", help="Where nothing is found, try up to so many percent faster and slower."),
    ] = 5.0,
    least: Annotated[float, typer.Option("--least", help="Confidence from which a song counts.")] = 0.9,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Say which song of the library an excerpt of 5 seconds or more is, and from where in it.

    It may be noisy, recoded or a little faster. "Not in the library" is an answer. With --against every song
    in a long file is listed with its interval: what of it is known, and to whom.
    """
    from tunelens.library.store import Library
    from tunelens.services.identify import identify

    face = Face(as_json, quiet)
    with Library.open(against or library, create=False) as catalogue:
        found = identify(catalogue, paths, speed=speed, least=least, progress=Bar(face.err))
        return _tell(face, found, intervals=against is not None)


def _tell(face: Face, found: Iterable[Identification], *, intervals: bool) -> int:
    errors: list[TunelensError] = []
    n_items = 0
    for one in found:
        n_items += 1
        if one.error is not None:
            errors.append(one.error)
            face.failure(one.item, one.error)
            continue
        draw = _draw_intervals if intervals else _draw_answer
        face.result(one.item, one.to_dict(), lambda console, one=one, draw=draw: draw(console, one))  # type: ignore[misc]
    return worst(errors, n_items)


def _draw_answer(console: Console, one: Identification) -> None:
    from tunelens.cli.plain import printable

    if not one.sightings:
        console.print(f"{printable(one.item)}: not in the library", markup=False)
        return
    for sighting in one.sightings:
        console.print(f"{printable(one.item)}: {_told(sighting)}", markup=False)


def _told(one: Sighting) -> str:
    from tunelens.cli.plain import printable

    speed = f", {100 * (one.speed - 1):+.1f} % speed" if abs(one.speed - 1) > 0.002 else ""
    place = f"from {clock(one.position_s)} of {clock(one.track.duration_s)}"
    also = f", also in track {', '.join(map(str, one.also))}" if one.also else ""
    return f"{printable(one.track.name)} (track {one.track.id}){also}, {place}{speed}, {_sure(one)} sure"


def _sure(one: Sighting) -> str:
    return f"{one.confidence:.1%}" if one.confidence < 0.999 else "over 99.9%"


def _draw_intervals(console: Console, one: Identification) -> None:
    from rich.markup import escape
    from rich.table import Table

    from tunelens.cli.plain import printable

    share = one.matched_s / one.duration_s if one.duration_s else 0.0
    console.print(
        f"{printable(one.item)}: {clock(one.matched_s)} of {clock(one.duration_s)} known ({share:.0%})",
        markup=False,
    )
    table = Table(
        "from", "to", "length", "track", "song", "from second", "speed", "sure", box=None, pad_edge=False
    )
    for it in one.sightings:
        cells = [clock(it.start_s), clock(it.end_s), f"{it.end_s - it.start_s:.1f} s", str(it.track.id)]
        cells += [printable(it.track.name), f"{it.position_s:.1f}", f"{it.speed:.3f}", _sure(it)]
        table.add_row(*map(escape, cells))
    if one.sightings:
        console.print(table)


def clock(seconds: float) -> str:
    """Return seconds as 1:02:03.

    Examples
    --------
    >>> clock(62.4), clock(3723)
    ('1:02', '1:02:03')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
