"""The files that Spotify sends when a person asks for their data: history of plays, and liked songs.

``StreamingHistory*.json``, ``Streaming_History_Audio*.json`` and ``YourLibrary.json``. Half a minute heard is
a play, as Spotify counts it; less is a skip, unless the file says that it was not skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError
from tunelens.library.feedback.clock import epoch_s
from tunelens.library.feedback.documents import dict_of, load_document, text_of
from tunelens.library.feedback.events import Event
from tunelens.library.feedback.reports import Fault, Told
from tunelens.library.matching import song_key

SOURCE = "spotify"
NO_SONG, NO_TIME, BRIEF = "no song", "no time", "heard for less than half a minute, and not skipped"
HEARD_MS = 30_000
_HEAD_BYTES = 4096
_SIGNS = (b'"msPlayed"', b'"ms_played"', b'"trackName"')


def recognises(path: Path) -> bool:
    """Is it a file of such an export?"""
    if path.suffix.lower() != ".json":
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return path.name == "YourLibrary.json" or any(sign in head for sign in _SIGNS)


def read(path: Path, listener: str = "") -> Iterator[Told | Fault]:
    """Yield the events of one file."""
    document = load_document(path)
    liked = document.get("tracks") if isinstance(document, dict) else None
    entries = liked if isinstance(liked, list) else document
    if not isinstance(entries, list):
        raise DataError(f"{str(path)!r} holds neither plays nor liked songs of Spotify")
    told = _like if entries is liked else _play
    for number, entry in enumerate(entries):
        yield told(dict_of(entry), listener, f"{path.name}[{number}]")


def _play(entry: Mapping[str, Any], listener: str, where: str) -> Told | Fault:
    title = _first(entry, "trackName", "master_metadata_track_name")
    artist = _first(entry, "artistName", "master_metadata_album_artist_name")
    ms = entry.get("msPlayed", entry.get("ms_played"))
    at = epoch_s(_first(entry, "endTime", "ts"))
    if not title or not artist:
        return Fault(where, NO_SONG)
    if at is None or not isinstance(ms, int):
        return Fault(where, NO_TIME)
    if ms < HEARD_MS and entry.get("skipped") is False:
        return Fault(where, BRIEF)
    kind = "play" if ms >= HEARD_MS else "skip"
    key = f"{listener}/{kind}/{at // 60}/{song_key(artist, title)}"
    album = _first(entry, "master_metadata_album_album_name") or None
    event = Event(kind, at, SOURCE, listener=listener, key=key, title=title, artist=artist, album=album)
    return Told(event)


def _like(entry: Mapping[str, Any], listener: str, where: str) -> Told | Fault:
    title, artist = _first(entry, "track"), _first(entry, "artist")
    if not title or not artist:
        return Fault(where, NO_SONG)
    key = f"{listener}/like/{song_key(artist, title)}"
    album = _first(entry, "album") or None
    event = Event("like", 0, SOURCE, listener=listener, key=key, title=title, artist=artist, album=album)
    return Told(event)


def _first(entry: Mapping[str, Any], *names: str) -> str:
    return next((text for name in names if (text := text_of(entry.get(name)))), "")
