"""The progress bar: done, rate and time left, on stderr."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from tunelens.base.progress import EPOCHS


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed * 60:.0f}/min" if speed else "", style="dim")


class Bar:
    """Draws `tunelens.base.progress.Progress` with rich; without a terminal it stays silent."""

    def __init__(self, console: Console) -> None:
        self._rich = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[failed]}", style="red"),
            TextColumn("{task.fields[curve]}", style="dim"),
            console=console,
            disable=not console.is_terminal,
        )
        self._failed = 0

    def start(self, total: int, what: str) -> None:
        """Show an empty bar of `total` items."""
        self._failed, self._named = 0, what == EPOCHS
        self._rich.start()
        self._task = self._rich.add_task(what, total=total, failed="", curve="")

    def advance(self, item: str, ok: bool = True) -> None:
        """Move by one; failures are counted beside the bar, and the loss of a net in training is drawn."""
        self._failed += not ok
        failed = f"{self._failed} failed" if self._failed else ""
        self._rich.update(self._task, advance=1, failed=failed, curve=item if self._named else "")

    def finish(self) -> None:
        """Leave the bar as it stands."""
        self._rich.stop()
