"""`tunelens chart`: charts of songs, from files and servers, and their sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.bar import Bar
from tunelens.cli.face import SOME_FAILED, AsJson, Face, Force, Quiet, example, guarded, worst
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.charts.chart import Chart
    from tunelens.charts.match import Matched
    from tunelens.services.charts import Reading

MOST_SHOWN = 50
"""Songs without a file that are listed; ``--json`` has all of them."""
MOST_NAMED = 3
"""Rows left out for one reason that are named; ``--json`` has all of them."""
app = typer.Typer(
    help="Charts of songs: read tables, JSON and any server that a TOML describes; fetch their sound.",
    no_args_is_help=True,
)
Source = Annotated[
    str,
    typer.Argument(metavar="CHART", help="A table, a JSON file, a saved chart, or a provider's .toml."),
]
Fields = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="FIELD=COLUMN", help="Which column (or JSON path) a field is."),
]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="What goes into a place {NAME} of a provider."),
]
Private = Annotated[
    bool, typer.Option("--allow-private", help="Also ask servers of this computer and its network.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Ask anew what was answered lately.")]
Unique = Annotated[bool, typer.Option("--unique", help="Of several rows with one id keep the first.")]
Top = Annotated[
    int | None, typer.Option("--top", metavar="N", help="Only so many songs, by rank if there are ranks.")
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many songs are shown.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Save the chart as JSON.")]


@app.command("sources", epilog=example("tunelens chart sources"))
@guarded
def sources(as_json: AsJson = False) -> int:
    """List what charts are read from."""
    from tunelens.services.charts import sources as known

    face = Face(as_json)
    for name, summary in known():
        if as_json:
            face.result(name, {"name": name, "summary": summary}, lambda _: None)
        else:
            face.out.print(f"{name:8}{summary}", markup=False)
    return 0


@app.command(
    "show",
    epilog=example("tunelens chart show hot.csv", "tunelens chart show 热歌榜.csv --field title=曲目"),
)
@guarded
def show(
    source: Source,
    field: Fields = None,
    values: Values = None,
    unique: Unique = False,
    top: Top = None,
    limit: Limit = 20,
    allow_private: Private = False,
    fresh: Fresh = False,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Show a chart: rank, title, creator, uses; with --json all of it."""
    face = Face(as_json, quiet)
    reading = _reading(field, values, allow_private, fresh, unique, top)
    chart = _open(face, source, reading)
    face.result(source, chart.to_dict(), lambda console: _draw(console, chart, limit))
    _save(face, chart, out, force)
    return _tell(face, chart)


