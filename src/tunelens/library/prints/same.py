"""Which tracks are one recording, and which of them is the best file of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.features.agreement import agreement
from tunelens.features.fingerprint import HOP_S, Fingerprint, compare
from tunelens.features.fingerprint_index import linked, same_recordings
from tunelens.features.landmarks import Peaks
from tunelens.library.prints.quality import best
from tunelens.library.prints.store import Prints
from tunelens.library.store import Library

LEAST_SHARE = 0.25
"""Of the peaks of a copy that the other has too; another take in the same tempo and key has fewer."""

LEAST_NATS = 50.0
WHOLE = 0.85
"""Share of a recording, from its first peak to its last, that another must hold to hold all of it."""

SAMPLED, TRACKS_A_STEP = 4, 1500
"""Of the pairs of landmarks one in `SAMPLED` is compared; of more than 6000 tracks, one in n / 1500."""

_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Same:
    """Two tracks that hold one recording.

    Parameters
    ----------
    a, b : int
        Numbers of the tracks, ``a < b``.
    offset_s : float
        How far into `a` the beginning of `b` lies; negative where `b` begins earlier.
    share : float
        Of the peaks that they may have in common, those that they have, 0 to 1.
    common_s : float
        How long what they have in common is.
    relation : {"copy", "part", "overlap"}
        Each holds all of the other; the longer holds all of the shorter; they have a stretch in common.
    """

    a: int
    b: int
    offset_s: float
    share: float
    common_s: float
    relation: str


def same(a: Peaks, b: Peaks) -> tuple[float, float, float, str] | None:
    """Return offset, share, common length and relation as in `Same`; None where recordings differ."""
    if _span_s(a) < _span_s(b):
        found = same(b, a)
        return found and (-found[0], *found[1:])
    match = compare(a.fingerprint(), b.fingerprint())
    told = agreement(b, a, round(match.offset_s / HOP_S))
    if told.evidence < LEAST_NATS or told.n_matched < LEAST_SHARE * told.n_peaks:
        return None
    common_s = (told.last - told.first + 1) * HOP_S
    return (
        match.offset_s,
        told.n_matched / told.n_peaks,
        common_s,
        _relation(common_s, _span_s(a), _span_s(b)),
    )


def _span_s(peaks: Peaks) -> float:
    return float(peaks.frames[-1] - peaks.frames[0] + 1) * HOP_S if len(peaks) else 0.0


def _relation(common_s: float, longer_s: float, shorter_s: float) -> str:
    if common_s >= WHOLE * longer_s:
        return "copy"
    return "part" if common_s >= WHOLE * shorter_s else "overlap"


def fold(library: Library, ids: Iterable[int]) -> dict[int, int]:
    """Return for each of `ids` the best file of the same recording among them: itself, where it has no copy.

    For some hundred tracks, say those of a list of neighbours; `tunelens duplicates` looks at all.
    """
    wanted = dict.fromkeys(ids)
    peaks = Prints(library).peaks(wanted)
    numbers = list(peaks)
    near = same_recordings([one.fingerprint() for one in peaks.values()])
    pairs = compared(peaks, ((numbers[pair.a], numbers[pair.b]) for pair in near))
    copies = [(pair.a, pair.b) for pair in pairs if pair.relation == "copy"]
    found = {number: number for number in wanted}
    for family in families({one for pair in copies for one in pair}, copies):
        known = library.tracks_by_id(family)
        found |= dict.fromkeys(family, best(known).id) if known else {}
    return found


def compared(peaks: Mapping[int, Peaks], pairs: Iterable[tuple[int, int]]) -> Iterator[Same]:
    """Yield the pairs that hold one recording; of a track that has gone meanwhile there are no peaks."""
    for a, b in pairs:
        found = same(peaks[a], peaks[b]) if a in peaks and b in peaks else None
        if found is not None:
            yield Same(a, b, *found)


def alike(library: Library, ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return the pairs of tracks that are worth comparing, among any number of them.

    Two landmarks of one peak make a number of 39 bits that hardly any two recordings share by chance. A
    sample of them is held in memory, 24 bytes each: 5 kB for a song in a library of 100,000.
    """
    numbers = list(ids)
    step = max(SAMPLED, len(numbers) // TRACKS_A_STEP)
    hashes, frames = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    owners = [np.empty(0, np.int64)]
    known: list[int] = []
    for one in Prints(library).iterate(numbers):
        keys, when = _triples(one.peaks.fingerprint(), step)
        hashes.append(keys)
        frames.append(when)
        owners.append(np.full(keys.size, len(known)))
        known.append(one.id)
    pairs = linked(np.concatenate(hashes), np.concatenate(owners), np.concatenate(frames), len(known))
    return [(known[a], known[b]) for a, b in pairs]


def _triples(marks: Fingerprint, step: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return a number for two neighbouring landmarks of one peak, and its frame; one in `step` of them."""
    hashes, anchors = marks.hashes.astype(np.uint64), marks.hashes >> 15
    one_peak = (anchors[:-1] == anchors[1:]) & (marks.frames[:-1] == marks.frames[1:])
    first = np.flatnonzero(one_peak)
    keys = hashes[first] << np.uint64(15) | (hashes[first + 1] & np.uint64(0x7FFF))
    kept = (keys * _MIX) >> np.uint64(32) < np.uint64(2**32 // step)
    return keys[kept], marks.frames[first[kept]].astype(np.int64)


def families(ids: Iterable[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the sets of tracks that pairs join, each in order.

    Examples
    --------
    >>> families([1, 2, 3], [(3, 1)])
    [[1, 3], [2]]
    """
    parent = {number: number for number in ids}

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    found: dict[int, list[int]] = {}
    for number in sorted(parent):
        found.setdefault(root(number), []).append(number)
    return list(found.values())
