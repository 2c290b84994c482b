"""Curves: ROC and precision-recall per class, reliability, and what more examples bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.progress import Progress
from tunelens.evaluation.crossval import cross_validate
from tunelens.evaluation.intervals import Interval, bootstrap
from tunelens.evaluation.metrics import MAIN, METRICS, indicator
from tunelens.evaluation.scores import N_BINS, binned, confident

if TYPE_CHECKING:
    from tunelens.data.splits import Fold
    from tunelens.evaluation.metrics import Metric
    from tunelens.models.material import Material
    from tunelens.models.recipe import Recipe

Array = NDArray[Any]
Floats = NDArray[np.float64]
SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve of one class: false against true positives, or recall against precision."""

    name: str
    x: Floats
    y: Floats


def roc(truth: Array, proba: Floats, name: str = "") -> Curve:
    """Return the ROC curve of one class: shares of false (x) and true (y) positives.

    Parameters
    ----------
    truth : ndarray, shape (n,)
        0 or 1; both must occur, else the curve is empty.
    proba : ndarray, shape (n,)

    Examples
    --------
    >>> roc(np.array([1, 0, 1]), np.array([0.9, 0.5, 0.1])).y.tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    hits, said = _steps(truth, proba)
    n, positive = len(truth), int(np.sum(truth))
    if not 0 < positive < n:
        return Curve(name, np.zeros(0), np.zeros(0))
    x, y = (said - hits) / (n - positive), hits / positive
    return Curve(name, np.concatenate([[0.0], x]), np.concatenate([[0.0], y]))


def precision_recall(truth: Array, proba: Floats, name: str = "") -> Curve:
    """Return recall (x) and precision (y) of one class, from the most probable row on.

    Examples
    --------
    >>> precision_recall(np.array([1, 0, 1]), np.array([0.9, 0.5, 0.1])).y.round(2).tolist()
    [1.0, 0.5, 0.67]
    """
    hits, said = _steps(truth, proba)
    if not np.any(truth):
        return Curve(name, np.zeros(0), np.zeros(0))
    return Curve(name, hits / hits[-1], hits / said)


def _steps(truth: Array, proba: Floats) -> tuple[Floats, Floats]:
    """Return hits and answers at each threshold, from high to low; ties are one step."""
    order = np.argsort(-proba, kind="stable")
    last = np.append(np.flatnonzero(np.diff(proba[order])), len(order) - 1)
    return np.cumsum(truth[order], dtype=np.float64)[last], last + 1.0


def class_curves(
    y_true: Array, proba: Floats, classes: Sequence[str]
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    """Return the ROC and the precision-recall curve of every class that has rows with and without it."""
    truth = np.asarray(indicator(y_true, classes))
    columns = [
        (truth[:, k], proba[:, k], name)
        for k, name in enumerate(classes)
        if 0 < truth[:, k].sum() < len(truth)
    ]
    return tuple(roc(*one) for one in columns), tuple(precision_recall(*one) for one in columns)


@dataclass(frozen=True, eq=False)
class Reliability:
    """How often what is said with some confidence is true.

    Parameters
    ----------
    confidence, share : ndarray, shape (n_bins,)
        Mean confidence and share that is true; NaN in empty bins.
    count : ndarray of int, shape (n_bins,)
    ece : float
        Expected calibration error.
    """

    confidence: Floats
    share: Floats
    count: NDArray[np.intp]
    ece: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object; what is not known of an empty bin is None."""
        return {
            "confidence": self._known(self.confidence),
            "share": self._known(self.share),
            "count": self.count.tolist(),
            "ece": self.ece,
        }

    def _known(self, values: Floats) -> list[float | None]:
        return [float(value) if n else None for value, n in zip(values, self.count, strict=True)]


