"""Answers that need no ear: what a model must beat before audio may be said to tell anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.base.language import word
from tunelens.evaluation.comparison import Difference

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
PRIOR_SONGS = 4.0
"""Songs that an artist's record must outweigh: after 4 of their own, half of the answer is theirs."""
BASE, LAST_YEAR, ARTIST = word("base rate"), word("rate of the last year"), word("record of the artist")
_OF_NUMBERS = {BASE: word("mean of the past"), LAST_YEAR: word("mean of the last year")}


def called(name: str, kind: str) -> str:
    """Return what a baseline of hits ("single") or of numbers ("continuous") is called.

    Examples
    --------
    >>> called(BASE, "single"), called(BASE, "continuous"), called("ridge", "continuous")
    ('base rate', 'mean of the past', 'ridge')
    """
    return _OF_NUMBERS.get(name, name) if kind == "continuous" else name


def hardest(gains: Mapping[str, Difference]) -> str:
    """Return the one number for all songs that is hardest to beat: of the past, or of its last year.

    Who foretells the latest year may well beat the mean of ten years by knowing that of the last one alone.
    """
    there = [name for name in (BASE, LAST_YEAR) if name in gains]
    return min(there, key=lambda name: np.nan_to_num(gains[name].low, nan=-np.inf))


@dataclass(frozen=True, eq=False)
class Past:
    """What was known before: of each song that is learned from, how it fared, its artist and its year."""

    values: Floats
    groups: Rows
    years: Floats

    def answers(self, groups: Rows) -> Mapping[str, Floats]:
        """Return what each baseline says of songs by these artists.

        The base rate (or mean) of the past; that of its last year; and the artist's own record, drawn towards
        the base rate where it is short; an artist who was not heard of has the base rate.

        Examples
        --------
        >>> past = Past(np.array([1.0, 1.0, 0.0, 0.0]), np.array([0, 0, 1, 2]), np.array([1.0, 1, 1, 2]))
        >>> {name: said.round(2).tolist() for name, said in past.answers(np.array([0, 9])).items()}
        {'base rate': [0.5, 0.5], 'rate of the last year': [0.0, 0.0], 'record of the artist': [0.67, 0.5]}
        """
        base = float(self.values.mean())
        found = {BASE: np.full(len(groups), base)}
        known = np.isfinite(self.years)
        if known.any():
            last = self.values[self.years == self.years[known].max()]
            found[LAST_YEAR] = np.full(len(groups), float(last.mean()))
        return {**found, ARTIST: self._records(groups, base)}

    def _records(self, groups: Rows, base: float) -> Floats:
        most = int(max(self.groups.max(), groups.max())) + 1
        times = np.bincount(self.groups, minlength=most)
        total = np.bincount(self.groups, self.values, minlength=most)
        record: Floats = (total + PRIOR_SONGS * base) / (times + PRIOR_SONGS)
        return record[groups]
