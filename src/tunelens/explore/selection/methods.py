"""Ways to choose features: all, those of the literature, random draws, greedy, genetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.base.progress import Progress, Silent
from tunelens.explore.selection.genetic import Generation, Genetic, evolve
from tunelens.explore.selection.objective import Mask, Objective
from tunelens.explore.selection.twins import Twins

LITERATURE: tuple[str, ...] = (
    "amp10mean", "amp10std", "amp10skew", "amp10dstd", "amp10dskew", "amp10dkurt",
    "amp100mean", "amp100std", "amp100dstd", "amp1000mean",
    *(f"power{band}" for band in range(2, 10)),
)  # fmt: skip
"""The 18 of the 42 waveform statistics that earlier work kept; a fixed list, nothing of it is chosen here."""
LEAST_SONGS = 2


@dataclass(frozen=True)
class SelectOptions:
    """What the searches may spend.

    Parameters
    ----------
    genetic : Genetic
        Of the genetic algorithm.
    draws : int
        Random subsets, from 1.

    Raises
    ------
    ParameterError
        A value is outside what is allowed.
    """

    genetic: Genetic = field(default_factory=Genetic)
    draws: int = 200

    def __post_init__(self) -> None:
        if self.draws < 1:
            raise ParameterError(f"draws is {self.draws}; at least 1 is needed")


@dataclass(frozen=True)
class Selection:
    """Features that were chosen, and how few clips lose their twin with them.

    Parameters
    ----------
    method : str
        A key of `METHODS`.
    names : tuple of str
        The chosen features, in the order of the columns.
    among : tuple of str
        All features that there were.
    seed : int
        Of what was drawn.
    lost : int
        Clips that lose their twin, **on the songs it was chosen on**: of new songs it promises too much.
    n_songs : int
        Those songs; there are twice as many clips.
    history : tuple of Generation
        How the search went; of a greedy one a step per feature, else empty.
    drawn : tuple of int
        Lost clips of every random subset.
    evaluations : int
        Subsets that were counted.
    """

    method: str
    names: tuple[str, ...]
    among: tuple[str, ...]
    seed: int
    lost: int
    n_songs: int
    history: tuple[Generation, ...] = ()
    drawn: tuple[int, ...] = ()
    evaluations: int = 0

    @property
    def share_lost(self) -> float:
        """Share of the clips that lose their twin."""
        return self.lost / (2 * self.n_songs)

    def to_dict(self) -> dict[str, Any]:
        """Return the selection as a JSON object."""
        lists = {name: list(getattr(self, name)) for name in ("names", "among", "drawn")}
        history = [[one.number, one.best, one.mean, one.size] for one in self.history]
        return {**vars(self), **lists, "history": history}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from what `to_dict` returned."""
        texts = {name: tuple(map(str, values[name])) for name in ("names", "among")}
        history = tuple(Generation(*one) for one in values["history"])
        return cls(**{**values, **texts, "history": history, "drawn": tuple(values["drawn"])})


class Found(NamedTuple):
    """What a method gives: a subset, how it got there, and lost clips of subsets that were drawn."""

    mask: Mask
    history: tuple[Generation, ...] = ()
    drawn: tuple[int, ...] = ()


def select(
    twins: Twins,
    method: str = "ga",
    *,
    seed: int = 0,
    options: SelectOptions | None = None,
    progress: Progress | None = None,
    objective: Objective | None = None,
) -> Selection:
    """Choose features with which the clips of `twins` find their twins.

    Parameters
    ----------
    twins : Twins
        The songs to choose on; features are standardised by them.
    method : str
        ``ga``, ``greedy`` (forward), ``random`` (the best of many draws), ``all`` or ``literature``.
    seed : int
        Of what is drawn.
    options : SelectOptions, optional
    progress : Progress, optional
    objective : Objective, optional
        That of `twins`, if it is at hand: what it has counted is not counted again.

    Returns
    -------
    Selection

    Raises
    ------
    UnknownNameError
        There is no such method.
    DataError
        There are fewer than 2 songs, or features of the literature are missing.
    MissingDependencyError
        DEAP is not installed (``ga`` alone needs it).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> song = np.argwhere(np.ones((6, 6)))
    >>> a, b = (np.hstack([song, rng.normal(size=(36, 2))]) for _ in "ab")
    >>> twins = Twins(a, b, ("tells", "too", "noise", "more"), tuple(map(str, range(36))))
    >>> select(twins, "greedy").names, select(twins, "greedy").lost, select(twins, "all").lost > 0
    (('tells', 'too'), 0, True)
    """
    if method not in METHODS:
        raise UnknownNameError.among("method", method, METHODS)
    if len(twins) < LEAST_SONGS:
        raise DataError(f"there are {len(twins)} songs; at least {LEAST_SONGS} are needed")
    objective = objective or Objective.of(twins)
    found = METHODS[method](objective, twins.names, seed, options or SelectOptions(), progress or Silent())
    return Selection(
        method,
        tuple(np.array(twins.names)[found.mask].tolist()),
        twins.names,
        seed,
        objective.lost(found.mask),
        len(twins),
        found.history,
        found.drawn,
        objective.evaluations,
    )


