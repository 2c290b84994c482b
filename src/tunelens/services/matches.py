"""Which other files of the library hold the recording of one track, or a stretch of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tunelens.base.errors import DataError
from tunelens.features.fingerprint import HOP_S, Fingerprint
from tunelens.library.prints.index import LandmarkIndex
from tunelens.library.prints.lookup import spots
from tunelens.library.prints.same import Same, compared
from tunelens.library.prints.store import Prints
from tunelens.library.store import Library
from tunelens.library.track import Track

STRETCH_S = 15.0
MOST_STRETCHES = 40
MOST_COMPARED = 60


@dataclass(frozen=True)
class Match:
    """Another file that has something of the recording.

    Parameters
    ----------
    track : Track
        The file.
    relation : {"copy", "part", "whole", "overlap"}
        Each holds all of the other; it is an excerpt of the track; the track is an excerpt of it, say of a
        mix; they have a stretch in common.
    offset_s : float
        Second of the track at which it begins; negative where it begins earlier.
    common_s : float
        How long what they have in common is.
    share : float
        Of the peaks that they may have in common, those that they have, 0 to 1.
    identical : bool
        The same bytes.
    """

    track: Track
    relation: str
    offset_s: float
    common_s: float
    share: float
    identical: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the match as a JSON object."""
        return {
            "relation": self.relation,
            "offset_s": round(self.offset_s, 2),
            "common_s": round(self.common_s, 2),
            "share": round(self.share, 3),
            "identical": self.identical,
            "track": self.track.to_dict(),
        }


@dataclass(frozen=True)
class Matches:
    """What was found.

    Parameters
    ----------
    track : Track
        What was asked about.
    matches : tuple of Match
        Those with the longest stretch in common first.
    n_tracks : int
        Tracks among which was looked.
    """

    track: Track
    matches: tuple[Match, ...]
    n_tracks: int

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "id": self.track.id,
            "n_tracks": self.n_tracks,
            "matches": [one.to_dict() for one in self.matches],
        }


def matches(library: Library, number: int) -> Matches:
    """Find the files that hold the recording of track `number` too, by their fingerprints.

    Raises
    ------
    NotFoundError
        There is no such track.
    DataError
        It has no fingerprint, or the index cannot be written.
    """
    track = library.track(number)
    prints = Prints(library)
    mine = prints.peaks([track.id])
    if track.id not in mine:
        raise DataError(
            f"track {track.id} has no fingerprint", hint="tunelens analyze --force hears it once more"
        )
    index = LandmarkIndex.of(library)
    near = _near(index, mine[track.id].fingerprint(), track.id)
    pairs = compared(mine | prints.peaks(near), ((track.id, number) for number in near))
    others = {one.id: one for one in library.tracks_by_id(near)}
    found = [_match(track, others[pair.b], pair) for pair in pairs if pair.b in others]
    found.sort(key=lambda one: (-one.common_s, one.track.id))
    return Matches(track, tuple(found), index.n_tracks)


def _near(index: LandmarkIndex, marks: Fingerprint, own: int) -> list[int]:
    """Return the tracks that share the most landmarks with some stretch, at most `MOST_COMPARED`."""
    counts: Counter[int] = Counter()
    for part in _stretches(marks):
        best: Counter[int] = Counter()
        for spot in spots(index, part):
            best[spot.id] = max(best[spot.id], spot.n_common)
        counts |= best
    counts.pop(own, None)
    return [number for number, _ in counts.most_common(MOST_COMPARED)]


def _stretches(marks: Fingerprint) -> Iterator[Fingerprint]:
    """Yield stretches from all over a recording: what is in another file may be any of it."""
    if not marks.frames.size:
        return
    n = round(STRETCH_S / HOP_S)
    last = max(0, int(marks.frames.max()) - n)
    begins = np.unique(np.linspace(0, last, min(MOST_STRETCHES, last // n + 2)).astype(int))
    for begin in begins.tolist():
        inside = (marks.frames >= begin) & (marks.frames < begin + n)
        if inside.any():
            yield Fingerprint(marks.hashes[inside], marks.frames[inside])


def _match(track: Track, other: Track, pair: Same) -> Match:
    longer = other.duration_s > track.duration_s
    relation = "whole" if pair.relation == "part" and longer else pair.relation
    return Match(other, relation, pair.offset_s, pair.common_s, pair.share, track.sha256 == other.sha256)
