"""`Shelves`: the library as a record shop has it, artists with their albums with their tracks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Row, select

from tunelens.library.fulltext import fold
from tunelens.library.schema import tracks
from tunelens.library.store import Library

NO_ARTIST, NO_ALBUM = "[unknown artist]", "[unknown album]"
_COLUMNS = ("id", "artist", "album_artist", "album", "year", "genre", "duration_s", "added_at")


@dataclass(frozen=True)
class Album:
    """Tracks of one title by one artist.

    Parameters
    ----------
    id, artist_id : str
        Made of the names: the same names have the same id in every run.
    title, artist : str
        `NO_ALBUM`, `NO_ARTIST` for what names none.
    year : int or None
        The first of its tracks.
    genre : str or None
        As the first file that tells one says.
    duration_s : float
        Of all tracks.
    added_at : str
        When the last of them came, ISO 8601, UTC; "" where it is not known.
    tracks : tuple of int
        Numbers of the tracks, by path.
    sought : str
        Title and artist as they are sought.
    """

    id: str
    title: str
    artist: str
    artist_id: str
    year: int | None
    genre: str | None
    duration_s: float
    added_at: str
    tracks: tuple[int, ...]
    sought: str


@dataclass(frozen=True)
class Artist:
    """An artist and the albums, by year and title; `sought` is the name as it is sought."""

    id: str
    name: str
    albums: tuple[Album, ...]
    sought: str


@dataclass(frozen=True, eq=False)
class Shelves:
    """All artists and albums.

    Parameters
    ----------
    artists : Mapping of str to Artist
        By id, in the order of their names.
    albums : Mapping of str to Album
        By id, in the order of their titles.
    """

    artists: Mapping[str, Artist]
    albums: Mapping[str, Album]

    @cached_property
    def album_of(self) -> Mapping[int, Album]:
        """The album of each track."""
        return {number: album for album in self.albums.values() for number in album.tracks}

    def artists_named(self, words: Iterable[str]) -> list[Artist]:
        """Return the artists in whose name all words are, however they are written."""
        wanted = [fold(word) for word in words]
        return [one for one in self.artists.values() if _holds(one.sought, wanted)]

    def albums_named(self, words: Iterable[str]) -> list[Album]:
        """Return the albums in whose title or artist all words are."""
        wanted = [fold(word) for word in words]
        return [one for one in self.albums.values() if _holds(one.sought, wanted)]


def shelves(library: Library) -> Shelves:
    """Return the artists and albums of a library.

    Album artists count before artists, as on a shelf.
    """
    by_path = select(*(tracks.c[name] for name in _COLUMNS)).order_by(tracks.c.path)
    kept: dict[tuple[str, str], list[Row]] = {}
    with library.database.read() as connection:
        for row in connection.execute(by_path):
            artist = row.album_artist or row.artist or NO_ARTIST
            kept.setdefault((artist, row.album or NO_ALBUM), []).append(row)
    albums = sorted((_album(*names, rows) for names, rows in kept.items()), key=_by_title)
    return Shelves(_artists(albums), {album.id: album for album in albums})


def _album(artist: str, title: str, rows: list[Row]) -> Album:
    return Album(
        id=_id(artist, title),
        title=title,
        artist=artist,
        artist_id=_id(artist),
        year=min((row.year for row in rows if row.year), default=None),
        genre=next((row.genre for row in rows if row.genre), None),
        duration_s=sum(row.duration_s or 0.0 for row in rows),
        added_at=max(row.added_at or "" for row in rows),
        tracks=tuple(row.id for row in rows),
        sought=fold(f"{title} {artist}"),
    )


def _artists(albums: Iterable[Album]) -> dict[str, Artist]:
    grouped: dict[str, list[Album]] = {}
    for album in albums:
        grouped.setdefault(album.artist_id, []).append(album)
    found = [
        Artist(id, some[0].artist, tuple(sorted(some, key=_by_year)), fold(some[0].artist))
        for id, some in grouped.items()
    ]
    return {one.id: one for one in sorted(found, key=lambda one: (one.sought, one.id))}


def _by_title(album: Album) -> tuple[str, str]:
    return album.sought, album.id


def _by_year(album: Album) -> tuple[int, str, str]:
    return album.year or 0, *_by_title(album)


def _holds(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def _id(*names: str) -> str:
    told = "\0".join(names).encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()[:20]
