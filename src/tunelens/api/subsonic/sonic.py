"""What sounds alike: similar songs, and the extension ``sonicSimilarity``."""

from __future__ import annotations

from typing import Any

from tunelens.api.subsonic.ask import Ask
from tunelens.api.subsonic.browsing import similar_ids
from tunelens.api.subsonic.shapes import Shapes, number_of
from tunelens.library.track import Track
from tunelens.services import browse
from tunelens.services.similar import similar

MOST = 500
MOST_SEEDS = 50
"""Of a longer discography so many songs, evenly spread, say what it sounds like."""


def similar_songs(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return songs that sound like a song, an album or an artist."""
    return {"similarSongs": {"song": _songs(ask, shapes)}}


def similar_songs2(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return the same for players of tags."""
    return {"similarSongs2": {"song": _songs(ask, shapes)}}


def similar_tracks(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return songs that sound like a song, the most alike first, and how alike they are."""
    number = number_of(ask.needed("id"))
    n = ask.number("count", 10, low=1, high=MOST)
    found = similar(number, shapes.library, n=n, settings=ask.house.settings)
    return _matches([(one.track, one.similarity) for one in found.neighbours], shapes)


def find_path(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return songs that lead from one to another."""
    start, end = number_of(ask.needed("startSongId")), number_of(ask.needed("endSongId"))
    n = ask.number("count", 25, low=2, high=browse.MOST_STEPS)
    way = browse.path(shapes.library, start, end, n, settings=ask.house.settings)
    return _matches([(one.track, one.similarity) for one in way], shapes)


def _songs(ask: Ask, shapes: Shapes) -> list[dict[str, Any]]:
    seeds = similar_ids(ask, shapes)
    spread = seeds[:: -(-len(seeds) // MOST_SEEDS)]
    n = ask.number("count", 50, low=1, high=MOST)
    found = similar(spread, shapes.library, n=n, settings=ask.house.settings)
    return [shapes.song(one.track) for one in found.neighbours]


def _matches(found: list[tuple[Track, float]], shapes: Shapes) -> dict[str, Any]:
    """Return matches; what is opposite is as unlike as what has nothing in common: the scale begins at 0."""
    return {
        "sonicMatch": [
            {"entry": shapes.song(track), "similarity": round(min(max(likeness, 0.0), 1.0), 6)}
            for track, likeness in found
        ]
    }
