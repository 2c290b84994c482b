"""`tunelens export`: the library for other programs."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tunelens.cli.face import AsJson, Face, Force, LibraryFile, Where, example, guarded
from tunelens.cli.plain import printable

NAME = "export"
EPILOG = example(
    "tunelens export --format csv --out music.csv",
    "tunelens export -f spotify > features.json",
    "tunelens export --whole --out my-library",
)


@guarded
def run(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write. Default: standard output.")
    ] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="csv, json, parquet or spotify.")] = "csv",
    where: Where = "",
    whole: Annotated[
        bool, typer.Option("--whole", help="Everything, as a folder of Parquet and JSON with a manifest.")
    ] = False,
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Write the library as CSV, JSON, Parquet, or in the fields of Spotify's audio-features API."""
    from tunelens.library.export import export
    from tunelens.library.store import Library

    face = Face(as_json)
    if whole:
        return _whole(face, out, where, library, force)
    with Library.open(library, create=False) as catalogue, tempfile.TemporaryDirectory() as folder:
        target = out or Path(folder) / "export"
        count = export(catalogue, target, format=format, where=where, force=force)
        if out is None:
            _pour(target)
    if out is not None:
        result = {"tracks": count, "format": format}
        face.result(str(out), result, lambda console: console.print(printable(str(out)), markup=False))
    face.say(f"{count} tracks")
    return 0


def _whole(face: Face, out: Path | None, where: str, library: Path | None, force: bool) -> int:
    from tunelens.base.errors import ParameterError
    from tunelens.library.exchange.whole import export_whole
    from tunelens.library.store import Library

    if out is None or where:
        raise ParameterError("--whole writes everything to a folder", hint="give --out FOLDER and no --where")
    with Library.open(library, create=False) as catalogue:
        told = export_whole(catalogue, out, force=force)
    face.result(str(out), told.to_dict(), lambda console: console.print(printable(str(out)), markup=False))
    face.say(f"{told.rows['tracks.parquet']} tracks, {told.size_bytes / 1e6:.1f} MB")
    return 0


def _pour(path: Path) -> None:
    with path.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.flush()
