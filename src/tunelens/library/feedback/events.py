"""`Event`: one thing that a listener did with a song, or said of it."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.library.identity import escape
from tunelens.library.matching import song_key

KINDS = ("play", "skip", "like", "dislike", "rating", "comment")
JUDGEMENTS = ("like", "dislike", "rating")
STARS = 5.0
MOST_TIMES = 1_000_000
LATEST = 2**38
LONGEST_TEXT = 10_000
LONGEST_NAME = 1_000
_BOUNDS = {"rating": (0.0, STARS), "play": (1.0, MOST_TIMES), "skip": (1.0, MOST_TIMES)}


@dataclass(frozen=True)
class Event:
    """One thing that a listener did with a song, or said of it.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    at : int
        When, seconds since 1970, UTC; 0 where nobody knows.
    source : str
        Who tells it: ``cli``, ``listenbrainz``, ``lastfm``, ``csv``, ``beets``, ...
    value : float or None
        Of a rating the stars, 0 to 5; of a play or skip how many times (None is once); of a comment how many
        agreed.
    text : str or None
        What a comment says.
    listener : str
        Who did it; "" is the owner of the library.
    key : str
        Name of the event within its source: what comes again under it is the same event. Made of the rest
        unless given.
    track_id : int or None
        The track; None while it is not in the library.
    title, artist, album : str or None
        What the source calls the song.
    id : int or None
        Number in the library; None before it is kept.

    Raises
    ------
    ParameterError
        A value is not allowed.
    UnknownNameError
        No such kind.

    Examples
    --------
    >>> Event("rating", 0, "cli", value=4.5, track_id=3).value
    4.5
    >>> Event("rating", 0, "cli", value=80)
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: a rating is 80; 0 to 5 is allowed
    """

    kind: str
    at: int
    source: str
    value: float | None = None
    text: str | None = None
    listener: str = ""
    key: str = ""
    track_id: int | None = None
    title: str | None = None
    artist: str | None = None
    album: str | None = None
    id: int | None = None

    def __post_init__(self) -> None:
        _check(self)
        for name in ("text", "listener", "key", "title", "artist", "album"):
            object.__setattr__(self, name, _clean(getattr(self, name), name))
        if not self.key:
            object.__setattr__(self, "key", _key(self))

    @property
    def times(self) -> float:
        """How often a play or skip happened."""
        return 1.0 if self.value is None else self.value

    @property
    def name(self) -> str:
        """What the source calls the song; "" where it does not say."""
        return " - ".join(part for part in (self.artist, self.title) if part)

    def to_dict(self) -> dict[str, object]:
        """Return the fields as JSON knows them."""
        return dict(vars(self))


def _check(event: Event) -> None:
    if event.kind not in KINDS:
        raise UnknownNameError.among("kind of event", event.kind, KINDS)
    if not 0 <= event.at < LATEST:
        raise ParameterError(f"the time of an event is {event.at}; seconds since 1970 are needed")
    low, high = _BOUNDS.get(event.kind, (0.0, 1e15))
    if event.kind == "rating" and event.value is None:
        raise ParameterError("a rating needs a value", hint="0 to 5 stars")
    if event.value is not None and not (math.isfinite(event.value) and low <= event.value <= high):
        raise ParameterError(f"a {event.kind} is {event.value:g}; {low:g} to {high:g} is allowed")
    if event.kind == "comment" and not (event.text or "").strip():
        raise ParameterError("a comment is empty; a text is needed")


def _clean(text: str | None, name: str) -> str | None:
    if text is None:
        return None
    longest = LONGEST_TEXT if name == "text" else LONGEST_NAME
    return escape(text.replace("\0", " ")).strip()[:longest]


def _key(event: Event) -> str:
    song = song_key(event.artist or "", event.title or "") if event.title else f"#{event.track_id}"
    said = hashlib.sha256((event.text or "").encode()).hexdigest()[:16] if event.text else ""
    return "/".join((event.listener, event.kind, str(event.at), song, said))
