"""`tunelens list`: the tracks of the library."""

from __future__ import annotations

from typing import Annotated

import typer

from tunelens.cli.draw import draw_tracks
from tunelens.cli.face import AsJson, Face, LibraryFile, Where, example, guarded

NAME = "list"
EPILOG = example("tunelens list", 'tunelens list --where "genre:jazz tempo:90..110 -mood:sad"')


@guarded
def run(
    where: Where = "",
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most this many.")] = None,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Leave out this many first.")] = 0,
    failed: Annotated[
        bool, typer.Option("--failed", help="The files that could not be heard, and why.")
    ] = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """List the tracks of the library, all or those that match a filter."""
    from tunelens.library.store import Library

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        if failed:
            return _failed(face, catalogue)
        tracks = catalogue.tracks(where, limit=limit, offset=offset)
        total = catalogue.count(where)
    if as_json:
        for track in tracks:
            face.result(str(track.path), track.to_dict(), lambda _: None)
        return 0
    draw_tracks(face.out, tracks)
    face.say(f"{len(tracks)} of {total} tracks")
    return 0


def _failed(face: Face, catalogue: object) -> int:
    from tunelens.library.store import Library
    from tunelens.services.plan import error_of

    assert isinstance(catalogue, Library)
    failures = catalogue.failures()
    for path, failure in failures.items():
        face.failure(str(path), error_of(failure))
    face.say(f"{len(failures)} files could not be heard")
    return 0
