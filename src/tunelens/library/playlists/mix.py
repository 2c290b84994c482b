"""Mixes: tracks near some seeds, of many artists, each song once, as many or as long as is wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.library.neighbours.space import Space
from tunelens.library.playlists.duration import MOST_CANDIDATES, fill
from tunelens.library.playlists.songs import copies
from tunelens.library.query import condition_in
from tunelens.library.schema import tracks as table
from tunelens.library.store import Library
from tunelens.library.track import Track

PER_ARTIST = 2
MOST = 1000
_PAGE = 200


@dataclass(frozen=True)
class Wanted:
    """How large a mix is and what may be in it.

    Parameters
    ----------
    n : int
        Tracks; with `duration_s`, not used.
    duration_s : float or None
        Length, seconds.
    where : str
        A filter for all but the seeds.
    per_artist : int
        At most so many tracks of one artist; tracks without an artist are not counted.
    """

    n: int = 25
    duration_s: float | None = None
    where: str = ""
    per_artist: int = PER_ARTIST

    def __post_init__(self) -> None:
        if not 1 <= self.n <= MOST or not 1 <= self.per_artist <= MOST:
            raise ParameterError(f"{self.n} tracks, {self.per_artist} of an artist: 1 to {MOST} are allowed")
        if self.duration_s is not None and not 1 <= self.duration_s <= 7 * 86_400:
            raise ParameterError(f"the length is {self.duration_s:g} s; 1 s to 7 days are allowed")


def mix(library: Library, space: Space, seeds: Sequence[Track], wanted: Wanted) -> list[Track]:
    """Return the seeds and the tracks that go with them, the nearest first.

    Each seed in turn gives its next neighbour. Without seeds the tracks come in the order of their hashes:
    as good as shuffled, and the same every time.

    Raises
    ------
    NotFoundError
        Nothing matches.
    ParameterError
        The seeds alone last longer than is wanted; the filter is none.
    """
    left_s = None if wanted.duration_s is None else wanted.duration_s - sum(one.duration_s for one in seeds)
    if left_s is not None and left_s < 0:
        raise ParameterError(f"the seeds last {-left_s:.0f} s longer than the mix may")
    near = _fresh(library, _ranked(library, space, seeds, wanted.where), seeds, wanted.per_artist)
    if left_s is None:
        chosen = list(islice(near, max(0, wanted.n - len(seeds))))
    else:
        pool = list(islice(near, _pool_size(library, left_s)))
        chosen = [pool[i] for i in fill([one.duration_s for one in pool], left_s)]
    if not chosen and not seeds:
        raise NotFoundError(f"no track matches {wanted.where!r}", hint="tunelens list shows what is there")
    return [*seeds, *chosen]


def _pool_size(library: Library, length_s: float) -> int:
    """Return how many candidates may be needed: all that could fit, and a choice for the end."""
    return min(library.count(), MOST_CANDIDATES + int(length_s / 60))


def _ranked(library: Library, space: Space, seeds: Sequence[Track], where: str) -> NDArray[np.int64]:
    ids = _matching(library, where)
    rows = space.rows_of(ids)
    if not seeds:
        return ids
    places = space.matrix[[space.row_of(one.id) for one in seeds]]
    likeness = places @ space.matrix[rows].T
    ranks = np.argsort(np.argsort(-likeness, axis=1, kind="stable"), axis=1)
    return space.ids[rows[np.lexsort((-likeness.max(axis=0), ranks.min(axis=0)))]]


def _matching(library: Library, where: str) -> NDArray[np.int64]:
    with library.database.read() as connection:
        wanted = condition_in(connection, where)
        query = select(table.c.id).where(wanted).order_by(table.c.sha256, table.c.id)
        return np.array(connection.scalars(query).all(), np.int64)


def _fresh(
    library: Library, ids: NDArray[np.int64], seeds: Sequence[Track], per_artist: int
) -> Iterator[Track]:
    """Yield the tracks of `ids` that are no copy of one before, and of no artist that has had its share."""
    kept = list(seeds)
    artists = Counter(_artist(track) for track in seeds)
    for begin in range(0, len(ids), _PAGE):
        page = library.tracks_by_id(ids[begin : begin + _PAGE].tolist())
        again = copies(library, [*kept, *page])
        for track in page:
            if track.id in again or (track.artist and artists[_artist(track)] >= per_artist):
                continue
            artists[_artist(track)] += 1
            kept.append(track)
            yield track


def _artist(track: Track) -> str:
    return (track.artist or "").casefold()
