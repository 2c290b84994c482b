"""Two sides of a comparison, and what of them belongs together: draws and tests go by groups, not by songs.

Songs of one artist are alike. Ten songs by one artist say less than ten by ten, and a test that takes them
for ten finds differences that are not there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.intp]

N_DRAWS = 1000
FEW_GROUPS = 15
"""With fewer on one side p is counted by permutations, not told by a formula for many. An artist with half of
the songs is not one of many: what counts is how many groups of equal size would tell as much."""
_CELLS = 4_000_000
_NEXT = re.compile(r"\s*[,;、，/&＆+]\s*|\s+(?:feat\.?|ft\.?|featuring|with|x|vs\.?)\s+|\s*\(feat")


def first_artist(artist: str) -> str:
    """Return by whom a song is first of all, so that guests make no new artist.

    Examples
    --------
    >>> first_artist("Post Malone, Swae Lee"), first_artist("周杰伦、费玉清"), first_artist("AC/DC")
    ('post malone', '周杰伦', 'ac')
    """
    return _NEXT.split(artist.casefold(), maxsplit=1)[0].strip()


def artist_groups(artists: Sequence[str]) -> Whole:
    """Return a number per song, the same for songs of one artist; a song without an artist is by itself.

    Examples
    --------
    >>> artist_groups(["Ann", "", "ann feat. Bob", ""]).tolist()
    [0, 1, 0, 2]
    """
    numbers: dict[str, int] = {}
    keys = (first_artist(artist) or f"\0{row}" for row, artist in enumerate(artists))
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.intp)


@dataclass(frozen=True, eq=False)
class Sides:
    """Which songs are on the first side, and which belong together.

    Parameters
    ----------
    is_a : ndarray of bool, shape (n,)
        The first side; the others are the second.
    groups : ndarray of int, shape (n,)
        Songs of one group are no independent observations.

    Raises
    ------
    DataError
        Lengths differ, or a side is empty.
    """

    is_a: Flags
    groups: Whole

    def __post_init__(self) -> None:
        if self.is_a.shape != self.groups.shape:
            raise DataError(f"{self.is_a.shape} sides and {self.groups.shape} groups were given")
        if self.is_a.all() or not self.is_a.any():
            raise DataError("one side has no song with a value")

    def __len__(self) -> int:
        return len(self.is_a)

    def take(self, rows: Flags) -> Self:
        """Return some of the songs."""
        return type(self)(self.is_a[rows], self.groups[rows])

    @cached_property
    def number(self) -> Whole:
        """Number of the group of each song, from 0 without gaps."""
        return np.unique(self.groups, return_inverse=True)[1]

    @cached_property
    def kind(self) -> Whole:
        """Per group: 1 where all of its songs are on the first side, 0 on the second, 2 on both."""
        count = np.bincount(self.number)
        of_a = np.bincount(self.number, self.is_a)
        return np.where(of_a == count, 1, np.where(of_a == 0, 0, 2)).astype(np.intp)

    @property
    def grouped(self) -> bool:
        """Do any songs belong together?"""
        return len(self.kind) < len(self)

    @property
    def n_groups(self) -> tuple[int, int]:
        """Groups that have songs on the first and on the second side."""
        mixed = int((self.kind == 2).sum())
        return int((self.kind == 1).sum()) + mixed, int((self.kind == 0).sum()) + mixed

    @cached_property
    def shares(self) -> tuple[Floats, Floats]:
        """Per group: its share of the songs of the first, and of the second side."""
        first, second = (np.bincount(self.number, side) for side in (self.is_a, ~self.is_a))
        return first / first.sum(), second / second.sum()

    def draws(self, n: int, seed: int) -> Iterator[Floats]:
        """Yield how often each group was drawn, some draws at a time, `n` in all, shape (some, n_groups).

        Groups of each kind are drawn with replacement among their own, as the sides were sampled apart.
        """
        rng = np.random.default_rng(seed)
        for some in _portions(n, len(self)):
            times = np.zeros((some, len(self.kind)))
            for kind in np.unique(self.kind):
                rows = np.flatnonzero(self.kind == kind)
                times[:, rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=some)
            yield times

    def relabelled(self, n: int, seed: int) -> Iterator[Flags]:
        """Yield other first sides that chance could have made, shape (some, n_songs), `n` in all.

        Groups that are whole on one side change sides whole; within a group that is on both, songs do.
        """
        rng = np.random.default_rng(seed)
        pure = np.flatnonzero(self.kind != 2)
        for some in _portions(n, len(self)):
            of_group = np.tile(self.kind == 1, (some, 1))
            of_group[:, pure] = rng.permuted(of_group[:, pure], axis=1)
            found = of_group[:, self.number]
            for group in np.flatnonzero(self.kind == 2):
                rows = np.flatnonzero(self.number == group)
                found[:, rows] = rng.permuted(np.tile(self.is_a[rows], (some, 1)), axis=1)
            yield found


def _portions(n: int, width: int) -> Iterator[int]:
    most = max(1, _CELLS // max(1, width))
    for start in range(0, n, most):
        yield min(most, n - start)


def check_level(level: float) -> None:
    """Raise `ParameterError` unless `level` is a share."""
    if not 0 < level < 1 or math.isnan(level):
        raise ParameterError(f"level is {level}; a number between 0 and 1 is needed")


def check_draws(n: int) -> None:
    """Raise `ParameterError` unless there are enough draws, and not too many."""
    if not 100 <= n <= 1_000_000:
        raise ParameterError(f"{n} draws were asked for; 100 to 1,000,000 are allowed")
