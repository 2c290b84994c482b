"""`tunelens playlist`: playlists of the library, as lists, queries and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli import playlist_making
from tunelens.cli.face import SOME_FAILED, AsJson, Face, Force, LibraryFile, example, guarded, worst
from tunelens.cli.plain import printable
from tunelens.cli.playlist_tables import draw_playlists, draw_shown, length

if TYPE_CHECKING:
    from tunelens.services.playlists import Shown

app = typer.Typer(
    help="Playlists: by hand, by query, near a song, from mood to mood; M3U8, XSPF and JSPF.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the playlist.")]
Tracks = Annotated[
    list[str] | None,
    typer.Argument(metavar="TRACK...", help="Number, path, part of the title, or first digits of the hash."),
]
Also = Annotated[
    str | None, typer.Option("--where", "-w", help="Also what this filter finds now, say genre:jazz.")
]
About = Annotated[str | None, typer.Option("--description", help="What the playlist is about.")]


@app.command("list", epilog=example("tunelens playlist list"))
@guarded
def list_(library: LibraryFile = None, as_json: AsJson = False) -> int:
    """List the playlists of the library."""
    from tunelens.library.store import Library
    from tunelens.services.playlists import list_playlists

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        found = list_playlists(catalogue)
    if as_json:
        for playlist in found:
            face.result(playlist.name, playlist.to_dict(), lambda _: None)
        return 0
    draw_playlists(face.out, found)
    face.say(f"{len(found)} playlists")
    return 0


@app.command("show", epilog=example("tunelens playlist show evening"))
@guarded
def show(name: Name, library: LibraryFile = None, as_json: AsJson = False) -> int:
    """Show what a playlist holds; a smart one is asked now."""
    from tunelens.library.store import Library
    from tunelens.services import playlists as service

    with Library.open(library, create=False) as catalogue:
        found = service.show(catalogue, name)
    _tell(Face(as_json), found)
    return 0


@app.command(
    "create",
    epilog=example(
        'tunelens playlist create evening 17 "blue train"', "tunelens playlist create jazz -w genre:jazz"
    ),
)
@guarded
def create(
    name: Name,
    tracks: Tracks = None,
    where: Also = None,
    description: About = None,
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Make a playlist, empty or of tracks."""
    from tunelens.library.store import Library
    from tunelens.services import playlists as service

    with Library.open(library, create=False) as catalogue:
        made = service.create(
            catalogue, name, tracks or (), where=where, description=description, force=force
        )
    _tell(Face(as_json), made)
    return 0


@app.command(
    "add", epilog=example("tunelens playlist add evening 17 18", "tunelens playlist add evening 4 --at 1")
)
@guarded
def add(
    name: Name,
    tracks: Tracks = None,
    where: Also = None,
    at: Annotated[
        int | None, typer.Option("--at", min=1, help="Before this place. Default: the end.")
    ] = None,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Put tracks into a playlist."""
    from tunelens.library.store import Library
    from tunelens.services import playlists as service

    with Library.open(library, create=False) as catalogue:
        changed = service.add(catalogue, name, tracks or (), where=where, at=at)
    _tell(Face(as_json), changed)
    return 0


@app.command("remove", epilog=example("tunelens playlist remove evening 3 5..8"))
@guarded
def remove(
    name: Name,
    places: Annotated[list[str], typer.Argument(metavar="PLACE...", help="3, or 5..8, as `show` counts.")],
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Take places out of a playlist; the tracks stay in the library."""
    from tunelens.library.store import Library
    from tunelens.services import playlists as service

    with Library.open(library, create=False) as catalogue:
        changed = service.remove(catalogue, name, places)
    _tell(Face(as_json), changed)
    return 0


@app.command("delete", epilog=example("tunelens playlist delete evening"))
@guarded
def delete(name: Name, library: LibraryFile = None, as_json: AsJson = False) -> int:
    """Delete a playlist; the tracks stay in the library."""
    from tunelens.library.store import Library
    from tunelens.services import playlists as service

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        gone = service.delete(catalogue, name)
    face.result(gone.name, {"deleted": True, **gone.to_dict()}, lambda _: None)
    face.say(f"deleted {printable(gone.name)}")
    return 0


@app.command("export", epilog=example("tunelens playlist export evening -o lists/evening.m3u8"))
@guarded
def export(
    name: Name,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="File to write; .m3u8, .xspf or .jspf says in which format.")
    ],
    absolute: Annotated[
        bool, typer.Option("--absolute", help="Whole paths instead of those seen from the file.")
    ] = False,
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Write a playlist as M3U8, XSPF or JSPF, with paths relative to the file."""
    from tunelens.library.store import Library
    from tunelens.services import playlists as service

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        done = service.export(catalogue, name, out, absolute=absolute, force=force)
    face.result(name, done.to_dict(), lambda console: console.print(printable(str(out)), markup=False))
    face.say(f"{done.n_items} entries, {done.n_absent} of them not in the library")
    return 0


@app.command(
    "import",
    epilog=example(
        "tunelens playlist import lists/*.m3u8", "tunelens playlist import old.m3u --encoding gb18030"
    ),
)
@guarded
def import_(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help=".m3u, .m3u8, .xspf or .jspf files.")],
    name: Annotated[
        str | None, typer.Option("--name", help="What to call it. Default: its title, or the file's name.")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Of an M3U. Default: found out.")] = None,
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Read playlist files; entries that are not in the library are kept, and told with exit code 1."""
    from tunelens.library.store import Library
    from tunelens.services.playlists import Shown, import_files

    face = Face(as_json)
    errors, absent = [], 0
    with Library.open(library, create=False) as catalogue:
        for path, made in import_files(catalogue, paths, name=name, encoding=encoding, force=force):
            if not isinstance(made, Shown):
                errors.append(made)
                face.failure(str(path), made)
                continue
            _tell(face, made)
            absent += len(made.absent)
            if made.absent:
                lost = (printable(f"not in the library: {one.location or one.name}") for one in made.absent)
                face.say("\n".join(lost))
    return worst(errors, len(paths)) or (SOME_FAILED if absent else 0)


def _tell(face: Face, shown: Shown) -> None:
    face.result(shown.playlist.name, shown.to_dict(), lambda out: draw_shown(out, shown))
    absent = f", {len(shown.absent)} not in the library" if shown.absent else ""
    face.say(
        f"{printable(shown.playlist.name)}: {len(shown.items)} items, {length(shown.duration_s)}{absent}"
    )


playlist_making.register(app)
