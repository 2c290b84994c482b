"""`tunelens map`: songs as a map that plays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from tunelens.cli.bar import Bar
from tunelens.cli.face import (
    SOME_FAILED,
    AsJson,
    Face,
    Force,
    Jobs,
    LibraryFile,
    Quiet,
    example,
    guarded,
)
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from tunelens.services.map import MapReport

NAME = "map"
EPILOG = example(
    "tunelens map",
    "tunelens map genre:jazz --colour mood --snippets 40 --out jazz.html",
    "tunelens map songs.csv --projection pca --colour year --lang zh --out 地图.html",
    "tunelens map music/ --colour cluster --out map.png",
)


@guarded
def run(
    source: Annotated[
        str,
        typer.Argument(
            metavar="[QUERY|SOURCE]",
            help="A query of the library, a folder of audio, or a table with features. Default: the library.",
        ),
    ] = "library",
    out: Annotated[
        Path, typer.Option("--out", "-o", help="What to write: .html plays; .png and .svg are pictures.")
    ] = Path("map.html"),
    colour: Annotated[
        str | None,
        typer.Option("--colour", "--color", "-c", help="genre, mood, cluster, year, or any feature or fact."),
    ] = None,
    projection: Annotated[
        str | None,
        typer.Option("--projection", "-p", help="pca, umap or tsne. Default: umap if installed, else tsne."),
    ] = None,
    features: Annotated[
        str,
        typer.Option(
            "--features", help="descriptors, tags, embedding, waveform, pooled, or names with commas."
        ),
    ] = "descriptors",
    bundle: Annotated[
        str | None, typer.Option("--bundle", "-b", help="Colour also by what this bundle says of each file.")
    ] = None,
    snippets: Annotated[
        int, typer.Option("--snippets", help="Hold 12 seconds of so many songs, about 80 kB each.")
    ] = 0,
    title: Annotated[str | None, typer.Option("--title", help="Heading of the map.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="What the map speaks: en or zh.")] = "en",
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same map.")] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Lay the songs out anew, and not where they were the last time.")
    ] = False,
    library: LibraryFile = None,
    jobs: Jobs = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Draw songs as a map: near each other where they are alike. One page that plays, and loads nothing.

    Songs that join later are put among the others, which stay where they were.
    """
    from tunelens.services.map_sources import MapOptions, map_source

    face = Face(as_json, quiet)
    options = MapOptions(
        features=features, colour=colour, projection=projection, bundle=bundle, snippets=snippets,
        title=title, language=lang, seed=seed, fresh=fresh,
    )  # fmt: skip
    found = map_source(source, out, options, library=library, jobs=jobs, force=force, progress=Bar(face.err))
    for path, error in found.failures:
        face.failure(str(path), error)
    face.result(str(found.path), found.to_dict(), lambda console: _draw(console, found))
    for note in found.notes:
        face.say(printable(note))
    face.say(_summary(found))
    return SOME_FAILED if found.failures else 0


def _draw(out: Console, found: MapReport) -> None:
    out.print(printable(str(found.path)), markup=False)


def _summary(found: MapReport) -> str:
    trust = "" if found.trust is None else f", trustworthiness {found.trust:.2f}"
    snippets = f", {found.n_snippets} snippets" if found.n_snippets else ""
    size = f"{found.n_bytes / 1e6:.1f} MB" if found.n_bytes >= 1e5 else f"{found.n_bytes / 1e3:.0f} kB"
    return (
        f"{found.n_songs:,} songs by {found.projection}{trust}, coloured by {found.colour}{snippets}, {size}"
    )
