"""`tunelens train`: a model of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Force, Jobs, Quiet, example, guarded, worst
from tunelens.cli.fetching import fetch_missing
from tunelens.cli.plain import printable
from tunelens.cli.reading import Dataset, Label, LabelKind, Read, read

if TYPE_CHECKING:
    from tunelens.data.tracks import Tracks
    from tunelens.models.recipe import Recipe
    from tunelens.services.train import Trained, TrainOptions

NAME = "train"
EPILOG = example(
    "tunelens train music/ --model svm --input embedding --name my-genres",
    "tunelens train songs.csv --model forest --label genre --out bundle/",
)


@guarded
def run(
    dataset: Dataset,
    model: Annotated[str, typer.Option("--model", "-m", help="Model, say svm or svm:C=10.")] = "logistic",
    input: Annotated[
        str | None, typer.Option("--input", "-i", help="What the model is given, say embedding or mfcc+tags.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder of the bundle.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Name of the model.")] = None,
    label: Label = None,
    kind: LabelKind = None,
    more: Read = None,
    group: Annotated[
        str | None, typer.Option("--group", help="What keeps rows on one side of a split, say artist.")
    ] = None,
    protocol: Annotated[
        str | None, typer.Option("--protocol", help="How to judge; default: the most honest way.")
    ] = None,
    folds: Annotated[int, typer.Option("--folds", help="Parts in which the data is judged.")] = 5,
    balance: Annotated[str, typer.Option("--balance", help="What is done about rare classes.")] = "none",
    augment: Annotated[
        str, typer.Option("--augment", help="Changed copies to train on, say pitch+noise:snr_db=20.")
    ] = "",
    copies: Annotated[int, typer.Option("--copies", help="Changed copies of each clip; for --augment.")] = 1,
    tune: Annotated[int, typer.Option("--tune", help="Trials of a search for better parameters.")] = 0,
    coverage: Annotated[
        float, typer.Option("--coverage", help="How often sets and intervals shall hold the truth.")
    ] = 0.9,
    allow_leaks: Annotated[
        bool, typer.Option("--allow-leaks", help="Train though the split leaks; figures are inflated.")
    ] = False,
    no_clusters: Annotated[
        bool, typer.Option("--no-clusters", help="Do not look for copies of one recording; sooner done.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of everything random.")] = 0,
    jobs: Jobs = None,
    engine: Annotated[str, typer.Option("--engine", help="What runs the work.")] = "local",
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Train a model on your own labels, judge it honestly and save it as a bundle.

    The figures come from parts of the data that the model was not trained on, with artists or albums kept on
    one side where they are known; a split that leaks is refused. The bundle is then trained on everything.
    """
    from tunelens.services.train import TrainOptions, train

    face = Face(as_json, quiet)
    columns = tuple(part for part in (group or "").split("+") if part not in ("", "cluster"))
    tracks = read(face, dataset, label=label, kind=kind, group=columns, more=more)
    options = TrainOptions(
        input, protocol, group, folds, coverage, allow_leaks, seed, name, clusters=not no_clusters
    )
    recipe = _recipe(model, balance, augment, copies, tune)
    fetch_missing(face, _nets(tracks, recipe, options))
    done = train(
        tracks,
        out,
        recipe=recipe,
        options=options,
        jobs=jobs,
        engine=engine,
        progress=Bar(face.err),
        force=force,
    )
    _tell(face, done)
    return worst([error for _, error in done.failures], len(done.failures) + done.manifest.n_train)


def _recipe(model: str, balance: str, augment: str, copies: int, tune: int) -> Recipe:
    from tunelens.models.recipe import Recipe

    return Recipe(model, balance=balance, augment=augment, copies=copies if augment else 0, tune=tune)


def _nets(tracks: Tracks, recipe: Recipe, options: TrainOptions) -> tuple[str, ...]:
    from tunelens.models.inputs import parse_input
    from tunelens.services.train import input_of

    return parse_input(input_of(tracks, recipe, options)).nets


def _tell(face: Face, done: Trained) -> None:
    for path, error in done.failures:
        face.failure(str(path), error)
    lines = [printable(line) for line in done.bundle.card().splitlines()]
    face.result(
        str(done.bundle.folder), done.to_dict(), lambda out: out.print("\n".join(lines), markup=False)
    )
    for warning in done.warnings:
        face.say(f"mind: {printable(warning)}")
    place = printable(str(done.bundle.folder))
    face.say(f"saved in {place} after {done.seconds:.0f} s; use it: tunelens predict {place} PATH...")
