"""From what a model says to what may be said: `Prediction`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.data.labels import Task
from tunelens.models.prediction import Prediction

if TYPE_CHECKING:
    from tunelens.models.trust import Decision, Trust

Float = NDArray[np.float64]
LIKELY = 0.5


def answers(
    said: Float, X: NDArray[Any], task: Task, classes: Sequence[str], trust: Trust | None
) -> list[Prediction]:
    """Return what may be said of each row.

    Parameters
    ----------
    said : ndarray, shape (n, n_classes) or (n,)
        Probabilities before calibration, or numbers.
    X : ndarray, shape (n, d) or (n, t, d)
        What the model was given.
    task : {"single", "multi", "continuous"}
    classes : sequence of str
        Columns of `said`.
    trust : Trust or None
        Without it, probabilities stay as they are and every answer counts as known.

    Examples
    --------
    >>> answers(np.array([[0.2, 0.8]]), np.zeros((1, 3)), "single", ("calm", "wild"), None)[0].label
    'wild'
    """
    if task == "continuous":
        return _numbers(said, X, trust)
    fair = said if trust is None else trust.calibrate(said)
    decisions = [None] * len(said) if trust is None else trust.decide(said, X)
    coverage = None if trust is None else trust.coverage
    return [_classes(row, one, task, classes, coverage) for row, one in zip(fair, decisions, strict=True)]


def _numbers(said: Float, X: NDArray[Any], trust: Trust | None) -> list[Prediction]:
    if trust is None:
        return [Prediction("continuous", value=float(value)) for value in said]
    return [
        Prediction(
            "continuous",
            value=float(value),
            interval=(float(low), float(high)) if np.isfinite(high - low) else None,
            coverage=trust.coverage,
            novelty=one.novelty,
            known=one.known,
            why=one.why,
        )
        for value, (low, high), one in zip(said, trust.intervals(said), trust.decide(said, X), strict=True)
    ]


def _classes(
    fair: Float, decision: Decision | None, task: Task, classes: Sequence[str], coverage: float | None
) -> Prediction:
    ranked = [int(k) for k in np.argsort(-fair, kind="stable")]
    probabilities = {classes[k]: float(fair[k]) for k in ranked}
    if decision is None:
        likely = tuple(classes[k] for k in ranked if fair[k] >= LIKELY)
        best = classes[ranked[0]] if task == "single" else None
        return Prediction(
            task, label=best, labels=likely if best is None else (best,), probabilities=probabilities
        )
    return Prediction(
        task,
        label=decision.label,
        labels=decision.labels,
        probabilities=probabilities,
        set=decision.set,
        coverage=coverage,
        novelty=decision.novelty,
        known=decision.known,
        why=decision.why,
    )
