"""The entry point: Ctrl-C is answered alike from the first import to the last word."""

from __future__ import annotations

import os
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

    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "r+", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()
