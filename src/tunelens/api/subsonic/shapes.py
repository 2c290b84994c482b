"""Tracks, albums, artists and playlists as the specification shapes them, and their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from tunelens.api.subsonic.envelope import ABSENT, PlayerError
from tunelens.library.fulltext import tag_word
from tunelens.library.playlists.store import Playlist
from tunelens.library.store import Library
from tunelens.library.track import Track
from tunelens.services import browse
from tunelens.services.browse import Album, Artist, Opinion
from tunelens.services.playing import media_type

SONG, ALBUM, ARTIST, PLAYLIST = "tr-", "al-", "ar-", "pl-"


def number_of(id: str, prefix: str = SONG) -> int:
    """Return the number of a song or playlist; `PlayerError` with 70 for what is no id of one."""
    digits = id.removeprefix(prefix)
    if id.startswith(prefix) and digits.isdecimal() and digits.isascii() and len(digits) < 19:
        return int(digits)
    raise absent(id)


def absent(id: str) -> PlayerError:
    """Return the error for an id that nothing has."""
    return PlayerError(ABSENT, f"There is nothing with the id {id[:60]!r}.")


def when(seconds: int | None) -> str | None:
    """Return a moment as ISO 8601."""
    return (
        None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    )


@dataclass(frozen=True)
class Shapes:
    """What shapes the tracks of one answer; what it needs of the library is read once.

    Parameters
    ----------
    library : Library
    listener : str
        Whose stars and ratings are told.
    """

    library: Library
    listener: str

    @cached_property
    def shelves(self) -> browse.Shelves:
        """All artists and albums."""
        return browse.shelves(self.library)

    @cached_property
    def opinions(self) -> Mapping[int, Opinion]:
        """What the listener holds of tracks."""
        return browse.opinions(self.library, self.listener)

    @cached_property
    def plays(self) -> Mapping[int, tuple[int, int]]:
        """How often tracks were played, and when last."""
        return browse.plays(self.library)

    def album(self, id: str) -> Album:
        """Return an album by its id."""
        found = self.shelves.albums.get(id.removeprefix(ALBUM)) if id.startswith(ALBUM) else None
        if found is None:
            raise absent(id)
        return found

    def artist(self, id: str) -> Artist:
        """Return an artist by its id."""
        found = self.shelves.artists.get(id.removeprefix(ARTIST)) if id.startswith(ARTIST) else None
        if found is None:
            raise absent(id)
        return found

    def songs(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        """Return tracks by number, those that have gone left out."""
        return [self.song(track) for track in self.library.tracks_by_id(ids)]

    def song(self, track: Track) -> dict[str, Any]:
        """Return a track as a ``Child``."""
        album = self.shelves.album_of.get(track.id)
        opinion = self.opinions.get(track.id, Opinion())
        times, last = self.plays.get(track.id, (0, None))
        return {
            **_file(track),
            **({} if album is None else _place(album)),
            "id": f"{SONG}{track.id}",
            "isDir": False,
            "isVideo": False,
            "type": "music",
            "mediaType": "song",
            "title": track.title or track.path.stem,
            "artist": track.artist or (album.artist if album else None),
            "displayArtist": track.artist or "",
            "coverArt": f"{SONG}{track.id}",
            "year": track.year,
            "genre": track.genre,
            "genres": [{"name": name} for name in genres_of(track)],
            "moods": list(track.likely_tags("mood")),
            "bpm": round(track.tempo_bpm or 0),
            "musicBrainzId": track.recording_mbid or "",
            "created": track.added_at,
            "starred": when(opinion.liked_at),
            "userRating": round(opinion.rating) if opinion.rating else None,
            "playCount": times or None,
            "played": when(last) if times else "",
        }

    def album_shape(self, album: Album) -> dict[str, Any]:
        """Return an album as an ``AlbumID3``."""
        times = sum(self.plays.get(number, (0, 0))[0] for number in album.tracks)
        return {
            "id": f"{ALBUM}{album.id}",
            "name": album.title,
            "artist": album.artist,
            "artistId": f"{ARTIST}{album.artist_id}",
            "coverArt": f"{ALBUM}{album.id}",
            "songCount": len(album.tracks),
            "duration": round(album.duration_s),
            "created": album.added_at or "1970-01-01T00:00:00Z",
            "year": album.year,
            "genre": album.genre,
            "playCount": times or None,
        }

    def artist_shape(self, artist: Artist) -> dict[str, Any]:
        """Return an artist as an ``ArtistID3``."""
        return {"id": f"{ARTIST}{artist.id}", "name": artist.name, "albumCount": len(artist.albums)}

    def folder(self, album: Album) -> dict[str, Any]:
        """Return an album as the ``Child`` that players of folders open."""
        shape = self.album_shape(album)
        kept = {name: shape[name] for name in ("id", "artist", "coverArt", "created", "year", "genre")}
        return {
            **kept,
            "isDir": True,
            "title": album.title,
            "album": album.title,
            "parent": shape["artistId"],
        }


def genres_of(track: Track) -> tuple[str, ...]:
    """Return what genre the file says, and those that nets hear."""
    told = (track.genre,) if track.genre else ()
    by_word = {tag_word(name): name for name in reversed((*told, *track.likely_tags("genre")))}
    return tuple(reversed(by_word.values()))


def playlist_shape(playlist: Playlist, n: int, duration_s: float) -> dict[str, Any]:
    """Return a playlist without its songs."""
    return {
        "id": f"{PLAYLIST}{playlist.id}",
        "name": playlist.name,
        "comment": playlist.description,
        "owner": "owner",
        "public": False,
        "readonly": playlist.smart is not None,
        "songCount": n,
        "duration": round(duration_s),
        "created": playlist.created_at,
        "changed": playlist.updated_at,
    }


def _file(track: Track) -> dict[str, Any]:
    return {
        "size": track.size_bytes,
        "suffix": track.path.suffix.lower().removeprefix("."),
        "contentType": media_type(track),
        "duration": round(track.duration_s),
        "bitRate": None if track.bit_rate is None else round(track.bit_rate / 1000),
        "samplingRate": track.sr,
        "channelCount": track.n_channels,
        "path": track.path.name,
    }


def _place(album: Album) -> dict[str, Any]:
    """Say where on the shelves a track stands; its path on the disk is nobody's business."""
    return {
        "parent": f"{ALBUM}{album.id}",
        "album": album.title,
        "albumId": f"{ALBUM}{album.id}",
        "artistId": f"{ARTIST}{album.artist_id}",
    }
