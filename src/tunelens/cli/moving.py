"""`tunelens import`: moving in from other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from tunelens.cli.face import AsJson, Face, LibraryFile, example, guarded
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from tunelens.library.exchange.told import MoveReport

app = typer.Typer(
    help="Genres, ratings and playlists from beets, Subsonic servers and names of folders.",
    no_args_is_help=True,
)
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Keep nothing, only tell.")]
Listener = Annotated[str, typer.Option("--listener", help="Whose ratings and plays. Default: the owner's.")]
MOST_SHOWN = 10


@app.command(
    "beets",
    epilog=example(
        "tunelens import beets ~/.config/beets/library.db --dry-run",
        "tunelens import beets ~/.config/beets/config.yaml",
    ),
)
@guarded
def beets(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="beets' library.db, or its config.yaml.")],
    directory: Annotated[
        Path | None, typer.Option("--directory", help="beets' music folder. Default: as config.yaml says.")
    ] = None,
    listener: Listener = "",
    dry_run: DryRun = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Take genres, ratings, plays and skips from a library of beets; doing it again changes nothing."""
    from tunelens.library.store import Library
    from tunelens.services.exchange import from_beets

    with Library.open(library, create=False) as catalogue:
        report = from_beets(catalogue, file, directory=directory, listener=listener, dry_run=dry_run)
    return _tell(Face(as_json), str(file), report)


@app.command(
    "subsonic",
    epilog=example("tunelens import subsonic starred.json playlists/", "tunelens import subsonic all.xml -n"),
)
@guarded
def subsonic(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Saved responses, JSON or XML, or folders of them."),
    ],
    listener: Listener = "",
    dry_run: DryRun = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Take genres, likes, ratings, plays and playlists from what a Subsonic server answered."""
    from tunelens.library.store import Library
    from tunelens.services.exchange import from_subsonic

    with Library.open(library, create=False) as catalogue:
        report = from_subsonic(catalogue, files, listener=listener, dry_run=dry_run)
    return _tell(Face(as_json), str(files[0]), report)


@app.command(
    "folders",
    epilog=example(
        "tunelens import folders ~/Music",
        'tunelens import folders ~/Music --pattern "{genre}/{artist} - {album}/{ignore} {title}" --dry-run',
    ),
)
@guarded
def folders(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the pattern begins.")],
    pattern: Annotated[
        str,
        typer.Option("--pattern", help="Names from there down: {genre} {artist} {album} {title} {ignore}."),
    ] = "{genre}/{artist}/{album}",
    dry_run: DryRun = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Take genre, artist and album from names of folders; what a file says of itself stays."""
    from tunelens.library.store import Library
    from tunelens.services.exchange import from_folders

    with Library.open(library, create=False) as catalogue:
        report = from_folders(catalogue, folder, pattern=pattern, dry_run=dry_run)
    return _tell(Face(as_json), str(folder), report)


def _tell(face: Face, path: str, report: MoveReport) -> int:
    face.result(path, report.to_dict(), lambda out: _draw(out, report))
    if report.dry_run:
        face.say("dry run: nothing was kept")
    return 0


def _draw(out: Console, report: MoveReport) -> None:
    for line in _lines(report):
        out.print(printable(line), markup=False)


def _lines(report: MoveReport) -> list[str]:
    events = report.events
    lines = [
        f"{report.source}: {report.found} songs found, {report.matched} are here, "
        f"{report.unmatched} are not, {report.ambiguous} could be several",
        f"  genres: {report.genres_new} tracks new, {report.genres_known} known; "
        f"{report.fields_filled} tracks filled in",
        f"  ratings, plays and likes: {events.new} new, {events.changed} changed, {events.known} known",
    ]
    for one in report.playlists:
        lines.append(f"  playlist {one.name!r}: {one.state}, {one.n_matched} of {one.n_items} songs are here")
    lines += [f"  {n} dropped: {reason}" for reason, n in report.dropped.items()]
    shown = report.examples[:MOST_SHOWN]
    lines += [f"    {fault.where}: {fault.reason}" for fault in shown]
    return lines
