"""`tunelens compare`: models side by side, on the same folds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from tunelens.cli.bar import Bar
from tunelens.cli.evaluate import (
    Balance,
    Folds,
    Group,
    InputName,
    NoClusters,
    Out,
    ProtocolName,
    Seed,
    Seeds,
    Tune,
    columns,
    draw_table,
    fetch,
    tell_failures,
)
from tunelens.cli.face import AsJson, Face, Force, Jobs, Quiet, example, guarded
from tunelens.cli.plain import printable
from tunelens.cli.reading import Dataset, Label, LabelKind, Read, read

if TYPE_CHECKING:
    from tunelens.services.compare import Comparison

NAME = "compare"
EPILOG = example(
    "tunelens compare music/ --models svm,forest,logistic",
    "tunelens compare songs.csv --models all --label genre --out report.html",
)


@guarded
def run(
    dataset: Dataset,
    models: Annotated[
        str, typer.Option("--models", "-m", help="Models with commas between, or all that fit.")
    ] = "all",
    input: InputName = None,
    label: Label = None,
    kind: LabelKind = None,
    group: Group = None,
    more: Read = None,
    protocol: ProtocolName = None,
    folds: Folds = 5,
    seeds: Seeds = 1,
    seed: Seed = 0,
    balance: Balance = "none",
    tune: Tune = 0,
    no_clusters: NoClusters = False,
    out: Out = None,
    force: Force = False,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Compare models on the same folds: intervals, differences to the best, training time, cost of an answer.

    A model that fails is told in its row and ends nothing. Folds that are done are kept: a run that was
    stopped goes on where it was.
    """
    from tunelens.models.recipe import Recipe
    from tunelens.services.compare import compare, fitting
    from tunelens.services.evaluate import EvaluateOptions, Work
    from tunelens.services.evaluation_report import check_report, save_report

    face = Face(as_json, quiet)
    if out is not None:
        check_report(out, force=force)
    options = EvaluateOptions(
        input, protocol, group, folds, tuple(range(seed, seed + seeds)), clusters=not no_clusters
    )
    tracks = read(face, dataset, label=label, kind=kind, group=columns(group), more=more)
    quick = replace(options, clusters=False)
    names, left_out = fitting(Work.of(tracks, quick, None)) if models == "all" else (split(models), [])
    for name, why in left_out:
        face.say(printable(f"left out {name}: {why}"))
    recipes = [Recipe(name, balance=balance, tune=tune) for name in names]
    fetch(face, tracks, recipes, options)
    found = compare(tracks, recipes, options=options, jobs=jobs, progress=Bar(face.err))
    found = replace(found, left_out=tuple(left_out))
    tell_failures(face, found.failures)
    face.result(dataset, found.to_dict(), lambda console: _draw(console, found))
    for warning in found.warnings:
        face.say(f"mind: {printable(warning)}")
    if out is not None:
        face.say(f"report: {printable(str(save_report(found, out, force=force)))}")
    return 1 if found.failures or any(row.judged is None for row in found.rows) else 0


def _draw(out: Console, found: Comparison) -> None:
    from tunelens.services.evaluation_report import comparison_table, page_of

    out.print(printable(f"{found.dataset}: {page_of(found).lead}"), markup=False)
    draw_table(out, comparison_table(found))
    for row in found.rows:
        if row.error is not None:
            Face().failure(row.model, row.error)


def split(models: str) -> list[str]:
    """Return the models of a list with commas; those in brackets belong to their ensemble.

    Examples
    --------
    >>> split("svm:C=10,vote(svm,forest),knn")
    ['svm:C=10', 'vote(svm,forest)', 'knn']
    """
    found, depth = [""], 0
    for char in models:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            found.append("")
        else:
            found[-1] += char
    return [one.strip() for one in found if one.strip()]
