"""Which songs of a library sound in a file, where, and from where in the song."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tunelens.audio import Unfound, find_audio, listen
from tunelens.audio.clip import Clip
from tunelens.audio.source import check_excerpt
from tunelens.base.card import Card, Shown
from tunelens.base.errors import DataError, ParameterError, TunelensError
from tunelens.base.language import say, word
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.features.summary import SUMMARY_SR
from tunelens.library.identity import path_to_text
from tunelens.library.prints.chains import Chain, chained, told_apart
from tunelens.library.prints.sightings import LIKELY, STEP, Finder, Hit
from tunelens.library.store import Library
from tunelens.library.track import Track

STRETCH_S, HOP_S = 10.0, 5.0
"""Long sound is looked up in stretches of so many seconds, so far apart."""

MOST_SPEED = 10.0


@dataclass(frozen=True)
class Sighting:
    """A song of the library in a file.

    Parameters
    ----------
    track : Track
        The song.
    start_s, end_s : float
        Where it is heard in the file, seconds.
    position_s : float
        Second of the song that sounds at `start_s`.
    speed : float
        How fast it plays; 1.02 is two percent faster, and higher.
    confidence : float
        Estimated probability that it is this recording, 0 to 1.
    n_matched, n_peaks : int
        Peaks of the surest stretch that the song has too, of so many.
    also : tuple of int
        Other tracks that match the same stretch: copies, or songs that sound at the same time.
    """

    track: Track
    start_s: float
    end_s: float
    position_s: float
    speed: float
    confidence: float
    n_matched: int
    n_peaks: int
    also: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the sighting as a JSON object."""
        return {
            "track": {
                "id": self.track.id,
                "path": path_to_text(self.track.path),
                "title": self.track.title,
                "artist": self.track.artist,
                "album": self.track.album,
                "duration_s": round(self.track.duration_s, 2),
            },
            "start_s": round(self.start_s, 2),
            "end_s": round(self.end_s, 2),
            "position_s": round(self.position_s, 2),
            "speed": round(self.speed, 4),
            "confidence": round(self.confidence, 4),
            "n_matched": self.n_matched,
            "n_peaks": self.n_peaks,
            "also": list(self.also),
        }


