"""Tracks that last as long as is wanted, to the second: a subset sum, the most wanted tracks first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EXACT_S = 1800.0
"""The last stretch, which is filled exactly; what comes before it is taken in order of preference."""
STEP_S = 0.1
NEAR_S = 1.0
"""Within this of the wanted length, preference decides."""
MOST_CANDIDATES = 250


def fill(durations_s: Sequence[float], target_s: float) -> list[int]:
    """Return which of the candidates, most wanted first, together last close to `target_s`.

    The wanted ones come first until half an hour is left; that is filled by dynamic programming over tenths
    of seconds, which finds the best subset of up to 250 candidates: the one of greatest preference within
    1 s, else the one nearest to the target.

    Examples
    --------
    >>> fill([200.0, 170.0, 130.0, 95.0], 300.0)
    [1, 2]
    """
    taken, left_s = _greedy(durations_s, target_s)
    rest = [i for i in range(len(durations_s)) if i not in set(taken)][:MOST_CANDIDATES]
    chosen = _subset([durations_s[i] for i in rest], left_s)
    return sorted([*taken, *(rest[k] for k in chosen)])


def _greedy(durations_s: Sequence[float], target_s: float) -> tuple[list[int], float]:
    taken = []
    for i, length in enumerate(durations_s):
        if target_s <= EXACT_S:
            break
        if length <= target_s - EXACT_S / 2:
            taken.append(i)
            target_s -= length
    return taken, target_s


def _subset(durations_s: Sequence[float], target_s: float) -> list[int]:
    """Return the subset of greatest preference that lasts `target_s`, or as close to it as any does."""
    steps = np.maximum(1, np.round(np.asarray(durations_s, np.float64) / STEP_S)).astype(np.intp)
    wanted = round(target_s / STEP_S)
    reach = wanted + max(round(NEAR_S / STEP_S), min(int(steps.max(initial=0)), wanted))
    best = np.full(reach + 1, -np.inf)
    best[0] = 0.0
    used = np.zeros((len(steps), reach + 1), bool)
    for i, length in enumerate(steps):
        if length <= reach:
            with_it = best[: reach + 1 - length] + length / (1.0 + i)  # of equal lengths the more wanted wins
            used[i, length:] = with_it > best[length:]
            best[length:] = np.maximum(best[length:], with_it)
    return _traced(used, steps, _end(best, wanted))


def _end(best: NDArray[np.float64], wanted: int) -> int:
    """Return the length to reach: near the wanted one the best, else the nearest that can be had."""
    near = round(NEAR_S / STEP_S)
    first = max(0, wanted - near)
    window = best[first : wanted + near + 1]
    if np.isfinite(window).any() and wanted > near:
        return first + int(np.argmax(window))
    reachable = np.flatnonzero(np.isfinite(best))
    return int(reachable[np.argmin(np.abs(reachable - wanted))])


def _traced(used: NDArray[np.bool_], steps: NDArray[np.intp], end: int) -> list[int]:
    chosen = []
    for i in range(len(steps) - 1, -1, -1):
        if used[i, end]:
            chosen.append(i)
            end -= int(steps[i])
    return chosen[::-1]
