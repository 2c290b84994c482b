"""`METRICS`: figures that say how good answers are; the per-class table; the confusion matrix.

Examples
--------
>>> proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
>>> round(METRICS["accuracy"].score(np.array(["慢", "快", "快"]), proba, ("慢", "快")), 3)
0.667
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.registry import Registry
from tunelens.data.labels import Task

Array = NDArray[Any]
Score = Callable[[Array, Array], float]
SURE = 0.5
"""A tag is said when it is at least so probable."""


@dataclass(frozen=True)
class Metric:
    """One figure.

    Parameters
    ----------
    name, summary : str
        Its key in `METRICS`, and one line for a person.
    tasks : frozenset of {"single", "multi", "continuous"}
        What it can judge.
    needs : {"labels", "proba", "numbers"}
        What of the answers it looks at.
    function : callable
        Takes truth and answers: for classes both as arrays of shape (n, k), truth of 0 and 1 and answers of
        0 and 1 or probabilities; for numbers of shape (n,).
    higher_is_better : bool
    order_only : bool
        Does it look at the order of answers alone, so that models may answer on scales of their own?
    least : float
        No value is smaller.
    more_than : int
        Classes of which it tells nothing; more are needed.
    """

    name: str
    summary: str
    tasks: frozenset[Task]
    needs: Literal["labels", "proba", "numbers"]
    function: Score
    higher_is_better: bool = True
    order_only: bool = False
    more_than: int = 0
    least: float = 0.0

    def score(self, y_true: Array, said: Array, classes: Sequence[str] = ()) -> float:
        """Return the figure; NaN where the rows do not define it.

        Parameters
        ----------
        y_true : ndarray
            As `Labels.y` gives it: str (n,), indicator (n, k), or numbers (n,).
        said : ndarray, shape (n, k) or (n,)
            Probabilities, one column per class; or numbers. For single labels also the classes said.
        classes : sequence of str
            Columns of `said`; may be left out where every class occurs in `y_true`.

        Raises
        ------
        DataError
            Lengths differ, a label is no class, or the columns are not those of the classes.
        """
        if len(y_true) != len(said):
            raise DataError(f"there are {len(y_true)} true labels and {len(said)} answers")
        if len(y_true) == 0:
            return float("nan")
        if self.needs == "numbers":
            return float(self.function(np.asarray(y_true, np.float64), np.asarray(said, np.float64)))
        truth = indicator(y_true, classes)
        answers = _columns(said, y_true, classes, truth.shape[1])
        if self.needs == "labels":
            answers = decided(answers, one=isinstance(truth, OneHot))
        return float(self.function(truth, answers))


class OneHot(np.ndarray):
    """An indicator with one class per row, so that answers are decided by the largest probability."""


def indicator(y_true: Array, classes: Sequence[str] = ()) -> Array:
    """Return truth as 0 and 1, shape (n, k); a matrix is returned as it is.

    Examples
    --------
    >>> np.asarray(indicator(np.array(["b", "a"]), ("a", "b"))).tolist()
    [[0, 1], [1, 0]]
    """
    if y_true.ndim == 2:
        return y_true
    names = np.array(classes if len(classes) else np.unique(y_true), dtype=np.str_)
    order = np.argsort(names)
    place = np.clip(np.searchsorted(names, y_true, sorter=order), 0, len(names) - 1)
    codes = order[place]
    if (strange := names[codes] != y_true).any():
        raise DataError(f"label {str(y_true[strange][0])!r} is none of the {len(names)} classes")
    return np.eye(len(names), dtype=np.int8)[codes].view(OneHot)


def decided(proba: Array, *, one: bool) -> Array:
    """Return what is said as 0 and 1: the most probable class, or every tag of at least `SURE`."""
    if not one:
        return (proba >= SURE).astype(np.int8)
    return np.eye(proba.shape[1], dtype=np.int8)[proba.argmax(axis=1)]


def _columns(said: Array, y_true: Array, classes: Sequence[str], k: int) -> Array:
    if said.ndim == 1:
        known = classes if len(classes) else np.unique(y_true).tolist()
        said = indicator(said, known)
    if said.shape[1] != k:
        raise DataError(f"answers have {said.shape[1]} columns for {k} classes", hint="give the classes")
    return np.asarray(said, np.float64)


METRICS: Registry[Metric] = Registry(
    "metric",
    {
        name: f"tunelens.evaluation.scores:{name.upper()}"
        for name in (
            "accuracy",
            "balanced_accuracy",
            "precision_macro",
            "recall_macro",
            "f1_macro",
            "precision_weighted",
            "recall_weighted",
            "f1_weighted",
            "f1_micro",
            "roc_auc",
            "mAP",
            "top2",
            "top3",
            "top5",
            "log_loss",
            "brier",
            "ece",
            "r2",
            "mae",
            "rmse",
            "pearson",
            "spearman",
        )
    },
    group="tunelens.metrics",
)
"""Every figure by name."""

MAIN: dict[Task, str] = {"single": "accuracy", "multi": "mAP", "continuous": "r2"}
"""The figure by which models are ordered."""


def metrics_for(task: Task, classes: Sequence[str] | None = None) -> list[Metric]:
    """Return the figures that can judge `task`, without those that tell nothing of so few classes."""
    known = [metric for metric in map(METRICS.__getitem__, METRICS) if task in metric.tasks]
    return [one for one in known if classes is None or one.more_than == 0 or len(classes) > one.more_than]


@dataclass(frozen=True)
class ClassRow:
    """How one class or tag fared.

    Parameters
    ----------
    name : str
    support, said : int
        Rows that have it, and rows of which it was said.
    hits : int
        Rows of both.
    precision, recall, f1 : float
        0 where they are 0 / 0.
    roc_auc, average_precision : float
        NaN where no row, or every row, has the class.
    """

    name: str
    support: int
    said: int
    hits: int
    precision: float
    recall: float
    f1: float
    roc_auc: float
    average_precision: float


def per_class(y_true: Array, proba: Array, classes: Sequence[str]) -> tuple[ClassRow, ...]:
    """Return a row per class, in the order of `classes`; arguments as `Metric.score`.

    Examples
    --------
    >>> row = per_class(np.array(["a", "b", "b"]), np.array([[.9, .1], [.7, .3], [.2, .8]]), ("a", "b"))[0]
    >>> row.support, row.said, row.precision, row.recall, row.roc_auc
    (1, 2, 0.5, 1.0, 1.0)
    """
    from tunelens.evaluation.scores import average_precisions, counts, prf, roc_aucs

    truth = indicator(y_true, classes)
    answers = decided(proba, one=y_true.ndim == 1)
    hits, said, support = counts(truth, answers)
    precision, recall, f1 = prf(truth, answers)
    columns = (support, said, hits, precision, recall, f1, roc_aucs(truth, proba))
    ap = average_precisions(truth, proba)
    return tuple(
        ClassRow(name, int(n), int(m), int(h), float(p), float(r), float(f), float(auc), float(ap[i]))
        for i, (name, n, m, h, p, r, f, auc) in enumerate(zip(classes, *columns, strict=True))
    )


def confusion(y_true: Array, proba: Array, classes: Sequence[str]) -> NDArray[np.intp]:
    """Return how often each class (row) was called each class (column), shape (k, k).

    Raises
    ------
    ParameterError
        The labels are not single ones.
    """
    if y_true.ndim != 1:
        raise ParameterError("a confusion matrix needs one class per row", hint="see the per-class table")
    truth = np.asarray(indicator(y_true, classes)).astype(np.intp)
    return truth.T @ decided(proba, one=True).astype(np.intp)
