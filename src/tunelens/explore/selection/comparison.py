"""Does a choice of features hold for songs that it was not made on? Methods beside all features."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.base.language import say, word
from tunelens.base.progress import Progress, Silent
from tunelens.base.table import Table
from tunelens.explore.selection.held_out import Range, Trial, random_splits, stability
from tunelens.explore.selection.methods import METHODS, SelectOptions
from tunelens.explore.selection.objective import Mask
from tunelens.explore.selection.twins import Floats, Twins

BASELINE = "all"
DRAWN = "drawn"
"""Random subsets as they come, beside the best of them."""
WAYS = {"song": word("song"), "artist": word("artist")}
LEAST_SONGS = 8
CALLED = {
    BASELINE: word("all features"),
    "literature": word("18 of the literature"),
    DRAWN: word("random subset, mean"),
    "random": word("best random subset"),
    "greedy": word("greedy forward"),
    "ga": word("genetic algorithm"),
}
"""What a reader calls the methods."""
COLUMNS = (
    word("held out by"), word("method"), word("features"),
    word("lost where chosen, %"), word("lost held out, %"), word("from, %"), word("to, %"),
    word("beside all, points"), word("from, points"), word("to, points"), word("on held-out songs"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Tried:
    """One method on several splits into songs to choose on and songs held out.

    Parameters
    ----------
    method : str
        A key of `CALLED`.
    by : {"song", "artist"}
        What never stands on both sides of a split.
    size : float
        Features, on average.
    chosen_on, held_out : ndarray of float64, shape (n_splits,)
        Share of the clips that lose their twin, among the songs of that side alone.
    held_share : float
        Share of the songs held out.
    masks : ndarray of bool, shape (n_splits, d)
        What was chosen; empty for random subsets as they come.
    """

    method: str
    by: str
    size: float
    chosen_on: Floats
    held_out: Floats
    held_share: float
    masks: Mask

    def held(self) -> Range:
        """Return the share lost on held-out songs."""
        return Range.over_splits(self.held_out, self.held_share)

    def beside(self, other: Tried) -> Range:
        """Return how much more is lost than with another method, on the same held-out songs."""
        return Range.over_splits(self.held_out - other.held_out, self.held_share)

    def to_dict(self) -> dict[str, Any]:
        """Return the trial as a JSON object."""
        lists = {name: getattr(self, name).tolist() for name in ("chosen_on", "held_out")}
        facts = {"method": self.method, "by": self.by, "size": self.size, "held_share": self.held_share}
        return {
            **facts,
            **lists,
            "interval": self.held().to_dict(),
            "stability": _known(stability(self.masks)),
        }


@dataclass(frozen=True, eq=False)
class SelectionComparison:
    """Methods beside each other on songs that they were chosen on, and on songs held out.

    Parameters
    ----------
    tried : tuple of Tried
        By way of holding out, then in the order of the methods; all features are always there.
    drawn_held_out : ndarray of float64, shape (n_splits, draws)
        Share lost on held-out songs by random subsets as they come, the same on every split, of the last way
        of holding out.
    names : tuple of str
        The features.
    n_songs, n_splits : int
    """

    tried: tuple[Tried, ...]
    drawn_held_out: Floats
    names: tuple[str, ...]
    n_songs: int
    n_splits: int

    @property
    def ways(self) -> tuple[str, ...]:
        """How songs were held out."""
        return tuple(dict.fromkeys(one.by for one in self.tried))

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a person should know, in the language of now."""
        if "artist" in self.ways:
            return ()
        return (say("Artists are not known: songs of one artist may stand on both sides."),)

    def of(self, method: str, by: str = "song") -> Tried:
        """Return one trial.

        Raises
        ------
        ParameterError
            It was not made.
        """
        for one in self.tried:
            if (one.method, one.by) == (method, by):
                return one
        raise ParameterError(f"{method!r} held out by {by} was not compared")

    def verdict(self, one: Tried) -> str:
        """Return whether fewer clips are lost than with all features on held-out songs; "" for all itself."""
        if one.method == BASELINE:
            return ""
        beside = one.beside(self.of(BASELINE, one.by))
        if beside.high < 0:
            return word("fewer lost")
        return word("more lost") if beside.low > 0 else word("no fewer lost")

    def table(self) -> Table:
        """Return one row for each method and way of holding out; shares in percent."""
        return Table(
            word("Lost twins where features were chosen, and on held-out songs"),
            COLUMNS,
            tuple(self._row(one) for one in self.tried),
            word(
                "Clips look for their twin among the clips of their own side. The figure where features were "
                "chosen is too good; the held-out one counts. Intervals of 95% over splits."
            ),
        )

    def _row(self, one: Tried) -> tuple[Any, ...]:
        beside = one.beside(self.of(BASELINE, one.by)).percent()
        return (
            WAYS[one.by],
            CALLED[one.method],
            one.size,
            100 * float(one.chosen_on.mean()),
            *one.held().percent(),
            *((None,) * 3 if one.method == BASELINE else beside),
            self.verdict(one),
        )

    def summary(self, methods: Sequence[str] | None = None) -> str:
        """Return in sentences whether choosing by `methods` was worth it, in the language of now."""
        told = [one for one in self.tried if one.method not in {BASELINE, DRAWN}]
        return " ".join(self._sentence(one) for one in told if methods is None or one.method in methods)

    def _sentence(self, one: Tried) -> str:
        sentence = {
            "fewer lost": word(
                "{method}, held out by {by}: fewer clips lose their twin than with all {n} features "
                "({held:.1f}% against {all:.1f}%; {chosen:.1f}% on the songs it was chosen on)."
            ),
            "no fewer lost": word(
                "{method}, held out by {by}: no better than all {n} features on held-out songs "
                "({held:.1f}% against {all:.1f}%; {chosen:.1f}% on the songs it was chosen on)."
            ),
            "more lost": word(
                "{method}, held out by {by}: worse than all {n} features on held-out songs "
                "({held:.1f}% against {all:.1f}%; {chosen:.1f}% on the songs it was chosen on)."
            ),
        }[self.verdict(one)]
        return say(
            sentence,
            method=say(CALLED[one.method]),
            by=say(WAYS[one.by]),
            n=len(self.names),
            held=100 * one.held_out.mean(),
            all=100 * self.of(BASELINE, one.by).held_out.mean(),
            chosen=100 * one.chosen_on.mean(),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return {
            "n_songs": self.n_songs,
            "n_splits": self.n_splits,
            "tried": [one.to_dict() | {"verdict": self.verdict(one)} for one in self.tried],
            "drawn_held_out": self.drawn_held_out.tolist(),
            "notes": list(self.notes),
            "summary": self.summary(),
        }


def compare_selections(
    twins: Twins,
    methods: Sequence[str] = tuple(METHODS),
    *,
    held_out: float = 0.5,
    n_splits: int = 10,
    seed: int = 0,
    options: SelectOptions | None = None,
    progress: Progress | None = None,
) -> SelectionComparison:
    """Choose features on some songs and count lost twins on the others, again and again.

    Each side is a world of its own: a clip looks for its twin among the clips of its side. With half of the
    songs held out both sides have as many clips to be mistaken for, so that their figures may be compared;
    with less held out, the held-out side is easier. Features are standardised by the songs to choose on.

    Parameters
    ----------
    twins : Twins
    methods : sequence of str
        Keys of `METHODS`; ``all`` is always there.
    held_out : float
        Share of the songs that are held out, above 0 and below 1.
    n_splits : int
        Random splits by song, and as many by artist where artists are known; from 2.
    seed : int
        Of the splits and of all that is drawn.
    options : SelectOptions, optional
    progress : Progress, optional
        Told of every method on every split.

    Raises
    ------
    ParameterError
        A value is outside what is allowed.
    UnknownNameError
        There is no such method.
    DataError
        There are fewer than 8 songs.
    MissingDependencyError
        DEAP is not installed, for ``ga``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> song = rng.normal(size=(60, 2))
    >>> a, b = (np.hstack([song + 0.1 * rng.normal(size=(60, 2)), rng.normal(size=(60, 6))]) for _ in "ab")
    >>> toy = Twins(a, b, tuple("stuvwxyz"), tuple(map(str, range(60))))
    >>> found = compare_selections(toy, ["greedy"], n_splits=3)
    >>> found.verdict(found.of("greedy"))
    'fewer lost'
    """
    _check(twins, methods, held_out, n_splits)
    options, progress = options or SelectOptions(), progress or Silent()
    asked = [name for name in METHODS if name == BASELINE or name in methods]
    ways = [by for by in WAYS if by == "song" or _is_known(twins)]
    progress.start(len(ways) * n_splits * len(asked), "trials")
    try:
        made = [_Way.of(twins, by, held_out, n_splits, seed) for by in ways]
        tried = [one for way in made for method in asked for one in way.tried(method, options, progress)]
    finally:
        progress.finish()
    return SelectionComparison(tuple(tried), made[-1].drawn, twins.names, len(twins), n_splits)


@dataclass(eq=False)
class _Way:
    """All trials of one way of holding out."""

    by: str
    held_share: float
    trials: Sequence[Trial]
    drawn: Floats

    @classmethod
    def of(cls, twins: Twins, by: str, held_out: float, n: int, seed: int) -> _Way:
        splits = random_splits(twins.groups(by), held_out, n, seed)
        trials = [Trial(twins, chosen_on, held, seed + i, seed) for i, (chosen_on, held) in enumerate(splits)]
        return cls(by, held_out, trials, np.zeros((0, 0)))

    def tried(self, method: str, options: SelectOptions, progress: Progress) -> Iterator[Tried]:
        masks = []
        for trial in self.trials:
            masks.append(trial.choose(method, options))
            progress.advance(method)
        if method == "random":
            yield self._as_they_come(options.draws)
        pairs = zip(self.trials, masks, strict=True)
        yield self._judged(method, np.array([trial.shares(mask) for trial, mask in pairs]), np.array(masks))

    def _as_they_come(self, n: int) -> Tried:
        both = np.array([trial.draw(n) for trial in self.trials])
        self.drawn = both[:, :, 1]
        d = len(self.trials[0].twins.names)
        nothing = np.zeros((0, d), np.bool_)
        return replace(self._judged(DRAWN, both.mean(axis=1), nothing), size=(1 + d) / 2)

    def _judged(self, method: str, shares: Floats, masks: Mask) -> Tried:
        size = float(masks.sum(axis=1).mean()) if len(masks) else 0.0
        return Tried(method, self.by, size, shares[:, 0], shares[:, 1], self.held_share, masks)


def _check(twins: Twins, methods: Sequence[str], held_out: float, n_splits: int) -> None:
    for name in methods:
        if name not in METHODS:
            raise UnknownNameError.among("method", name, METHODS)
    if not 0 < held_out < 1:
        raise ParameterError(f"held_out is {held_out}; a share above 0 and below 1 is allowed")
    if n_splits < 2:
        raise ParameterError(f"n_splits is {n_splits}; at least 2 are needed")
    if len(twins) < LEAST_SONGS:
        raise DataError(f"there are {len(twins)} songs; {LEAST_SONGS} are needed to hold some out")


def _is_known(twins: Twins) -> bool:
    """Do at least two artists have names, and one of them two songs?"""
    names = [artist for artist in twins.artists if artist]
    return 1 < len(set(names)) < len(names)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
