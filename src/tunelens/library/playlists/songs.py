"""Which tracks are the same song, so that none is heard twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tunelens.library.matching import song_key
from tunelens.library.prints import fold
from tunelens.library.store import Library
from tunelens.library.track import Track


def names_of(track: Track) -> Iterator[str]:
    """Yield what tells a song without hearing it: its content, and artist with title."""
    yield track.sha256
    if track.artist and track.title:
        yield song_key(track.artist, track.title)


def copies(library: Library, tracks: Iterable[Track]) -> set[int]:
    """Return which tracks are the song of one before, by content, names or fingerprints: their numbers."""
    several = list(tracks)
    originals = fold(library, [track.id for track in several])
    met: set[str] = set()
    found = set()
    for track in several:
        names = {*names_of(track), str(originals[track.id])}
        if names & met:
            found.add(track.id)
        met |= names
    return found
