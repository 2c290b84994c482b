"""Changes of tags as a coloured diff, and the batches that were written, for the terminal."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from tunelens.library.filetags.plan import Change
    from tunelens.services.tag import Batch, Tagged


def draw_plan(out: Console, tagged: Tagged) -> None:
    """Print one file: what goes, what comes, and why the rest is left out."""
    where = escape(printable(str(tagged.path).removeprefix(f"{Path.cwd()}{os.sep}")))
    if tagged.plan is None:
        out.print(f"[bold]{where}[/]  [green]restored[/]")
        return
    out.print(f"[bold]{where}[/]  [dim]{escape(tagged.plan.format)}[/]")
    for change in tagged.plan.changes:
        for line in _lines(change):
            out.print(line)


def _lines(change: Change) -> Iterator[str]:
    name = f"  {change.field:<7}"
    before, after = (escape(printable("; ".join(texts))) for texts in (change.before, change.after))
    sure = "" if change.confidence is None else f"  [dim]{int(change.confidence * 100 + 1e-9)}% sure[/]"
    if change.action == "write":
        if before:
            yield f"{name} [red]- {before}[/]"
        yield f"{name} [green]+ {after}[/]{sure}"
    elif change.action == "left out":
        yield f"{name} [yellow]  left out: {escape(printable(change.why))}[/]"
    else:
        yield f"{name} [dim]= {before}  {escape(printable(change.why))}[/]"


def draw_history(out: Console, batches: Iterable[Batch]) -> None:
    """Print one row per batch."""
    table = Table(box=None, pad_edge=False)
    for column in ("batch", "when (UTC)", "written", "undone", "open", "files"):
        table.add_column(column, overflow="fold")
    for batch in batches:
        numbers = (batch.count("written"), batch.count("undone"), batch.count("pending", "undoing"))
        names = [entry.path.name for entry in batch.entries]
        shown = ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
        when = batch.at.replace("T", " ").removesuffix("+00:00")
        table.add_row(str(batch.number), when, *map(str, numbers), escape(printable(shown)))
    out.print(table)
