"""`Places`: where all tracks of a library lie in the plane of feelings, read without tags and vectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, or_, select

from tunelens.library.playlists.plane import BRIGHT_TAGS, DARK_TAGS, Feeling, feeling
from tunelens.library.query import condition_in
from tunelens.library.remembered import remembered
from tunelens.library.schema import tags, tracks
from tunelens.library.store import Library

Floats = NDArray[np.float64]
_SILENT = (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Places:
    """Tracks that have a place.

    Parameters
    ----------
    ids : ndarray of int64, shape (n,)
        The tracks.
    points : ndarray, shape (n, 2)
        Valence and arousal.
    guessed : ndarray of bool, shape (n,)
        Are they from energy and tags?
    artists : tuple of str
        Of each track, without case; "" is nobody.
    n_unplaced : int
        Tracks of which nothing says where they lie.
    """

    ids: NDArray[np.int64]
    points: Floats
    guessed: NDArray[np.bool_]
    artists: tuple[str, ...] = field(repr=False)
    n_unplaced: int

    @classmethod
    def load(cls, library: Library, where: str = "", also: Sequence[int] = ()) -> Self:
        """Return the places of the tracks that match a filter, and of those of the numbers `also`."""
        columns = [tracks.c[name] for name in ("id", "artist", "valence", "arousal", "energy")]
        said = remembered(library, "bright and dark tags", lambda: _said(library))
        with library.database.read() as connection:
            wanted = or_(condition_in(connection, where), tracks.c.id.in_(also))
            query = select(*columns).where(wanted).order_by(tracks.c.id)
            rows = list(connection.execute(query))
        found = [
            (row, feeling(row.valence, row.arousal, row.energy, *said.get(row.id, _SILENT))) for row in rows
        ]
        placed = [(row, one) for row, one in found if one is not None]
        return cls(
            ids=np.array([row.id for row, _ in placed], np.int64),
            points=np.array([(one.valence, one.arousal) for _, one in placed]).reshape(-1, 2),
            guessed=np.array([one.guessed for _, one in placed], bool),
            artists=tuple((row.artist or "").casefold() for row, _ in placed),
            n_unplaced=len(rows) - len(placed),
        )

    def without(self, ids: Iterable[int]) -> Places:
        """Return the places of the other tracks."""
        kept = np.flatnonzero(~np.isin(self.ids, list(ids)))
        artists = tuple(self.artists[row] for row in kept)
        return Places(self.ids[kept], self.points[kept], self.guessed[kept], artists, self.n_unplaced)

    def row_of(self, id: int | None) -> int | None:
        """Return the row of a track that has a place."""
        return None if id is None else int(np.flatnonzero(self.ids == id)[0])

    def feelings(self, rows: Iterable[int]) -> Iterator[Feeling]:
        """Yield the places of some rows."""
        for row in rows:
            valence, arousal = self.points[row].tolist()
            yield Feeling(valence, arousal, bool(self.guessed[row]))


def _said(library: Library) -> dict[int, tuple[float, float]]:
    """Return the loudest bright and the loudest dark tag of the tracks that no bundle places."""
    words = sorted(BRIGHT_TAGS | DARK_TAGS)
    loudest = select(tags.c.track_id, tags.c.word, func.max(tags.c.probability).label("most"))
    unsaid = tags.c.track_id.in_(select(tracks.c.id).where(tracks.c.valence.is_(None)))
    query = loudest.where(tags.c.word.in_(words), unsaid).group_by(tags.c.track_id, tags.c.word)
    said: dict[int, tuple[float, float]] = {}
    with library.database.read() as connection:
        for row in connection.execute(query):
            bright, dark = said.get(row.track_id, _SILENT)
            is_bright = row.word in BRIGHT_TAGS
            said[row.track_id] = (max(bright, row.most), dark) if is_bright else (bright, max(dark, row.most))
    return said
