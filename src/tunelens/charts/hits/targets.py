"""What is to be foretold of songs: a hit or not, or how popular."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.data.readers.numbers import number
from tunelens.explore.collection import Collection

Floats = NDArray[np.float64]
NO, YES = "no", "yes"
CLASSES = (NO, YES)
_TOP = re.compile(r"(.+):top\s*(\d{1,2})%?")
_WORDS = {"true": 1.0, "yes": 1.0, "hit": 1.0, "是": 1.0, "false": 0.0, "no": 0.0, "flop": 0.0, "否": 0.0}
_LOW_IS_BEST = re.compile(r"(.*_)?(rank|position)|.*(排名|名次).*")


@dataclass(frozen=True, eq=False)
class Target:
    """What is foretold.

    Parameters
    ----------
    name : str
        As it was asked for.
    kind : {"single", "continuous"}
        A hit or not; or a number.
    values : ndarray of float64, shape (n,)
        1 for a hit, 0 for none, or the number; NaN where unknown.
    """

    name: str
    kind: Literal["single", "continuous"]
    values: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """The songs of which it is known."""
        return np.isfinite(self.values)

    def labels(self) -> NDArray[np.str_]:
        """Return `NO` or `YES` per song of a hit or not; songs of which it is not known are `NO`."""
        return np.where(self.values > 0.5, YES, NO)


def read_target(songs: Collection, text: str) -> Target:
    """Return the target that `text` names.

    Parameters
    ----------
    songs : Collection
    text : str
        A fact of two values (``target``), a fact of numbers (``popularity``), or ``FACT:topN``: the best N %
        of its songs in each year (of all songs where years are not known); of ranks the lowest are the best.

    Raises
    ------
    UnknownNameError
        There is no such fact.
    ParameterError, DataError
        N is not allowed; the fact holds no numbers, or one value alone.

    Examples
    --------
    >>> songs = Collection("toy", ("1", "2", "3", "4"), np.zeros((4, 1)), ("tempo_bpm",),
    ...                    facts={"popularity": ("10", "90", "50", "")})
    >>> read_target(songs, "popularity").kind, read_target(songs, "popularity:top34").values.tolist()
    ('continuous', [0.0, 1.0, 0.0, nan])
    """
    top = _TOP.fullmatch(text)
    values = numbers_of(songs, top[1] if top else text)
    if top is not None:
        return Target(text, "single", _best(values, songs, int(top[2]), bool(_LOW_IS_BEST.fullmatch(top[1]))))
    known = np.unique(values[np.isfinite(values)])
    if known.size < 2:
        raise DataError(
            f"{text!r} of {songs.name} is {known[0]:g} for every song; there is nothing to foretell"
        )
    if known.size == 2:
        return Target(text, "single", np.where(np.isfinite(values), values == known[1], np.nan))
    return Target(text, "continuous", values)


def numbers_of(songs: Collection, fact: str) -> Floats:
    """Return a fact of `songs` as numbers, NaN where there is none; words for yes and no are 1 and 0.

    Raises
    ------
    UnknownNameError
        There is no such fact.
    DataError
        It holds no numbers.
    """
    if fact not in songs.facts:
        raise UnknownNameError.among("column", fact, songs.facts)
    cells = songs.facts[fact]
    values = np.array([_value(cell) for cell in cells], np.float64)
    if np.isfinite(values).sum() < max(1, sum(map(bool, cells)) / 2):
        first = next((cell for cell in cells if cell), "")
        raise DataError(
            f"column {fact!r} of {songs.name} holds no numbers; it has {first[:40]!r}",
            hint="a column of 0 and 1, of yes and no, or of numbers is needed",
        )
    return values


def _value(cell: str) -> float:
    word = _WORDS.get(cell.casefold())
    value = word if word is not None else number(cell) if cell else np.nan
    return np.nan if value is None else value


def _best(values: Floats, songs: Collection, percent: int, low: bool) -> Floats:
    """Mark the best of each year: more songs of some years, or inflation, must not look like talent."""
    if not 1 <= percent <= 99:
        raise ParameterError(f"top{percent} was asked for; 1 to 99 percent are allowed")
    assert songs.years is not None
    worth = -values if low else values
    years = np.where(np.isfinite(songs.years), songs.years, -1.0)
    found = np.full(len(values), np.nan)
    for year in np.unique(years):
        rows = (years == year) & np.isfinite(values)
        if rows.any():
            found[rows] = worth[rows] >= np.quantile(worth[rows], 1 - percent / 100, method="higher")
    return found
