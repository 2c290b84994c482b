"""Which songs sound in a stretch of sound, where in them, and how sure that is.

The index names places, the prints in the library judge them: `tunelens.features.agreement` says how unlikely
it is that so many peaks agree by chance, and a large library has many places at which they could.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tunelens.audio.clip import Clip
from tunelens.audio.resample import resample
from tunelens.base.errors import DataError
from tunelens.features.agreement import Agreement, agreement
from tunelens.features.fingerprint import HOP_S
from tunelens.features.landmarks import Peaks, peaks_of_clip
from tunelens.library.prints.index import LandmarkIndex
from tunelens.library.prints.lookup import Spot, spots
from tunelens.library.prints.store import Prints
from tunelens.library.store import Library

CHANCE_PER_HOUR, NATS_WORTH = 10.0, 0.35
"""Odds against a hit are ``CHANCE_PER_HOUR * hours * exp(-NATS_WORTH * evidence)``, fitted to excerpts whose
song was left out (``python -m bench identification``): music repeats itself, and a nat is worth a third."""

LEAST_HOURS = 8.0
LIKELY = 0.9
"""Confidence from which a song counts as found."""

STEP = 0.01
"""Speeds are tried in steps of 1 %: landmarks stand half a percent to both sides."""

CLEAN = 0.4
"""Share of peaks from which speeds beside need not be tried."""

_KEPT_PEAKS = 256


@dataclass(frozen=True)
class Hit:
    """A song in a stretch of sound.

    Parameters
    ----------
    id : int
        Number of the track.
    start_s, end_s : float
        Where it sounds, seconds of the sound that was asked about.
    position_s : float
        Second of the track at `start_s`.
    speed : float
        How fast it plays: 1.02 is two percent faster, and higher.
    confidence : float
        Estimated probability that it is this recording.
    agreement : Agreement
        What that rests on.
    """

    id: int
    start_s: float
    end_s: float
    position_s: float
    speed: float
    confidence: float
    agreement: Agreement


def confidence(evidence: float, hours: float, n_tries: int = 1) -> float:
    """Return how probable it is that a hit is none of chance, in a library of so many hours.

    Examples
    --------
    >>> [round(confidence(evidence, 8.0), 2) for evidence in (0, 10, 20, 40)]
    [0.01, 0.29, 0.93, 1.0]
    >>> round(confidence(20, 6667.0), 2)
    0.02
    """
    odds = CHANCE_PER_HOUR * max(hours, LEAST_HOURS) * n_tries * math.exp(-NATS_WORTH * min(evidence, 500.0))
    return 1.0 / (1.0 + odds)


class Finder:
    """Looks for songs of a library in stretches of sound.

    Parameters
    ----------
    library : Library
        Its index is brought up to date first.

    Raises
    ------
    DataError
        The index cannot be written.
    """

    def __init__(self, library: Library) -> None:
        self._library, self._prints = library, Prints(library)
        self._index = LandmarkIndex.of(library)
        self._held: dict[int, Peaks] = {}

    @property
    def n_tracks(self) -> int:
        """How many tracks can be found."""
        return self._index.n_tracks

    def hits(self, clip: Clip, speeds: Sequence[float] = (1.0,), least: float = 0.5) -> list[Hit]:
        """Return the songs in a clip of mono sound at 22.05 kHz, at most 20 s long, the surest first.

        Speeds are tried in their order until something is found.
        """
        for n_tries, speed in enumerate(speeds, 1):
            found = self._at_speed(clip, speed, n_tries)
            if found and found[0].confidence >= least:
                if len(speeds) > 1 and _share(found) < CLEAN:
                    found = self._climbed(clip, found, n_tries)
                return [hit for hit in found if hit.confidence >= least]
        return []

    def _climbed(self, clip: Clip, found: list[Hit], n_tries: int) -> list[Hit]:
        """Try speeds beside one that found something, as long as they find more evidence."""
        better = max(
            (
                self._at_speed(clip, round(found[0].speed + step, 4), n_tries)
                for step in (-STEP / 2, STEP / 2)
            ),
            key=_evidence,
        )
        return self._climbed(clip, better, n_tries) if _evidence(better) > _evidence(found) else found

    def _at_speed(self, clip: Clip, speed: float, n_tries: int) -> list[Hit]:
        query = peaks_of_clip(_slowed(clip, speed))
        found = [
            _hit(spot, told, clip.start_s, speed, confidence(told.evidence, self._index.hours, n_tries))
            for spot in self._spots(query)
            if (recording := self._peaks(spot.id)) is not None
            and (told := agreement(query, recording, spot.shift)).evidence > 0
        ]
        return sorted(found, key=lambda hit: -hit.agreement.evidence)

    def _spots(self, query: Peaks) -> list[Spot]:
        landmarks = query.fingerprint()
        try:
            return spots(self._index, landmarks)
        except DataError:
            self._index = LandmarkIndex.rebuilt(self._library)
            return spots(self._index, landmarks)

    def _peaks(self, number: int) -> Peaks | None:
        """Return what the library says of a track now; None when it has gone."""
        if number not in self._held:
            while len(self._held) >= _KEPT_PEAKS:
                self._held.pop(next(iter(self._held)))
            self._held |= {one.id: one.peaks for one in self._prints.iterate([number])}
        return self._held.get(number)


def _share(found: list[Hit]) -> float:
    return found[0].agreement.n_matched / found[0].agreement.n_peaks


def _evidence(found: list[Hit]) -> float:
    return found[0].agreement.evidence if found else 0.0


def _slowed(clip: Clip, speed: float) -> Clip:
    """Undo a change of speed: what plays 2 % too fast lasts 2 % longer."""
    if speed == 1.0:
        return clip
    return Clip(resample(clip, round(clip.sr * speed)).y, clip.sr)


def _hit(spot: Spot, told: Agreement, start_s: float, speed: float, sure: float) -> Hit:
    begin_s, end_s = told.first * HOP_S, (told.last + 1) * HOP_S
    return Hit(
        id=spot.id,
        start_s=start_s + begin_s / speed,
        end_s=start_s + end_s / speed,
        position_s=spot.shift * HOP_S + begin_s,
        speed=speed,
        confidence=sure,
        agreement=told,
    )
