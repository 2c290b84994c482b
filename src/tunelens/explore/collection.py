"""`Collection`: songs with their numbers, wherever they come from, and nothing to predict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, UnknownNameError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Collection:
    """Songs and what is known of them; every column has one entry per song.

    Parameters
    ----------
    name : str
        What the collection is called.
    ids : tuple of str
        Unique; of a library's tracks their numbers.
    X : ndarray of float64, shape (n, d)
        Numbers; NaN where one is missing.
    features : tuple of str
        Names of the columns of `X`.
    titles, artists : tuple of str
        "" where unknown; by default ids and nothing.
    paths : tuple of Path or None
        Where the sound is.
    years : ndarray of float64, shape (n,), optional
        NaN where unknown.
    facts : Mapping of str to tuple of str
        What is no number: genre, mood, country; "" where unknown.
    notes : tuple of str
        What a person should know of how it came about.

    Raises
    ------
    DataError
        Columns differ in length, or ids or names of features repeat.

    Examples
    --------
    >>> songs = Collection("toy", ("1", "2"), np.array([[120.0, 0.3], [90.0, np.nan]]), ("tempo", "energy"))
    >>> len(songs), songs.only(["energy"]).X[0], songs.take([1]).ids
    (2, array([0.3]), ('2',))
    """

    name: str
    ids: tuple[str, ...]
    X: Floats
    features: tuple[str, ...]
    titles: tuple[str, ...] = ()
    artists: tuple[str, ...] = ()
    paths: tuple[Path | None, ...] = ()
    years: Floats | None = None
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.ids)
        fill = object.__setattr__
        fill(self, "titles", self.titles or self.ids)
        fill(self, "artists", self.artists or ("",) * n)
        fill(self, "paths", self.paths or (None,) * n)
        fill(self, "years", np.full(n, np.nan) if self.years is None else self.years)
        self._check(n)

    def _check(self, n: int) -> None:
        if self.X.shape != (n, len(self.features)):
            raise DataError(
                f"{self.name}: numbers of shape {self.X.shape}; ({n}, {len(self.features)}) is needed"
            )
        assert self.years is not None
        columns = {"titles": self.titles, "artists": self.artists, "paths": self.paths, **self.facts}
        for name, values in {**columns, "years": self.years}.items():
            if len(values) != n:
                raise DataError(f"{self.name}: {name} has {len(values)} entries, ids {n}")
        for what, names in (("ids", self.ids), ("features", self.features)):
            if len(set(names)) != len(names):
                raise DataError(f"{self.name}: {what} repeat")

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[int] | NDArray[np.integer] | NDArray[np.bool_]) -> Self:
        """Return some of the songs, in the order asked for."""
        at = np.arange(len(self))[np.asarray(rows)] if len(rows) else np.arange(0)
        assert self.years is not None

        def some(values: Sequence) -> tuple:
            return tuple(values[int(i)] for i in at)

        return replace(
            self, ids=some(self.ids), X=self.X[at], titles=some(self.titles), artists=some(self.artists),
            paths=some(self.paths), years=self.years[at],
            facts={name: some(values) for name, values in self.facts.items()},
        )  # fmt: skip

    def only(self, features: Sequence[str]) -> Self:
        """Return the songs with some of the features, in the order asked for.

        Raises
        ------
        UnknownNameError
            There is no such feature.
        """
        for name in features:
            if name not in self.features:
                raise UnknownNameError.among("feature", name, self.features)
        at = [self.features.index(name) for name in features]
        return replace(self, X=self.X[:, at], features=tuple(features))
