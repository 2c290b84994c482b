"""`tunelens probe`: what is in this file."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.base.errors import TunelensError
from tunelens.cli.face import AsJson, Face, example, guarded, worst
from tunelens.cli.plain import printable

NAME = "probe"
LONG = ("path", "lyrics")  # one is the title, the other is for --json
EPILOG = example("tunelens probe song.mp3", "tunelens probe --json *.flac")


@guarded
def run(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Audio or video files.")],
    as_json: AsJson = False,
) -> int:
    """Tell what is in a file, from its header: format, rate, channels, length, title."""
    from tunelens.audio import AudioInfo, probe

    face = Face(as_json)
    errors: list[TunelensError] = []
    for path in paths:
        try:
            info: AudioInfo = probe(path)
        except TunelensError as error:
            errors.append(error)
            face.failure(path, error)
        else:
            fields = info.to_dict()
            face.result(path, fields, lambda out, fields=fields: _draw(out, fields))  # type: ignore[misc]
    return worst(errors, len(paths))


def _draw(out: Console, fields: dict[str, object]) -> None:
    table = Table(title=escape(printable(str(fields["path"]))), show_header=False, title_justify="left")
    for name, value in fields.items():
        if name not in LONG and value not in (None, "", ()):
            table.add_row(name, escape(printable(str(value))))
    out.print(table)
