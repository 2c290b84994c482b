"""The feedback of a library as `Listening`, so that recommenders can be judged on it."""

from __future__ import annotations

from collections.abc import Iterator

from tunelens.library.feedback import Event, Feedback
from tunelens.library.recommend.listening import Listening
from tunelens.library.recommend.taste import LIKE
from tunelens.library.store import Library

ENOUGH_STARS = 3.5
PLAYS_OF_A_LIKE = 2.0**LIKE - 1


def listening_of(library: Library) -> Listening:
    """Return who played or liked which track and when; items are numbers of tracks.

    A like, or a rating of at least `ENOUGH_STARS`, counts as so many plays as give the same confidence.
    """
    return Listening.of(_rows(library))


def _rows(library: Library) -> Iterator[tuple[str, str, float, int | None]]:
    for event in Feedback(library).events(kinds=("play", "like", "rating")):
        if event.track_id is not None and (plays := _plays(event)):
            yield event.listener, str(event.track_id), plays, event.at or None


def _plays(event: Event) -> float:
    if event.kind == "play":
        return event.times
    liked = event.kind == "like" or (event.value or 0) >= ENOUGH_STARS
    return PLAYS_OF_A_LIKE if liked else 0.0
