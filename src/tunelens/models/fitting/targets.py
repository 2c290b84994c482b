"""Labels as nets learn them: weighted targets that may be mixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.data.labels import Task

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Targets:
    """What to say for each row.

    Parameters
    ----------
    task : {"single", "multi", "continuous"}
    table : ndarray of float32, shape (n, 2 k)
        Weight times target, then weight, of each of k outputs. A mixture of two rows is the mixture of
        their tables, which makes the loss of a mixture the mixture of the losses, weights included.
    classes : ndarray
        Of the k outputs; empty for numbers.
    mean, spread : float
        Of numbers, which nets learn standardised; 0 and 1 for classes.
    """

    task: Task
    table: Float32
    classes: NDArray[Any]
    mean: float = 0.0
    spread: float = 1.0

    @classmethod
    def of(cls, task: Task, y: NDArray[Any], sample_weight: NDArray[Any] | None = None) -> Self:
        """Read classes (n,), tags (n, k) or numbers (n,), and weights (n,) or, of tags, (n, k).

        Weights are scaled to a mean of 1.

        Raises
        ------
        DataError
            A number is not finite, or weights are negative, all zero or of another shape.
        """
        y = np.asarray(y)
        if task == "continuous":
            values = y.astype(np.float64).reshape(len(y))
            if not np.isfinite(values).all():
                raise DataError("y holds numbers that are not finite", hint="drop those rows")
            mean, spread = float(values.mean()), float(values.std())
            spread = spread if spread > 1e-9 * max(abs(mean), 1e-6) else 1.0
            return cls(
                task, _table((values - mean)[:, None] / spread, sample_weight), np.empty(0), mean, spread
            )
        if task == "multi":
            return cls(task, _table(y, sample_weight), np.arange(y.shape[1]))
        classes, at = np.unique(y, return_inverse=True)
        return cls(task, _table(np.eye(len(classes))[at], sample_weight), classes)

    def prior(self) -> Float32:
        """Return the scores that say nothing but how frequent each class is, shape (k,)."""
        k = self.table.shape[1] // 2
        told, weight = self.table[:, :k].sum(axis=0), self.table[:, k:].sum(axis=0)
        if self.task == "continuous":
            return np.zeros(k, np.float32)
        share = (told + 0.5) / (weight + 1.0)
        score = np.log(share) - (np.log1p(-share) if self.task == "multi" else 0.0)
        return np.asarray(score, np.float32)


def _table(Y: NDArray[Any], sample_weight: NDArray[Any] | None) -> Float32:
    weight = np.ones(len(Y)) if sample_weight is None else np.asarray(sample_weight, np.float64)
    if weight.shape not in {(len(Y),), Y.shape}:
        raise DataError(f"weights have shape {weight.shape}; ({len(Y)},) or {Y.shape} is needed")
    if not np.isfinite(weight).all() or weight.min(initial=0) < 0 or weight.sum() == 0:
        raise DataError("weights must be finite, 0 or more, and not all 0")
    weight = np.broadcast_to(weight.reshape(len(Y), -1) / weight.mean(), Y.shape)
    return np.concatenate([weight * Y, weight], axis=1).astype(np.float32)
