"""`tunelens explain`: why a bundle says what it says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Force, Quiet, example, guarded
from tunelens.cli.plain import printable
from tunelens.cli.reading import Label, Read, read

if TYPE_CHECKING:
    from tunelens.data import Tracks
    from tunelens.explain import Importance
    from tunelens.models.bundles import Bundle
    from tunelens.services.explain import Explanation

NAME = "explain"
EPILOG = example(
    "tunelens explain genre song.mp3",
    "tunelens explain ./bundle song.mp3 --target jazz --begin 30 --end 60 -o why",
)
MOST_COLUMNS = 20
BAR_WIDTH = 20


@guarded
def run(
    bundle: Annotated[str, typer.Argument(metavar="BUNDLE", help="Name or folder of a bundle.")],
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="Audio file; a labelled table for a bundle trained on one.")
    ],
    target: Annotated[
        str | None, typer.Option("--target", help="Class or tag to explain. Default: the likeliest.")
    ] = None,
    begin: Annotated[
        float | None, typer.Option("--begin", min=0, help="Start at this second. Default: the middle 30 s.")
    ] = None,
    end: Annotated[float | None, typer.Option("--end", min=0, help="Stop at this second.")] = None,
    segments: Annotated[int, typer.Option("--segments", min=2, max=200, help="Parts in time.")] = 10,
    bands: Annotated[int, typer.Option("--bands", min=2, max=64, help="Parts in frequency.")] = 12,
    label: Label = None,
    more: Read = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the shuffles, for a table.")] = 0,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the picture and the sound. Default: here.")
    ] = Path(),
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Tell which seconds, bands and tags drove an answer, with a picture and a sound of what mattered.

    Of a table: which columns the bundle leans on.
    """
    from tunelens.models.bundles import Bundle, find_bundle
    from tunelens.services.explain import explain
    from tunelens.services.vectors import TABLE

    face = Face(as_json, quiet)
    loaded = Bundle.load(find_bundle(bundle))
    if loaded.input.name == TABLE:
        return _of_table(face, loaded, path, read(face, path, label=label, more=more), seed)
    found = explain(
        loaded,
        path,
        target=target,
        start_s=begin,
        end_s=end,
        n_segments=segments,
        n_bands=bands,
        out=out,
        force=force,
        progress=Bar(face.err),
    )
    face.result(path, found.to_dict(), lambda console: _draw(console, found))
    return 0


def _of_table(face: Face, loaded: Bundle, path: str, tracks: Tracks, seed: int) -> int:
    from dataclasses import asdict

    from tunelens.services.explain import explain_table

    found = explain_table(loaded, tracks, seed=seed)
    told = {"importances": [asdict(one) for one in found]}
    face.result(path, told, lambda console: _draw_table(console, found))
    return 0


def _draw(console: Console, found: Explanation) -> None:
    parts = found.attribution
    head = f"{found.target}: {parts.p:.2f}; of noise of the same colour: {parts.p_nothing:.2f}"
    console.print(escape(printable(head)))
    most = max(*abs(parts.segments), *abs(parts.bands), 1e-9)
    times = [f"{a + found.start_s:.1f}-{b + found.start_s:.1f} s" for a, b in pairwise(parts.edges_s)]
    bands = [f"{a:.0f}-{b:.0f} Hz" for a, b in pairwise(parts.edges_hz)]
    table = Table("part", "worth", "", box=None)
    for names, worths in ((times, parts.segments), (bands, parts.bands)):
        for name, worth in zip(names, worths, strict=True):
            table.add_row(name, f"{worth:+.3f}", _bar(float(worth), float(most)))
    console.print(table)
    if found.tags:
        tags = ", ".join(f"{tag.tag} {tag.there:.2f} (elsewhere {tag.elsewhere:.2f})" for tag in found.tags)
        console.print(escape(printable(f"heard where it mattered: {tags}")))
    for one in found.examples:
        console.print(escape(printable(f"like {one.id} ({one.label}, {one.similarity:.2f})")))
    for file in (found.picture, found.sound):
        if file is not None:
            console.print(printable(str(file)), markup=False)


def _bar(worth: float, most: float) -> str:
    colour = "blue" if worth >= 0 else "yellow"
    return f"[{colour}]{'█' * round(BAR_WIDTH * abs(worth) / most)}[/]"


def _draw_table(console: Console, found: list[Importance]) -> None:
    table = Table("column", "score lost when shuffled", "from", "to", "own weight")
    for one in found[:MOST_COLUMNS]:
        own = "" if one.weight is None else f"{one.weight:.3f}"
        table.add_row(
            escape(printable(one.feature)), f"{one.drop:.3f}", f"{one.low:.3f}", f"{one.high:.3f}", own
        )
    console.print(table)
