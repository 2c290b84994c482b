"""Walk through a library as a player does: artists, albums, genres, and from one song to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from tunelens.audio.cover import Cover, cover
from tunelens.base.errors import AudioError, NotFoundError, ParameterError
from tunelens.base.settings import Settings
from tunelens.library import columns
from tunelens.library.facets import facets
from tunelens.library.feedback import Feedback
from tunelens.library.neighbours.measures import Float32
from tunelens.library.neighbours.search import Search
from tunelens.library.neighbours.seeds import Seed
from tunelens.library.prints import fold
from tunelens.library.shelves import Album, Artist, Shelves
from tunelens.library.shelves import shelves as read_shelves
from tunelens.library.store import Library
from tunelens.library.track import Track

__all__ = ["Album", "Artist", "Shelves"]

MOST_GENRES = 500
MOST_STEPS = 100
MOST_OPENED = 5
N_NEAR = 12
"""Of so many tracks near each place one is chosen: copies of a recording lie close together."""


@dataclass(frozen=True)
class Genre:
    """A genre, by files and by nets.

    Parameters
    ----------
    name : str
    n_tracks, n_albums : int
    term : str
        The query that finds its tracks.
    """

    name: str
    n_tracks: int
    n_albums: int
    term: str


@dataclass(frozen=True)
class Opinion:
    """What listeners did with a track.

    Parameters
    ----------
    liked_at : int or None
        When it was liked, seconds since 1970; None where the last judgement is no like.
    rating : float or None
        The last rating, 0 to 5 stars.
    """

    liked_at: int | None = None
    rating: float | None = None


@dataclass(frozen=True)
class Waypoint:
    """A track on the way from one to another, and how like it is to the first, 0 to 1."""

    track: Track
    similarity: float


def shelves(library: Library) -> Shelves:
    """Return the artists and albums of a library, read once for each of its revisions."""
    return _shelves(library, library.revision())


@lru_cache(maxsize=2)
def _shelves(library: Library, revision: int) -> Shelves:
    del revision
    return read_shelves(library)


def genres(library: Library) -> Sequence[Genre]:
    """Return the genres of a library, by name, counted once for each of its revisions."""
    return _genres(library, library.revision())


@lru_cache(maxsize=2)
def _genres(library: Library, revision: int) -> Sequence[Genre]:
    album_of = _shelves(library, revision).album_of
    (found,) = facets(library, "", ["genre"], most=MOST_GENRES)
    told = []
    for one in found.counts:
        here = columns.ids(library, one.term).tolist()
        albums = {album_of[number].id for number in here if number in album_of}
        told.append(Genre(one.value, len(here), len(albums), one.term))
    return sorted(told, key=lambda one: one.name)


def opinions(library: Library, listener: str = "") -> Mapping[int, Opinion]:
    """Return what a listener holds of tracks, as far as anything is known; "" is the owner of the library."""
    judged = Feedback(library).events(kinds=("like", "dislike", "rating"), listener=listener)
    found: dict[int, Opinion] = {}
    for event in reversed(judged):  # the latest stand first
        if event.track_id is not None:
            before = found.get(event.track_id, Opinion())
            if event.kind == "rating":
                found[event.track_id] = Opinion(before.liked_at, event.value)
            else:
                found[event.track_id] = Opinion(event.at if event.kind == "like" else None, before.rating)
    return found


def plays(library: Library) -> Mapping[int, tuple[int, int]]:
    """Return how often each track was played, and when last (seconds since 1970)."""
    return Feedback(library).plays()


def numbers(library: Library, query: str) -> list[int]:
    """Return the numbers of the tracks that a query finds, ascending."""
    return columns.ids(library, query).tolist()


def cover_of(library: Library, ids: Sequence[int], place_of: Callable[[Track], Path]) -> Cover | None:
    """Return the first picture that the file of one of these tracks carries; five files are opened.

    `place_of` returns where a file is, or raises where it may not be read.
    """
    for track in library.tracks_by_id(ids[:MOST_OPENED]):
        with suppress(NotFoundError, AudioError):
            found = cover(place_of(track))
            if found is not None:
                return found
    return None


def forget(library: Library, ref: int, kinds: Sequence[str], listener: str = "") -> int:
    """Forget what a listener said of a track, and return how many events there were."""
    feedback = Feedback(library)
    there = feedback.events(track_id=library.track(ref).id, kinds=kinds, listener=listener)
    return feedback.remove(event.id for event in there if event.id is not None)


def path(
    library: Library, start: int, end: int, n: int = 25, *, settings: Settings | None = None
) -> tuple[Waypoint, ...]:
    """Return tracks that lead from one to another, each near the straight way between the two.

    Parameters
    ----------
    library : Library
    start, end : int
        Numbers of the first and the last track.
    n : int
        How many, at most, with both; 2 to 100.
    settings : Settings, optional
        Where nets and indexes lie.

    Returns
    -------
    tuple of Waypoint
        `start` first, `end` last; no recording twice.

    Raises
    ------
    NotFoundError, DataError
        There is no such track, or nothing is known of its sound.
    ParameterError
        `n` is out of range.
    """
    if not 2 <= n <= MOST_STEPS:
        raise ParameterError(f"{n} steps were asked for; 2 to {MOST_STEPS} are allowed")
    search = Search.open(library, settings=settings)
    ends = [Seed.of_track(library.track(ref), search.space) for ref in (start, end)]
    between = _between(ends[0].place, ends[1].place, n - 2)
    steps = _steps(library, search, between, [start, end]) if start != end else []
    way = _places(search, steps) @ (ends[1].place - ends[0].place)
    chosen = [start, *(steps[i] for i in np.argsort(way, kind="stable")), *([end] if start != end else [])]
    likeness = np.clip(_places(search, chosen) @ ends[0].place, 0, 1).tolist()
    return tuple(map(Waypoint, library.tracks_by_id(chosen), likeness))


def _places(search: Search, ids: Sequence[int]) -> Float32:
    return search.space.matrix[search.space.rows_of(np.array(ids, np.int64))]


def _between(a: Float32, b: Float32, n: int) -> Float32:
    """Return `n` places on the line between two, each of length 1."""
    share = np.linspace(0, 1, n + 2)[1:-1, None]
    line = (1 - share) * a + share * b
    return (line / np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _steps(library: Library, search: Search, between: Float32, ends: Sequence[int]) -> list[int]:
    """Return for each place the nearest track whose recording is not on the way yet."""
    near = [search.nearest(place[None], N_NEAR).ids.tolist() for place in between]
    best = fold(library, [*ends, *(number for some in near for number in some)])
    passed = {best[number] for number in ends if number in best}
    steps = []
    for some in near:
        found = next((number for number in some if best.get(number, number) not in passed), None)
        if found is not None:
            passed.add(best.get(found, found))
            steps.append(found)
    return steps
