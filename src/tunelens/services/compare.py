"""Compare models on one dataset: the same rows, folds and seeds for each."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tunelens.base.card import Card, Shown
from tunelens.base.errors import DataError, ParameterError, TunelensError
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.evaluation.comparison import Difference, compare_pairs, holm
from tunelens.evaluation.metrics import MAIN, METRICS
from tunelens.services.evaluate import EvaluateOptions, Judged, Work, known
from tunelens.services.vectors import TABLE, Read

if TYPE_CHECKING:
    from tunelens.data.tracks import Tracks
    from tunelens.models.catalogue import Model
    from tunelens.models.recipe import Recipe

ALL = "all"
NEEDS = {"": "sklearn", "learn": "hmmlearn", "train": "skorch"}
"""What must be installed to train a model of each extra."""


@dataclass(frozen=True, eq=False)
class Compared:
    """One model among others.

    Parameters
    ----------
    model, input, recipe : str
    judged : Judged or None
        None where it failed; `error` says why.
    error : TunelensError or None
    behind : Difference or None
        The best model less this one, in the main figure; None for the best.
    p : float or None
        Of that difference, corrected for the number of models.
    """

    model: str
    input: str
    recipe: str
    judged: Judged | None = None
    error: TunelensError | None = None
    behind: Difference | None = None
    p: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "model": self.model,
            "input": self.input,
            "recipe": self.recipe,
            "judged": self.judged.to_dict() if self.judged else None,
            "error": self.error.to_dict() if self.error else None,
            "behind_best": self.behind.to_dict() if self.behind else None,
            "p_holm": None if self.p is None else known(self.p),
        }


@dataclass(frozen=True, eq=False)
class Comparison(Shown):
    """Models side by side, the best first.

    Parameters
    ----------
    dataset, data_id, label, task, metric : str
        `metric` is the figure by which they are ordered.
    n_rows : int
    rows : tuple of Compared
        Those that failed last.
    left_out : tuple of (str, str)
        Models of ``all`` that do not fit, and why.
    failures : tuple of (Path, TunelensError)
        Files that could not be heard for every model; they are judged for none.
    warnings : tuple of str
    seconds : float
    """

    dataset: str
    data_id: str
    label: str
    task: str
    metric: str
    n_rows: int
    rows: tuple[Compared, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    failures: tuple[tuple[Path, TunelensError], ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0

    def _card(self) -> Card:
        from tunelens.services.evaluation_report import card_of

        return card_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        names = ("dataset", "data_id", "label", "task", "metric", "n_rows", "seconds")
        return {
            **{name: getattr(self, name) for name in names},
            "rows": [row.to_dict() for row in self.rows],
            "left_out": [list(one) for one in self.left_out],
            "failed": [{"path": str(path), "error": error.to_dict()} for path, error in self.failures],
            "warnings": list(self.warnings),
        }


def compare(
    dataset: str | Path | Tracks,
    models: Sequence[Recipe | str] | str = ALL,
    *,
    options: EvaluateOptions | None = None,
    jobs: int | None = None,
    engine: str = "local",
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Judge several recipes on the same folds, and tell which differences are more than chance.

    Parameters
    ----------
    dataset : str, Path or Tracks
    models : sequence of Recipe or str
        Or ``all``: every model that fits the data and is installed.
    options : EvaluateOptions, optional
        As for `evaluate`; ``beside_random`` and ``learning`` do not count here.

    Raises
    ------
    ParameterError
        There is no model.
    DataError
        The data cannot be split, or no row can be read for every model.
    TunelensError
        Every model failed; the first error is raised.

    Examples
    --------
    >>> from tunelens.data.labels import Labels
    >>> from tunelens.data.tracks import Tracks
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> X[1::2] += 3
    >>> ids = tuple(map(str, range(60)))
    >>> toy = Tracks("toy", Labels("single", ["静", "wild"] * 30), ids, X=X, feature_names=("a", "b"))
    >>> [row.behind is None for row in compare(toy, ["logistic", "knn"]).rows]
    [True, False]
    """
    started = time.monotonic()
    work = Work.of(
        dataset, options or EvaluateOptions(), settings, jobs=jobs, engine=engine, progress=progress
    )
    named, left_out = fitting(work) if models == ALL else (models, [])
    recipes = [work.recipe(one) for one in named]
    if (isinstance(models, str) and models != ALL) or not recipes:
        raise ParameterError("there is no model to compare", hint="name some, say svm and forest, or all")
    heard = _same_rows({_place(work, one): _heard(work, one, jobs, engine, progress) for one in recipes})
    rows = [_judged(work, one, heard[_place(work, one)], progress) for one in recipes]
    done = _ordered(rows, MAIN[work.tracks.labels.task])
    first = next(row.judged for row in done if row.judged)
    return Comparison(
        work.tracks.name, work.tracks.data_id, work.tracks.labels.name, work.tracks.labels.task,
        MAIN[work.tracks.labels.task], len(_reads(heard)[0].rows), tuple(done), tuple(left_out),
        tuple({path: error for read in _reads(heard) for path, error in read.failures}.items()),
        tuple(work.warnings(first)), time.monotonic() - started,
    )  # fmt: skip


