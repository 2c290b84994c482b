"""The order of fewest pains: a short path through all tracks, by nearest neighbour, 2-opt and Or-opt.

Finding the shortest is the travelling salesman's problem (without the way home); these local moves come close
(Johnson, McGeoch 1997, "The traveling salesman problem: a case study in local optimization") and are the same
every time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import ParameterError

Floats = NDArray[np.float64]
Order = NDArray[np.intp]
MOST_TRACKS = 2000
LONGEST_MOVED = 3
_ENOUGH = 1e-9
_STARTS, _WORK = 12, 3000


def shortest_path(cost: Floats, *, first: int | None = None) -> Order:
    """Return an order of all rows of which the costs of neighbours add up to little.

    Parameters
    ----------
    cost : ndarray, shape (n, n)
        Symmetric, not negative.
    first : int, optional
        The row to begin with.

    Raises
    ------
    ParameterError
        More than 2000 rows.

    Examples
    --------
    >>> places = np.array([0.0, 5.0, 1.0, 4.0])
    >>> shortest_path(np.abs(np.subtract.outer(places, places)), first=0).tolist()
    [0, 2, 3, 1]
    """
    n = len(cost)
    if n > MOST_TRACKS:
        raise ParameterError(f"{n} tracks are too many to be ordered; at most {MOST_TRACKS} are")
    if n < 3 and first is None:
        return np.arange(n)
    padded = np.zeros((n + 1, n + 1))
    padded[:n, :n] = cost
    paths = [_improved(padded, _nearest_first(cost, start), first is not None) for start in _starts(n, first)]
    return min(paths, key=lambda path: _length(padded, path))[1:-1]


def _starts(n: int, first: int | None) -> list[int]:
    """Return from which rows to try; of many rows few, so that time stays bounded."""
    if first is not None:
        return [first]
    count = max(1, min(_STARTS, _WORK // n))
    return list(range(0, n, -(-n // count)))


def _nearest_first(cost: Floats, start: int) -> Order:
    """Return the path that goes to the nearest row not yet met, with the outside (row n) at both ends."""
    n = len(cost)
    path, here = np.full(n + 2, n), start
    left = np.ones(n, bool)
    for place in range(1, n + 1):
        path[place], left[here] = here, False
        here = int(np.argmin(np.where(left, cost[here], np.inf)))
    return path


def _improved(cost: Floats, path: Order, fixed: bool) -> Order:
    """Make moves until none helps."""
    first = 2 if fixed else 1
    while True:
        turned = _turn(cost, path, first)
        path, moved = _move(cost, path, first)
        if not turned and not moved:
            return path


def _turn(cost: Floats, path: Order, first: int) -> bool:
    """2-opt: turn stretches round in place, where that helps; did it?"""
    helped = False
    for i in range(first, len(path) - 2):
        before, head = path[i - 1], path[i]
        tails, after = path[i + 1 : -1], path[i + 2 :]
        change = cost[before, tails] + cost[head, after] - cost[before, head] - cost[tails, after]
        best = int(np.argmin(change))
        if change[best] < -_ENOUGH:
            path[i : i + best + 2] = path[i : i + best + 2][::-1].copy()
            helped = True
    return helped


def _move(cost: Floats, path: Order, first: int) -> tuple[Order, bool]:
    """Or-opt: put stretches of up to three elsewhere, either way round, where that helps."""
    helped = False
    for length in range(1, LONGEST_MOVED + 1):
        for i in range(first, len(path) - length):
            head, tail = path[i], path[i + length - 1]
            rest = np.concatenate([path[:i], path[i + length :]])
            x, y = rest[first - 1 : -1], rest[first:]
            ahead, turned = cost[x, head] + cost[tail, y], cost[x, tail] + cost[head, y]
            change = np.minimum(ahead, turned) - cost[x, y]
            best, here = int(np.argmin(change)), i - first
            if change[best] < ahead[here] - cost[x[here], y[here]] - _ENOUGH:
                stretch = path[i : i + length]
                stretch = stretch[::-1] if turned[best] < ahead[best] else stretch
                path, helped = np.insert(rest, first + best, stretch), True
    return path, helped


def _length(cost: Floats, path: Order) -> float:
    return float(cost[path[:-1], path[1:]].sum())
