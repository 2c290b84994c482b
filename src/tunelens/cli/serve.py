"""`tunelens serve`: the API and the page."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.base.errors import INTERRUPTED, ParameterError
from tunelens.cli.face import AsJson, Face, LibraryFile, Quiet, example, guarded

if TYPE_CHECKING:
    from tunelens.api.keys import Keys

NAME = "serve"
EPILOG = example(
    "tunelens serve --root ~/Music",
    "tunelens serve --users users.txt --add-user anna",
    "tunelens serve --host 0.0.0.0 --users users.txt --root /music --no-open",
)
MEGABYTE = 2**20


@guarded
def run(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; other machines reach any but this one.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, help="Port; 0 takes a free one.")
    ] = 8765,
    root: Annotated[
        list[Path] | None,
        typer.Option(
            "--root",
            help="A folder whose files callers may name; several may be given. Nothing else is read.",
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            envvar="TUNELENS_TOKEN",
            show_envvar=True,
            help="What callers must show; needed beyond this machine.",
        ),
    ] = None,
    users: Annotated[
        Path | None,
        typer.Option("--users", help="File of users, each with a token that is kept as its hash."),
    ] = None,
    add_user: Annotated[
        str | None,
        typer.Option("--add-user", metavar="NAME", help="Add a user to --users, print the token, and end."),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option("--allow-origin", metavar="SITE", help="A site whose pages may call; none by default."),
    ] = None,
    max_upload: Annotated[
        int, typer.Option("--max-upload", min=1, max=1_000_000, help="Largest file that is taken, MB.")
    ] = 256,
    max_duration: Annotated[
        float, typer.Option("--max-duration", min=0.01, help="Longest sound that is taken, hours.")
    ] = 4.0,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Serve the page too.")] = True,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Serve the library to programs and to people: an API, and a page to look, listen and correct.

    Only this machine is answered unless --host says otherwise, and then only who shows a token. Ctrl-C ends
    it; jobs that run go on at the next start.
    """
    from tunelens.api.options import ServeOptions
    from tunelens.api.server import serve

    face = Face(as_json, quiet)
    if add_user is not None:
        return _add(face, users, add_user)
    options = ServeOptions(
        host=host,
        port=port,
        roots=tuple(root or ()),
        library=library,
        keys=_keys(token, users),
        allow_origins=tuple(allow_origin or ()),
        page=page,
        max_upload_bytes=max_upload * MEGABYTE,
        max_duration_s=max_duration * 3600,
    )
    ended_by = serve(options, lambda address: _tell(face, address, opens=page and not no_open))
    return INTERRUPTED if ended_by == signal.SIGINT else 0


def _keys(token: str | None, users: Path | None) -> Keys:
    from tunelens.api.keys import Keys

    if token is not None and users is not None:
        raise ParameterError("--token and --users were given together", hint="choose one of them")
    if users is not None:
        return Keys.of_file(users)
    return Keys.of_token(token) if token is not None else Keys()


def _add(face: Face, users: Path | None, name: str) -> int:
    from tunelens.api.keys import add_user

    if users is None:
        raise ParameterError("--add-user needs a file", hint="name it with --users FILE")
    token = add_user(users, name)
    face.result(name, {"token": token}, lambda console: console.print(token, markup=False))
    face.say(f"this is the token of {name}; it is told once and kept nowhere")
    return 0


def _tell(face: Face, address: str, *, opens: bool) -> None:
    face.result(address, {"address": address}, lambda console: console.print(address, markup=False))
    sys.stdout.flush()
    face.say("Ctrl-C ends it")
    if opens and _has_screen():
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _has_screen() -> bool:
    """Where there is no screen a browser would take the terminal, or fail."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
