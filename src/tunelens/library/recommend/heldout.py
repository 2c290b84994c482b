"""What is held back from a recommender, and asked of it after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.library.recommend.listening import Listening

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LAST, TIME = "last", "time"
FEWEST_ITEMS = 5
SHARE = 0.2
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What may be learned from, and what must be found.

    Parameters
    ----------
    train : Listening
        What came before.
    wanted : csr_matrix of bool, shape (n_listeners, n_items)
        Items that a listener of `train` met after it.
    how : str
        What was held back, for a person.
    """

    train: Listening
    wanted: csr_matrix[Any]
    how: str

    @property
    def rows(self) -> NDArray[np.intp]:
        """The listeners who have something to be found."""
        return np.flatnonzero(np.diff(self.wanted.indptr))


def hold_out(listening: Listening, protocol: str = LAST, *, seed: int = 0) -> HeldOut:
    """Hold back what each listener met last, or all that was met after one moment.

    Parameters
    ----------
    listening : Listening
    protocol : {"last", "time"}
        ``last``: of each listener with at least `FEWEST_ITEMS` items the one met last; others may then be
        learned from at a time after it. ``time``: all that happens in the last fifth of the plays by the
        clock is later than all that is learned from. Where times are not known, an item (``last``) or a
        fifth of the items (``time``) of each listener is drawn at random instead, and `how` says so.
    seed : int
        For what is drawn.

    Raises
    ------
    UnknownNameError
        No such protocol.
    DataError
        Nothing could be held back.
    """
    if protocol not in (LAST, TIME):
        raise UnknownNameError.among("protocol", protocol, (LAST, TIME))
    met = _Met.of(listening, np.random.default_rng(seed))
    if protocol == TIME and listening.at is not None:
        held, train, how = _after_cut(listening, met)
    else:
        held = met.last() if protocol == LAST else met.share()
        train = ~np.isin(listening.pairs, met.pairs[held])
        how = _told(protocol, listening.at is not None)
    learned = listening.only(train)
    held &= np.isin(met.pairs // len(listening.items), learned.who)
    if not held.any():
        raise DataError(
            "nothing can be held back", hint=f"listeners with {FEWEST_ITEMS} or more items are needed"
        )
    return HeldOut(learned, _wanted(met.pairs[held], listening), how)


def _told(protocol: str, dated: bool) -> str:
    if protocol == LAST:
        return (
            "the item each listener met last"
            if dated
            else "one item of each listener, drawn: no times are known"
        )
    return f"{SHARE:.0%} of the items of each listener, drawn: no times are known"


@dataclass(frozen=True, eq=False)
class _Met:
    """Each pair of listener and item once; `place` counts from the one met last, `n` are the listener's."""

    pairs: NDArray[np.int64]
    first_at: NDArray[np.int64] | None
    place: NDArray[np.int64]
    n: NDArray[np.int64]

    @classmethod
    def of(cls, listening: Listening, rng: np.random.Generator) -> _Met:
        pairs, row = np.unique(listening.pairs, return_inverse=True)
        who = pairs // len(listening.items)
        first_at = None
        if listening.at is not None:
            first_at = np.full(len(pairs), np.iinfo(np.int64).max)
            np.minimum.at(first_at, row, listening.at)
        age = np.zeros(len(pairs), np.int64) if first_at is None else -first_at
        order = np.lexsort((rng.random(len(pairs)), age, who))
        n = np.bincount(who)[who]
        start = np.searchsorted(who, who)
        place = np.empty(len(pairs), np.int64)
        place[order] = np.arange(len(pairs)) - start[order]
        return cls(pairs, first_at, place, n)

    def last(self) -> Mask:
        return (self.place == 0) & (self.n >= FEWEST_ITEMS)

    def share(self) -> Mask:
        return (self.place < np.floor(SHARE * self.n)) & (self.n >= FEWEST_ITEMS)


def _after_cut(listening: Listening, met: _Met) -> tuple[Mask, Mask, str]:
    assert listening.at is not None and met.first_at is not None
    cut = int(np.quantile(listening.at, 1 - SHARE, method="lower"))
    when = np.datetime64(cut, "s")
    return met.first_at > cut, listening.at <= cut, f"items first met after {when} UTC"


def _wanted(pairs: NDArray[np.int64], listening: Listening) -> csr_matrix[Any]:
    from scipy.sparse import csr_matrix

    who, what = np.divmod(pairs, len(listening.items))
    shape = (len(listening.listeners), len(listening.items))
    return csr_matrix((np.ones(len(pairs), bool), (who, what)), shape=shape)
