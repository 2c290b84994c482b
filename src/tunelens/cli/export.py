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
EPILOG = example("tunelens export --format csv --out music.csv", "tunelens export -f spotify > features.json")


@guarded
def run(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write. Default: standard output.")
    ] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="csv, json, parquet or spotify.")] = "csv",
    where: Where = "",
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Write the library as CSV, JSON, Parquet, or in the fields of Spotify's audio-features API."""
    from tunelens.library.export import export
    from tunelens.library.store import Library

    face = Face(as_json)
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


def _pour(path: Path) -> None:
    with path.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.flush()
