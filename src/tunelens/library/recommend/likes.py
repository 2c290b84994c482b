"""Can liking be told from sound? A crowd's likes of some artists, foretold from its likes of others.

Of such a table nobody knows who liked what, only which share of the listeners did. So the crowd is taken as
one listener, who likes the best quarter of the training clips and dislikes the worst; the recommender by
content ranks the clips of artists it has not met. Beside it stand chance, and the mean of the genre, which
needs no ear.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.data.readers.numbers import number
from tunelens.data.readers.table import open_table
from tunelens.evaluation.intervals import N_DRAWS, Interval, bootstrap
from tunelens.evaluation.metrics import METRICS
from tunelens.evaluation.ranking import ndcg, top
from tunelens.library.recommend.content import Anchors, fit

Float = NDArray[np.floating]
Says = Callable[[NDArray[np.bool_], NDArray[np.bool_]], Float]
QUARTER = 0.25
K = 10
N_FOLDS = 4
FEWEST_CLIPS = 40


@dataclass(frozen=True)
class Liked:
    """One clip of a table of likes.

    Parameters
    ----------
    path : Path
    liked : float
        Share of listeners who liked it, 0 to 1.
    n : float
        Listeners who were asked; NaN for nobody knows.
    artist, genre, fold : str
        "" for nobody knows.
    """

    path: Path
    liked: float
    n: float = math.nan
    artist: str = ""
    genre: str = ""
    fold: str = ""


def reads_likes(path: Path) -> bool:
    """Has the table columns ``path`` and ``liked``?"""
    return {"path", "liked"} <= {name.casefold() for name in open_table(path).columns}


def read_likes(path: Path) -> tuple[Liked, ...]:
    """Read a table with columns path, liked and perhaps n_annotators, artist, genre and fold.

    Raises
    ------
    DataError
        It is no such table, or no row of it can be used.
    """
    table = open_table(path)
    names = [name.casefold() for name in table.columns]
    rows = (dict(zip(names, line.cells, strict=True)) for line in table.lines() if not line.fault)
    found = tuple(one for row in rows if (one := _liked(row, path.parent)) is not None)
    if not found:
        raise DataError(f"{str(path)!r} has no row with a path and a share of likes from 0 to 1")
    return found


def _liked(row: Mapping[str, str], folder: Path) -> Liked | None:
    share = number(row.get("liked", ""))
    if share is None or not 0 <= share <= 1 or not row.get("path"):
        return None
    n = number(row.get("n_annotators", ""))
    named = (row.get(name, "").strip() for name in ("artist", "genre", "fold"))
    return Liked(folder / row["path"], share, math.nan if n is None else n, *named)


@dataclass(frozen=True)
class LikeFigures:
    """How well one way foretold likes.

    Parameters
    ----------
    name : str
    spearman, within : Interval
        Rank correlation with the share of likes: mean over folds, and over the genres of folds; NaN where the
        way says the same of all. Intervals resample artists.
    ndcg : float
        Of the best 10 of each fold, where its best quarter is wanted; mean over folds.
    """

    name: str
    spearman: Interval
    within: Interval
    ndcg: float

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as a JSON object."""
        return {
            "name": self.name,
            "spearman": self.spearman.to_dict(),
            "spearman_within_genre": self.within.to_dict(),
            "ndcg@10": round(self.ndcg, 6),
        }


