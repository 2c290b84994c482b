"""`Material`: what a model learns from, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.data.labels import Task


@dataclass(frozen=True, eq=False)
class Material:
    """Rows of numbers with labels and groups.

    Parameters
    ----------
    X : ndarray, shape (n, d) or (n, t, d)
        NaN where a value is missing.
    y : ndarray
        As `Labels.y` gives it: str (n,), indicators (n, n_classes), or float (n,).
    groups : ndarray of int, shape (n,)
        Rows of one group never stand on two sides of a split.
    task : {"single", "multi", "continuous"}
    classes : tuple of str
        Columns of the probabilities; () for numbers.
    X_augmented : ndarray, shape (n, copies, ...), optional
        Changed copies of each row, for training alone.

    Raises
    ------
    DataError
        Lengths differ, or a value is infinite.

    Examples
    --------
    >>> m = Material(np.eye(3), np.array(["a", "b", "a"]), np.arange(3), "single", ("a", "b"))
    >>> m.take([2, 0]).y.tolist(), len(m)
    (['a', 'a'], 3)
    """

    X: NDArray[Any]
    y: NDArray[Any]
    groups: NDArray[np.intp]
    task: Task
    classes: tuple[str, ...]
    X_augmented: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        n = len(self.X)
        if len(self.y) != n or len(self.groups) != n:
            raise DataError(f"X has {n} rows, y {len(self.y)}, groups {len(self.groups)}")
        if self.X_augmented is not None and len(self.X_augmented) != n:
            raise DataError(f"X has {n} rows, X_augmented {len(self.X_augmented)}")
        if np.isinf(self.X).any():
            raise DataError("a value of X is infinite", hint="mend the column or leave it empty")

    def __len__(self) -> int:
        return len(self.X)

    def take(self, rows: Any) -> Self:
        """Return the rows `rows`, in that order."""
        index = np.asarray(rows, np.intp)
        copies = None if self.X_augmented is None else self.X_augmented[index]
        return type(self)(self.X[index], self.y[index], self.groups[index], self.task, self.classes, copies)

    def with_copies(self) -> Self:
        """Return rows and changed copies together, each copy with label and group of its row."""
        if self.X_augmented is None or not self.X_augmented.shape[1]:
            return self
        n, copies = self.X_augmented.shape[:2]
        flat = self.X_augmented.reshape(n * copies, *self.X.shape[1:])
        where = np.concatenate([np.arange(n), np.repeat(np.arange(n), copies)])
        return type(self)(
            np.concatenate([self.X, flat]), self.y[where], self.groups[where], self.task, self.classes
        )
