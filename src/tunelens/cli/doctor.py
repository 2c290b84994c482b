"""`tunelens doctor`: is everything here that is needed?"""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.face import AsJson, Face, example, guarded
from tunelens.cli.plain import printable

NAME = "doctor"
EPILOG = example("tunelens doctor", "tunelens doctor --json")

_MARK = {True: "[green]ok[/]", False: "[red]missing[/]", None: "[yellow]absent[/]"}


@guarded
def run(as_json: AsJson = False) -> int:
    """Check the environment: versions, decoders, models, fonts, library and settings.

    Exit code 4 when something that is needed is missing; what is merely optional is told, not counted.
    """
    from tunelens.services.doctor import examine

    health = examine()

    def draw(out: Console) -> None:
        table = Table("what", "state", "detail")
        for check in health.checks:
            table.add_row(escape(check.name), _MARK[check.ok], escape(printable(check.detail)))
        out.print(table)

    Face(as_json).result("", health.to_dict(), draw)
    return 0 if health.ok else 4