@dataclass(frozen=True)
class Identification(Shown):
    """What was found in one file: `sightings` in order of time, or `error`.

    Parameters
    ----------
    item : str
        The file.
    duration_s : float
        What was heard of it, seconds.
    sightings : tuple of Sighting
        Empty where no song of the library sounds in it.
    error : TunelensError or None
        Why it could not be heard.
    """

    item: str
    duration_s: float = 0.0
    sightings: tuple[Sighting, ...] = ()
    error: TunelensError | None = None

    @property
    def matched_s(self) -> float:
        """How much of the file is known, seconds."""
        ends = sorted((one.start_s, one.end_s) for one in self.sightings)
        total, until = 0.0, 0.0
        for start, end in ends:
            total += max(0.0, end - max(start, until))
            until = max(until, end)
        return total

    def _card(self) -> Card:
        if self.error is not None:
            return Card.of_error(self.item, self.error)
        rows = tuple(
            (one.start_s, one.end_s, one.track.name, one.position_s, one.speed, one.confidence)
            for one in self.sightings
        )
        columns = (
            word("from (s)"),
            word("to (s)"),
            word("title"),
            word("second of the song"),
            word("speed"),
            word("confidence"),
        )
        known, heard = f"{self.matched_s:.0f}", f"{self.duration_s:.0f}"
        lead = say("{known} s of {heard} s are known", known=known, heard=heard)
        return Card(self.item, lead, tables=(Table("", columns, rows),), shares=("confidence",))

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as a JSON object."""
        return {
            "duration_s": round(self.duration_s, 2),
            "matched_s": round(self.matched_s, 2),
            "sightings": [one.to_dict() for one in self.sightings],
        }


def identify(
    library: Library,
    paths: Iterable[str | Path] | str | Path,
    *,
    speed: float = 5.0,
    least: float = LIKELY,
    offset_s: float = 0.0,
    duration_s: float | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Iterator[Identification]:
    """Yield which songs of `library` sound in each file.

    Parameters
    ----------
    library : Library
        What is known; only tracks with landmarks can be found.
    paths : iterable of str or Path
        Audio files and folders: excerpts, whole songs, mixes of hours.
    speed : float
        Where nothing is found, changes of speed up to so many percent are tried, faster and slower; 0 to 10.
    least : float
        Confidence from which a song counts as found, 0 to 1.
    offset_s, duration_s : float
        Which excerpt of each file is heard, seconds; to the end if `duration_s` is None.
    settings, progress : optional

    Yields
    ------
    Identification
        A file that cannot be heard is one with an error, and never the end.

    Raises
    ------
    ParameterError
        `speed`, `least` or the excerpt is outside its range.
    DataError
        No track of the library has landmarks, or the index cannot be written.
    """
    if not 0 <= speed <= MOST_SPEED:
        raise ParameterError(f"speed is {speed:g} %; 0 to {MOST_SPEED:g} is allowed")
    if not 0 < least <= 1:
        raise ParameterError(f"the least confidence is {least:g}; more than 0 and at most 1 is allowed")
    check_excerpt(offset_s, duration_s)
    finder = Finder(library)
    if not finder.n_tracks:
        raise DataError(
            f"no track of {str(library.path)!r} has landmarks", hint="tunelens analyze FOLDER hears them"
        )
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    excerpt = _Excerpt(offset_s, duration_s)
    work = _Work(library, finder, speeds(speed), least, excerpt, settings or Settings.from_env())
    return work.through(given, progress or Silent())


def speeds(most: float) -> tuple[float, ...]:
    """Return the speeds to try, the likeliest first.

    Examples
    --------
    >>> speeds(2.0)
    (1.0, 1.01, 0.99, 1.02, 0.98)
    """
    steps = range(1, int(most / 100 / STEP + 0.5) + 1)
    return (1.0, *(round(1 + sign * step * STEP, 4) for step in steps for sign in (1, -1)))


class _Excerpt(NamedTuple):
    offset_s: float
    duration_s: float | None


@dataclass(frozen=True)
class _Work:
    library: Library
    finder: Finder
    speeds: tuple[float, ...]
    least: float
    excerpt: _Excerpt
    settings: Settings

    def through(self, paths: list[str | Path], progress: Progress) -> Iterator[Identification]:
        files = list(find_audio([os.path.abspath(path) if path else path for path in paths]))  # noqa: PTH100
        progress.start(len(files), "files")
        try:
            for found in files:
                one = self._of(found)
                progress.advance(one.item, ok=one.error is None)
                yield one
        finally:
            progress.finish()

    def _of(self, found: Path | Unfound) -> Identification:
        if isinstance(found, Unfound):
            return Identification(str(found.path), error=found.error)
        try:
            return self._in_file(found)
        except TunelensError as error:
            return Identification(str(found), error=error)

    def _in_file(self, path: Path) -> Identification:
        most_s = self.settings.max_duration_s
        listening = listen(path, sr=SUMMARY_SR, max_duration_s=most_s, **self.excerpt._asdict())
        order = list(self.speeds)
        hits = [
            hit
            for window in listening
            for clip in stretches(window.clip.require_samples())
            for hit in self._hits(clip, order)
        ]
        chains = [chain for chain in chained(hits) if chain.surest.confidence >= self.least]
        sightings = sorted(self._sightings(chains), key=lambda one: one.start_s)
        return Identification(str(path), listening.duration_s, tuple(sightings))

    def _hits(self, clip: Clip, order: list[float]) -> list[Hit]:
        """What plays on, plays on at its speed: one that was found comes first in `order` from then on."""
        found = self.finder.hits(clip, order, self.least)
        if found:
            order[:] = [found[0].speed, *(speed for speed in self.speeds if speed != found[0].speed)]
        return found

    def _sightings(self, chains: list[Chain]) -> Iterator[Sighting]:
        apart = list(told_apart(chains))
        known = {track.id: track for track in self.library.tracks_by_id(chain.id for chain, _ in apart)}
        for chain, also in apart:
            if chain.id in known:
                yield _sighting(chain, known[chain.id], also)


def stretches(clip: Clip) -> Iterator[Clip]:
    """Yield the stretches of a clip that are looked up, `start_s` set; the last one reaches to its end."""
    n, hop = round(STRETCH_S * clip.sr), round(HOP_S * clip.sr)
    n_steps = max(0, -(-(clip.n_samples - n) // hop))
    for step in range(n_steps + 1):
        begin = max(0, min(step * hop, clip.n_samples - n))
        y = np.ascontiguousarray(clip.y[..., begin : begin + n])
        yield Clip(y, clip.sr, start_s=clip.start_s + begin / clip.sr, source=clip.source)


def _sighting(chain: Chain, track: Track, also: tuple[int, ...]) -> Sighting:
    first = min(chain.hits, key=lambda hit: hit.start_s)
    return Sighting(
        track=track,
        start_s=chain.start_s,
        end_s=chain.end_s,
        position_s=max(0.0, first.position_s),
        speed=chain.speed,
        confidence=chain.surest.confidence,
        n_matched=chain.surest.agreement.n_matched,
        n_peaks=chain.surest.agreement.n_peaks,
        also=also,
    )
