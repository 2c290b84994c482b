"""What listeners do and say: noted by hand, read from files, summed up."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tunelens.base.errors import NotFoundError, ParameterError, TunelensError
from tunelens.library.feedback import Event, Feedback, Score
from tunelens.library.feedback.clock import epoch_s, is_to_come
from tunelens.library.feedback.importing import import_feedback
from tunelens.library.feedback.reports import ImportReport
from tunelens.library.feedback.tables import Song
from tunelens.library.store import Library
from tunelens.library.track import Track

SOURCE = "cli"


@dataclass(frozen=True)
class Noted:
    """An event that was noted by hand.

    Parameters
    ----------
    event : Event
        It, as it is kept.
    track : Track
        The track.
    new : bool
        It was not there before.
    """

    event: Event
    track: Track
    new: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {"track": self.track.name, "new": self.new, **self.event.to_dict()}


@dataclass(frozen=True)
class Liked:
    """A track and how well it is liked."""

    track: Track
    score: Score

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {"id": self.track.id, "track": self.track.name, **self.score.to_dict()}


@dataclass(frozen=True)
class Overview:
    """What is known of the taste of listeners.

    Parameters
    ----------
    counts : Mapping of str to int
        Events of each kind.
    waiting : int
        Events whose track is not in the library.
    liked : tuple of Liked
        Tracks, the best liked first.
    n_scored : int
        Tracks that have a score; `liked` may be fewer.
    events : tuple of Event
        Of the track that was asked for, the latest first; else empty.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    liked: tuple[Liked, ...] = ()
    n_scored: int = 0
    events: tuple[Event, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {
            "counts": dict(self.counts),
            "waiting": self.waiting,
            "n_scored": self.n_scored,
            "liked": [one.to_dict() for one in self.liked],
            "events": [event.to_dict() for event in self.events],
        }


def note(
    library: Library,
    kind: str,
    ref: int | str | Path,
    *,
    value: float | None = None,
    text: str | None = None,
    listener: str = "",
    at: str = "",
    source: str = SOURCE,
) -> Noted:
    """Keep what a listener did with a track.

    Parameters
    ----------
    library : Library
        Where it goes.
    kind : str
        play, skip, like, dislike, rating or comment.
    ref : int, str or Path
        The track, as `Library.get` takes it.
    value, text, listener
        As `Event` has them.
    at : str
        When, say ``2026-05-01 20:15`` (UTC unless it names a zone); "" is now.
    source : str
        Who tells it.

    Raises
    ------
    NotFoundError, ParameterError
        There is no such track, or more than one; or a value is not allowed.
    """
    track = library.track(ref)
    event = Event(
        kind, _moment(at), source, value=value, text=text, listener=listener, track_id=track.id,
        title=track.title or track.path.stem, artist=track.artist, album=track.album,
    )  # fmt: skip
    return Noted(event, track, bool(Feedback(library).add([event])))


def _moment(at: str) -> int:
    if not at:
        return int(time.time())
    found = epoch_s(at)
    if found is None:
        raise ParameterError(f"the time is {at!r}; 2026-05-01 20:15 or seconds since 1970 are needed")
    if is_to_come(found):
        raise ParameterError(f"the time {at!r} is still to come")
    return found


def read_file(
    library: Library,
    path: Path,
    *,
    format: str = "",
    listener: str = "",
    kind: str = "",
    track: int | str | None = None,
    title: str = "",
    artist: str = "",
    dry_run: bool = False,
) -> ImportReport:
    """Keep the feedback of a file; see `tunelens.library.feedback.importing.import_feedback`.

    `track`, or `title` and `artist`, name the song where the rows of a table do not.
    """
    found = None if track is None else library.track(track)
    if found is not None:
        title, artist = title or found.title or found.path.stem, artist or found.artist or ""
    song = Song(title, artist, found.id if found else None)
    return import_feedback(
        library, path, format=format, listener=listener, kind=kind, song=song, dry_run=dry_run
    )


def overview(
    library: Library, ref: int | str | None = None, *, listener: str | None = None, limit: int = 20
) -> Overview:
    """Sum up what is known of all tracks, or tell all that is known of one.

    Events whose track has arrived since are given it first.
    """
    feedback = Feedback(library)
    adopt(library)
    scores = feedback.scores(listener)
    counts, waiting = feedback.counts(), feedback.count_waiting()
    if ref is None:
        best = sorted(scores, key=lambda number: (-scores[number].low, -scores[number].value, number))[:limit]
        liked = [Liked(track, scores[track.id]) for track in library.tracks_by_id(best)]
        return Overview(counts, waiting, tuple(liked), len(scores))
    track = library.track(ref)
    events = feedback.events(track_id=track.id, listener=listener, limit=limit)
    mine = (Liked(track, scores[track.id]),) if track.id in scores else ()
    return Overview(counts, waiting, mine, len(scores), tuple(events))


def adopt(library: Library) -> int:
    """Give events their tracks that have arrived since; 0 where the library may not be written."""
    try:
        return Feedback(library).adopt()
    except TunelensError:
        return 0


def undo(library: Library, ids: Iterable[int] = (), *, source: str = "") -> int:
    """Forget events: those of these numbers, all of a source, or the last that was noted by hand.

    Returns
    -------
    int
        How many there were.

    Raises
    ------
    NotFoundError
        There is nothing of the kind.
    """
    feedback, wanted = Feedback(library), list(ids)
    if source:
        gone = feedback.remove_source(source)
    else:
        if not wanted:
            wanted = [one.id for one in feedback.newest(SOURCE, 1) if one.id is not None]
        gone = feedback.remove(wanted)
    if not gone:
        named = f"of source {source!r}" if source else "of these numbers" if wanted else "noted by hand"
        raise NotFoundError(f"there is no feedback {named}", hint="tunelens feedback show TRACK numbers it")
    return gone
