"""Journeys: from one mood to another in equal steps, as music therapists do.

The iso principle (Altshuler 1948): music first meets the listener where he or she is, then leads away in
small steps. The steps are equal parts of the straight line between two points of valence and arousal; each
gets a track of its own so that the squares of all distances add up to the least there is (the assignment
problem); then tracks are exchanged where an artist would come again too soon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tunelens.base.errors import DataError, ParameterError
from tunelens.library.playlists.plane import Feeling

Floats = NDArray[np.float64]
SPACING = 2
"""An artist comes again after at least so many others."""
TOO_SOON = 1.0
"""What an artist who comes again sooner costs, as a squared distance."""
MOST_STEPS = 100
_MORE = 24
_NEVER = 1e6


@dataclass(frozen=True, eq=False)
class Way:
    """A journey through given points.

    Parameters
    ----------
    rows : tuple of int
        Which points, in order.
    line : ndarray, shape (n, 2)
        Where the steps should lie.
    deviations : ndarray, shape (n,)
        How far each point lies from its place.
    artists_too_soon : int
        Steps whose artist was heard among the last `SPACING`.
    """

    rows: tuple[int, ...]
    line: Floats
    deviations: Floats
    artists_too_soon: int


def line_between(start: Feeling, end: Feeling, steps: int) -> Floats:
    """Return the places of equal steps from `start` to `end`, shape (steps, 2).

    Examples
    --------
    >>> line_between(Feeling(0.0, 0.5), Feeling(1.0, 0.5), 3).tolist()
    [[0.0, 0.5], [0.5, 0.5], [1.0, 0.5]]
    """
    if not 2 <= steps <= MOST_STEPS:
        raise ParameterError(f"{steps} steps; 2 to {MOST_STEPS} are allowed")
    shares = np.linspace(0.0, 1.0, steps)[:, None]
    a, b = np.array([start.valence, start.arousal]), np.array([end.valence, end.arousal])
    return a + shares * (b - a)


def travel(
    points: Floats,
    artists: Sequence[str],
    line: Floats,
    *,
    first: int | None = None,
    last: int | None = None,
) -> Way:
    """Return the points that lie along `line`.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Valence and arousal of the tracks.
    artists : sequence of str
        Of each track; "" is nobody.
    line : ndarray, shape (steps, 2)
        Where the steps should lie.
    first, last : int, optional
        Rows that begin and end the journey.

    Raises
    ------
    DataError
        There are fewer points than steps.
    """
    if len(points) < len(line):
        raise DataError(
            f"{len(points)} tracks have valence and arousal; a journey of {len(line)} steps needs as many",
            hint="take fewer steps, or tunelens analyze more music",
        )
    near = _near(points, line, [row for row in (first, last) if row is not None])
    squares = ((line[:, None] - points[near][None]) ** 2).sum(axis=2)
    places = {int(row): place for place, row in enumerate(near)}
    fixed = {step: places[row] for step, row in ((0, first), (len(line) - 1, last)) if row is not None}
    names = [artists[row] for row in near]
    chosen = _spaced(_assigned(squares, fixed), squares, names, fixed)
    deviations = np.sqrt(squares[np.arange(len(line)), chosen])
    too_soon = len(_too_soon(chosen, names))
    return Way(tuple(int(near[place]) for place in chosen), line, deviations, too_soon)


def _near(points: Floats, line: Floats, named: list[int]) -> NDArray[np.intp]:
    """Return the rows that can be of use: the nearest to each step, more than the steps can use up."""
    enough = min(len(points), len(line) + _MORE)
    squares = [((points - place) ** 2).sum(axis=1) for place in line]
    nearest = [np.argpartition(one, enough - 1)[:enough] for one in squares]
    return np.unique(np.concatenate([*nearest, np.array(named, np.intp)]))


def _assigned(squares: Floats, fixed: dict[int, int]) -> list[int]:
    """Return a track for each step so that the squares add up to the least there is."""
    costs = squares.copy()
    for step, place in fixed.items():
        costs[:, place] = _NEVER
        costs[step, place] = 0.0
    for step, place in fixed.items():
        costs[step, [other for other in range(costs.shape[1]) if other != place]] = _NEVER
    return linear_sum_assignment(costs)[1].tolist()


def _spaced(rows: list[int], squares: Floats, artists: Sequence[str], fixed: dict[int, int]) -> list[int]:
    """Exchange tracks of artists who come again too soon, for others or among each other, while it helps."""
    while True:
        best, least = rows, _pain(rows, squares, artists)
        for step in sorted(_too_soon(rows, artists) - fixed.keys()):
            for other in _exchanged(rows, step, squares, fixed):
                pain = _pain(other, squares, artists)
                if pain < least - 1e-12:
                    best, least = other, pain
        if best is rows:
            return rows
        rows = best


def _exchanged(rows: list[int], step: int, squares: Floats, fixed: dict[int, int]) -> Iterator[list[int]]:
    """Yield the journeys that have another track in `step`."""
    at = {row: place for place, row in enumerate(rows)}
    for row in np.argsort(squares[step], kind="stable")[: len(rows) + _MORE].tolist():
        other = at.get(row)
        if other == step or other in fixed:
            continue
        changed = rows.copy()
        changed[step] = row
        if other is not None:
            changed[other] = rows[step]
        yield changed


def _pain(rows: list[int], squares: Floats, artists: Sequence[str]) -> float:
    return float(squares[np.arange(len(rows)), rows].sum()) + TOO_SOON * len(_too_soon(rows, artists))


def _too_soon(rows: Sequence[int], artists: Sequence[str]) -> set[int]:
    """Return the steps whose artist was heard shortly before."""
    names = [artists[row] for row in rows]
    return {i for i, name in enumerate(names) if name and name in names[max(0, i - SPACING) : i]}
