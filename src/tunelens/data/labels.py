"""`Labels`: what the rows of a dataset are said to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError

Kind = Literal["single", "multi", "hierarchical", "continuous"]
Task = Literal["single", "multi", "continuous"]
KINDS: tuple[Kind, ...] = ("single", "multi", "hierarchical", "continuous")
LEVEL = " > "
"""Joins the levels of a hierarchical label: ``Rock > Indie``."""


@dataclass(frozen=True, eq=False)
class Labels:
    """One label per row, of one kind.

    Parameters
    ----------
    kind : {"single", "multi", "hierarchical", "continuous"}
        One class a row; any number of tags a row; one path of classes a row, from general to special;
        or one number a row.
    values : sequence
        A str, a frozenset of str, a tuple of str, or a float per row.
    name : str
        What is labelled, say ``genre``.

    Raises
    ------
    ParameterError
        The kind is none.
    DataError
        A value does not fit the kind, is empty, or is not finite.

    Examples
    --------
    >>> moods = Labels("multi", [{"calm"}, {"sad", "calm"}], "mood")
    >>> moods.classes, moods.y().tolist()
    (('calm', 'sad'), [[1, 0], [1, 1]])
    >>> Labels("hierarchical", [("rock", "indie"), ("jazz",)]).at_level(1).values
    ('rock', 'jazz')
    """

    kind: Kind
    values: Sequence[Any]
    name: str = "label"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ParameterError(f"kind is {self.kind!r}; {', '.join(KINDS)} are allowed")
        object.__setattr__(self, "values", tuple(_checked(self.kind, value) for value in self.values))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def task(self) -> Task:
        """What a model must do: hierarchical labels are learned as single ones, path by path."""
        return "single" if self.kind == "hierarchical" else self.kind

    @property
    def classes(self) -> tuple[str, ...]:
        """Every class or tag that occurs, sorted; () for numbers."""
        if self.kind == "continuous":
            return ()
        if self.kind == "multi":
            return tuple(sorted(frozenset().union(*self.values)))
        return tuple(sorted(set(self.y().tolist())))

    def y(self, classes: Sequence[str] | None = None) -> NDArray[Any]:
        """Return the labels as scikit-learn takes them.

        Parameters
        ----------
        classes : sequence of str, optional
            Columns of multi-label rows; `Labels.classes` if left out. Tags outside it are left out.

        Returns
        -------
        ndarray
            Of str, shape (n,); of int8, shape (n, n_classes); or of float64, shape (n,).
        """
        if self.kind == "continuous":
            return np.array(self.values, np.float64)
        if self.kind == "multi":
            wanted = self.classes if classes is None else tuple(classes)
            return np.array([[tag in row for tag in wanted] for row in self.values], np.int8).reshape(
                len(self), len(wanted)
            )
        texts = [LEVEL.join(value) if self.kind == "hierarchical" else value for value in self.values]
        return np.array(texts, dtype=np.str_)

    def counts(self) -> dict[str, int]:
        """Return how many rows have each class, most frequent first."""
        if self.kind == "continuous":
            return {}
        rows = self.values if self.kind == "multi" else [[label] for label in self.y().tolist()]
        found = Counter(label for row in rows for label in row)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Self:
        """Return the labels of `rows`, in that order."""
        return type(self)(self.kind, [self.values[i] for i in rows], self.name)

    def at_level(self, level: int) -> Labels:
        """Return hierarchical labels cut to their first `level` classes, as single labels."""
        if self.kind != "hierarchical" or level < 1:
            raise ParameterError(
                f"level {level} of {self.kind} labels was asked for; 1 or more of hierarchical ones is needed"
            )
        return Labels("single", [LEVEL.join(value[:level]) for value in self.values], self.name)


def _checked(kind: Kind, value: Any) -> Any:
    if kind == "continuous":
        number = float(value)
        if not np.isfinite(number):
            raise DataError(f"label {value!r} is no finite number", hint="drop the row or mend the value")
        return number
    if kind == "single":
        return _text(value)
    members = [_text(one) for one in value]
    return frozenset(members) if kind == "multi" else tuple(members)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"label {value!r} is empty or no text", hint="drop the row or name its class")
    return value
