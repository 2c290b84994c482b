"""Write docs/cli.md from the command line itself, so that the page cannot lag behind it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from tunelens.cli.app import app

PAGE = Path(__file__).with_name("cli.md")
HEAD = """# The command line

Results go to stdout, progress and messages to stderr. `--json` prints one object a line:
`{"ok": true, "path", "result"}` or `{"ok": false, "path", "error": {"code", "message", "hint"}}`.
Files are written whole or not at all; overwriting asks for `--force`. `tunelens --install-completion`
teaches your shell the verbs.

Exit codes: 0 all done; 1 finished, but some items failed; 2 usage; 3 input; 4 model or dependency missing;
130 interrupted. When not one item succeeded, the code is that of the first error.

This page is written by `make pages`; a test fails when it lags behind the program.

## Verbs
"""


def commands(command: Any, path: str = "tunelens") -> Iterator[tuple[str, Any]]:
    """Yield every verb with its full name."""
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from commands(child, f"{path} {name}")


def section(path: str, command: Any) -> str:
    """Return the Markdown of one verb."""
    words = [param.metavar or param.name.upper() for param in command.params if not name_of(param)]
    title = " ".join([path, *words])
    text = re.sub(r"\s*\n\s*", " ", command.help.strip())
    rows = [f"| `{name_of(param)}` | {param.help or ''} |" for param in command.params if name_of(param)]
    table = ["| option | meaning |", "| --- | --- |", *rows, ""] if rows else []
    examples = [line.strip() for line in command.epilog.splitlines() if line.strip().startswith("$")]
    return "\n".join([f"### `{title}`", "", text, "", *table, "```text", *examples, "```", ""])


def name_of(param: Any) -> str:
    """Return `--long, -s` of an option, or "" for an argument."""
    return ", ".join(name for name in param.opts if name.startswith("-"))


def render() -> str:
    """Return the whole page."""
    return HEAD + "\n" + "\n".join(section(*pair) for pair in commands(typer.main.get_command(app)))


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
