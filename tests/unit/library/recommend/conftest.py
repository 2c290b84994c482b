"""The library of forty songs of four kinds, and listeners who like one kind each."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from tests.unit.library.neighbours.conftest import (
    _home,
    _template,
    empty,
    library,
    songs,
    studio,
)

from tunelens.library.feedback import Event, Feedback
from tunelens.library.store import Library

__all__ = ["_home", "_template", "empty", "library", "songs", "studio"]
KINDS = 4
"""Track `id` is of kind (id - 1) % 4."""


def keep(library: Library, events: Iterable[tuple]) -> None:
    """Keep events: kind, listener, track and, if known, time."""
    made = [
        Event(kind, at[0] if at else 1, "test", listener=listener, track_id=track)
        for kind, listener, track, *at in events
    ]
    Feedback(library).add(made)


def tracks_of(kind: int, first: int = 1, last: int = 40) -> list[int]:
    return [id for id in range(first, last + 1) if (id - 1) % KINDS == kind]


@pytest.fixture
def crowd(library: Library) -> Library:
    """24 listeners like five songs of one kind each, of the first 32; 33 to 40 are cold."""
    for number in range(24):
        of_kind = tracks_of(number % KINDS, last=32)
        liked = [of_kind[(number // KINDS + step) % len(of_kind)] for step in range(5)]
        keep(library, [("like", f"listener {number}", track) for track in liked])
    return library
