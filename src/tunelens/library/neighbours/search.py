"""The nearest tracks that a caller admits: down the ranking first, over all that are admitted if need be.

A filter breaks an index that is asked for ten tracks and finds that none of them may be told. So the ranking
is walked down in growing steps; where that does not suffice, the filter is narrow, and every track that
passes it is compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tunelens.base.errors import MissingDependencyError
from tunelens.base.settings import Settings
from tunelens.library.neighbours.index import Index
from tunelens.library.neighbours.kept import Places, Say
from tunelens.library.neighbours.measures import Float32, Ids
from tunelens.library.neighbours.parts import Weights
from tunelens.library.neighbours.space import Space
from tunelens.library.remembered import remembered
from tunelens.library.store import Library

EXACT_UP_TO = 100_000
"""Tracks that are all compared; beyond, an index names candidates."""
_STEPS = (5, 40)
_LEAST = 100
_DIGITS = 6

Admit = Callable[[Ids], Ids]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Tracks by likeness.

    Parameters
    ----------
    ids : ndarray of int64, shape (n,)
        The most alike first; of equally alike ones the lower number first.
    similarities : ndarray of float32, shape (n,)
        How alike, -1 to 1, rounded to 6 digits.
    """

    ids: Ids
    similarities: Float32

    def only(self, ids: Ids) -> Ranking:
        """Return those of `ids`, in the same order."""
        kept = np.isin(self.ids, ids)
        return Ranking(self.ids[kept], self.similarities[kept])


@dataclass(frozen=True, eq=False)
class Search:
    """A space, and an index of it where there is one.

    Parameters
    ----------
    space : Space
        Where the tracks lie.
    index : Index or None
        None compares every track.
    note : str
        Why there is no index where one would help.
    """

    space: Space
    index: Index | None = None
    note: str = ""

    @classmethod
    def open(
        cls,
        library: Library,
        weights: Weights | None = None,
        *,
        exact: bool = False,
        settings: Settings | None = None,
        say: Say | None = None,
    ) -> Search:
        """Make a library ready to be searched; what is kept of it is brought up to date.

        Parameters
        ----------
        library : Library
        weights : Weights, optional
            Of the parts. An index knows the usual ones alone; with others every track is compared.
        exact : bool
            Use no index, however many tracks there are.
        settings : Settings, optional
            Where things are kept.
        say : callable, optional
            Told before anything that takes long.
        """
        places = Places.known(library, settings, say)
        space = Space.of(places, weights)
        if exact or len(space) <= EXACT_UP_TO or space.weights != Weights():
            return cls(space)
        try:
            room = settings and settings.cache_dir
            made = remembered(library, ("index", room), lambda: Index.of(library.path, places, settings, say))
            return cls(space, made)
        except MissingDependencyError as error:
            return cls(space, note=f"every track was compared: {error.message} ({error.hint})")

    def nearest(self, queries: Float32, n: int) -> Ranking:
        """Return the `n` tracks that are most alike to the nearest of `queries`, shape (k, d)."""
        if self.index is None or n >= len(self.space):
            return self._ranked(np.arange(len(self.space)), queries, n)
        found = [self.index.candidates(query, 2 * n) for query in queries]
        return self._ranked(self.space.rows_of(np.unique(np.concatenate(found))), queries, n)

    def among(self, ids: Ids, queries: Float32, n: int) -> Ranking:
        """Return the `n` of the tracks `ids` that are most alike to the nearest of `queries`."""
        return self._ranked(self.space.rows_of(np.unique(ids)), queries, n)

    def admitted(self, queries: Float32, n: int, admit: Admit, everything: Callable[[], Ids]) -> Ranking:
        """Return the `n` nearest that `admit` lets pass.

        Parameters
        ----------
        queries : ndarray of float32, shape (k, d)
            Places of length 1; a track counts by the nearest.
        n : int
            How many, at most.
        admit : callable
            Returns those of the tracks it is given that may be told. It may look at them together, to tell
            each recording once, and must then prefer what comes first.
        everything : callable
            Returns every track that passes the filter alone.
        """
        for step in _STEPS:
            asked = max(_LEAST, step * n)
            ranking = self.nearest(queries, asked)
            kept = ranking.only(admit(ranking.ids))
            if len(kept.ids) >= n or asked >= len(self.space):
                return Ranking(kept.ids[:n], kept.similarities[:n])
        return self._admitted_exactly(everything(), queries, n, admit)

    def _admitted_exactly(self, ids: Ids, queries: Float32, n: int, admit: Admit) -> Ranking:
        asked = max(_LEAST, _STEPS[-1] * n)
        while True:
            ranking = self.among(ids, queries, asked)
            kept = ranking.only(admit(ranking.ids))
            if len(kept.ids) >= n or asked >= len(ids):
                return Ranking(kept.ids[:n], kept.similarities[:n])
            asked *= 8

    def _ranked(self, rows: np.ndarray, queries: Float32, n: int) -> Ranking:
        matrix = self.space.matrix if len(rows) == len(self.space) else self.space.matrix[rows]
        likeness = np.round((matrix @ queries.T).max(axis=1), _DIGITS)
        ids = self.space.ids[rows]
        if n < len(ids):  # what ties with the last one stays, so that the order alone decides
            best = np.flatnonzero(likeness >= np.partition(likeness, len(ids) - n)[len(ids) - n])
            ids, likeness = ids[best], likeness[best]
        order = np.lexsort((ids, -likeness))[:n]
        return Ranking(ids[order], likeness[order])
