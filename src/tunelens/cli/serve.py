"""`tunelens serve`: the API and the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tunelens.cli.face import Face, LibraryFile, Quiet, example, guarded

NAME = "serve"
EPILOG = example("tunelens serve", "tunelens serve --root ~/Music --port 9000")


@guarded
def run(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, help="Port; 0 takes one.")
    ] = 8765,
    root: Annotated[
        list[Path] | None, typer.Option("--root", help="A folder whose files may be named; repeatable.")
    ] = None,
    library: LibraryFile = None,
    quiet: Quiet = False,
) -> int:
    """Serve the library to programs and to people: an API, and a page to look, listen and correct."""
    import uvicorn

    from tunelens.api.app import create_app
    from tunelens.api.options import ServeOptions

    face = Face(quiet=quiet)
    options = ServeOptions(host=host, port=port, roots=tuple(root or ()), library=library)
    face.say(f"http://{host}:{port}")
    uvicorn.run(create_app(options), host=host, port=port, log_level="warning")
    return 0
