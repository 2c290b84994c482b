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


def distinct(tracks: Iterable[Track]) -> Iterator[Track]:
    """Yield the first track of each song, as content and names tell."""
    met: set[str] = set()
    for track in tracks:
        names = set(names_of(track))
        if not names & met:
            yield track
        met |= names


def copies(library: Library, tracks: Iterable[Track]) -> set[int]:
    """Return the numbers of those tracks that are, by their fingerprints, the recording of one before."""
    numbers = [track.id for track in tracks]
    originals = fold(library, numbers)
    met: set[int] = set()
    found = set()
    for number in numbers:
        if originals[number] in met:
            found.add(number)
        met.add(originals[number])
    return found
