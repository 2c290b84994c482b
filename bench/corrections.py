"""What does a person's correction teach, beside the model alone and beside the nearest told tracks?

Two sets of clips with artists kept apart: a model learns from three folds, the fourth is somebody's library.
The person tells 1 to 20 tracks of one half of its artists; accuracy is that on the other half, so on no track
by an artist of whom anything was told. Asked in two worlds: one where the model is as good as it can be, so
that its mistakes have no pattern, and one in which it was taught one class wrongly (85 % of its clips had the
name of another), so that there is something to learn. The person tells mistakes and right answers in turn, or
mistakes alone, which misleads whoever takes them for all there is.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench.harness import Row, Skip, data_dir, fetch_nets
from tunelens.base.settings import Settings
from tunelens.library.neighbours.measures import NETS
from tunelens.library.neighbours.space import Space
from tunelens.library.store import Library, Vectors
from tunelens.models.correcting import FAR, MOST_OTHERS, NEAR, Told, fit_head
from tunelens.models.fewshot import NewClass
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

Float = NDArray[np.float64]
COUNTS = (1, 2, 5, 10, 20)
SETS = (("emotify", "genre"), ("mer4q", "quadrant"))
WRONGLY = 0.85
DRAWS = 3
NEAREST, LEAST_LIKE = 5, 0.3
N_LARGE = 100_000


class Clips(NamedTuple):
    """A set of clips: places, what nets hear, classes as numbers, artists, folds, and the table itself."""

    X: Float
    E: Float
    y: NDArray[np.intp]
    artists: NDArray[Any]
    folds: NDArray[np.intp]
    rows: list[dict[str, str]]


class Answered(NamedTuple):
    """Shares of right answers: of what was learned, of each reach, of the model, of the nearest told."""

    ours: float
    near: float
    far: float
    base: float
    nearest: float
    reached_far: float


def run() -> Iterator[Row | Skip]:
    """Measure corrections of a model, then labels of one's own, then time."""
    fetch_nets()
    for name, label in SETS:
        clips = read(data_dir(), name, label)
        for world, wrong in (("no pattern", False), ("taught wrongly", True)):
            for told in ("in turn", "mistakes"):
                for n in COUNTS:
                    yield _row(f"{name}, {world}, {told}: {n} told", list(_answers(clips, n, wrong, told)))
    yield from _own_labels()
    yield _large()


