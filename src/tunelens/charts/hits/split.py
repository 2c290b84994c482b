"""The past and the latest year: what is learned from, and what is judged on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.language import say
from tunelens.data.splits import Fold

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
FEWEST = 30
"""Songs that a latest year needs to be judged on; a smaller one joins the year before."""
FEWEST_PAST = 60
FEWEST_OF_CLASS = 8
N_FOLDS = 5


@dataclass(frozen=True, eq=False)
class Split:
    """What is learned from, and what is judged on.

    Parameters
    ----------
    kind : {"time", "groups"}
        Split in time; or, where years are not known, folds of whole artists.
    folds : tuple of Fold
        One for a split in time.
    years : (float, float, float) or None
        First and last year that is learned from, and the first that is judged on.
    why : str
        In words.
    """

    kind: Literal["time", "groups"]
    folds: tuple[Fold, ...]
    years: tuple[int, int, int] | None
    why: str


def split_in_time(years: Floats, labels: NDArray[Any], groups: Rows, *, seed: int = 0) -> Split:
    """Return the split in time where years allow one, else folds of whole artists.

    The latest year is what is judged on; where it has under 30 songs, or hardly any of a class, the years
    before it join it, as long as enough past remains.

    Parameters
    ----------
    years : ndarray of float64, shape (n,)
        NaN where unknown; such songs are in no part of a split in time.
    labels : ndarray, shape (n,)
        Classes; constant for numbers.
    groups : ndarray of int, shape (n,)
    seed : int
        Of the folds of artists.

    Raises
    ------
    DataError
        There are too few songs, artists or songs of a class.

    Examples
    --------
    >>> years = np.repeat([2018.0, 2019.0, 2020.0], 40)
    >>> found = split_in_time(years, np.tile(["no", "yes"], 60), np.arange(120))
    >>> found.kind, found.years, len(found.folds[0].test)
    ('time', (2018, 2019, 2020), 40)
    """
    known = np.isfinite(years)
    for first in sorted(set(years[known].tolist()), reverse=True)[:-1]:
        test, train = np.flatnonzero(known & (years >= first)), np.flatnonzero(known & (years < first))
        if len(train) < FEWEST_PAST or not _enough(labels, train):
            break
        if len(test) >= FEWEST and _enough(labels, test):
            span = (int(years[train].min()), int(years[train].max()), int(first))
            return Split("time", (Fold(f"{first:g}", train, test),), span, _told(span, known))
    return Split("groups", tuple(artist_folds(labels, groups, seed)), None, _untimed(years[known]))


def _enough(labels: NDArray[Any], rows: Rows) -> bool:
    classes, counts = np.unique(labels[rows], return_counts=True)
    return len(classes) == len(np.unique(labels)) and counts.min() >= FEWEST_OF_CLASS


def _told(span: tuple[int, int, int], known: NDArray[np.bool_]) -> str:
    text = say("learned from {a} to {b}, judged on {c} and later", a=span[0], b=span[1], c=span[2])
    lost = int((~known).sum())
    return text if not lost else text + say("; {n} songs without a year are in neither part", n=lost)


def _untimed(years: Floats) -> str:
    if not years.size:
        why = say("No song has a year, so that no split in time can be made")
    elif len(set(years.tolist())) == 1:
        why = say("All songs are of {year}, so that no split in time can be made", year=int(years[0]))
    else:
        why = say("The years have too few songs for a split in time")
    return why + say(": judged on artists that were not learned from, which says nothing of the future")


def artist_folds(labels: NDArray[Any], groups: Rows, seed: int) -> list[Fold]:
    """Return folds of whole groups with the classes spread evenly.

    Raises
    ------
    DataError
        There are too few songs of a class, or too few groups of them.
    """
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    classes, counts = np.unique(labels, return_counts=True)
    n_groups = min(len(np.unique(groups[labels == one])) for one in classes)
    if counts.min() < FEWEST_OF_CLASS or n_groups < 2:
        raise DataError(
            f"{counts.min()} songs of {n_groups} artists are too few to learn from and to be judged on",
            hint=f"at least {FEWEST_OF_CLASS} songs of each class, by two artists or more, are needed",
        )
    n = min(N_FOLDS, n_groups)
    if len(classes) > 1:
        parts = StratifiedGroupKFold(n, shuffle=True, random_state=seed).split(labels, labels, groups)
    else:
        parts = GroupKFold(n, shuffle=True, random_state=seed).split(labels, labels, groups)
    return [Fold(str(k), train, test) for k, (train, test) in enumerate(parts)]