def fitting(work: Work) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the models that fit the data and can be trained here, and why the others are left out."""
    from importlib.util import find_spec

    from tunelens.models.catalogue import MODELS

    fit, left_out = [], []
    for name in MODELS:
        try:
            model = MODELS[name]
        except TunelensError as error:
            left_out.append((name, error.message))
            continue
        if work.tracks.labels.task not in model.tasks:
            left_out.append((name, f"cannot learn {work.tracks.labels.task} labels"))
        elif (why := _unfit(model, work)) is not None:
            left_out.append((name, why))
        elif find_spec(NEEDS[model.extra]) is None:
            left_out.append((name, f"needs pip install 'tunelens[{model.extra}]'"))
        else:
            fit.append(name)
    return fit, left_out


def _unfit(model: Model, work: Work) -> str | None:
    """Return why `model` cannot take the input that all are given, if it cannot."""
    from tunelens.models.inputs import parse_input

    given = work.options.input
    if given is None and work.tracks.X is None:
        return None
    kind = "vector" if given in (None, TABLE) else parse_input(given).kind
    return None if model.kind == kind else f"takes a {model.kind} per clip, not a {kind}"


def _place(work: Work, recipe: Recipe) -> tuple[str, str, int]:
    return work.input(recipe), recipe.augment, recipe.copies


def _heard(
    work: Work, recipe: Recipe, jobs: int | None, engine: str, progress: Progress | None
) -> Read | TunelensError:
    try:
        return work.hear(recipe, jobs, engine, progress)
    except TunelensError as error:
        return error


def _reads(heard: Mapping[tuple[str, str, int], Read | TunelensError]) -> list[Read]:
    return [one for one in heard.values() if isinstance(one, Read)]


def _same_rows(
    heard: dict[tuple[str, str, int], Read | TunelensError],
) -> dict[tuple[str, str, int], Read | TunelensError]:
    """Keep the rows that every input could be made of, so that answers can be paired."""
    reads = _reads(heard)
    if not reads:
        raise next(one for one in heard.values() if isinstance(one, TunelensError))
    rows = reduce(np.intersect1d, [one.rows for one in reads])
    if not len(rows):
        raise DataError("no row could be read for every model")
    return {
        key: one
        if isinstance(one, TunelensError)
        else Read(one.material.take(np.flatnonzero(np.isin(one.rows, rows))), rows, one.failures)
        for key, one in heard.items()
    }


def _judged(work: Work, recipe: Recipe, read: Read | TunelensError, progress: Progress | None) -> Compared:
    row = Compared(recipe.model, work.input(recipe), recipe.key)
    if isinstance(read, TunelensError):
        return replace(row, error=read)
    try:
        return replace(row, judged=work.judge(recipe, read, progress))
    except TunelensError as error:
        return replace(row, error=error)


def _ordered(rows: list[Compared], metric: str) -> list[Compared]:
    done = [(row.judged.figures[metric].value, row) for row in rows if row.judged]
    failed = [row for row in rows if row.judged is None]
    if not done:
        raise next(row.error for row in failed if row.error)
    order = [row for _, row in sorted(done, key=lambda one: -np.nan_to_num(one[0], nan=-np.inf))]
    best = order[0].judged
    behind = [
        compare_pairs(best.oof, row.judged.oof, METRICS[metric]) for row in order[1:] if best and row.judged
    ]
    ps = holm([one.p for one in behind])
    told = [replace(r, behind=d, p=p) for r, d, p in zip(order[1:], behind, ps, strict=True)]
    return [order[0], *told, *failed]
