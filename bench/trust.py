"""Does it know what it does not know?

Novelty: what is usual in the music of some artists is held against music of others, short pieces of it, and
sounds that are no music. Coverage: trust is fitted inside training parts, and held to its word on test parts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from bench.harness import Row, Skip, data_dir, fetch_nets
from tunelens.base.settings import Settings
from tunelens.data.labels import Labels
from tunelens.data.read import read_dataset
from tunelens.data.splits import PROTOCOLS, Fold
from tunelens.evaluation.crossval import cross_validate
from tunelens.models.inner import inner_folds
from tunelens.models.inputs import parse_input
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe
from tunelens.models.trust import Trust
from tunelens.models.trust.novelty import KNOWN_UP_TO, Novelty
from tunelens.services.vectors import Excerpt, material, vectors

INPUTS = ("embedding", "timbre", "mfcc")
SHORT_S = 5.0
COVERAGE = 0.9
Float = NDArray[np.float64]


def run() -> Iterator[Row | Skip]:
    settings = Settings.from_env()
    fetch_nets()
    folder = data_dir()
    with (folder / "emotify.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name in INPUTS:
        yield from _novelty(folder, rows, name, settings)
    yield from _coverage_of_songs(folder, rows, settings)
    yield from _coverage_of_gtzan(folder)


def _novelty(folder: Path, rows: list[dict[str, str]], name: str, settings: Settings) -> Iterator[Row]:
    def heard(items: list[Excerpt]) -> Float:
        return np.array(vectors(items, parse_input(name), settings=settings), np.float64)

    paths, folds = [folder / row["path"] for row in rows], np.array([int(row["fold"]) for row in rows])
    artists = np.unique([row["artist"] for row in rows], return_inverse=True)[1]
    X, noise = (heard([Excerpt(path) for path in some]) for some in (paths, sorted(folder.glob("noise/*"))))
    few = np.arange(0, len(paths), 8)
    short = heard([Excerpt(paths[i], 10, 10 + SHORT_S) for i in few])
    found = []
    for fold in np.unique(folds):
        inside = folds != fold
        novelty = Novelty.fit(X[inside], artists[inside])
        told = [novelty.score(some) for some in (noise, X[~inside], short[folds[few] == fold])]
        truth = np.repeat([1, 0], [len(told[0]), len(told[1])])
        area = roc_auc_score(truth, np.concatenate([_far(novelty, noise), _far(novelty, X[~inside])]))
        found.append((area, *(float((some > KNOWN_UP_TO).mean()) for some in told)))
    area, *unknown = np.mean(found, axis=0).tolist()
    note = "called unknown: {:.1%} of the sounds, {:.1%} of the music, {:.1%} of 5 s of it".format(*unknown)
    yield Row(name=f"{name}: sounds told from music of other artists", ours=area, unit="AUC", note=note)


def _far(novelty: Novelty, X: Float) -> Float:
    shaped = X if novelty.shape is None else novelty.shape.apply(X)
    return novelty.normal.distance(np.where(np.isfinite(shaped), shaped, novelty.normal.mean))


def _coverage_of_songs(folder: Path, rows: list[dict[str, str]], settings: Settings) -> Iterator[Row]:
    heard = vectors(
        [Excerpt(folder / row["path"]) for row in rows], parse_input("embedding"), settings=settings
    )
    labels = Labels("single", [row["genre"] for row in rows], "genre")
    artists = np.unique([row["artist"] for row in rows], return_inverse=True)[1]
    songs = Material(np.array(heard), labels.y(), artists, "single", labels.classes)
    folds = np.array([int(row["fold"]) for row in rows])
    for model in ("head", "svm"):
        held = [
            _held(songs, np.flatnonzero(folds != fold), np.flatnonzero(folds == fold), model)
            for fold in np.unique(folds)
        ]
        note = "mean of four parts of artists never heard: " + ", ".join(f"{one:.2f}" for one in held)
        yield _row(f"emotify, {model}", float(np.mean(held)), note)


def _coverage_of_gtzan(folder: Path) -> Iterator[Row]:
    tracks = read_dataset(f"gtzan_table:{folder / 'gtzan_features'}")
    table, fold = material(tracks, "table").material, PROTOCOLS["gtzan_filtered"].folds(tracks)[0]
    assert fold.valid is not None
    for model in ("svm", "logistic", "forest"):
        held = _held(table, np.concatenate([fold.train, fold.valid]), fold.test, model)
        note = "fitted on folds in which artists are unknown, held to it on artists never heard"
        yield _row(f"GTZAN, {model}", held, note)


def _row(name: str, held: float, note: str) -> Row:
    return Row(name=f"{name}: sets that hold the truth", ours=held, theirs=COVERAGE, unit="share", note=note)


def _held(whole: Material, train: NDArray[np.intp], test: NDArray[np.intp], model: str) -> float:
    part, recipe = whole.take(train), Recipe(model)
    folds = [Fold(str(i), *rows) for i, rows in enumerate(inner_folds(part.y, part.groups, 5))]
    found = cross_validate(part, folds, recipe)
    trust = Trust.fit(
        found.proba, found.y_true, whole.classes, whole.task, groups=found.groups, coverage=COVERAGE
    )
    sets = trust.sets(recipe.fit(part).predict_proba(whole.X[test]))
    return float(np.mean([label in some for label, some in zip(whole.y[test], sets, strict=True)]))
