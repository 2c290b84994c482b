"""Balancers: what to do when some classes are rare. Only recipes call them, on training rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.registry import Registry

NEIGHBOURS = 5
Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Balanced:
    """Training rows after balancing.

    Parameters
    ----------
    X : ndarray, shape (n, ...)
        The rows that were given come first, in their order; `undersample` leaves some of them out.
    y : ndarray, shape (n,) or (n, n_classes)
        Their labels.
    sample_weight : ndarray of float64, shape (n,), optional
        How much each row counts, 1 on average; None where all count alike.
    """

    X: Array
    y: Array
    sample_weight: NDArray[np.float64] | None = None


class Balancer(Protocol):
    """A way to make classes weigh alike."""

    @property
    def name(self) -> str:
        """Its key in `BALANCERS`."""

    @property
    def summary(self) -> str:
        """One line for a person."""

    def resample(self, X: Array, y: Array, seed: int) -> Balanced:
        """Return the rows to learn from.

        Parameters
        ----------
        X : ndarray, shape (n, d) or (n, t, d)
            NaN stands for what is not known.
        y : ndarray, shape (n,) or (n, n_classes)
            As ``Labels.y`` gives it.
        seed : int
            Of what is drawn.

        Raises
        ------
        DataError
            There is one class only.
        ParameterError
            Labels of this kind cannot be balanced so.
        MissingDependencyError
            An extra must be installed first.
        """


BALANCERS: Registry[Balancer] = Registry(
    "balancer",
    {
        **{
            name: f"tunelens.data.balance:{name.upper()}"
            for name in ("none", "weights", "oversample", "undersample", "smote", "adasyn")
        },
        "gan": "tunelens.models.generative:GAN",
    },
    group="tunelens.balancers",
)
"""Every balancer by name."""


@dataclass(frozen=True)
class Untouched:
    """All rows as they are."""

    name: str = "none"
    summary: str = "leave the classes as they are"

    def resample(self, X: Array, y: Array, seed: int) -> Balanced:
        """Return what was given."""
        del seed
        return Balanced(X, y)


@dataclass(frozen=True)
class Weights:
    """Rows of rare classes count more; nothing is drawn."""

    name: str = "weights"
    summary: str = "rows of rare classes count more; the only one for several tags a row"

    def resample(self, X: Array, y: Array, seed: int) -> Balanced:
        """Return the rows with weights; a row of several tags has the mean weight of its tags."""
        del seed
        if y.ndim == 1:
            classes = classes_of(y, self.name)
            indicator = (y[:, None] == classes).astype(np.float64)
        else:
            indicator = y.astype(np.float64)
        rarity = len(y) / np.maximum(indicator.sum(axis=0), 1)
        n_tags = indicator.sum(axis=1)
        # a row without a tag speaks for no rare class, so it counts as one of the commonest
        floor = rarity.min(initial=float(len(y)))
        weight = np.where(n_tags > 0, indicator @ rarity / np.maximum(n_tags, 1), floor)
        return Balanced(X, y, weight / weight.mean())


@dataclass(frozen=True)
class Undersample:
    """Rows of common classes are left out at random."""

    name: str = "undersample"
    summary: str = "leave out rows at random until every class is as rare as the rarest"

    def resample(self, X: Array, y: Array, seed: int) -> Balanced:
        """Return as many rows of every class as the rarest has, in their order."""
        rng = np.random.default_rng(seed)
        rows = [np.flatnonzero(y == one) for one in classes_of(y, self.name)]
        fewest = min(len(one) for one in rows)
        kept = np.sort(np.concatenate([rng.choice(one, fewest, replace=False) for one in rows]))
        return Balanced(X[kept], y[kept])


@dataclass(frozen=True)
class Oversample:
    """Rows of rare classes are repeated."""

    name: str = "oversample"
    summary: str = "repeat rows at random until every class is as common as the commonest"

    def resample(self, X: Array, y: Array, seed: int) -> Balanced:
        """Return the rows, followed by the repeated ones, class by class."""
        rng = np.random.default_rng(seed)
        drawn = [rng.choice(rows, missing) for _, rows, missing in lacking(y, self.name)]
        rows = np.concatenate([np.arange(len(y)), *drawn])
        return Balanced(X[rows], y[rows])


@dataclass(frozen=True)
class Between:
    """Rows of rare classes are made up between neighbours, by imbalanced-learn.

    A class of fewer rows than neighbours are asked for has all its rows as neighbours; the only row of
    a class is repeated.
    """

    name: str
    summary: str
    method: str

    def resample(self, X: Array, y: Array, seed: int) -> Balanced:
        """Return the rows, followed by those made up, class by class."""
        wanted = list(lacking(y, self.name))
        flat = filled(X)
        made = [self._made(flat, y == one, missing, seed) for one, _, missing in wanted]
        labels = [np.full(len(rows), one, y.dtype) for rows, (one, _, _) in zip(made, wanted, strict=True)]
        return appended(X, y, made, labels)

    def _made(self, flat: Array, mine: NDArray[np.bool_], missing: int, seed: int) -> Array:
        from tunelens.base.extras import require

        own = int(mine.sum())
        if own == 1:
            return np.repeat(flat[mine], missing, axis=0)
        over = require("imblearn.over_sampling")
        strategy, k = {1: own + missing}, min(NEIGHBOURS, own - 1)
        smote = over.SMOTE(sampling_strategy=strategy, k_neighbors=k, random_state=seed)
        samplers = [smote]
        if self.method == "adasyn":
            # it makes nothing where no neighbour is of another class; SMOTE does
            samplers.insert(0, over.ADASYN(sampling_strategy=strategy, n_neighbors=k, random_state=seed))
        for sampler in samplers[:-1]:
            with suppress(ValueError, RuntimeError):
                return sampler.fit_resample(flat, mine.astype(int))[0][len(flat) :]
        return smote.fit_resample(flat, mine.astype(int))[0][len(flat) :]


NONE = Untouched()
WEIGHTS = Weights()
OVERSAMPLE = Oversample()
UNDERSAMPLE = Undersample()
SMOTE = Between("smote", "make up rows between neighbours of a rare class (Chawla et al. 2002)", "smote")
ADASYN = Between("adasyn", "as smote, more of them where classes meet (He et al. 2008)", "adasyn")


def classes_of(y: Array, name: str) -> Array:
    """Return the classes of single labels, or raise where `name` cannot balance them."""
    if y.ndim != 1:
        raise ParameterError(
            f"{name} balances one class a row; these rows have any number of tags", hint="use weights"
        )
    if y.dtype.kind == "f":
        raise ParameterError(f"{name} balances classes; these labels are numbers", hint="use none")
    classes = np.unique(y)
    if len(classes) < 2:
        raise DataError(
            f"there is nothing to balance: {len(y)} rows and {len(classes)} class",
            hint="add rows of another class",
        )
    return classes


def lacking(y: Array, name: str) -> Iterator[tuple[Any, NDArray[np.intp], int]]:
    """Yield each class with its rows and how many it has fewer than the commonest, where it has fewer."""
    found = {one: np.flatnonzero(y == one) for one in classes_of(y, name)}
    most = max(len(rows) for rows in found.values())
    for one, rows in found.items():
        if len(rows) < most:
            yield one, rows, most - len(rows)


def filled(X: Array) -> NDArray[np.float64]:
    """Return `X` as float64 of shape (n, d); what is not known is the mean of its column, or 0."""
    flat = np.array(X, np.float64).reshape(len(X), -1)
    known = np.isfinite(flat)
    mean = np.where(known, flat, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known, flat, mean)


def appended(X: Array, y: Array, made: list[Array], labels: list[Array]) -> Balanced:
    """Return the rows followed by those made up, in the shape and type of `X`."""
    if not made:
        return Balanced(X, y)
    new = np.concatenate(made).reshape(-1, *X.shape[1:])
    dtype = X.dtype if X.dtype.kind == "f" else np.float64
    return Balanced(np.concatenate([X.astype(dtype), new.astype(dtype)]), np.concatenate([y, *labels]))
