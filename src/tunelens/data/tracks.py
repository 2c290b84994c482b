"""`Tracks`: a dataset in memory; rows of files or of numbers, with labels, groups and splits."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.data.labels import Labels

SPLITS = ("train", "valid", "test")
JOINT = "+"
"""Between the names of groups that count as one."""


@dataclass(frozen=True)
class Dropped:
    """A row that was left out, and why.

    Parameters
    ----------
    item : str
        The file, or the number of the row.
    reason : str
        Short and the same for the same cause, so that reasons can be counted.
    """

    item: str
    reason: str


@dataclass(frozen=True)
class ReadReport:
    """What a reader found and what it left out.

    Parameters
    ----------
    n_found : int
        Rows or files that were looked at.
    dropped : tuple of Dropped
        Those left out.
    notes : tuple of str
        What a person should know: a list that was assumed, a column that was guessed.
    """

    n_found: int = 0
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def n_kept(self) -> int:
        """Rows that remain."""
        return self.n_found - len(self.dropped)

    def reasons(self) -> dict[str, int]:
        """Return how many rows each reason cost, most first."""
        return dict(Counter(one.reason for one in self.dropped).most_common())

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "n_found": self.n_found,
            "n_kept": self.n_kept,
            "reasons": self.reasons(),
            "dropped": [[one.item, one.reason] for one in self.dropped],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, eq=False)
class Tracks:
    """A dataset: every column has one entry per row.

    Parameters
    ----------
    name : str
        Of the dataset.
    labels : Labels
        What the rows are.
    ids : tuple of str
        Unique; the relative path of a file, or what the source calls the row.
    paths : tuple of Path, optional
        Audio files, for a dataset of sound.
    X : ndarray of float64, shape (n, d), optional
        Features, for a dataset of numbers; NaN where a value is missing.
    feature_names : tuple of str
        Columns of `X`.
    groups : Mapping of str to tuple of str
        ``artist``, ``album``, ``cluster``...: rows of one group must never stand on two sides of a split;
        "" where unknown.
    split : tuple of str, optional
        ``train``, ``valid``, ``test`` or "" (in none), as the source has it.
    times : ndarray of float64, shape (n,), optional
        Year, or day as a number, for splits in time; NaN where unknown.
    start_s, end_s : tuple of float or None, optional
        The excerpt of each file; None for begin or end of the file.
    report : ReadReport
        What the reader found.
    source : str
        Where the data comes from and its licence, for model cards.

    Raises
    ------
    DataError
        Columns differ in length, ids repeat, or there are neither files nor numbers.

    Examples
    --------
    >>> labels = Labels("single", ["a", "b"])
    >>> tracks = Tracks("toy", labels, ("1", "2"), X=np.eye(2), feature_names=("u", "v"))
    >>> len(tracks), tracks.take([1]).ids, tracks.is_audio
    (2, ('2',), False)
    """

    name: str
    labels: Labels
    ids: tuple[str, ...]
    paths: tuple[Path, ...] | None = None
    X: NDArray[np.float64] | None = None
    feature_names: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    split: tuple[str, ...] | None = None
    times: NDArray[np.float64] | None = None
    start_s: tuple[float | None, ...] | None = None
    end_s: tuple[float | None, ...] | None = None
    report: ReadReport = field(default_factory=ReadReport)
    source: str = ""

    def __post_init__(self) -> None:
        if self.paths is None and self.X is None:
            raise DataError(f"{self.name}: there are neither files nor features")
        for column, values in self._columns().items():
            if len(values) != len(self.ids):
                raise DataError(f"{self.name}: {column} has {len(values)} rows, ids has {len(self.ids)}")
        if len(set(self.ids)) != len(self.ids):
            raise DataError(f"{self.name}: ids are not unique", hint="give every row a name of its own")
        if self.X is not None and self.X.shape != (len(self.ids), len(self.feature_names)):
            raise DataError(
                f"{self.name}: X has shape {self.X.shape}, feature_names {len(self.feature_names)}"
            )

    def _columns(self) -> dict[str, Sequence[Any] | NDArray[Any]]:
        optional = {
            "paths": self.paths,
            "X": self.X,
            "split": self.split,
            "times": self.times,
            "start_s": self.start_s,
            "end_s": self.end_s,
        }
        groups = {f"group {name!r}": values for name, values in self.groups.items()}
        return {
            "labels": self.labels.values,
            **groups,
            **{k: v for k, v in optional.items() if v is not None},
        }

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_audio(self) -> bool:
        """Are the rows files?"""
        return self.paths is not None

    @property
    def data_id(self) -> str:
        """Hex digest of rows and labels; the same data has the same id wherever it lies."""
        labels = [sorted(value) if isinstance(value, frozenset) else value for value in self.labels.values]
        digest = hashlib.sha256(json.dumps([self.ids, labels]).encode())
        if self.X is not None:
            digest.update(np.ascontiguousarray(self.X).tobytes())
        return digest.hexdigest()[:16]

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Self:
        """Return the rows `rows`, in that order."""
        rows = [int(i) for i in rows]

        def pick(values: Any) -> Any:
            if values is None:
                return None
            return values[rows] if isinstance(values, np.ndarray) else tuple(values[i] for i in rows)

        return replace(
            self,
            labels=self.labels.take(rows),
            groups={name: pick(values) for name, values in self.groups.items()},
            **{
                c: pick(getattr(self, c)) for c in ("ids", "paths", "X", "split", "times", "start_s", "end_s")
            },
        )

    def group_ids(self, name: str | None) -> NDArray[np.intp]:
        """Return a number per row, the same for rows of one group.

        Parameters
        ----------
        name : str or None
            A key of `groups`, or several joined by ``+``: rows that any of them connects, be it through
            other rows, are one group. None puts every row in a group of its own. An unknown group
            connects nothing.

        Raises
        ------
        ParameterError
            There is no such group.

        Examples
        --------
        >>> groups = {"artist": ("Ann", "Ann", "Bob", ""), "cluster": ("", "x", "x", "")}
        >>> toy = Tracks("toy", Labels("single", list("abab")), tuple("1234"), X=np.eye(4),
        ...              feature_names=tuple("stuv"), groups=groups)
        >>> toy.group_ids("artist").tolist(), toy.group_ids("artist+cluster").tolist()
        ([0, 0, 1, 2], [0, 0, 0, 1])
        """
        if name is None:
            return np.arange(len(self))
        parts = [name] if name in self.groups else name.split(JOINT)
        for part in parts:
            if part not in self.groups:
                known = ", ".join(self.groups) or "none"
                raise ParameterError(f"{self.name} has no group {part!r}", hint=f"groups here: {known}")
        return _connected([self.groups[part] for part in parts], len(self))


def _connected(columns: Sequence[Sequence[str]], n: int) -> NDArray[np.intp]:
    """Number the sets of rows that columns connect, by their first rows."""
    parent = list(range(n))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for column in columns:
        first: dict[str, int] = {}
        for row, value in enumerate(column):
            if value:
                a, b = sorted((root(first.setdefault(value, row)), root(row)))
                parent[b] = a
    return np.unique([root(row) for row in range(n)], return_inverse=True)[1].astype(np.intp)
