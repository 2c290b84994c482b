"""`tunelens contrast`: what sets one collection of songs apart from another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.bar import Bar
from tunelens.cli.face import SOME_FAILED, AsJson, Face, Force, Jobs, LibraryFile, Quiet, example, guarded
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from tunelens.explore.contrast import Contrast, Effect
    from tunelens.services.contrast import ContrastReport

NAME = "contrast"
EPILOG = example(
    "tunelens contrast hits.csv others.csv --out report.html",
    'tunelens contrast "library:year:1990..1999" "library:year:2010..2019"',
    "tunelens contrast songs.csv --by country --lang zh --out 对比.html",
    "tunelens contrast songs.csv --by year:2000..2009,2010..2019 --json",
)
MOST_SHARES = 8
_BAR, _WIDEST = 8, 200


@guarded
def run(
    a: Annotated[
        str,
        typer.Argument(
            metavar="A", help="library:QUERY, a folder of sound, or a table with features; + joins several."
        ),
    ],
    b: Annotated[str | None, typer.Argument(metavar="[B]", help="What A is compared with.")] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", help="Split A instead: a column, or column:x,y; year:2000..2009,2010..2019, genre, ..."
        ),
    ] = None,
    names: Annotated[
        str | None, typer.Option("--names", help="What to call A and B, with a comma between.")
    ] = None,
    features: Annotated[
        str,
        typer.Option(
            "--features", help="descriptors, waveform, pooled, tags, embedding, names, or a .json of names."
        ),
    ] = "descriptors",
    facts: Annotated[
        str | None, typer.Option("--shares", help="Columns whose shares are compared, with commas between.")
    ] = None,
    correction: Annotated[
        str, typer.Option("--correction", help="Of p for the number of tests: bh, holm or none.")
    ] = "bh",
    level: Annotated[float, typer.Option("--level", help="q under which a difference is claimed.")] = 0.05,
    draws: Annotated[int, typer.Option("--draws", min=100, help="Draws behind each interval.")] = 1000,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Report: .html, .md, .json, .csv, .png or .svg.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="Of the report: en or zh.")] = "en",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all that is drawn.")] = 0,
    library: LibraryFile = None,
    force: Force = False,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Compare two collections feature by feature: size of the difference, interval, corrected test.

    Intervals and tests go by artists, not by songs. Nothing is claimed unless q is under the level, and what
    differs only slightly is called so.
    """
    from tunelens.services.contrast import contrasts
    from tunelens.services.findings import check_findings, save_findings

    face = Face(as_json, quiet)
    check_findings(out, lang=lang, force=force)
    found = contrasts(
        a,
        b,
        by=by,
        names=_words(names) or (),
        features=features,
        facts=_words(facts),
        n_boot=draws,
        correction=correction,
        level=level,
        seed=seed,
        library=library,
        jobs=jobs,
        progress=Bar(face.err),
    )
    if out is not None:  # first: whoever reads the table may stop reading
        save_findings(found, out, lang=lang, force=force)
    for path, error in found.failed:
        face.failure(str(path), error)
    face.result(a if b is None else f"{a} {b}", found.to_dict(), lambda console: _draw(console, found))
    for note in found.notes:
        face.say(f"mind: {printable(note)}")
    if out is not None:
        face.say(f"report: {printable(str(out))}")
    return SOME_FAILED if found.failed else 0


def _words(text: str | None) -> list[str] | None:
    return None if text is None else [one.strip() for one in text.split(",") if one.strip()]


def _draw(out: Console, found: ContrastReport) -> None:
    for i, one in enumerate(found.contrasts):
        if i:
            out.print()
        _contrast(out, one)


def _contrast(out: Console, one: Contrast) -> None:
    sides = (
        f"{one.a} ({one.n_a:,} songs, {one.groups_a:,} artists) and {one.b} ({one.n_b:,}, {one.groups_b:,})"
    )
    out.print(printable(sides), markup=False)
    _print(out, _table(one.effects, one))
    for fact, rows in one.shares.items():
        out.print()
        first = rows[:MOST_SHARES]
        _print(out, _table(first, one, fact))
        if len(rows) > len(first):
            out.print(f"and {len(rows) - len(first)} more, in --json and --out", markup=False)
    out.print(printable(one.summary()), markup=False)


def _print(out: Console, table: Table) -> None:
    """Print a table whose rows stay one line each, wider than the terminal if they must be."""
    from rich.console import Console

    Console(file=out.file, width=_WIDEST, soft_wrap=True, highlight=False).print(table)


def _table(effects: tuple[Effect, ...], one: Contrast, fact: str = "") -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(escape(printable(fact or "feature")), no_wrap=True, overflow="ellipsis", max_width=28)
    for side in (one.a, one.b):
        name = escape(printable(side))
        table.add_column(name, justify="right", no_wrap=True, overflow="ellipsis", max_width=14)
    for name in ("delta", "95% interval", "", "q"):
        table.add_column(name, justify="left" if name == "" else "right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for effect in effects:
        told = effect.difference
        means = [_mean(value, bool(fact)) for value in (effect.mean_a, effect.mean_b)]
        interval = f"{told.low:+.2f} to {told.high:+.2f}"
        table.add_row(
            escape(printable(effect.feature)), *means, f"{told.delta:+.2f}", interval, bar(told.delta),
            f"{effect.q:.2g}", effect.verdict,
        )  # fmt: skip
    return table


def _mean(value: float, is_share: bool) -> str:
    return f"{value:.1%}" if is_share else f"{value:,.4g}"


def bar(delta: float) -> str:
    """Return a bar to the left or to the right of a middle line.

    Examples
    --------
    >>> bar(0.5), bar(-0.25), bar(0.01)
    ('        │████    ', '      ██│        ', '        │        ')
    """
    halves = round(min(1.0, abs(delta)) * 2 * _BAR)
    full = "█" * (halves // 2)
    if delta >= 0:
        return " " * _BAR + "│" + (full + "▌" * (halves % 2)).ljust(_BAR)
    return ("▐" * (halves % 2) + full).rjust(_BAR) + "│" + " " * _BAR
