"""Judging: the same artist-disjoint folds for our heads and for the references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.data.splits import PROTOCOLS, Fold
from tunelens.data.tracks import Tracks
from tunelens.evaluation.comparison import Difference, compare_pairs
from tunelens.evaluation.crossval import OutOfFold, cross_validate
from tunelens.evaluation.intervals import Interval, bootstrap
from tunelens.evaluation.metrics import METRICS
from tunelens.models.material import Material
from tunelens.models.recipe import Fitted, Recipe

SEEDS = (0, 1, 2)
N_FOLDS = 5


class Learner(Protocol):
    """What `cross_validate` asks of a recipe."""

    @property
    def model(self) -> str:
        """Its name."""

    @property
    def key(self) -> str:
        """All that makes the result what it is."""

    def fit(self, material: Material, seed: int = 0, progress: Progress | None = None) -> Fitted:
        """Learn."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Answers for rows that were not learned from, one part per draw of the folds.

    Parameters
    ----------
    parts : tuple of OutOfFold
        One per seed of the folds.
    """

    parts: tuple[OutOfFold, ...]

    @property
    def first(self) -> OutOfFold:
        """The answers of the first draw: one per row."""
        return self.parts[0]

    def among(self, rows: NDArray[np.intp], columns: Sequence[int] | None = None) -> Judged:
        """Return the answers for some rows and classes."""
        return Judged(tuple(_among(part, rows, columns) for part in self.parts))

    @property
    def whole(self) -> OutOfFold:
        """All answers, the number of their draw as their seed."""
        arrays = ("y_true", "proba", "rows", "fold_of", "groups")
        found: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in self.parts]) for name in arrays
        }
        found["seed_of"] = np.repeat(np.arange(len(self.parts)), [len(part.rows) for part in self.parts])
        return replace(self.first, **found)

    def interval(self, metric: str) -> Interval:
        """Return a figure: the mean over the draws, with the interval that resampling artists gives."""
        said = self.whole
        return bootstrap(
            METRICS[metric], said.y_true, said.proba, said.groups, said.classes, parts=said.seed_of
        )

    def beyond(self, other: Judged, metric: str) -> Difference:
        """Return by how much the figure is higher than that of `other` on the same folds."""
        return compare_pairs(self.whole, other.whole, METRICS[metric])


def _among(part: OutOfFold, rows: NDArray[np.intp], columns: Sequence[int] | None) -> OutOfFold:
    keep = np.isin(part.rows, rows)
    arrays = ("y_true", "proba", "rows", "fold_of", "seed_of", "groups")
    found: dict[str, Any] = {name: getattr(part, name)[keep] for name in arrays}
    if columns is not None:
        found["y_true"], found["proba"] = found["y_true"][:, columns], found["proba"][:, columns]
        found["classes"] = tuple(part.classes[k] for k in columns)
    return replace(part, **found)


def draws(tracks: Tracks, seeds: Sequence[int] = SEEDS) -> list[list[Fold]]:
    """Return the folds of every seed; no artist stands on both sides of one."""
    return [PROTOCOLS["grouped"].folds(tracks, n_folds=N_FOLDS, seed=s, group="artist") for s in seeds]


def judge(material: Material, folds: Sequence[Sequence[Fold]], recipe: Learner) -> Judged:
    """Fit on the training rows of every fold and answer for its test rows.

    References are kept in the cache; our own heads are always fitted anew, since they may have changed.
    """
    kept = Settings.from_env().cache_dir / "default-model" if isinstance(recipe, Recipe) else None
    return Judged(tuple(cross_validate(material, one, recipe, cache_dir=kept) for one in folds))  # type: ignore[arg-type]


def narrowed(folds: Sequence[Sequence[Fold]], n: int) -> list[list[Fold]]:
    """Return folds of the first `n` rows alone."""
    return [
        [Fold(one.name, one.train[one.train < n], one.test[one.test < n]) for one in draw] for draw in folds
    ]


def columns_of(material: Material, columns: slice) -> Material:
    """Return the material with some of its columns."""
    return replace(material, X=material.X[:, columns])