def read(folder: Path, name: str, label: str) -> Clips:
    """Return a set; what is heard of it is kept in the cache."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with Library.open(Settings.from_env().cache_dir / "training" / f"{name}.db") as library:
        analyze_many([folder / name], library, options=HearOptions(bundles=()))
        known = library.known([folder / row["path"] for row in rows])
        ids = np.array([known[folder / row["path"]].id for row in rows], np.int64)
        space = Space.load(library)
        X = np.asarray(space.matrix[space.rows_of(ids)], np.float64)
        E = np.concatenate([_of(library.vectors(kind), ids) for kind in NETS], axis=1)
    y = np.unique([row[label] for row in rows], return_inverse=True)[1]
    artists = np.array([row["artist"].strip().lower() or f"? {i}" for i, row in enumerate(rows)])
    folds = np.array([int(row["fold"]) for row in rows])
    return Clips(X, E, y, artists, folds, rows)


def _of(held: Vectors, ids: NDArray[np.int64]) -> Float:
    order = np.argsort(held.ids)
    return held.matrix[order[np.searchsorted(held.ids[order], ids)]].astype(np.float64)


def _row(name: str, found: list[Answered]) -> Row:
    mean = Answered(*np.mean(found, axis=0).tolist())
    note = (
        f"nearest {NEAREST} told {mean.nearest:.3f}; always near {mean.near:.3f}, always far {mean.far:.3f}; "
        f"far was chosen in {mean.reached_far:.0%}"
    )
    return Row.more(name, mean.ours, mean.base, unit="accuracy", note=note)


def _answers(clips: Clips, n: int, wrong: bool, told: str) -> Iterator[Answered]:
    k = int(clips.y.max()) + 1
    for taught in [(c, (c + 1) % k) for c in range(k)] if wrong else [None]:
        for fold in np.unique(clips.folds):
            proba = _base(clips, fold, taught)
            for draw in range(1 if wrong else DRAWS):
                yield _answer(clips, np.flatnonzero(clips.folds == fold), proba, n, told, draw)


def _base(clips: Clips, fold: int, taught: tuple[int, int] | None) -> Float:
    inside = clips.folds != fold
    y = clips.y[inside].copy()
    if taught is not None:
        y[(y == taught[0]) & (np.random.default_rng(7).random(len(y)) < WRONGLY)] = taught[1]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.003, max_iter=500))
    return model.fit(clips.E[inside], y).predict_proba(clips.E[~inside])


def _answer(clips: Clips, mine: NDArray[Any], proba: Float, n: int, told: str, draw: int) -> Answered:
    rng = np.random.default_rng(draw)
    X, y, artists = clips.X[mine], clips.y[mine], clips.artists[mine]
    names = rng.permutation(np.unique(artists))
    asked = np.isin(artists, names[: len(names) // 2])
    order = _order(rng.permutation(np.flatnonzero(asked)), proba.argmax(axis=1) == y, told)[:n]
    said = np.where(np.eye(proba.shape[1])[y[order]] > 0, 1.0, np.nan)
    given = Told(X[order], proba[order], said, artists[order])
    labels = [str(i) for i in range(proba.shape[1])]

    def right(answer: Float) -> float:
        return float((answer.argmax(axis=1) == y[~asked]).mean())

    def by(reach: Any) -> tuple[float, bool]:
        head, _ = fit_head(given, labels, "single", X, reach=reach)
        return right(head.proba(proba[~asked], X[~asked])), head.reach == FAR

    ours, far = by(None)
    return Answered(
        ours, by(NEAR)[0], by(FAR)[0], right(proba[~asked]),
        right(_nearest(X[~asked], proba[~asked], X[order], y[order])), float(far),
    )  # fmt: skip


def _order(rows: NDArray[np.intp], right: NDArray[np.bool_], told: str) -> NDArray[np.intp]:
    """Return in which order tracks are told: mistakes and right answers in turn, or mistakes first."""
    wrong, fine = rows[~right[rows]], rows[right[rows]]
    if told == "mistakes":
        return np.concatenate([wrong, fine])
    n = min(len(wrong), len(fine))
    turns = np.stack([wrong[:n], fine[:n]], axis=1).ravel()
    return np.concatenate([turns, wrong[n:], fine[n:]])


def _nearest(X: Float, proba: Float, told: Float, y: NDArray[np.intp]) -> Float:
    """Return the answers of a model to which the nearest told tracks add their votes, by likeness."""
    likeness = X @ told.T
    votes = proba.copy()
    rows = np.arange(len(X))
    for j in np.argsort(-likeness, axis=1)[:, :NEAREST].T:
        votes[rows, y[j]] += np.maximum(likeness[rows, j] - LEAST_LIKE, 0)
    return votes


# -- labels that no model knows ----------------------------------------------------------------------


def _own_labels() -> Iterator[Row]:
    for name, column in (("emotify", "id3_genre"), ("mer4q", "genres")):
        clips = read(data_dir(), name, column)
        words = [{one.strip() for one in row[column].split(";")} for row in clips.rows]
        common = [one for one in sorted(set().union(*words)) if 20 <= sum(one in row for row in words) <= 200]
        for n in (3, 5, 10):
            found = [
                _own(clips, np.array([one in row for row in words]), n, d)
                for one in common
                for d in range(DRAWS)
            ]
            auc, ridge, f1, share, often = np.mean([one for one in found if one], axis=0)
            note = f"F1 {f1:.2f}; called so {often:.1%} of clips, truly {share:.1%}; {len(common)} labels"
            what = f"{name}: a label of one's own from {n} examples, beside the ridge of bundles"
            yield Row.more(what, float(auc), float(ridge), unit="ROC-AUC", note=note)


def _own(clips: Clips, mine: NDArray[np.bool_], n: int, draw: int) -> tuple[float, ...] | None:
    rng = np.random.default_rng(draw)
    artists = rng.permutation(np.unique(clips.artists[mine]))
    rows = [rng.choice(np.flatnonzero(mine & (clips.artists == one))) for one in artists[:n]]
    rest = ~np.isin(clips.artists, artists[:n])
    if len(rows) < n or not mine[rest].any():
        return None
    free = np.setdiff1d(np.arange(len(mine)), rows)
    others = clips.X[free[np.linspace(0, len(free) - 1, min(len(free), MOST_OTHERS)).astype(np.intp)]]
    given = Told(clips.X[rows], np.zeros((n, 0)), np.ones((n, 1)), clips.artists[rows])
    head, _ = fit_head(given, ["mine"], "multi", others)
    p = head.proba(np.zeros((rest.sum(), 0)), clips.X[rest])[:, 0]
    said, truth = p >= 0.5, mine[rest]
    ridge = NewClass.fit("mine", clips.X[rows], others).proba(clips.X[rest])
    aucs = roc_auc_score(truth, p), roc_auc_score(truth, ridge)
    return *aucs, f1_score(truth, said), float(truth.mean()), float(said.mean())


# -- time --------------------------------------------------------------------------------------------


def _large() -> Row:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N_LARGE, 128))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    base = rng.dirichlet(np.ones(4), N_LARGE)
    said = np.where(np.eye(4)[rng.integers(0, 4, 100)] > 0, 1.0, np.nan)
    given = Told(X[:100], base[:100], said, np.arange(100))
    started = time.perf_counter()
    head, _ = fit_head(given, "abcd", "single", X[:500])
    learned = time.perf_counter() - started
    head.proba(base, X)
    whole = time.perf_counter() - started
    note = f"{learned:.1f} s of it to learn from 100 told tracks, artists left out included"
    return Row(name=f"learn and answer {N_LARGE:,} tracks", ours=whole, unit="s", note=note)