@app.command(
    "fetch",
    epilog=example(
        "tunelens chart fetch provider.toml -o hot.json",
        "tunelens chart fetch provider.toml --set day=2021-03-05 --fresh -o hot.json --force",
    ),
)
@guarded
def fetch(
    source: Source,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where the chart goes, as JSON.")],
    field: Fields = None,
    values: Values = None,
    unique: Unique = False,
    top: Top = None,
    allow_private: Private = False,
    fresh: Fresh = False,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Read a chart, from a server or a file, and save it. A fetch that was stopped goes on where it was."""
    from tunelens.base.files import check_writable

    face = Face(as_json, quiet)
    check_writable(out, force=force)
    chart = _open(face, source, _reading(field, values, allow_private, fresh, unique, top))
    _save(face, chart, out, force)
    told = {"chart": str(out), "n_songs": len(chart), "n_dropped": len(chart.dropped), "notes": chart.notes}
    face.result(source, told, lambda console: console.print(printable(str(out)), markup=False))
    return _tell(face, chart)


@app.command(
    "download",
    epilog=example(
        "tunelens chart download hot.json --out audio/",
        "tunelens chart download hot.csv -o audio --field audio_url=链接 --per-second 1",
    ),
)
@guarded
def download(
    source: Source,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the files and manifest.csv go.")
    ],
    field: Fields = None,
    values: Values = None,
    top: Top = None,
    most_mb: Annotated[
        float | None, typer.Option("--most-mb", help="Largest file, megabytes. Default: 210.")
    ] = None,
    per_second: Annotated[
        float | None, typer.Option("--per-second", help="Requests a second, at most. Default: 2.")
    ] = None,
    retries: Annotated[
        int | None, typer.Option("--retries", help="How often what may pass is tried again. Default: 4.")
    ] = None,
    allow_private: Private = False,
    fresh: Fresh = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Fetch the sound of a chart as files named after the songs, with a manifest.

    What is there already is not fetched again. A song that fails stops nothing, and makes the exit code 1.
    """
    from tunelens.services.charts import get_audio, limits_of

    face = Face(as_json, quiet)
    limits = limits_of(most_mb=most_mb, per_second=per_second, retries=retries)
    chart = _open(face, source, _reading(field, values, allow_private, fresh, False, top))
    done = get_audio(chart, out, limits=limits, allow_private=allow_private, progress=Bar(face.err))
    face.result(
        source,
        done.to_dict(),
        lambda console: console.print(printable(str(done.manifest)), markup=False),
    )
    if not as_json:
        for name, error in done.errors:
            face.failure(name, error)
    face.say(f"{done.n_done} of {len(done.items)} songs are there, {done.n_kept} of them from before")
    return worst([error for _, error in done.errors], len(done.items))


@app.command("match", epilog=example("tunelens chart match hot.csv music/"))
@guarded
def match(
    source: Source,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the audio files are.")],
    field: Fields = None,
    values: Values = None,
    allow_private: Private = False,
    fresh: Fresh = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Find which file of a folder is which song; the exit code is 1 where a song has none."""
    from tunelens.services.charts import files_of

    face = Face(as_json, quiet)
    chart = _open(face, source, _reading(field, values, allow_private, fresh, True, None))
    found = files_of(chart, folder)
    face.result(source, found.to_dict(), lambda console: _draw_matched(console, found))
    n_songs, n_rest = len(found.pairs) + len(found.without_file), len(found.without_entry)
    face.say(f"{len(found.pairs)} of {n_songs} songs have a file; {n_rest} files are of no song")
    return SOME_FAILED if found.without_file else 0


def _draw_matched(console: Console, found: Matched) -> None:
    for pair in found.pairs:
        told = f"{pair.entry.name}  {pair.path}  ({pair.how})"
        console.print(printable(told), markup=False)
    for entry in found.without_file[:MOST_SHOWN]:
        console.print(printable(f"{entry.name}  -"), markup=False)


def _reading(
    field: list[str] | None,
    values: list[str] | None,
    allow_private: bool,
    fresh: bool,
    unique: bool,
    top: int | None,
) -> Reading:
    from tunelens.charts.columns import pairs_from
    from tunelens.services.charts import Reading

    return Reading(
        pairs_from(field or []), pairs_from(values or []), allow_private, fresh, unique=unique, top=top
    )


def _open(face: Face, source: str, reading: Reading) -> Chart:
    from tunelens.services.charts import open_chart

    return open_chart(source, reading, progress=Bar(face.err))


def _save(face: Face, chart: Chart, out: Path | None, force: bool) -> None:
    from tunelens.services.charts import save_chart

    if out is not None:
        face.say(f"chart: {printable(str(save_chart(chart, out, force=force)))}")


def _tell(face: Face, chart: Chart) -> int:
    for note in chart.notes:
        face.say(printable(note))
    for reason, items in _by_reason(chart).items():
        rest = f" and {len(items) - MOST_NAMED} more" if len(items) > MOST_NAMED else ""
        face.say(printable(f"left out, {reason}: {'; '.join(items[:MOST_NAMED])}{rest}"))
    face.say(f"{len(chart)} songs, {len(chart.dropped)} rows left out")
    return 0


def _by_reason(chart: Chart) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in chart.dropped:
        found.setdefault(one.reason, []).append(one.item)
    return found


def _draw(console: Console, chart: Chart, limit: int) -> None:
    from rich.markup import escape
    from rich.table import Table

    from tunelens.services.charts import chart_table

    told = chart_table(chart, limit)
    shown = [name for name in told.columns if any(cell not in {None, ""} for cell in told.column(name))]
    table = Table(box=None, pad_edge=False)
    for name in shown:
        is_text = name in {"title", "creator", "date"}
        width = int((0.4 if name == "title" else 0.3) * console.width)
        table.add_column(
            name, justify="left" if is_text else "right", no_wrap=True, overflow="ellipsis", max_width=width
        )
    for cells in zip(*(told.column(name) for name in shown), strict=True):
        table.add_row(*(escape(printable(_cell(cell))) for cell in cells))
    console.print(table)
    if told.note:
        console.print(told.note, markup=False)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{int(value) // 60}:{int(value) % 60:02d}"
    return f"{value:,}" if isinstance(value, int) else str(value)
