"""`Prepared`: the numbers of songs on one scale, without gaps, and of songs that come later on the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.feature_words import feature_name
from tunelens.base.language import say
from tunelens.explore.collection import Collection

Floats = NDArray[np.float64]
MOST_MISSING = 0.5
"""A column that lacks more than this share of its values is dropped."""
CONSTANT = 1e-9
"""A column whose deviation is less than this share of its largest value says nothing."""
LARGEST = 1e100
"""Beyond this no square can be summed; such a value is as good as missing."""
SHOWN = 8
FAINTEST = 1e-140
"""A spread below this has a square that numbers cannot hold."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Standardised songs and what they were standardised with.

    Parameters
    ----------
    Z : ndarray of float64, shape (n, p)
        Of each kept feature the deviation from its mean, in standard deviations; no NaN.
    features : tuple of str
        Names of the columns.
    fill, mean, scale : ndarray of float64, shape (p,)
        Median that stands for a missing value; mean and standard deviation after filling.
    ids : tuple of str
        The songs.
    notes : tuple of str
        Which columns were dropped, how many values were filled.
    """

    Z: Floats
    features: tuple[str, ...]
    fill: Floats
    mean: Floats
    scale: Floats
    ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.Z)

    def again(self, collection: Collection) -> Self:
        """Prepare other songs with the same numbers.

        Raises
        ------
        UnknownNameError
            They lack one of the features.
        """
        X = _numbers(collection.only(self.features).X)
        notes = _of_gaps(X)
        Z = (np.where(np.isnan(X), self.fill, X) - self.mean) / self.scale
        return replace(self, Z=Z, ids=collection.ids, notes=notes)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Self:
        """Return some of the songs."""
        at = np.arange(len(self))[rows]
        return replace(self, Z=self.Z[at], ids=tuple(self.ids[int(i)] for i in at) if self.ids else ())

    def numbers(self) -> dict[str, Any]:
        """Return what songs are prepared with, as JSON knows it."""
        columns = {"fill": self.fill, "mean": self.mean, "scale": self.scale}
        return {"features": list(self.features), **{name: col.tolist() for name, col in columns.items()}}

    @classmethod
    def from_numbers(cls, values: Mapping[str, Any]) -> Self:
        """Return no songs, and what `numbers` returned: `again` prepares songs with it.

        Raises
        ------
        DataError
            The values are damaged.
        """
        try:
            features = tuple(str(name) for name in values["features"])
            fill, mean, scale = (np.array(values[name], np.float64) for name in ("fill", "mean", "scale"))
        except (LookupError, TypeError, ValueError) as error:
            raise DataError(f"the numbers that songs are prepared with are damaged: {error}") from error
        shape = (len(features),)
        if not (fill.shape == mean.shape == scale.shape == shape) or not bool((scale > 0).all()):
            raise DataError("the numbers that songs are prepared with are damaged")
        return cls(np.empty((0, len(features))), features, fill, mean, scale)


def prepared(collection: Collection) -> Prepared:
    """Return the songs on one scale.

    Missing values are filled with the median of their column. Columns that are mostly missing, or the same
    for all songs, are dropped.

    Raises
    ------
    DataError
        There is no song, or no feature is left.

    Examples
    --------
    >>> X = np.array([[120.0, 1, np.nan], [90, 1, np.nan], [np.nan, 1, 5]])
    >>> ready = prepared(Collection("toy", ("a", "b", "c"), X, ("tempo", "one", "rare")))
    >>> ready.features, ready.Z.round(2)[:, 0].tolist()
    (('tempo',), [1.22, -1.22, 0.0])
    """
    if not len(collection):
        raise DataError(f"{collection.name}: there are no songs")
    X = _numbers(collection.X)
    missing = np.isnan(X).mean(axis=0)
    rare = missing > MOST_MISSING
    fill = np.zeros(X.shape[1])
    fill[~rare] = np.nanmedian(X[:, ~rare], axis=0)
    filled = np.where(np.isnan(X), fill, X)
    mean, scale = filled.mean(axis=0), filled.std(axis=0)
    same = ~rare & (scale <= np.maximum(CONSTANT * np.abs(filled).max(axis=0), FAINTEST))
    kept = ~rare & ~same
    notes = [*_dropped(collection, rare, same), *_of_gaps(X[:, kept])]
    if not kept.any():
        raise DataError(
            f"{collection.name}: no feature differs among the {len(collection)} songs", hint="\n".join(notes)
        )
    names = tuple(name for name, keep in zip(collection.features, kept, strict=True) if keep)
    Z = (filled[:, kept] - mean[kept]) / scale[kept]
    return Prepared(Z, names, fill[kept], mean[kept], scale[kept], collection.ids, tuple(notes))


def as_prepared(songs: Collection | Prepared) -> Prepared:
    """Return songs prepared, unless they are."""
    return songs if isinstance(songs, Prepared) else prepared(songs)


def _numbers(X: Floats) -> Floats:
    return np.where(np.abs(np.nan_to_num(X, nan=np.inf)) < LARGEST, X, np.nan)


def _dropped(collection: Collection, rare: NDArray[np.bool_], same: NDArray[np.bool_]) -> list[str]:
    found = []
    if rare.any():
        found.append(say("Left out, mostly missing: {names}", names=_some(collection, rare)))
    if same.any():
        found.append(say("Left out, the same for all songs: {names}", names=_some(collection, same)))
    return found


def _some(collection: Collection, which: NDArray[np.bool_]) -> str:
    names = [feature_name(name) for name, one in zip(collection.features, which, strict=True) if one]
    return say(", ").join(names[:SHOWN]) + (f" … ({len(names)})" if len(names) > SHOWN else "")


def _of_gaps(X: Floats) -> tuple[str, ...]:
    gaps = np.isnan(X)
    found = []
    if gaps.any():
        found.append(
            say("{n} missing values were filled with the median of their feature", n=int(gaps.sum()))
        )
    if empty := int((gaps.mean(axis=1) > MOST_MISSING).sum()) if X.shape[1] else 0:
        found.append(say("{n} songs lack most of their features; they lie near the middle", n=empty))
    return tuple(found)
