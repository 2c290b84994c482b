"""How many examples does a new class need?

Each of the four genres of one set, and each of the larger families of the other, plays the new class once:
a few of its clips, all by artists of the training folds, against clips of everything else by artists of those
folds. Asked is how well clips by the artists of the fold left out are told apart, of the new class or not.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from bench.harness import Row, Skip, data_dir, fetch_nets
from tunelens.base.settings import Settings
from tunelens.models.fewshot import NewClass
from tunelens.models.inputs import parse_input
from tunelens.services.vectors import Excerpt, vectors

INPUT = "embedding"
COUNTS = (5, 10, 20, 40)
DRAWS = 3
FEWEST = 60
Float = NDArray[np.float64]


def run() -> Iterator[Row | Skip]:
    settings = Settings.from_env()
    fetch_nets()
    for name, column in (("emotify", "genre"), ("mer4q", "genres")):
        yield from _of_set(data_dir(), name, column, settings)


def _of_set(folder: Path, name: str, column: str, settings: Settings) -> Iterator[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    heard = vectors([Excerpt(folder / row["path"]) for row in rows], parse_input(INPUT), settings=settings)
    X = np.array(heard, np.float64)
    folds = np.array([int(row["fold"]) for row in rows])
    labels = [{label.strip() for label in row[column].split(";")} for row in rows]
    classes = [one for one in sorted(set().union(*labels)) if sum(one in row for row in labels) >= FEWEST]
    truth = {one: np.array([one in row for row in labels]) for one in classes}
    for n in COUNTS:
        yield _row(
            name, n, [_score(X, truth[one], folds, n, draw) for one in classes for draw in range(DRAWS)]
        )


def _row(name: str, n: int, scores: list[tuple[float, ...]]) -> Row:
    ours, theirs, right, seconds = np.mean(scores, axis=0)
    return Row.more(
        f"{name}: a new class from {n} clips, ROC-AUC",
        float(ours),
        float(theirs),
        unit="AUC",
        note=f"beside the nearest mean by cosine; balanced accuracy {right:.2f}; learned in {seconds:.2f} s",
    )


def _score(
    X: Float, mine: NDArray[np.bool_], folds: NDArray[np.int64], n: int, draw: int
) -> tuple[float, ...]:
    """Return ROC-AUC of ours and of the nearest mean, our balanced accuracy, and seconds; over all folds."""
    rng = np.random.default_rng(draw)
    found = []
    for fold in np.unique(folds):
        inside, outside = folds != fold, folds == fold
        chosen = rng.permutation(np.flatnonzero(mine & inside))[:n]
        others = X[inside & ~mine]
        started = time.perf_counter()
        new = NewClass.fit("new", X[chosen], others)
        seconds = time.perf_counter() - started
        told, truth = new.proba(X[outside]), mine[outside]
        near = _likeness(X[outside], X[chosen], others)
        right = balanced_accuracy_score(truth, told >= 0.5)
        found.append((roc_auc_score(truth, told), roc_auc_score(truth, near), right, seconds))
    return tuple(np.mean(found, axis=0).tolist())


def _likeness(X: Float, mine: Float, others: Float) -> Float:
    mean, scale = others.mean(axis=0), others.std(axis=0) + 1e-9
    Z, centre = (X - mean) / scale, ((mine - mean) / scale).mean(axis=0)
    return Z @ centre / np.linalg.norm(Z, axis=1) / np.linalg.norm(centre)
