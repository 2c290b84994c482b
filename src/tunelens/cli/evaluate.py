"""`tunelens evaluate`: how good a model is, honestly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Force, Jobs, Quiet, example, guarded
from tunelens.cli.fetching import fetch_missing
from tunelens.cli.plain import printable
from tunelens.cli.reading import Dataset, Label, LabelKind, Read, read

if TYPE_CHECKING:
    from tunelens.base.errors import TunelensError
    from tunelens.data.tracks import Tracks
    from tunelens.models.recipe import Recipe
    from tunelens.services.evaluate import EvaluateOptions, Evaluation
    from tunelens.services.evaluation_report import Table as Cells

NAME = "evaluate"
MOST_COLUMNS = 240
EPILOG = example(
    "tunelens evaluate music/ --model svm --beside-random",
    "tunelens evaluate songs.csv --model forest --label genre --group artist --out report.html",
)

InputName = Annotated[
    str | None, typer.Option("--input", "-i", help="What the model is given, say embedding or mfcc+tags.")
]
Group = Annotated[
    str | None, typer.Option("--group", help="What keeps rows on one side of a split, say artist.")
]
ProtocolName = Annotated[
    str | None, typer.Option("--protocol", help="How to judge; default: the most honest way.")
]
Folds = Annotated[int, typer.Option("--folds", help="Parts in which the data is judged.")]
Seeds = Annotated[int, typer.Option("--seeds", min=1, help="How often all is drawn anew; figures are means.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The first seed.")]
Balance = Annotated[str, typer.Option("--balance", help="What is done about rare classes.")]
Augment = Annotated[str, typer.Option("--augment", help="Changed copies to train on, say pitch+noise.")]
Copies = Annotated[int, typer.Option("--copies", help="Changed copies of each clip; for --augment.")]
Tune = Annotated[int, typer.Option("--tune", help="Trials of a search, inside the training folds.")]
NoClusters = Annotated[
    bool, typer.Option("--no-clusters", help="Do not look for copies of one recording; sooner done.")
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write a report: .html, .md or .json.")]


@guarded
def run(
    dataset: Dataset,
    model: Annotated[str, typer.Option("--model", "-m", help="Model, say svm or svm:C=10.")] = "logistic",
    input: InputName = None,
    label: Label = None,
    kind: LabelKind = None,
    group: Group = None,
    more: Read = None,
    protocol: ProtocolName = None,
    folds: Folds = 5,
    seeds: Seeds = 1,
    seed: Seed = 0,
    test_on: Annotated[
        str | None, typer.Option("--test-on", help="Learn from DATASET, be judged on this one.")
    ] = None,
    beside_random: Annotated[
        bool, typer.Option("--beside-random", help="Show the inflated figures of random folds too.")
    ] = False,
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Judge with parts of the training rows too.")
    ] = False,
    balance: Balance = "none",
    augment: Augment = "",
    copies: Copies = 1,
    tune: Tune = 0,
    no_clusters: NoClusters = False,
    out: Out = None,
    force: Force = False,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Judge a model on rows that it has not seen, with artists kept on one side where they are known.

    The honest figures come first, with intervals that resample whole groups. Folds that are done are kept: a
    run that was stopped goes on where it was.
    """
    from tunelens.models.recipe import Recipe
    from tunelens.services.evaluate import EvaluateOptions, evaluate
    from tunelens.services.evaluation_report import check_report, save_report

    face = Face(as_json, quiet)
    if out is not None:
        check_report(out, force=force)
    options = EvaluateOptions(
        input, protocol, group, folds, tuple(range(seed, seed + seeds)), beside_random, learning_curve,
        not no_clusters,
    )  # fmt: skip
    recipe = Recipe(model, balance=balance, augment=augment, copies=copies if augment else 0, tune=tune)
    listen = partial(read, face, label=label, kind=kind, group=columns(group), more=more)
    tracks = listen(dataset)
    other = listen(test_on) if test_on else None
    fetch(face, tracks, [recipe], options)
    found = evaluate(tracks, recipe, options=options, test_on=other, jobs=jobs, progress=Bar(face.err))
    tell_failures(face, found.failures)
    face.result(dataset, found.to_dict(), lambda console: _draw(console, found))
    for warning in found.warnings:
        face.say(f"mind: {printable(warning)}")
    if out is not None:
        face.say(f"report: {printable(str(save_report(found, out, force=force)))}")
    return 1 if found.failures else 0


def tell_failures(face: Face, failures: Iterable[tuple[Path, TunelensError]]) -> None:
    """Tell a person which files could not be heard; under ``--json`` the result itself tells it."""
    for path, error in () if face.as_json else failures:
        face.failure(str(path), error)


def columns(group: str | None) -> tuple[str, ...]:
    """Return the columns that ``--group`` names; copies are found, not read."""
    return tuple(part for part in (group or "").split("+") if part not in ("", "cluster"))


def fetch(face: Face, tracks: Tracks, recipes: Sequence[Recipe], options: EvaluateOptions) -> None:
    """Fetch the nets that the recipes hear with."""
    from tunelens.models.inputs import parse_input
    from tunelens.services.train import TrainOptions, input_of

    if tracks.paths is None:
        return
    names = {input_of(tracks, recipe, TrainOptions(options.input)) for recipe in recipes} - {"table"}
    fetch_missing(face, sorted({net for name in names for net in parse_input(name).nets}))


def _draw(out: Console, found: Evaluation) -> None:
    from tunelens.services.evaluation_report import cost, figures_table, told

    out.print(f"{_plain(found.dataset)}: judged {_plain(told(found.honest))}")
    draw_table(out, figures_table(found))
    oof = found.honest.oof
    out.print(f"training {sum(oof.train_seconds):.1f} s, an answer {cost(oof)} a clip without its input")
    if found.per_class:
        table = Table("class", "rows", "precision", "recall", "F1", box=None, pad_edge=False)
        for row in found.per_class:
            shares = (f"{one:.3f}" for one in (row.precision, row.recall, row.f1))
            table.add_row(_plain(row.name), str(row.support), *shares)
        out.print()
        out.print(table)


def draw_table(out: Console, cells: Cells) -> None:
    """Print a table of a report."""
    table = Table(box=None, pad_edge=False)
    for column in cells.columns:
        table.add_column(_plain(column), no_wrap=True, overflow="ignore")
    for row in cells.rows:
        table.add_row(*map(_plain, row))
    # a row stays one line, wider than the terminal if it must be: wrapped cells cannot be read or cut
    Console(file=out.file, width=MOST_COLUMNS, soft_wrap=True, highlight=False).print(table)


def _plain(text: str) -> str:
    return escape(printable(text))
