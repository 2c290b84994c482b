"""What all verbs share: options, where text goes, and how an error becomes an exit code.

Results go to stdout, progress and messages to stderr. ``--json`` prints one object a line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer
from rich.console import Console
from rich.markup import escape

from tunelens.base.errors import INTERRUPTED, DataError, QueryError, TunelensError
from tunelens.cli.caret import pointed
from tunelens.cli.plain import json_line, printable

P = ParamSpec("P")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of text.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only results and errors.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what exists.")]
LibraryFile = Annotated[
    Path | None,
    typer.Option("--library", "-l", help="Library file (SQLite). Default: the one in your data folder."),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 is one per core.")]
Where = Annotated[str, typer.Option("--where", "-w", help='Filter, say "genre:jazz tempo:90..110 key:Am".')]

SOME_FAILED = 1


@dataclass(frozen=True)
class Face:
    """Where one verb prints: results, messages, JSON."""

    as_json: bool = False
    quiet: bool = False

    @property
    def out(self) -> Console:
        """Results."""
        return Console(file=sys.stdout, soft_wrap=True, highlight=False)

    @property
    def err(self) -> Console:
        """Progress and messages."""
        return Console(file=sys.stderr, highlight=False, quiet=self.quiet)

    def say(self, text: str) -> None:
        """Tell a person something that is not a result."""
        if not self.as_json:
            self.err.print(text, markup=False, soft_wrap=True)

    def result(self, path: str, result: Mapping[str, Any], draw: Callable[[Console], None]) -> None:
        """Print one result: as an object under ``--json``, else as `draw` shows it."""
        if self.as_json:
            self._line({"ok": True, "path": path, "result": result})
        else:
            draw(self.out)

    def failure(self, path: str, error: TunelensError) -> None:
        """Print one failed input without stopping."""
        if self.as_json:
            self._line({"ok": False, "path": path, "error": error.to_dict()})
            return
        console = Console(file=sys.stderr, highlight=False)
        where = f"{printable(path)}: " if path and path not in error.message else ""
        console.print(f"[red]error:[/] {escape(where + printable(error.message))}", soft_wrap=True)
        if isinstance(error, QueryError):
            for line in pointed(error.query, error.position):
                console.print(f"  {escape(line)}", soft_wrap=True)
        if error.hint:
            console.print(f"  [dim]{escape(printable(error.hint))}[/]", soft_wrap=True)

    @staticmethod
    def _line(value: Mapping[str, Any]) -> None:
        sys.stdout.write(json_line(value) + "\n")
        sys.stdout.flush()


def worst(errors: Sequence[TunelensError], n_items: int) -> int:
    """Return the exit code of a batch: 0, 1 when some failed, the first error's when all did."""
    if not errors:
        return 0
    return errors[0].exit_code if len(errors) >= n_items else SOME_FAILED


def guarded(verb: Callable[P, int | None]) -> Callable[P, None]:
    """Turn what a verb returns or raises into the exit code that tells the truth."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = verb(*args, **kwargs)
        except TunelensError as error:
            Face(as_json=bool(kwargs.get("as_json"))).failure("", error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            Console(file=sys.stderr).print("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _say_no_more()
            raise typer.Exit(0) from None
        except OSError as error:
            _say_no_more()
            error_here = DataError(f"cannot write the results: {error.strerror or error}")
            Face().failure("", error_here)
            raise typer.Exit(error_here.exit_code) from None
        raise typer.Exit(code or 0)

    return run


def _say_no_more() -> None:
    """Nobody reads stdout any more, or its disk is full: what Python still wants to write goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def example(*lines: str) -> str:
    """Return the epilog of a verb's ``--help``."""
    return "\n\n".join(["Example:", *(f"  $ {line}" for line in lines)])
