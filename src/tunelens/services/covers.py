"""Recordings that may be the same work as another: candidates, for a person to hear."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.features.chroma_sequence import ChromaSequence
from tunelens.features.covers import Likeness, likeness
from tunelens.features.landmarks import Peaks
from tunelens.library.identity import path_to_text
from tunelens.library.prints.printer import CHROMA, prints_of
from tunelens.library.prints.same import same
from tunelens.library.prints.store import Prints
from tunelens.library.store import Library
from tunelens.library.track import Track

LEAST = 4.5
"""Score from which a recording is told; unrelated music rarely gets there."""

COARSE, EXACT = 2, 400
"""Among more than `EXACT` recordings, those are compared finely that are the most alike at half the rate."""

_AT_ONCE = 200


@dataclass(frozen=True)
class Cover:
    """A candidate: perhaps the same work.

    Parameters
    ----------
    track : Track
        The recording.
    score : float
        See `Likeness`.
    transposition : int
        Semitones from what was asked about up to it, -5 to 6.
    common_s : float
        How long both move along, seconds.
    same_recording : bool
        It is no other recording at all, but this one.
    """

    track: Track
    score: float
    transposition: int
    common_s: float
    same_recording: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the candidate as a JSON object."""
        return {
            "track": {
                "id": self.track.id,
                "path": path_to_text(self.track.path),
                "title": self.track.title,
                "artist": self.track.artist,
            },
            "kind": "same recording" if self.same_recording else "candidate",
            "score": round(self.score, 2),
            "transposition": self.transposition,
            "common_s": round(self.common_s, 1),
        }


@dataclass(frozen=True)
class Covers:
    """What was found.

    Parameters
    ----------
    name : str
        What was asked about.
    candidates : tuple of Cover
        The most alike first.
    n_compared : int
        Recordings it was compared with.
    """

    name: str
    candidates: tuple[Cover, ...]
    n_compared: int

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as a JSON object."""
        return {
            "name": self.name,
            "n_compared": self.n_compared,
            "candidates": [one.to_dict() for one in self.candidates],
        }


def covers(
    library: Library,
    ref: int | str | Path,
    where: str = "",
    *,
    n: int = 10,
    least: float = LEAST,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Covers:
    """Return which recordings of a library may be the same work as a track or a file, in any key and tempo.

    Parameters
    ----------
    library : Library
    ref : int, str or Path
        A track as `Library.track` takes it, or an audio file.
    where : str
        Only among the tracks that match this filter.
    n : int
        At most so many.
    least : float
        Score from which a recording is told.

    Raises
    ------
    NotFoundError, ParameterError, AudioError
        There is no such track or file, `where` is no filter, or the file cannot be heard.
    DataError
        The track was heard before there were prints, or its own is damaged.
    """
    if n < 1:
        raise ParameterError(f"{n} candidates were asked for; at least 1 is needed")
    settings = settings or Settings.from_env()
    asked = _asked(library, ref, settings)
    ids = [number for number in Prints(library).ids(where, CHROMA) if number != asked.id]
    scored = _compared(library, asked, ids, progress or Silent())
    best = sorted(
        ((one, number) for number, one in scored if one.score >= least), key=lambda pair: -pair[0].score
    )
    tracks = {track.id: track for track in library.tracks_by_id(number for _, number in best[:n])}
    peaks = Prints(library).peaks(tracks)
    told = (
        _cover(tracks[number], one, asked.peaks, peaks.get(number))
        for one, number in best[:n]
        if number in tracks
    )
    return Covers(asked.name, tuple(told), len(ids))


@dataclass(frozen=True)
class _Asked:
    id: int
    name: str
    peaks: Peaks | None
    chroma: ChromaSequence


def _asked(library: Library, ref: int | str | Path, settings: Settings) -> _Asked:
    path = None if isinstance(ref, int) or not os.path.isfile(ref) else Path(ref).absolute()  # noqa: PTH113
    try:
        track = library.track(ref if path is None else path)
    except NotFoundError:
        if path is None:
            raise
        peaks, chroma = prints_of(path, settings.max_duration_s)
        return _Asked(0, str(ref), peaks, chroma)
    prints = Prints(library)
    if track.id not in (known := prints.chroma([track.id])):
        raise DataError(
            f"the library has no print of track {track.id} that can be read",
            hint="tunelens analyze --force FILE hears it again",
        )
    return _Asked(track.id, track.name, prints.peaks([track.id]).get(track.id), known[track.id])


def _compared(
    library: Library, asked: _Asked, ids: list[int], progress: Progress
) -> Iterator[tuple[int, Likeness]]:
    if len(ids) > EXACT:
        coarse = sorted(_scores(library, asked, ids, COARSE, progress), key=lambda pair: -pair[1].score)
        ids = [number for number, _ in coarse[:EXACT]]
    yield from _scores(library, asked, ids, 1, progress)


def _scores(
    library: Library, asked: _Asked, ids: list[int], step: int, progress: Progress
) -> Iterator[tuple[int, Likeness]]:
    progress.start(len(ids), "recordings")
    numbers = iter(ids)
    try:
        while some := list(islice(numbers, _AT_ONCE)):
            for number, chroma in Prints(library).chroma(some).items():
                yield number, likeness(asked.chroma, chroma, step)
                progress.advance(str(number))
    finally:
        progress.finish()


def _cover(track: Track, one: Likeness, asked: Peaks | None, peaks: Peaks | None) -> Cover:
    is_same = asked is not None and peaks is not None and same(asked, peaks) is not None
    return Cover(track, one.score, one.transposition, one.common_s, is_same)
