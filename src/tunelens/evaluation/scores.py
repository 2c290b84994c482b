"""The formulas behind `METRICS`, in numpy: fast enough to be resampled a thousand times.

Classes of which the truth has no row are left out of macro ROC-AUC, mAP and balanced accuracy; macro
precision, recall and F1 average the classes that occur in truth or answers, as scikit-learn does.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.data.labels import Task
from tunelens.evaluation.metrics import Metric, OneHot

Array = NDArray[Any]
Floats = NDArray[np.float64]
N_BINS = 10
"""Bins of equal width in which confidence and truth are compared."""
LEAST = 1e-15
_CLASSES: frozenset[Task] = frozenset({"single", "multi"})
_SINGLE: frozenset[Task] = frozenset({"single"})
_MULTI: frozenset[Task] = frozenset({"multi"})
_NUMBERS: frozenset[Task] = frozenset({"continuous"})


def counts(truth: Array, said: Array) -> tuple[Array, Array, Array]:
    """Return hits, answers and rows of each class."""
    truth, said = np.asarray(truth, np.float64), np.asarray(said, np.float64)
    return (truth * said).sum(axis=0), said.sum(axis=0), truth.sum(axis=0)


def prf(truth: Array, said: Array) -> tuple[Floats, Floats, Floats]:
    """Return precision, recall and F1 of each class; 0 / 0 is 0."""
    hits, answers, support = counts(truth, said)
    return _share(hits, answers), _share(hits, support), _share(2 * hits, answers + support)


def _share(part: Array, whole: Array) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def exact(truth: Array, said: Array) -> float:
    """Return the share of rows that are right as a whole."""
    return float((np.asarray(truth) == said).all(axis=1).mean())


def balanced(truth: Array, said: Array) -> float:
    """Return the mean recall of the classes that occur."""
    _, recall, _ = prf(truth, said)
    return _mean(recall[np.asarray(truth).any(axis=0)])


def averaged(truth: Array, said: Array, which: int, weighted: bool) -> float:
    """Return precision, recall or F1 (`which`), averaged over classes."""
    _, answers, support = counts(truth, said)
    values = prf(truth, said)[which]
    weights = support if weighted else ((support > 0) | (answers > 0)).astype(np.float64)
    return float(values @ weights / weights.sum()) if weights.sum() else float("nan")


def micro(truth: Array, said: Array) -> float:
    """Return F1 over all cells."""
    hits, answers, support = (part.sum() for part in counts(truth, said))
    return float(2 * hits / (answers + support)) if answers + support else float("nan")


def roc_aucs(truth: Array, proba: Array) -> Floats:
    """Return the area under the ROC curve of each class; ties count half."""
    return np.array([_roc_auc(t, p) for t, p in zip(np.asarray(truth, bool).T, proba.T, strict=True)])


def _roc_auc(truth: Array, proba: Array) -> float:
    with_it, without = proba[truth], np.sort(proba[~truth])
    if not with_it.size or not without.size:
        return float("nan")
    beaten = np.searchsorted(without, with_it, "left") + np.searchsorted(without, with_it, "right")
    return float(beaten.mean() / (2 * len(without)))


def average_precisions(truth: Array, proba: Array) -> Floats:
    """Return the average precision of each class: precision at each recall that is gained, ties as one."""
    return np.array([_average_precision(t, p) for t, p in zip(np.asarray(truth).T, proba.T, strict=True)])


def _average_precision(truth: Array, proba: Array) -> float:
    if not truth.any():
        return float("nan")
    order = np.argsort(-proba, kind="stable")
    hits = np.cumsum(truth[order], dtype=np.float64)
    last = np.append(np.flatnonzero(np.diff(proba[order])), len(order) - 1)
    gained = np.diff(hits[last], prepend=0.0)
    return float((gained * hits[last] / (last + 1)).sum() / hits[-1])


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def macro_auc(truth: Array, proba: Array) -> float:
    """Return the mean ROC-AUC of the classes that have rows with and without them."""
    return _mean(roc_aucs(truth, proba))


def mean_ap(truth: Array, proba: Array) -> float:
    """Return the mean average precision of the classes that occur."""
    return _mean(average_precisions(truth, proba))


def top(truth: Array, proba: Array, k: int) -> float:
    """Return how often the true class is among the `k` most probable.

    Where it ties with others for the last places, it counts as often as a fair draw would place it.
    """
    own = proba[np.asarray(truth, bool)][:, None]
    better = (proba > own).sum(axis=1)
    tied = (proba == own).sum(axis=1)
    return float(np.clip((k - better) / tied, 0, 1).mean())


def log_loss(truth: Array, proba: Array) -> float:
    """Return the mean of minus log of what truth was given; of tags, the mean over all cells."""
    p = np.clip(proba, LEAST, 1 - LEAST)
    if isinstance(truth, OneHot):
        return float(-np.log((p * truth).sum(axis=1) / p.sum(axis=1)).mean())
    return float(-(truth * np.log(p) + (1 - truth) * np.log1p(-p)).mean())


def brier(truth: Array, proba: Array) -> float:
    """Return the squared error of probabilities: summed over classes, or the mean over all tags."""
    squares = (proba - np.asarray(truth)) ** 2
    return float(squares.sum(axis=1).mean() if isinstance(truth, OneHot) else squares.mean())


def confident(truth: Array, proba: Array) -> tuple[Floats, Floats]:
    """Return confidence and whether it was right: of the class said, or of every tag of every row."""
    if not isinstance(truth, OneHot):
        return proba.ravel().astype(np.float64), np.asarray(truth, np.float64).ravel()
    best = proba.argmax(axis=1)
    rows = np.arange(len(proba))
    return proba[rows, best].astype(np.float64), np.asarray(truth, np.float64)[rows, best]


def binned(confidence: Floats, right: Floats, n_bins: int = N_BINS) -> tuple[Floats, Floats, Floats]:
    """Return count, summed confidence and summed truth of bins of equal width; 1 is in the last."""
    place = np.minimum((confidence * n_bins).astype(np.intp), n_bins - 1)
    return (
        np.bincount(place, minlength=n_bins).astype(np.float64),
        np.bincount(place, weights=confidence, minlength=n_bins).astype(np.float64),
        np.bincount(place, weights=right, minlength=n_bins).astype(np.float64),
    )


def ece(truth: Array, proba: Array) -> float:
    """Return the expected calibration error: how far confidence is from truth, on average over rows."""
    count, said, right = binned(*confident(truth, np.clip(proba, 0, 1)))
    return float(np.abs(said - right).sum() / count.sum())


def r2(truth: Floats, said: Floats) -> float:
    """Return the share of the variance that is explained; NaN where truth does not vary."""
    spread = ((truth - truth.mean()) ** 2).sum()
    return float(1 - ((truth - said) ** 2).sum() / spread) if spread > 0 else float("nan")


def mae(truth: Floats, said: Floats) -> float:
    """Return the mean absolute error."""
    return float(np.abs(truth - said).mean())


def rmse(truth: Floats, said: Floats) -> float:
    """Return the root of the mean squared error."""
    return float(np.sqrt(((truth - said) ** 2).mean()))


def pearson(truth: Floats, said: Floats) -> float:
    """Return the linear correlation; NaN where one of both does not vary."""
    a, b = truth - truth.mean(), said - said.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size > 0 else float("nan")


def spearman(truth: Floats, said: Floats) -> float:
    """Return the correlation of ranks."""
    from scipy.stats import rankdata

    return pearson(rankdata(truth), rankdata(said))


ACCURACY = Metric(
    "accuracy", "rows that are right; of tags, rows right as a whole", _CLASSES, "labels", exact
)
BALANCED_ACCURACY = Metric(
    "balanced_accuracy", "mean recall: every class counts alike", _SINGLE, "labels", balanced
)
PRECISION_MACRO, RECALL_MACRO, F1_MACRO = (
    Metric(
        f"{name}_macro",
        f"{said}, every class counts alike",
        _CLASSES,
        "labels",
        partial(averaged, which=i, weighted=False),
    )
    for i, (name, said) in enumerate((("precision", "precision"), ("recall", "recall"), ("f1", "F1")))
)
PRECISION_WEIGHTED, RECALL_WEIGHTED, F1_WEIGHTED = (
    Metric(
        f"{name}_weighted",
        f"{said}, classes weighted by their rows",
        _CLASSES,
        "labels",
        partial(averaged, which=i, weighted=True),
    )
    for i, (name, said) in enumerate((("precision", "precision"), ("recall", "recall"), ("f1", "F1")))
)
F1_MICRO = Metric("f1_micro", "F1 over all cells of the table of tags", _MULTI, "labels", micro)
ROC_AUC = Metric(
    "roc_auc", "area under the ROC curve, mean of the classes", _CLASSES, "proba", macro_auc, order_only=True
)
MAP = Metric("mAP", "average precision, mean of the classes", _CLASSES, "proba", mean_ap, order_only=True)
TOP2, TOP3, TOP5 = (
    Metric(f"top{k}", f"truth among the {k} most probable", _SINGLE, "proba", partial(top, k=k), more_than=k)
    for k in (2, 3, 5)
)
LOG_LOSS = Metric("log_loss", "surprise at the truth, in nats", _CLASSES, "proba", log_loss, False)
BRIER = Metric("brier", "squared error of the probabilities", _CLASSES, "proba", brier, False)
ECE = Metric("ece", "calibration error: confidence against truth", _CLASSES, "proba", ece, False)
R2 = Metric("r2", "share of the variance that is explained", _NUMBERS, "numbers", r2, least=-np.inf)
MAE = Metric("mae", "mean absolute error", _NUMBERS, "numbers", mae, False)
RMSE = Metric("rmse", "root of the mean squared error", _NUMBERS, "numbers", rmse, False)
PEARSON = Metric("pearson", "linear correlation", _NUMBERS, "numbers", pearson, least=-1.0)
SPEARMAN = Metric(
    "spearman", "correlation of ranks", _NUMBERS, "numbers", spearman, order_only=True, least=-1.0
)
