"""Which of many fingerprints are of one recording, without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunelens.features.fingerprint import Fingerprint, Match, compare

LINKS = 12
"""Each landmark is linked to this many that share its hash; copies share so many hashes that few suffice."""

LEAST_LINKS = 4
"""Links at one offset that make a pair worth a full comparison."""

SAMPLED = 4
"""One in so many hashes is looked up; which ones depends on the hash alone, so that copies keep the same."""

_SPREAD = np.uint32(2_654_435_761)
_FRAMES = 1 << 22


class Pair(NamedTuple):
    """Two recordings that are one.

    Parameters
    ----------
    a, b : int
        Their places, a < b.
    match : Match
        How b fits into a.
    """

    a: int
    b: int
    match: Match


def same_recordings(prints: Sequence[Fingerprint]) -> list[Pair]:
    """Return all pairs of `prints` that are one recording, by place.

    Time grows with the number of landmarks and of pairs found, not with the square of the recordings.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> one = Fingerprint(rng.integers(0, 2**24, 900).astype(np.uint32), np.arange(900, dtype=np.int32))
    >>> cut = Fingerprint(one.hashes[100:], one.frames[100:] - 100)
    >>> [(pair.a, pair.b, round(pair.match.offset_s, 2)) for pair in same_recordings([one, cut])]
    [(0, 1, 2.32)]
    """
    found = []
    for a, b in candidates(prints):
        match = compare(prints[a], prints[b])
        if match.is_same:
            found.append(Pair(a, b, match))
    return found


def candidates(prints: Sequence[Fingerprint]) -> list[tuple[int, int]]:
    """Return the pairs that share enough sampled landmarks at one offset."""
    return linked(*_sampled(prints), len(prints))


def linked(
    hashes: NDArray[Any], owner: NDArray[np.int64], frames: NDArray[np.int64], n: int
) -> list[tuple[int, int]]:
    """Return which pairs of `n` owners share enough hashes at one offset of their frames."""
    order = np.lexsort((owner, hashes))
    hashes, owner, frames = hashes[order], owner[order], frames[order]
    keys = [_keys(owner, frames, link, n) for link in _links(hashes)]
    if not keys:
        return []
    values, counts = np.unique(np.concatenate(keys), return_counts=True)
    # an offset that is no whole number of frames spreads over two of them
    counts[:-1] += counts[1:] * (np.diff(values) == 1)
    pairs = np.unique(values[counts >= LEAST_LINKS] // _FRAMES)
    return [(int(pair) // n, int(pair) % n) for pair in pairs]


def _sampled(
    prints: Sequence[Fingerprint],
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    empty = Fingerprint(np.empty(0, np.uint32), np.empty(0, np.int32))
    hashes = np.concatenate([one.hashes for one in (*prints, empty)])
    owner = np.repeat(np.arange(len(prints), dtype=np.int64), [len(one) for one in prints])
    frames = np.concatenate([one.frames for one in (*prints, empty)]).astype(np.int64)
    kept = (hashes * _SPREAD) < np.uint32(2**32 // SAMPLED)
    return hashes[kept], owner[kept], frames[kept]


def _links(hashes: NDArray[Any]) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Yield the places whose hash is that of the place `step` behind, for each step."""
    for step in range(1, LINKS + 1):
        same = np.flatnonzero(hashes[:-step] == hashes[step:])
        if not same.size:
            return
        yield same, step


def _keys(
    owner: NDArray[np.int64], frames: NDArray[np.int64], link: tuple[NDArray[np.intp], int], n: int
) -> NDArray[np.int64]:
    """Return one number per link for the two recordings and the offset between them."""
    first, step = link
    first = first[owner[first] != owner[first + step]]
    second = first + step
    shift = frames[first] - frames[second] + _FRAMES // 2
    return (owner[first] * n + owner[second]) * _FRAMES + np.clip(shift, 0, _FRAMES - 1)
