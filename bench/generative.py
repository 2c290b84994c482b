"""Do made-up rows of rare classes help?

Four genres, of which two are made rare in the training folds; judged on every clip by artists of the fold
left out. Told is F1 of each class, pooled over folds, and how far it lies from that of the same model on the
rows as they are, with 95 % intervals that resample artists.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from bench.harness import Row, Skip, data_dir, fetch_nets
from tunelens.base.errors import MissingDependencyError
from tunelens.base.settings import Settings
from tunelens.models.inputs import parse_input
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe
from tunelens.services.vectors import Excerpt, vectors

RARE = {"electronic": 8, "pop": 8}
"""Rows that are left of a genre in the training folds."""
MODEL = "logistic"
BALANCES = ("none", "weights", "oversample", "smote", "gan")
DRAWS = 3
RESAMPLES = 1000
Answers = NDArray[np.str_]


def run() -> Iterator[Row | Skip]:
    fetch_nets()
    material, folds = _material(data_dir())
    baseline = _answers(material, folds, "none")
    for name in BALANCES:
        try:
            found = baseline if name == "none" else _answers(material, folds, name)
        except MissingDependencyError as error:
            yield Skip(f"{name}: {error}")
            continue
        yield from _rows(name, material, found, baseline)


def _material(folder: Path) -> tuple[Material, NDArray[np.intp]]:
    with (folder / "emotify.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    excerpts = [Excerpt(folder / row["path"]) for row in rows]
    X = np.array(vectors(excerpts, parse_input("embedding"), settings=Settings.from_env()), np.float64)
    y = np.array([row["genre"] for row in rows])
    artists = np.unique([row["artist"] for row in rows], return_inverse=True)[1]
    material = Material(X, y, artists.astype(np.intp), "single", tuple(np.unique(y).tolist()))
    return material, np.array([int(row["fold"]) for row in rows])


def _answers(material: Material, folds: NDArray[np.intp], balance: str) -> list[Answers]:
    """Return what is answered for every row by models that never heard its artist, for each draw."""
    found = []
    for draw in range(DRAWS):
        answers = np.empty(len(material), material.y.dtype)
        for fold in np.unique(folds):
            train = _thinned(material.y, np.flatnonzero(folds != fold), draw)
            fitted = Recipe(MODEL, balance=balance).fit(material.take(train), seed=draw)
            answers[folds == fold] = fitted.predict(material.X[folds == fold])
        found.append(answers)
    return found


def _thinned(y: Answers, train: NDArray[np.intp], draw: int) -> NDArray[np.intp]:
    rng = np.random.default_rng(draw)
    parts = []
    for one in np.unique(y[train]):
        rows = train[y[train] == one]
        parts.append(rng.permutation(rows)[: RARE.get(str(one), len(rows))])
    return np.sort(np.concatenate(parts))


def _scores(material: Material, answers: list[Answers], rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return F1 per class and their mean, averaged over draws, shape (n_classes + 1,)."""
    each = [
        f1_score(material.y[rows], one[rows], labels=material.classes, average=None, zero_division=0.0)
        for one in answers
    ]
    mean = np.mean(each, axis=0)
    return np.append(mean, mean.mean())


def _rows(name: str, material: Material, found: list[Answers], baseline: list[Answers]) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    of_artist = [np.flatnonzero(material.groups == one) for one in np.unique(material.groups)]
    whole = np.arange(len(material))
    ours, none = _scores(material, found, whole), _scores(material, baseline, whole)
    drawn = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([of_artist[i] for i in rng.integers(0, len(of_artist), len(of_artist))])
        score = _scores(material, found, rows)
        drawn.append((score, score - _scores(material, baseline, rows)))
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    for i, one in enumerate((*material.classes, "all classes")):
        rare = f" ({RARE[one]} rows)" if one in RARE else ""
        gain = f"; gain {ours[i] - none[i]:+.3f} [{low[1, i]:+.3f}, {high[1, i]:+.3f}]"
        note = f"95 % [{low[0, i]:.3f}, {high[0, i]:.3f}]{'' if name == 'none' else gain}"
        yield Row.more(f"{name}: {one}{rare}", float(ours[i]), float(none[i]), unit="F1", note=note)