def reliability(
    y_true: Array, proba: Floats, classes: Sequence[str] = (), n_bins: int = N_BINS
) -> Reliability:
    """Return confidence against truth: of the class said, or of every tag of every row.

    References
    ----------
    .. [1] Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks", ICML 2017.

    Examples
    --------
    >>> found = reliability(np.array(["a", "b"]), np.array([[0.9, 0.1], [0.7, 0.3]]), ("a", "b"))
    >>> found.count.tolist(), round(found.ece, 3)
    ([0, 0, 0, 0, 0, 0, 0, 1, 0, 1], 0.4)
    """
    count, said, right = binned(*confident(indicator(y_true, classes), np.clip(proba, 0, 1)), n_bins)
    with np.errstate(invalid="ignore"):
        return Reliability(
            said / count,
            right / count,
            count.astype(np.intp),
            float(np.abs(said - right).sum() / count.sum()),
        )


@dataclass(frozen=True)
class LearningCurve:
    """A figure against the number of training rows.

    Parameters
    ----------
    metric : str
    n_train : tuple of int
        Mean over folds.
    figures : tuple of Interval
    """

    metric: str
    n_train: tuple[int, ...]
    figures: tuple[Interval, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        points = zip(self.n_train, self.figures, strict=True)
        return {"metric": self.metric, "points": [{"n_train": n, **one.to_dict()} for n, one in points]}


def learning_curve(
    material: Material,
    folds: Sequence[Fold],
    recipe: Recipe,
    *,
    shares: Sequence[float] = SHARES,
    metric: Metric | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    cache_dir: Path | None = None,
    data_id: str = "",
) -> LearningCurve:
    """Judge `recipe` on the same test rows with ever more of the training rows.

    Whole groups are added, at least one of each class first, so that small parts hold few artists as a
    small collection does.

    Parameters
    ----------
    shares : sequence of float
        Of the training rows, rising, above 0 and at most 1.
    metric : Metric, optional
        The main one of the task if left out.

    Raises
    ------
    ParameterError
        A share is out of range.
    """
    if not shares or min(shares) <= 0 or max(shares) > 1:
        raise ParameterError(f"shares are {list(shares)}; each must be above 0 and at most 1")
    metric = metric or METRICS[MAIN[material.task]]
    sizes, figures = [], []
    for share in shares:
        cut = [replace(fold, train=part_of(material, fold.train, share, seed)) for fold in folds]
        found = cross_validate(
            material, cut, recipe, seeds=(seed,), progress=progress, cache_dir=cache_dir, data_id=data_id
        )
        sizes.append(round(float(np.mean([len(fold.train) for fold in cut]))))
        figures.append(bootstrap(metric, found.y_true, found.proba, found.groups, found.classes, seed=seed))
    return LearningCurve(metric.name, tuple(sizes), tuple(figures))


def part_of(material: Material, rows: NDArray[np.intp], share: float, seed: int) -> NDArray[np.intp]:
    """Return whole groups of `rows` until `share` of them is reached; a larger share holds every smaller one.

    Raises
    ------
    DataError
        There is no row.
    """
    if len(rows) == 0:
        raise DataError("there is no row to take a part of")
    order = _order(material, rows, np.random.default_rng(seed))
    sizes = np.array([np.sum(material.groups[rows] == group) for group in order])
    least = len(np.unique(material.y[rows])) if material.task == "single" else 2
    enough = int(np.searchsorted(np.cumsum(sizes), share * len(rows))) + 1
    kept = order[: max(enough, min(least, len(order)))]
    return rows[np.isin(material.groups[rows], kept)]


def _order(material: Material, rows: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the groups in random order, one of each class before all others."""
    groups = rng.permutation(np.unique(material.groups[rows]))
    if material.task != "single":
        return groups
    first: dict[Any, int] = {}
    for group in groups:
        for label in np.unique(material.y[rows][material.groups[rows] == group]).tolist():
            first.setdefault(label, int(group))
    head = list(dict.fromkeys(first.values()))
    return np.array([*head, *(g for g in groups.tolist() if g not in head)], np.intp)
