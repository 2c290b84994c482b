"""Does one stretch of sound lie at one place of another? Peak by peak, and beside what chance would do.

Landmarks need two peaks that both survive, and are for finding places. At a place that has been found, each
peak is looked for by itself, which noise as loud as the music leaves a third of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.features.landmarks import Peaks

SLACK = 1
"""Frames and bins by which a peak may be off."""

ELSEWHERE = 24
"""Other places of the same recording that tell how many peaks agree by chance."""

LEAST_PEAKS = 12
_LEAST_CHANCE = 0.01


@dataclass(frozen=True)
class Agreement:
    """How peaks of a query agree with a recording at one place.

    Parameters
    ----------
    n_matched, n_peaks : int
        Peaks of the query that the recording has too, of so many.
    chance : float
        Share that agrees elsewhere in the same recording.
    evidence : float
        Nats: how much less likely than one in e^evidence it is that so many agree by chance (the large
        deviation of a binomial, Cover & Thomas 2006, section 11.4). 0 where no more agree than by chance.
    first, last : int
        Frames of the query between which the peaks agree; 0 and -1 where none do.
    """

    n_matched: int
    n_peaks: int
    chance: float
    evidence: float
    first: int = 0
    last: int = -1


def agreement(query: Peaks, recording: Peaks, shift: int) -> Agreement:
    """Return how `query`, begun at frame `shift` of `recording`, agrees with it.

    Peaks that fall before the beginning or behind the end of the recording do not count.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> song = Peaks(np.arange(0, 6000, 2, dtype=np.int32), rng.integers(10, 420, 3000).astype(np.int16))
    >>> clip = Peaks(song.frames[500:600] - 1000, song.bins[500:600])
    >>> found = agreement(clip, song, 1000)
    >>> found.n_matched, found.evidence > 100, agreement(clip, song, 3000).evidence < 10
    (100, True, True)
    """
    inside = _within(query, recording, shift)
    if len(inside) < LEAST_PEAKS:
        return Agreement(0, len(inside), 0.0, 0.0)
    known = _codes(recording.frames.astype(np.int64), recording.bins)
    matched = _matched(inside, known, shift)
    chance = max(_LEAST_CHANCE, _by_chance(inside, known, shift, int(recording.frames[-1]) + 1))
    n_matched = int(matched.sum())
    first, last = _run(inside.frames, matched, chance)
    return Agreement(n_matched, len(inside), chance, _evidence(n_matched, len(inside), chance), first, last)


def _within(query: Peaks, recording: Peaks, shift: int) -> Peaks:
    end = int(recording.frames[-1]) if len(recording) else -1
    kept = (query.frames + shift >= 0) & (query.frames + shift <= end)
    return Peaks(query.frames[kept], query.bins[kept])


def _codes(frames: NDArray[np.int64], bins: NDArray[np.int16]) -> NDArray[np.int64]:
    """One number for each cell of the spectrogram, in order where frames are."""
    return frames << 10 | bins.astype(np.int64)


def _matched(query: Peaks, known: NDArray[np.int64], shift: NDArray[np.int64] | int) -> NDArray[np.bool_]:
    """Return which peaks have one within `SLACK`; a run of bins in one frame is one look."""
    frames = query.frames.astype(np.int64) + shift
    found = np.zeros(len(query), bool)
    for off in range(-SLACK, SLACK + 1):
        low = np.searchsorted(known, _codes(frames + off, query.bins - np.int16(SLACK)))
        found |= low < np.searchsorted(known, _codes(frames + off, query.bins + np.int16(SLACK)), "right")
    return found


def _by_chance(query: Peaks, known: NDArray[np.int64], shift: int, n_frames: int) -> float:
    """Return the share that agrees at other places, the recording taken as a ring."""
    steps = np.linspace(0, n_frames, ELSEWHERE + 2).astype(np.int64)[1:-1]
    places = (query.frames[None].astype(np.int64) + shift + steps[:, None]) % n_frames
    order = np.argsort(places, axis=None, kind="stable")
    bins = np.broadcast_to(query.bins, places.shape).ravel()[order]
    return float(_matched(Peaks(places.ravel()[order].astype(np.int32), bins), known, 0).mean())


def _evidence(n_matched: int, n: int, chance: float) -> float:
    share = n_matched / n
    if share <= chance:
        return 0.0
    missed = (1 - share) * np.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return float(n * (share * np.log(share / chance) + missed))


def _run(frames: NDArray[np.int32], matched: NDArray[np.bool_], chance: float) -> tuple[int, int]:
    """Return where the stretch begins and ends that agrees best (Kadane's largest sum)."""
    share = max(float(matched.mean()), 2 * chance)
    gains = np.where(matched, np.log(share / chance), np.log((1 - min(share, 0.99)) / (1 - chance)))
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    lowest = np.minimum.accumulate(sums)
    end = int((sums - lowest).argmax())
    begin = int(sums[: end + 1].argmin())
    return (int(frames[begin]), int(frames[end - 1])) if end > begin else (0, -1)
