"""How good recommenders are on what was held back from them, beside popularity and chance.

All items that a listener has not met are ranked, never a sample of them, which would favour some recommenders
over others (Krichene & Rendle, "On sampled metrics for item recommendation", KDD 2020).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.evaluation.intervals import Interval
from tunelens.evaluation.ranking import coverage, mean_interval, ndcg, novelty, recall, top
from tunelens.library.recommend.blend import WEIGHTS
from tunelens.library.recommend.collaborative import FactorOptions
from tunelens.library.recommend.heldout import HeldOut, hold_out
from tunelens.library.recommend.listening import Listening
from tunelens.library.recommend.recommenders import (
    Scorer,
    at_random,
    by_content,
    collaborative,
    hybrid,
    n_listeners_of,
    popularity,
    remembered,
)

Float32 = NDArray[np.float32]
K = 10
FACTORS = (16, 32, 64)
"""Sizes that validation chooses from."""
BAR = "popularity"
HALF = 0.5
"""The mix where validation cannot tell."""
_BATCH_CELLS = 5_000_000


@dataclass(frozen=True)
class Figures:
    """How one recommender did.

    Parameters
    ----------
    name : str
    ndcg, recall, novelty : Interval
        At 10, means over listeners; novelty in bits.
    coverage : float
        Share of all items that some list holds.
    better : Interval or None
        Mean difference of NDCG from popularity, listener by listener; None for popularity itself.
    chosen : str
        What validation chose.
    """

    name: str
    ndcg: Interval
    recall: Interval
    coverage: float
    novelty: Interval
    better: Interval | None = None
    chosen: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as a JSON object."""
        return {
            "name": self.name,
            "ndcg@10": self.ndcg.to_dict(),
            "recall@10": self.recall.to_dict(),
            "coverage": round(self.coverage, 6),
            "novelty_bits": self.novelty.to_dict(),
            "ndcg_above_popularity": self.better and self.better.to_dict(),
            "chosen": self.chosen,
        }


@dataclass(frozen=True)
class Judgement:
    """How recommenders did on one source by one protocol.

    Parameters
    ----------
    protocol, how : str
        Its name, and what was held back.
    n_listeners, n_items, n_wanted : int
        Listeners who were asked, items that were ranked, and items that were to be found.
    n_cold : int
        Of those to be found: how many nobody had met before.
    figures : tuple of Figures
    """

    protocol: str
    how: str
    n_listeners: int
    n_items: int
    n_wanted: int
    n_cold: int
    figures: tuple[Figures, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {**vars(self), "figures": [one.to_dict() for one in self.figures]}


def judge(listening: Listening, protocol: str, *, matrix: Float32 | None = None, seed: int = 0) -> Judgement:
    """Judge all recommenders that can be asked.

    Parameters
    ----------
    listening : Listening
    protocol : {"last", "time"}
        See `hold_out`.
    matrix : ndarray of float32, shape (n_items, d), optional
        Where the items lie by their sound, rows of length 1; content and hybrid need it.
    seed : int

    Raises
    ------
    DataError
        Nothing can be held back.
    MissingDependencyError
        ``implicit`` is not installed.
    """
    held = hold_out(listening, protocol, seed=seed)
    within = _within(held, protocol, seed + 1)
    known = n_listeners_of(held.train.matrix())
    bar = gains_of(best_unmet(popularity(held.train.matrix()), held), held)
    figures = tuple(
        _figures(name, best_unmet(scorer, held), held, bar, chosen)
        for name, scorer, chosen in _recommenders(held, within, matrix, seed)
    )
    n_cold = int((known[held.wanted.indices] == 0).sum())
    shown = (len(held.rows), len(listening.items), held.wanted.nnz)
    return Judgement(protocol, held.how, *shown, n_cold, figures)


def _within(held: HeldOut, protocol: str, seed: int) -> HeldOut | None:
    """Hold back once more, to choose with; None where too little is left."""
    try:
        return hold_out(held.train, protocol, seed=seed)
    except DataError:
        return None


def _recommenders(
    held: HeldOut, within: HeldOut | None, matrix: Float32 | None, seed: int
) -> Iterator[tuple[str, Scorer, str]]:
    plays = held.train.matrix()
    yield "random", at_random(plays.shape[1], seed), ""
    yield BAR, popularity(plays), ""
    size = FactorOptions().n_factors if within is None else _best_size(within, seed)
    usual = " by default" if within is None else ""
    options = FactorOptions(size, seed=seed)
    crowd = collaborative(plays, options)
    yield "collaborative", crowd, f"{size} factors{usual}"
    if matrix is not None:
        sound = by_content(plays, matrix)
        yield "content", sound, ""
        weight = HALF if within is None else mix_of(within, matrix, options)
        yield "hybrid", hybrid(plays, sound, crowd, weight), f"{weight:.0%} collaborative{usual}"


def _best_size(within: HeldOut, seed: int) -> int:
    plays = within.train.matrix()
    return int(best_of({n: collaborative(plays, FactorOptions(n, seed=seed)) for n in FACTORS}, within))


def mix_of(within: HeldOut, matrix: Float32, options: FactorOptions) -> float:
    """Return the share of the collaborative opinion that finds most of what was held back."""
    plays = within.train.matrix()
    sound, crowd = remembered(by_content(plays, matrix)), remembered(collaborative(plays, options))
    return float(best_of({weight: hybrid(plays, sound, crowd, weight) for weight in WEIGHTS}, within))


def best_of(candidates: Mapping[Any, Scorer], within: HeldOut) -> Any:
    """Return the key of the recommender that finds most of what was held back."""
    found = {
        key: float(gains_of(best_unmet(scorer, within), within).mean()) for key, scorer in candidates.items()
    }
    return max(found, key=found.__getitem__)


def best_unmet(scorer: Scorer, held: HeldOut) -> NDArray[np.intp]:
    """Return the best `K` of what each listener had not met, shape (n_listeners, K)."""
    met = held.train.matrix()
    n = max(1, _BATCH_CELLS // met.shape[1])
    found = []
    for start in range(0, len(held.rows), n):
        rows = held.rows[start : start + n]
        scores = np.array(scorer(rows), np.float64)
        scores[met[rows].nonzero()] = -np.inf
        found.append(top(scores, K))
    return np.concatenate(found)


def _hits(lists: NDArray[np.intp], held: HeldOut) -> NDArray[np.bool_]:
    places = np.repeat(held.rows, lists.shape[1])
    return np.asarray(held.wanted[places, lists.ravel()]).reshape(lists.shape)


def gains_of(lists: NDArray[np.intp], held: HeldOut) -> NDArray[np.float64]:
    """Return NDCG@10 of the lists of each listener of `held`."""
    return ndcg(_hits(lists, held), _n_wanted(held))


def _n_wanted(held: HeldOut) -> NDArray[np.int64]:
    return np.diff(held.wanted.indptr)[held.rows].astype(np.int64)


def _figures(
    name: str, lists: NDArray[np.intp], held: HeldOut, bar: NDArray[np.float64], chosen: str
) -> Figures:
    gains = gains_of(lists, held)
    known, n_listeners = n_listeners_of(held.train.matrix()), len(np.unique(held.train.who))
    return Figures(
        name,
        mean_interval(gains, least=0),
        mean_interval(recall(_hits(lists, held), _n_wanted(held)), least=0),
        coverage(lists, len(known)),
        mean_interval(novelty(lists, known, n_listeners), least=0),
        None if name == BAR else mean_interval(gains - bar),
        chosen,
    )
