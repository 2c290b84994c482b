"""`tunelens select-features`: which features tell songs apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.bar import Bar
from tunelens.cli.face import SOME_FAILED, AsJson, Face, Force, Jobs, LibraryFile, Quiet, example, guarded
from tunelens.cli.plain import printable
from tunelens.cli.reading import Label, LabelKind, Read

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.base.table import Cell
    from tunelens.explore.selection import SelectionComparison
    from tunelens.services.selection import SelectionReport

NAME = "select-features"
EPILOG = example(
    "tunelens select-features music/ --save chosen.json --out report.html",
    "tunelens select-features songs.csv --method greedy,literature,all --splits 20 --seed 1",
    'tunelens select-features "library:genre:pop" --population 100 --generations 200 --json',
)


@guarded
def run(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Folder of sound, library or library:QUERY, dataset, chart with --audio, table of pairs.",
        ),
    ],
    methods: Annotated[
        str | None,
        typer.Option(
            "--method",
            "-m",
            help="Of ga, greedy, random, literature, all, with commas between; the first counts.",
        ),
    ] = None,
    audio: Annotated[
        Path | None, typer.Option("--audio", help="Folder with the sound of a chart; SOURCE is the chart.")
    ] = None,
    input: Annotated[
        str, typer.Option("--input", help="What is measured, say descriptors or mfcc+timbre.")
    ] = "waveform",
    population: Annotated[int, typer.Option("--population", min=4, help="Subsets that live at a time.")] = 60,
    generations: Annotated[int, typer.Option("--generations", min=1, help="Generations, at most.")] = 60,
    patience: Annotated[
        int, typer.Option("--patience", min=0, help="Stop after so many that found nothing better; 0 never.")
    ] = 20,
    crossover: Annotated[
        float, typer.Option("--crossover", min=0, max=1, help="Probability that two parents mix.")
    ] = 0.7,
    mutation: Annotated[
        float, typer.Option("--mutation", min=0, max=1, help="Probability that a child is changed.")
    ] = 0.7,
    draws: Annotated[int, typer.Option("--draws", min=1, help="Random subsets.")] = 200,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, help="Runs of ga on all songs; the best counts.")
    ] = 5,
    held_out: Annotated[
        float, typer.Option("--held-out", help="Share of the songs held out, above 0 and below 1.")
    ] = 0.5,
    splits: Annotated[
        int,
        typer.Option("--splits", min=0, help="Splits by song, and as many by artist; 0 holds nothing out."),
    ] = 10,
    clip_s: Annotated[
        float, typer.Option("--seconds", min=1, help="Length of each of the two clips.")
    ] = 15.0,
    label: Label = None,
    kind: LabelKind = None,
    more: Read = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Keep the chosen features as a file for --features.")
    ] = None,
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
    """Choose the features with which two clips of a song find each other among all clips.

    A genetic algorithm, beside greedy selection, random subsets, a list of the literature and all features,
    on the songs they were chosen on and on songs held out: choosing promises more than it keeps.
    """
    from tunelens.base.files import check_writable
    from tunelens.data.registry import options_from
    from tunelens.explore.selection import Genetic, SelectOptions
    from tunelens.services.findings import check_findings
    from tunelens.services.selection import SelectionOptions, select_features
    from tunelens.services.selection_report import save_selection_report

    face = Face(as_json, quiet)
    check_findings(out, lang=lang, force=force)
    if save is not None:
        check_writable(save, force=force)
    genetic = Genetic(population, generations, crossover, mutation, patience=patience)
    names = None if methods is None else tuple(one.strip() for one in methods.split(",") if one.strip())
    options = SelectionOptions(names, SelectOptions(genetic, draws), held_out, splits, seeds, seed)
    found = select_features(
        source,
        options=options,
        input=input,
        clip_s=clip_s,
        library=library,
        read=options_from(more or (), label=label, kind=kind),
        audio=audio,
        jobs=jobs,
        progress=Bar(face.err),
    )
    for path, error in found.paired.failures:
        face.failure(str(path), error)
    face.result(source, found.to_dict(), lambda console: _draw(console, found))
    for note in found.notes:
        face.say(f"mind: {printable(note)}")
    if out is not None:
        face.say(f"report: {printable(str(save_selection_report(found, out, lang=lang, force=force)))}")
    if save is not None:
        face.say(f"selection: {printable(str(found.keep(save, force=force)))}")
    return SOME_FAILED if found.paired.failures else 0


def _draw(console: Console, found: SelectionReport) -> None:
    from tunelens.services.selection_report import shown

    console.print(printable(found.summary()), markup=False)
    if found.compared is not None:
        head = ("held out by", "method", "features", "where chosen", "held out (95%)", "beside all (95%)", "")
        _draw_rows(console, "Clips that lose their twin, %", head, _compared(found.compared))
    for table in found.tables()[-2:]:
        _draw_rows(console, table.name, table.columns, [[shown(cell) for cell in row] for row in table.rows])
    for reason, count in found.paired.reasons().items():
        console.print(f"left out {count}: {printable(reason)}", markup=False)
    console.print(f"chosen: {printable(', '.join(found.chosen.names)) or 'none'}", markup=False)


def _compared(compared: SelectionComparison) -> list[list[str]]:
    """Return the rows of the comparison, each figure with its interval."""
    from tunelens.services.selection_report import shown

    rows = []
    for by, method, size, chosen_on, *figures, verdict in compared.table().rows:
        held, beside = figures[:3], figures[3:]
        rows.append(
            [*map(shown, (by, method, size, chosen_on)), _range(held), _range(beside), shown(verdict)]
        )
    return rows


def _range(figures: Sequence[Cell]) -> str:
    from tunelens.services.selection_report import shown

    value, low, high = map(shown, figures)
    return f"{value} ({low} to {high})" if low else value


def _draw_rows(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    console.print(f"\n[bold]{escape(title)}[/]")
    table = Table(box=None, pad_edge=False)
    for i, name in enumerate(columns):
        is_text = any(row[i][:1].isalpha() or row[i] == "✓" for row in rows)
        table.add_column(escape(printable(name)), justify="left" if is_text else "right")
    for row in rows:
        table.add_row(*(escape(printable(cell)) for cell in row))
    console.print(table)
