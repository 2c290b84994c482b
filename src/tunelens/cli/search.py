"""`tunelens search`: the tracks that a query finds, and why."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from tunelens.cli.face import AsJson, Face, LibraryFile, example, guarded

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.library.facets import Facet
    from tunelens.services.search import Found, Hit

NAME = "search"
EPILOG = example(
    "tunelens search genre:jazz tempo:90..110 --sort -year",
    "tunelens search '\"blue moon\"' -mood:sad --json",
    "tunelens search 'mood:calm energy:<0.4' --facets genre,key,decade",
    "tunelens search artist:björk -0 | xargs -0 mpv",
)
TABLE_ROWS = 50
COLUMNS = ("id", "title", "year", "length", "BPM", "key")
SHOWN = ("title", "artist")
TITLE_SHARE = 0.4
MOST_MATCHES = 3
MOST_TAGS = 3
BAR = 20
_NOT_WANTED = re.compile(r'-(?:[A-Za-z_]{2,}[:：<>=]|[(（"“])')
_AFTER = "\nA word that is not wanted stands after --, say: tunelens search -- moon -live"


class Command(TyperCommand):
    """Takes ``-mood:sad`` for what it is in a query, and no cluster of options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; a blank before it makes a term out of what looks like an option."""
        try:
            return super().parse_args(ctx, [f" {arg}" if _NOT_WANTED.match(arg) else arg for arg in args])
        except Exception as error:
            if hasattr(error, "possibilities"):  # of options; typer has no public name for this error
                error.message += _AFTER  # type: ignore[attr-defined]
            raise


@guarded
def run(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUERY...",
            help="What to find; -mood:sad is not wanted. Put -- before a word that begins with a minus.",
            show_default=False,
        ),
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", help='Order, say "-year,tempo", "relevance" or "random".')
    ] = "",
    seed: Annotated[int, typer.Option("--seed", help="Which random order.")] = 0,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", min=1, help=f"At most this many; {TABLE_ROWS} in a table, else all."),
    ] = None,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Leave out this many first.")] = 0,
    facets: Annotated[
        str, typer.Option("--facets", help="Count instead: genre,mood,key,year,decade,artist,...")
    ] = "",
    paths: Annotated[bool, typer.Option("--paths", help="Only the paths of the files, one a line.")] = False,
    null: Annotated[
        bool, typer.Option("--null", "-0", help="Paths with a NUL after each, for xargs -0.")
    ] = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Find tracks by words, tags, numbers, dates and what listeners said; docs/search.md has the language."""
    from tunelens.library.store import Library
    from tunelens.services.search import count, search

    face = Face(as_json)
    text = " ".join(query or ())
    with Library.open(library, create=False) as catalogue:
        if facets:
            counts = count(catalogue, text, [name.strip() for name in facets.split(",")])
            face.result("", counts.to_dict(), lambda out: _draw_counts(out, list(counts.facets.values())))
            face.say(f"{counts.total} tracks")
            return 0
        bare = paths or null
        shown = TABLE_ROWS if limit is None and not (bare or as_json) else limit
        found = search(catalogue, text, sort=sort, seed=seed, limit=shown, offset=offset, why=not bare)
    if bare:
        _write_paths(found, b"\0" if null else b"\n")
        return 0
    _show(face, found)
    return 0


def _show(face: Face, found: Found) -> None:
    for hit in found.hits if face.as_json else ():
        face.result(str(hit.track.path), hit.to_dict(), lambda _: None)
    if face.as_json:
        return
    if found.hits:
        _draw(face.out, found)
    last = found.offset + len(found.hits)
    more = f"; --offset {last} shows more" if found.hits and last < found.total else ""
    face.say(f"{len(found.hits)} of {found.total} tracks{more}")


def _write_paths(found: Found, end: bytes) -> None:
    """Write names as the file system has them, whatever bytes they are."""
    sys.stdout.flush()
    for hit in found.hits:
        sys.stdout.buffer.write(os.fsencode(hit.track.path) + end)
    sys.stdout.buffer.flush()


def _draw(out: Console, found: Found) -> None:
    from rich.markup import escape
    from rich.table import Table

    from tunelens.cli.plain import printable

    why = any(hit.matched for hit in found.hits)
    rows = [[*_facts(hit), _matched(hit) if why else _tags(hit)] for hit in found.hits]
    table = Table(box=None, pad_edge=False)
    for name, cells in zip(COLUMNS, zip(*rows, strict=True), strict=False):
        least = max(map(len, (name, *cells)))
        table.add_column(name, justify="left" if name == "title" else "right", no_wrap=True, min_width=least)
    table.columns[1].min_width, table.columns[1].max_width = None, int(TITLE_SHARE * out.width)
    table.add_column("matched" if why else "tags", no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*(escape(printable(cell)) for cell in row))
    out.print(table)


def _facts(hit: Hit) -> list[str]:
    from tunelens.library.facts import minutes

    track = hit.track
    tempo = "-" if track.tempo_bpm is None else f"{track.tempo_bpm:.0f}"
    key = f"{track.tonic} {track.mode[:3]}" if track.tonic and track.mode else "-"
    return [str(track.id), track.name, str(track.year or "-"), minutes(track.duration_s), tempo, key]


def _tags(hit: Hit) -> str:
    return ", ".join(list(dict.fromkeys(tag.tag for tag in hit.track.tags if tag.likely))[:MOST_TAGS])


def _matched(hit: Hit) -> str:
    """Return what matched: named where the table shows it; a path only where nothing else did."""
    told = [
        match.field if match.field in SHOWN else f"{match.field}: {match.text}"
        for match in hit.matched
        if match.field != "path"
    ]
    return "; ".join(list(dict.fromkeys(told))[:MOST_MATCHES]) or ("path" if hit.matched else "")


def _draw_counts(out: Console, facets: list[Facet]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from tunelens.cli.plain import printable

    for facet in facets:
        most = max((count.n_tracks for count in facet.counts), default=1)
        table = Table(box=None, pad_edge=False)
        table.add_column(facet.name, min_width=20, overflow="fold")
        table.add_column("tracks", justify="right")
        table.add_column("")
        for count in facet.counts:
            bar = "█" * max(1, round(BAR * count.n_tracks / most))
            table.add_row(escape(printable(count.value)), str(count.n_tracks), bar)
        left = facet.n_values - len(facet.counts)
        if left > 0:
            table.add_row(f"and {left} more", "", "")
        out.print(table)
