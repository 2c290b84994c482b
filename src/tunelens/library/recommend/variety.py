"""From scores to a list: good ones that differ, with artists kept apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import ParameterError

MOST_GAP = 100
_POOL = 200
Float = NDArray[np.floating]


@dataclass(frozen=True)
class Variety:
    """What a list should be besides good.

    Parameters
    ----------
    diversity : float
        0 to 1: how much a track loses by being like one that is in the list already.
    novelty : float
        0 to 1: how much it loses by being known to many.
    artist_gap : int
        Tracks of others between two of one artist, 0 to `MOST_GAP`.

    Raises
    ------
    ParameterError
        A value is out of range.
    """

    diversity: float = 0.3
    novelty: float = 0.0
    artist_gap: int = 3

    def __post_init__(self) -> None:
        for name in ("diversity", "novelty"):
            if not 0 <= getattr(self, name) <= 1:
                raise ParameterError(f"{name} is {getattr(self, name)}; 0 to 1 is allowed")
        if not 0 <= self.artist_gap <= MOST_GAP:
            raise ParameterError(f"the artist gap is {self.artist_gap}; 0 to {MOST_GAP} is allowed")


def best(scores: Float, most: int) -> NDArray[np.intp]:
    """Return up to `most` rows of the largest scores, the best first; those of -inf are none.

    Examples
    --------
    >>> best(np.array([0.5, -np.inf, 0.9]), 5).tolist()
    [2, 0]
    """
    rows = np.flatnonzero(np.isfinite(scores))
    if len(rows) > most:
        rows = rows[np.argpartition(-scores[rows], most)[:most]]
    return rows[np.lexsort((rows, -scores[rows]))]


def shortlist(artists: NDArray[np.int64], n: int, gap: int) -> NDArray[np.intp]:
    """Return the places worth choosing `n` from, of tracks that stand with the best first.

    Of one artist no more than a list with this gap has room for, so that there are others to stand between.

    Parameters
    ----------
    artists : ndarray of int64, shape (k,)
        Number of the artist; -1 for nobody knows.
    """
    by_artist = np.argsort(artists, kind="stable")
    starts = np.searchsorted(artists[by_artist], artists[by_artist])
    nth = np.empty(len(artists), np.int64)
    nth[by_artist] = np.arange(len(artists)) - starts
    most = 2 * (1 + (n - 1) // (gap + 1))
    return np.flatnonzero((nth < most) | (artists < 0))[: max(_POOL, 3 * n)]


def choose(
    scores: Float, matrix: NDArray[np.float32], artists: NDArray[np.int64], n: int, variety: Variety
) -> list[int]:
    """Return up to `n` places of the list by maximal marginal relevance.

    Where no other artist is left, the gap is not kept.

    Parameters
    ----------
    scores : ndarray, shape (k,)
        Of the tracks to choose from, finite.
    matrix : ndarray of float32, shape (k, d)
        Where they lie, rows of length 1.
    artists : ndarray of int64, shape (k,)
        Number of the artist; -1 for nobody knows.

    References
    ----------
    .. [1] Carbonell & Goldstein, "The use of MMR, diversity-based reranking", SIGIR 1998.

    Examples
    --------
    >>> matrix = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    >>> choose(np.array([1, 0.9, 0.5]), matrix, np.array([-1, -1, -1]), 2, Variety(diversity=0.6))
    [0, 2]
    """
    spread = np.ptp(scores) if len(scores) else 0.0
    good = (scores - scores.min()) / spread if spread > 0 else np.ones(len(scores))
    nearest = np.zeros(len(scores))
    free = np.ones(len(scores), bool)
    chosen: list[int] = []
    while len(chosen) < n and free.any():
        worth = (1 - variety.diversity) * good - variety.diversity * nearest
        best = int(np.argmax(np.where(_allowed(free, artists, chosen, variety.artist_gap), worth, -np.inf)))
        chosen.append(best)
        free[best] = False
        nearest = np.maximum(nearest, matrix @ matrix[best])
    return chosen


def _allowed(
    free: NDArray[np.bool_], artists: NDArray[np.int64], chosen: list[int], gap: int
) -> NDArray[np.bool_]:
    last = artists[chosen[-gap:]] if gap else artists[:0]
    apart = free & ~np.isin(artists, last[last >= 0])
    return apart if apart.any() else free
