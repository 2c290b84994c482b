"""`Interactions`: who likes what, as the matrix that collaborative filtering learns from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.library.feedback.scores import Tally

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

JUDGEMENT = 4.0


@dataclass(frozen=True, eq=False)
class Interactions:
    """Who likes what.

    Parameters
    ----------
    listeners : tuple of str
        Names of the rows; "" is the owner of the library.
    ids : ndarray of int64, shape (n_tracks,)
        Tracks of the columns, ascending.
    confidence : csr_matrix of float32, shape (n_listeners, n_tracks)
        How sure it is that the listener likes (above 0) or dislikes (below 0) the track: ``log2(1 + plays)``
        less ``log2(1 + skips)``, plus 4 for a like or five stars, less 4 for a dislike or no star. What is
        not stored is not known.
    """

    listeners: tuple[str, ...]
    ids: NDArray[np.int64]
    confidence: csr_matrix[Any]

    def row_of(self, listener: str) -> int:
        """Return the row of `listener`; `ValueError` where there is none."""
        return self.listeners.index(listener)


def interactions_of(found: Mapping[tuple[str, int], Tally]) -> Interactions:
    """Lay out what `tallies` summed up."""
    from scipy.sparse import csr_matrix

    pairs = {pair: _confidence(tally) for pair, tally in found.items()}
    pairs = {pair: value for pair, value in pairs.items() if value}
    listeners = tuple(sorted({listener for listener, _ in pairs}))
    ids = np.array(sorted({track for _, track in pairs}), np.int64)
    row = {listener: i for i, listener in enumerate(listeners)}
    rows = np.array([row[listener] for listener, _ in pairs], np.int64)
    columns = np.searchsorted(ids, np.array([track for _, track in pairs], np.int64))
    values = np.array(list(pairs.values()), np.float32)
    return Interactions(
        listeners, ids, csr_matrix((values, (rows, columns)), shape=(len(listeners), len(ids)))
    )


def _confidence(tally: Tally) -> float:
    heard = float(np.log2(1.0 + tally.plays) - np.log2(1.0 + tally.skips))
    return heard if tally.judgement is None else heard + JUDGEMENT * (2.0 * tally.judgement - 1.0)