@dataclass(frozen=True)
class LikeJudgement:
    """How well likes can be foretold.

    Parameters
    ----------
    n_clips, n_artists, n_folds : int
    ceiling, ceiling_within : float
        The largest correlation that can be hoped for, since shares of few listeners are partly chance: the
        root of their reliability; within genres too. NaN where nobody knows how many were asked.
    figures : tuple of LikeFigures
    """

    n_clips: int
    n_artists: int
    n_folds: int
    ceiling: float
    ceiling_within: float
    figures: tuple[LikeFigures, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        ceilings = {
            name: None if math.isnan(value) else round(value, 4)
            for name, value in (("ceiling", self.ceiling), ("ceiling_within", self.ceiling_within))
        }
        return {**vars(self), **ceilings, "figures": [one.to_dict() for one in self.figures]}


def judge_likes(
    clips: Sequence[Liked], matrix: NDArray[np.float32], *, seed: int = 0, n_draws: int = N_DRAWS
) -> LikeJudgement:
    """Judge how well likes are foretold from sound, with artists on one side.

    Parameters
    ----------
    clips : sequence of Liked
    matrix : ndarray of float32, shape (n_clips, d)
        Where they lie, rows of length 1.
    seed : int
        Of folds, where the table has none, and of chance.
    n_draws : int
        Of the intervals.

    Raises
    ------
    DataError
        There are too few clips or artists, or an artist is in two folds.
    """
    if len(clips) < FEWEST_CLIPS:
        raise DataError(f"{len(clips)} clips are known; {FEWEST_CLIPS} are needed")
    share = np.array([clip.liked for clip in clips])
    artist, genre = (_codes([getattr(clip, name) for clip in clips]) for name in ("artist", "genre"))
    folds = _folds(clips, artist, seed)
    ways: dict[str, Says] = {
        "random": lambda _, test: np.random.default_rng(seed).random(len(clips))[test],
        "genre mean": lambda train, test: _genre_means(share, genre, train)[genre[test]],
        "content": lambda train, test: _by_sound(share, matrix, train)[test],
    }
    figures = tuple(
        _figures(name, _foretold(says, folds), (share, artist, genre, folds), n_draws)
        for name, says in ways.items()
    )
    n = np.array([clip.n for clip in clips])
    centred = share - _genre_means(share, genre, np.ones(len(clips), bool))[genre]
    ceilings = (_ceiling(share, share, n), _ceiling(share, centred, n))
    return LikeJudgement(len(clips), len(np.unique(artist)), len(np.unique(folds)), *ceilings, figures)


def _codes(names: Sequence[str]) -> NDArray[np.int64]:
    return np.unique(np.array(names, dtype=np.str_), return_inverse=True)[1].astype(np.int64)


def _folds(clips: Sequence[Liked], artist: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    if all(clip.fold for clip in clips):
        folds = _codes([clip.fold for clip in clips])
        if len({*zip(artist.tolist(), folds.tolist(), strict=True)}) != len(np.unique(artist)):
            raise DataError("an artist is in more than one fold", hint="leave the column fold out")
        return folds
    n_artists = int(artist.max()) + 1
    if n_artists < N_FOLDS:
        raise DataError(f"there are {n_artists} artists; {N_FOLDS} are needed", hint="name them: artist")
    return (np.random.default_rng(seed).permutation(n_artists) % N_FOLDS)[artist]


def _genre_means(share: Float, genre: NDArray[np.int64], train: NDArray[np.bool_]) -> Float:
    sums = np.bincount(genre[train], share[train], minlength=int(genre.max()) + 1)
    counts = np.bincount(genre[train], minlength=len(sums))
    return np.where(counts > 0, sums / np.maximum(counts, 1), share[train].mean())


def _by_sound(share: Float, matrix: NDArray[np.float32], train: NDArray[np.bool_]) -> Float:
    low, high = np.quantile(share[train], [QUARTER, 1 - QUARTER])
    liked, disliked = (np.flatnonzero(train & of) for of in (share >= high, share <= low))
    return fit(matrix, *(Anchors.of(rows, np.ones(len(rows), np.float32)) for rows in (liked, disliked)))


def _foretold(says: Says, folds: NDArray[np.int64]) -> Float:
    found = np.empty(len(folds))
    for fold in np.unique(folds):
        found[folds == fold] = says(folds != fold, folds == fold)
    return found


def _figures(name: str, said: Float, known: tuple[Float, Any, Any, Any], n: int) -> LikeFigures:
    share, artist, genre, folds = known
    rank = METRICS["spearman"]
    overall = bootstrap(rank, share, said, artist, parts=folds, n=n)
    within = bootstrap(rank, share, said, artist, parts=folds * (int(genre.max()) + 1) + genre, n=n)
    return LikeFigures(name, overall, within, float(np.mean(list(_gains(share, said, folds)))))


def _gains(share: Float, said: Float, folds: NDArray[np.int64]) -> Iterator[float]:
    for fold in np.unique(folds):
        mine = folds == fold
        wanted = share[mine] >= np.quantile(share[mine], 1 - QUARTER)
        hits = wanted[top(said[mine][None], K)]
        yield float(ndcg(hits, np.array([wanted.sum()]))[0])


def _ceiling(share: Float, centred: Float, n: Float) -> float:
    """Return the root of the part of the variance that is no chance of who was asked (binomial)."""
    if np.isnan(n).any() or (n < 2).any():
        return math.nan
    chance = float((share * (1 - share) / (n - 1)).mean())
    total = float(centred.var())
    return math.sqrt(max(0.0, 1 - chance / total)) if total > 0 else math.nan
