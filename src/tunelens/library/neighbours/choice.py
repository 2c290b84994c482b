"""Which neighbours may be told: a filter, and what they have in common with the seeds or must not have."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import ColumnElement, and_, func, or_, select

from tunelens.base.errors import ParameterError
from tunelens.library.fulltext import fold
from tunelens.library.neighbours.harmony import mixable
from tunelens.library.neighbours.measures import Ids, listed
from tunelens.library.query import condition, condition_in, likely, tag_word
from tunelens.library.schema import tags, texts, tracks
from tunelens.library.store import Library
from tunelens.library.track import Track

OCTAVES = (0.5, 1.0, 2.0)
"""Tempi that are one to a person who taps along: half, the same, double."""
WIDEST_TEMPO = 0.5
T = TypeVar("T")


@dataclass(frozen=True)
class Choice:
    """What a neighbour must be. With several seeds it must suit one of them.

    Parameters
    ----------
    where : str
        A filter; see `tunelens.library.query`.
    tempo : float or None
        Its tempo, or half or double of it, is at most this share away from a seed's: 0.06 is 6 %.
    key : bool
        Its key mixes with a seed's on the wheel of DJs.
    genre : bool
        It shares a likely genre with a seed.
    years : int or None
        It is at most this many years older or younger than a seed.
    other_artist, other_album : bool
        It is not by an artist, or not from an album, of any seed.

    Raises
    ------
    ParameterError
        A number is outside what is allowed, or the filter cannot be read.
    """

    where: str = ""
    tempo: float | None = None
    key: bool = False
    genre: bool = False
    years: int | None = None
    other_artist: bool = False
    other_album: bool = False

    def __post_init__(self) -> None:
        condition(self.where)
        if self.tempo is not None and not (isfinite(self.tempo) and 0 <= self.tempo <= WIDEST_TEMPO):
            raise ParameterError(
                f"the tempo may differ by {100 * self.tempo:g} %; 0 to {100 * WIDEST_TEMPO:g} % are allowed"
            )
        if self.years is not None and not 0 <= self.years <= 10_000:
            raise ParameterError(f"the year may differ by {self.years}; 0 to 10000 is allowed")

    def condition(self, library: Library, seeds: Sequence[Track]) -> ColumnElement[bool]:
        """Return the choice as a condition on ``tracks`` of `library`.

        Raises
        ------
        ParameterError
            No seed has the tempo, key, genre or year that it is asked for; or the filter names a playlist
            that is not there.
        """
        wanted = [name for name in _RELATIVE if self._asks(name)]
        with library.database.read() as connection:
            passes = condition_in(connection, self.where)
        return and_(passes, *(_RELATIVE[name](self, seeds) for name in wanted))

    def _asks(self, name: str) -> bool:
        value = getattr(self, name)
        return value is not None and value is not False  # 0 % and 0 years ask for something


def admitted(library: Library, ids: Ids, chosen: ColumnElement[bool]) -> Ids:
    """Return those of `ids` that `chosen` holds for, ascending."""
    return _ids(library, and_(tracks.c.id.in_(listed(ids)), chosen))


def all_admitted(library: Library, chosen: ColumnElement[bool]) -> Ids:
    """Return every track that `chosen` holds for, ascending."""
    return _ids(library, chosen)


def contents_of(library: Library, ids: Ids) -> dict[int, str]:
    """Return the SHA-256 of each of the tracks `ids`."""
    with library.database.read() as connection:
        rows = connection.execute(select(tracks.c.id, tracks.c.sha256).where(tracks.c.id.in_(listed(ids))))
        return {row.id: row.sha256 for row in rows}


def _ids(library: Library, chosen: ColumnElement[bool]) -> Ids:
    with library.database.read() as connection:
        found = connection.scalars(select(tracks.c.id).where(chosen).order_by(tracks.c.id))
        return np.fromiter(found, np.int64)


def _tempo(choice: Choice, seeds: Sequence[Track]) -> ColumnElement[bool]:
    bpms = _known("tempo", [seed.tempo_bpm for seed in seeds])
    low, high = 1 - (choice.tempo or 0), 1 + (choice.tempo or 0)
    centres = [bpm * octave for bpm in bpms for octave in OCTAVES]
    return _within(tracks.c.tempo_bpm, [(centre * low, centre * high) for centre in centres])


def _key(_: Choice, seeds: Sequence[Track]) -> ColumnElement[bool]:
    found = _known("key", [seed.key for seed in seeds])
    keys = sorted({tuple(key.split()) for one in found for key in mixable(one)})
    return or_(*(and_(tracks.c.tonic == tonic, tracks.c.mode == mode) for tonic, mode in keys))


def _genre(_: Choice, seeds: Sequence[Track]) -> ColumnElement[bool]:
    heard = [genre for seed in seeds for genre in (*seed.likely_tags("genre"), seed.genre) if genre]
    words = sorted({tag_word(genre) for genre in _known("genre", heard)})
    same = and_(tags.c.word.in_(words), tags.c.group == "genre", likely())
    return or_(tracks.c.id.in_(select(tags.c.track_id).where(same)), func.lower(tracks.c.genre).in_(words))


def _years(choice: Choice, seeds: Sequence[Track]) -> ColumnElement[bool]:
    years = _known("year", [seed.year for seed in seeds])
    apart = choice.years or 0
    return _within(tracks.c.year, [(year - apart, year + apart) for year in years])


def _within(column: ColumnElement[Any], spans: Sequence[tuple[float, float]]) -> ColumnElement[bool]:
    """Lies a value in one of these spans? One bound value for all: SQLite reads no thousand OR."""
    each = func.json_each(json.dumps(spans)).table_valued("value")
    low, high = (func.json_extract(each.c.value, f"$[{end}]") for end in (0, 1))
    return select(each.c.value).where(column.between(low, high)).correlate(tracks).exists()


def _other_artist(_: Choice, seeds: Sequence[Track]) -> ColumnElement[bool]:
    names = [seed.artist for seed in seeds if seed.artist]
    return _folded("artist").not_in([fold(name) for name in names])


def _other_album(_: Choice, seeds: Sequence[Track]) -> ColumnElement[bool]:
    """Many albums have the same title: those of one title and one artist are one."""
    by = func.coalesce(func.nullif(_folded("albumartist"), ""), _folded("artist"))
    named = [(seed.album, seed.album_artist or seed.artist or "") for seed in seeds if seed.album]
    return (_folded("album") + "\n" + by).not_in(
        [f"{fold(album)}\n{fold(artist)}" for album, artist in named]
    )


def _folded(name: str) -> ColumnElement[str]:
    """Return a text of the track as full text has it: without case, accents and forms of writing."""
    mine = select(texts.c[name]).where(texts.c.rowid == tracks.c.id).correlate(tracks)
    return func.coalesce(mine.scalar_subquery(), "")


def _known(what: str, values: Sequence[T | None]) -> list[T]:
    found = [value for value in values if value is not None]
    if not found:
        raise ParameterError(
            f"no seed has a {what} that neighbours could share", hint="leave that choice out"
        )
    return found


_RELATIVE: dict[str, Callable[[Choice, Sequence[Track]], ColumnElement[bool]]] = {
    "tempo": _tempo,
    "key": _key,
    "genre": _genre,
    "years": _years,
    "other_artist": _other_artist,
    "other_album": _other_album,
}
