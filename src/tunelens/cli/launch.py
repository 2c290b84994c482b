"""The entry point: Ctrl-C is answered alike from the first import to the last word."""

from __future__ import annotations

import sys

from tunelens.base.errors import INTERRUPTED


def main() -> None:
    """Run the command line; the entry point of the installed `tunelens`."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run() -> None:
    from tunelens.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()
