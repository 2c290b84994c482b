"""Where a stretch of sound may come from, by the index alone: places that are worth a closer look."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunelens.features.fingerprint import Fingerprint
from tunelens.library.prints.index import LandmarkIndex
from tunelens.library.prints.segment import Segment, sampled

MOST_SPOTS = 24


class Spot(NamedTuple):
    """A place that shares landmarks with a query.

    Parameters
    ----------
    id : int
        Number of the track.
    shift : int
        Frame of the track at which frame 0 of the query sounds; may be negative.
    n_common : int
        Landmarks in common there, of those that the index keeps.
    """

    id: int
    shift: int
    n_common: int


def spots(index: LandmarkIndex, query: Fingerprint, most: int = MOST_SPOTS) -> list[Spot]:
    """Return where in the library `query`, less than 20 s of landmarks, may sound; the likeliest first.

    Raises
    ------
    DataError
        The index is damaged.
    """
    kept = sampled(query)
    begin = int(kept.frames.min(initial=0))
    found = [
        spot
        for segment, alive in zip(index.segments, index.alive, strict=True)
        for spot in _spots(segment, alive, Fingerprint(kept.hashes, kept.frames - begin), most)
    ]
    best = sorted(found, key=lambda spot: -spot.n_common)[:most]
    return [Spot(spot.id, spot.shift - begin, spot.n_common) for spot in best]


def _spots(segment: Segment, alive: NDArray[np.bool_], query: Fingerprint, most: int) -> list[Spot]:
    rows, places = segment.look_up(query.hashes)
    shifts, counts = _tally(places - query.frames[rows])
    order = np.argsort(-counts, kind="stable")[: 2 * most]
    found = []
    for shift, count in zip(shifts[order].tolist(), counts[order].tolist(), strict=True):
        row = int(segment.rows_of(np.array([shift]))[0])
        if count > 1 and alive[row]:
            track = segment.tracks[row]
            found.append(Spot(int(track["id"]), shift - int(track["start"]), count))
    return found


def _tally(shifts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the shifts that no neighbour beats, with how often they and both neighbours occur."""
    values, counts = np.unique(shifts, return_counts=True)
    total = counts.copy()
    near = np.diff(values) == 1
    total[:-1] += counts[1:] * near
    total[1:] += counts[:-1] * near
    top = np.ones(values.size, bool)
    top[:-1] &= ~near | (total[:-1] >= total[1:])
    top[1:] &= ~near | (total[1:] > total[:-1])
    return values[top], total[top]
