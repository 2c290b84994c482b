"""`Material`: what a recipe learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.data.labels import Task


@dataclass(frozen=True, eq=False)
class Material:
    """Numbers, labels and groups of the same rows.

    Parameters
    ----------
    X : ndarray, shape (n, d) or (n, t, d)
        One vector or one sequence per row; NaN stands for what is not known.
    y : ndarray, shape (n,) or (n, n_classes)
        As `tunelens.data.labels.Labels.y` gives it: str, an indicator matrix, or numbers.
    groups : ndarray of int, shape (n,)
        Rows of one group never stand on both sides of a split, not inside training either.
    task : {"single", "multi", "continuous"}
    classes : tuple of str
        Of the whole dataset, also those that these rows lack; () for continuous labels.
    X_augmented : ndarray, shape (n, copies, ...), optional
        Changed copies of each row; they are learned from and never judged by.

    Raises
    ------
    DataError
        The lengths differ, or a label is none of the classes.

    Examples
    --------
    >>> X = np.arange(6.0).reshape(3, 2)
    >>> whole = Material(X, np.array(["爵士", "rock", "rock"]), np.arange(3), "single", ("rock", "爵士"))
    >>> len(whole), whole.take([1, 2]).y.tolist()
    (3, ['rock', 'rock'])
    """

    X: NDArray[Any]
    y: NDArray[Any]
    groups: NDArray[np.intp]
    task: Task
    classes: tuple[str, ...] = ()
    X_augmented: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        parts = {"X": self.X, "y": self.y, "groups": self.groups}
        if self.X_augmented is not None:
            parts["X_augmented"] = self.X_augmented
        lengths = {name: len(part) for name, part in parts.items()}
        if len(set(lengths.values())) > 1:
            raise DataError(f"the parts differ in length: {lengths}", hint="give every part one row per clip")
        if self.X.ndim not in (2, 3):
            raise DataError(f"X has shape {self.X.shape}; (n, d) or (n, t, d) is needed")
        self._check_labels()

    def _check_labels(self) -> None:
        k = len(self.classes)
        if self.task == "multi" and self.y.shape != (len(self.X), k):
            raise DataError(f"y has shape {self.y.shape}; ({len(self.X)}, {k}) is needed for {k} tags")
        if self.task != "multi" and self.y.ndim != 1:
            raise DataError(f"y has shape {self.y.shape}; ({len(self.X)},) is needed")
        strangers = set(self.y.tolist()) - set(self.classes) if self.task == "single" else set()
        if strangers:
            raise DataError(f"label {sorted(strangers)[0]!r} is none of the {k} classes")

    def __len__(self) -> int:
        return len(self.X)

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Self:
        """Return `rows` in that order, with the classes of the whole."""
        at = np.asarray(rows, np.intp)
        changed = None if self.X_augmented is None else self.X_augmented[at]
        return type(self)(self.X[at], self.y[at], self.groups[at], self.task, self.classes, changed)

    def with_copies(self) -> Self:
        """Return the rows followed by their changed copies, each with label and group of its origin."""
        if self.X_augmented is None or self.X_augmented.shape[1] == 0:
            return self
        copies = self.X_augmented.shape[1]
        return type(self)(
            np.concatenate([self.X, self.X_augmented.reshape(-1, *self.X.shape[1:])]),
            np.concatenate([self.y, np.repeat(self.y, copies, axis=0)]),
            np.concatenate([self.groups, np.repeat(self.groups, copies)]),
            self.task,
            self.classes,
        )
