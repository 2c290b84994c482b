"""Which tracks are one recording, and which file of it is the best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tunelens.features.fingerprint import Match
from tunelens.features.fingerprint_index import same_recordings
from tunelens.library.prints.quality import best
from tunelens.library.prints.store import Prints
from tunelens.library.store import Library
from tunelens.library.track import Track

WHOLE = 0.85
"""Share of a recording that another must hold to hold all of it: begin, end and pauses have no landmarks."""


@dataclass(frozen=True)
class Same:
    """Two tracks that are one recording, or one a part of the other.

    Parameters
    ----------
    a, b : int
        Numbers of the tracks.
    match : Match
        How `b` fits into `a`.
    relation : {"copy", "part", "overlap"}
        Each holds all of the other; the longer holds all of the shorter; they have a stretch in common.
    """

    a: int
    b: int
    match: Match
    relation: str


def relation(match: Match, a_s: float, b_s: float) -> str:
    """Return how recordings of `a_s` and `b_s` seconds are related that fit as `match` says.

    Examples
    --------
    >>> relation(Match(0.0, 400, 0.4, 95.0), 100.0, 100.0), relation(Match(20.0, 400, 0.4, 28.0), 100.0, 30.0)
    ('copy', 'part')
    """
    if match.overlap_s >= WHOLE * max(a_s, b_s):
        return "copy"
    return "part" if match.overlap_s >= WHOLE * min(a_s, b_s) else "overlap"


def fold(library: Library, ids: Iterable[int]) -> dict[int, int]:
    """Return for each of `ids` the best file of the same recording among them: itself, where it has no copy.

    For some hundred tracks, say those of a list of neighbours; `tunelens duplicates` looks at all.
    """
    known = {track.id: track for track in library.tracks_by_id(dict.fromkeys(ids))}
    prints = Prints(library).landmarks(known)
    numbers = list(prints)
    pairs = [
        (numbers[pair.a], numbers[pair.b])
        for pair in same_recordings(list(prints.values()))
        if _is_copy(pair.match, known[numbers[pair.a]], known[numbers[pair.b]])
    ]
    return {
        number: best([known[one] for one in family]).id
        for family in families(known, pairs)
        for number in family
    }


def _is_copy(match: Match, a: Track, b: Track) -> bool:
    return relation(match, a.duration_s, b.duration_s) == "copy"


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