def random_subsets(d: int, n: int, rng: np.random.Generator) -> Mask:
    """Return `n` subsets of `d` features, bool of shape (n, d); every size from 1 to d is as likely."""
    order = rng.permuted(np.tile(np.arange(d), (n, 1)), axis=1)
    return order < rng.integers(1, d + 1, size=(n, 1))


def _all(
    objective: Objective, names: tuple[str, ...], seed: int, options: SelectOptions, progress: Progress
) -> Found:
    del objective, seed, options, progress
    return Found(np.ones(len(names), np.bool_))


def _literature(
    objective: Objective, names: tuple[str, ...], seed: int, options: SelectOptions, progress: Progress
) -> Found:
    del objective, seed, options, progress
    missing = sorted(set(LITERATURE) - set(names))
    if missing:
        raise DataError(
            f"{len(missing)} of the 18 features of the literature are not here, say {missing[0]}",
            hint="they are waveform statistics; leave the method 'literature' out",
        )
    return Found(np.isin(names, LITERATURE))


def _random(
    objective: Objective, names: tuple[str, ...], seed: int, options: SelectOptions, progress: Progress
) -> Found:
    masks = random_subsets(len(names), options.draws, np.random.default_rng(seed))
    drawn = [objective.lost(mask) for mask in _told(masks, "random subsets", progress)]
    best = min(range(len(masks)), key=lambda i: (drawn[i], masks[i].sum()))
    return Found(masks[best], drawn=tuple(drawn))


def _greedy(
    objective: Objective, names: tuple[str, ...], seed: int, options: SelectOptions, progress: Progress
) -> Found:
    """Add the feature that helps most until all are in; return the best subset on the way."""
    del seed, options
    mask = np.zeros(len(names), np.bool_)
    best, least, history = mask, objective.lost(mask), []
    for size in _told(range(1, len(names) + 1), "features", progress):
        tried = {int(i): objective.lost(_with(mask, int(i))) for i in np.flatnonzero(~mask)}
        added = min(tried, key=lambda i: (tried[i], i))
        mask = _with(mask, added)
        if tried[added] < least:
            best, least = mask, tried[added]
        history.append(Generation(size, least, float(np.mean(list(tried.values()))), int(best.sum())))
    return Found(best, tuple(history))


def _told(items: Sequence[Any] | Mask, what: str, progress: Progress) -> Iterator[Any]:
    """Yield the items; each is told of when the next is asked for."""
    progress.start(len(items), what)
    try:
        for item in items:
            yield item
            progress.advance("")
    finally:
        progress.finish()


def _with(mask: Mask, feature: int) -> Mask:
    more = mask.copy()
    more[feature] = True
    return more


def _genetic(
    objective: Objective, names: tuple[str, ...], seed: int, options: SelectOptions, progress: Progress
) -> Found:
    del names
    return Found(*evolve(objective, options.genetic, seed=seed, progress=progress))


Method = Callable[[Objective, tuple[str, ...], int, SelectOptions, Progress], Found]
METHODS: Mapping[str, Method] = {
    "all": _all,
    "literature": _literature,
    "random": _random,
    "greedy": _greedy,
    "ga": _genetic,
}
"""Ways to choose, the cheapest first."""
