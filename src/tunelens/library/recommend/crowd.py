"""`Crowd`: many listeners, and how what they heard meets the tracks of a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.library.feedback import Interactions
from tunelens.library.matching import plain_name
from tunelens.library.recommend.collaborative import FactorOptions, Factors, confidence_of
from tunelens.library.recommend.heldout import LAST, hold_out
from tunelens.library.recommend.judge import HALF, mix_of
from tunelens.library.recommend.listening import Listening
from tunelens.library.recommend.recommenders import n_listeners_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FEWEST_LISTENERS = 10
"""Below it there is no crowd to learn from."""
MOST_ASKED = 200
Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Crowd:
    """Many listeners.

    Parameters
    ----------
    confidence : csr_matrix of float32, shape (n_listeners, n_columns)
        Who likes what.
    columns : ndarray of int64, shape (n_tracks,)
        Where each track of a space is found; -1 for one that nobody heard.
    artists : tuple of str
        Names of the columns where they are artists; empty where they are tracks.
    """

    confidence: csr_matrix[Any]
    columns: NDArray[np.int64]
    artists: tuple[str, ...] = ()

    @classmethod
    def of_feedback(cls, found: Interactions, ids: NDArray[np.int64]) -> Self:
        """Return the listeners of the library itself; `ids` are the tracks of the space.

        Raises
        ------
        DataError
            There are too few of them.
        """
        n = len(found.listeners)
        if n < FEWEST_LISTENERS:
            raise DataError(
                f"the library knows {n} listeners; to learn from them {FEWEST_LISTENERS} are needed",
                hint="give many listeners as a table: --listeners FILE",
            )
        place = np.searchsorted(found.ids, ids)
        inside = place < len(found.ids)
        inside[inside] = found.ids[place[inside]] == ids[inside]
        return cls(found.confidence, np.where(inside, place, -1))

    @classmethod
    def of_table(cls, listening: Listening, artists: Sequence[str]) -> Self:
        """Return listeners of artists; `artists` are those of the tracks of the space, as `artists_of` says.

        Raises
        ------
        DataError
            No artist of the table is in the library.
        """
        shown, listening = _by_plain_name(listening)
        known = {name: column for column, name in enumerate(listening.items)}
        columns = np.array([known.get(name, -1) if name else -1 for name in artists], np.int64)
        if not (columns >= 0).any():
            raise DataError("no artist of the table of listeners is in the library")
        return cls(confidence_of(listening.matrix()), columns, tuple(shown[name] for name in listening.items))

    @property
    def warm(self) -> NDArray[np.bool_]:
        """Did anybody hear it? Shape (n_tracks,)."""
        return self._of_columns(n_listeners_of(self.confidence)) > 0

    def known(self) -> NDArray[np.float64]:
        """Return how many listeners heard each track, shape (n_tracks,)."""
        return self._of_columns(n_listeners_of(self.confidence)).astype(np.float64)

    def _of_columns(self, values: NDArray[Any]) -> NDArray[Any]:
        return np.where(self.columns >= 0, values[self.columns], 0)

    def opinion(self, liked: Mapping[int, float], options: FactorOptions) -> Opinion:
        """Return what the crowd says to somebody who likes some rows of the space.

        Parameters
        ----------
        liked : Mapping of int to float
            Rows of the space, with confidence: below 0 for what is disliked.
        options : FactorOptions

        Raises
        ------
        DataError
            The crowd knows nothing of what is liked.
        MissingDependencyError
            ``implicit`` is not installed.
        """
        sums: dict[int, float] = {}
        for row, sure in liked.items():
            if (column := int(self.columns[row])) >= 0:
                sums[column] = sums.get(column, 0.0) + sure
        if not any(sure > 0 for sure in sums.values()):
            raise DataError("the other listeners know nothing of what is liked")
        factors = Factors.fit(self.confidence, options)
        mine, confidence = np.array(list(sums), np.intp), np.array(list(sums.values()), np.float32)
        scores = factors.scores(factors.taste(mine, confidence)[None])[0]
        return Opinion(self, factors, mine, confidence, self._of_columns(scores))

    def mix(self, matrix: Float32, options: FactorOptions) -> float:
        """Return the share of the crowd's opinion that finds most of what its own listeners met last.

        Parameters
        ----------
        matrix : ndarray of float32, shape (n_tracks, d)
            The space. Up to `MOST_ASKED` listeners are asked; half where it cannot be told.
        options : FactorOptions
        """
        places, columns = self._places(matrix)
        some = self._listening(columns, options.seed)
        try:
            within = hold_out(some, LAST, seed=options.seed)
        except DataError:
            return HALF
        return mix_of(within, places, options)

    def _places(self, matrix: Float32) -> tuple[Float32, NDArray[np.int64]]:
        """Return where columns lie that tracks of the space have: the middle of the tracks of each."""
        columns, place = np.unique(self.columns[self.columns >= 0], return_inverse=True)
        sums = np.zeros((len(columns), matrix.shape[1]), np.float32)
        np.add.at(sums, place, matrix[self.columns >= 0])
        length = np.linalg.norm(sums, axis=1, keepdims=True)
        return (sums / np.where(length > 0, length, 1)).astype(np.float32), columns

    def _listening(self, columns: NDArray[np.int64], seed: int) -> Listening:
        liked = self.confidence[:, columns].maximum(0)
        full = np.flatnonzero(np.diff(liked.tocsr().indptr) > 0)
        rng = np.random.default_rng(seed)
        asked = np.sort(rng.permutation(full)[:MOST_ASKED])
        found = liked.tocsr()[asked].tocoo()
        names = tuple(map(str, range(len(asked)))), tuple(map(str, columns))
        plays = np.exp2(found.data) - 1
        return Listening(*names, found.row.astype(np.int64), found.col.astype(np.int64), plays)


def _by_plain_name(listening: Listening) -> tuple[dict[str, str], Listening]:
    """Return listening with spellings of one artist as one, and the spelling most listeners have."""
    plain = {name: plain_name(name) for name in listening.items}
    n_listeners = n_listeners_of(listening.matrix())
    shown: dict[str, str] = {}
    for column in np.argsort(n_listeners, kind="stable").tolist():
        shown[plain[listening.items[column]]] = listening.items[column]
    return shown, listening.renamed(plain)


@dataclass(frozen=True, eq=False)
class Opinion:
    """What a crowd says to one listener.

    Parameters
    ----------
    crowd : Crowd
    factors : Factors
    liked : ndarray of int, shape (n,)
        Columns of what the listener likes.
    confidence : ndarray of float32, shape (n,)
    scores : ndarray of float32, shape (n_tracks,)
        How well each track of the space fits; 0 where nobody heard it.
    """

    crowd: Crowd
    factors: Factors
    liked: NDArray[np.intp]
    confidence: Float32
    scores: Float32

    def because(self, row: int) -> tuple[int, float]:
        """Return the column that adds most to the score of a row of the space, and its share of that."""
        item = int(self.crowd.columns[row])
        shares = self.factors.shares(self.liked, self.confidence, item)
        best = int(np.argmax(shares))
        added = shares[shares > 0].sum()
        return int(self.liked[best]), float(shares[best] / added) if added > 0 else 0.0
