"""Reader `spotify_account`: the files that Spotify sends when a person asks for their data."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tunelens.base.errors import DataError, ParameterError
from tunelens.data.labels import Kind
from tunelens.data.readers.audio_index import AudioIndex, file_id, keep_file
from tunelens.data.readers.harvest import EMPTY_LABEL, MISSING_FILE, Harvest, Row, plain
from tunelens.data.readers.song_names import SongFiles, song_key
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

SOURCE = "the Spotify account of the user: playlists and history, private"
LABELS: dict[str, Kind] = {"playlist": "multi", "liked": "single", "plays": "continuous"}
FEATURES = ("plays", "hours", "skipped")
_HEARD_MS = 30_000
_MOST_BYTES = 128 << 20
_PATTERNS = ("StreamingHistory*.json", "Streaming_History_Audio*.json", "YourLibrary.json", "Playlist*.json")


@dataclass
class _Song:
    artist: str
    title: str
    album: str = ""
    playlists: set[str] = field(default_factory=set)
    liked: bool = False
    plays: int = 0
    skips: int = 0
    ms: int = 0


class SpotifyAccount:
    """``StreamingHistory*.json``, ``YourLibrary.json``, ``Playlist*.json``."""

    name = "spotify_account"
    summary = "the data export of a Spotify account: playlists, likes and play counts as labels"

    def recognises(self, path: Path) -> bool:
        """Is a file of such an export in the folder?"""
        return os.path.isdir(path) and bool(_files(path))  # noqa: PTH112 - never raises

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read an export.

        ``options.label``: ``playlist`` (the names of all playlists of a song), ``liked`` or ``plays`` (of at
        least 30 s). With ``options.audio`` songs are looked up there by artist and title; without it the
        numbers of the streaming history are what can be learned from: they describe the listener.
        """
        path = Path(source).expanduser()
        label = options.label or "playlist"
        if label not in LABELS:
            raise ParameterError(f"label is {label!r}; an account has {', '.join(LABELS)}")
        harvest = Harvest("spotify_account", options, SOURCE)
        songs = _Export(harvest).read(_files(path))
        if options.audio is not None:
            _keep_files(harvest, songs, label, options.audio)
            return harvest.tracks(kind=LABELS[label], label=label)
        names = _keep_numbers(harvest, songs, label)
        return harvest.tracks(kind=LABELS[label], label=label, features=names)


def _files(path: Path) -> list[Path]:
    folders = [
        path,
        *(folder for folder in (path / "Spotify Account Data", path / "MyData") if folder.is_dir()),
    ]
    return sorted(file for folder in folders for pattern in _PATTERNS for file in folder.glob(pattern))


class _Export:
    """Joins what the files say of each song."""

    def __init__(self, harvest: Harvest) -> None:
        self.harvest = harvest
        self.songs: dict[str, _Song] = {}

    def read(self, files: list[Path]) -> list[_Song]:
        if not files:
            raise DataError(f"no {', '.join(_PATTERNS)} is there")
        for path in files:
            document = load_json(path)
            if path.name.startswith("Streaming"):
                self._history(_dicts(document), path.name)
            elif path.name.startswith("Your"):
                self._likes(document)
            else:
                self._playlists(document, path.name)
        return list(self.songs.values())

    def _song(self, artist: str, title: str, album: str = "") -> _Song:
        song = self.songs.setdefault(song_key(artist, title), _Song(artist, title))
        song.album = song.album or album
        return song

    def _history(self, plays: Iterator[dict[str, Any]], name: str) -> None:
        for number, play in enumerate(plays):
            artist = _text(play, "artistName", "master_metadata_album_artist_name")
            title = _text(play, "trackName", "master_metadata_track_name")
            ms = play.get("msPlayed", play.get("ms_played", 0))
            if not artist or not title or not isinstance(ms, int) or not 0 <= ms < 10**9:
                self.harvest.drop(f"{name}[{number}]", "no song")
                continue
            song = self._song(artist, title, _text(play, "master_metadata_album_album_name"))
            song.plays += ms >= _HEARD_MS
            song.skips += ms < _HEARD_MS
            song.ms += ms

    def _likes(self, document: Any) -> None:
        tracks = document.get("tracks") if isinstance(document, dict) else None
        for number, track in enumerate(_dicts(tracks)):
            artist, title = _text(track, "artist"), _text(track, "track")
            if artist and title:
                self._song(artist, title, _text(track, "album")).liked = True
            else:
                self.harvest.drop(f"YourLibrary.json[{number}]", "no song")

    def _playlists(self, document: Any, name: str) -> None:
        playlists = document.get("playlists") if isinstance(document, dict) else None
        for playlist in _dicts(playlists):
            title = _text(playlist, "name")
            for number, item in enumerate(_dicts(playlist.get("items"))):
                self._item(item, title, f"{name}: {title}[{number}]")

    def _item(self, item: dict[str, Any], playlist: str, where: str) -> None:
        found = [item.get(key) for key in ("track", "localTrack")]
        track: dict[str, Any] = next((one for one in found if isinstance(one, dict)), {})
        artist, title = _text(track, "artistName", "artist"), _text(track, "trackName", "track")
        if not artist or not title or not playlist:
            return self.harvest.drop(where, "no song" if playlist else EMPTY_LABEL)
        self._song(artist, title, _text(track, "albumName")).playlists.add(playlist)


def load_json(path: Path) -> Any:
    """Read a JSON file of a stranger; `DataError` where it is none, or too large or deep."""
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise DataError(f"{str(path)!r} has {size} bytes; at most {_MOST_BYTES} are read")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise DataError(f"{str(path)!r} is no JSON that can be read: {str(error)[:200]}") from error


def _dicts(values: Any) -> Iterator[dict[str, Any]]:
    """Yield every member of a list; what is no object becomes an empty one, so that it is counted."""
    for value in values if isinstance(values, list) else ():
        yield value if isinstance(value, dict) else {}


def _text(values: dict[str, Any], *keys: str) -> str:
    """Return the first text among `keys`, without halves of characters, which cannot be written."""
    found = next((values[key] for key in keys if isinstance(values.get(key), str)), "")
    return found.encode("utf-8", "replace").decode("utf-8").strip()


def _label(song: _Song, label: str) -> Any:
    if label == "playlist":
        return frozenset(song.playlists)
    if label == "liked":
        return "liked" if song.liked else "other"
    return float(song.plays)


def _groups(song: _Song) -> dict[str, str]:
    return {"artist": song.artist, "album": song.album}


def _keep_files(harvest: Harvest, songs: list[_Song], label: str, audio: Path) -> None:
    files = SongFiles(AudioIndex(audio, audio).files())
    for song in songs:
        item = f"{song.artist} - {song.title}"
        path = files.find(song.artist, song.title)
        if path is None:
            harvest.drop(item, MISSING_FILE)
        else:
            name = plain(file_id(path, audio))
            keep_file(harvest, Row(item, name, _label(song, label), path=path, groups=_groups(song)))


def _keep_numbers(harvest: Harvest, songs: list[_Song], label: str) -> tuple[str, ...]:
    if not any(song.ms for song in songs):
        raise DataError(
            "the export has no streaming history, so there is nothing to learn from",
            hint="--read audio=FOLDER says where the songs are; or ask Spotify for the history too",
        )
    harvest.note("numbers come from the streaming history: they describe the listener, not the sound")
    names = tuple(name for name in FEATURES if label != "plays" or name == "skipped")
    for song in songs:
        item = f"{song.artist} - {song.title}"
        n = song.plays + song.skips
        numbers = {"plays": song.plays, "hours": song.ms / 3.6e6, "skipped": song.skips / n if n else np.nan}
        x = np.array([numbers[name] for name in names], np.float64)
        harvest.keep(Row(item, item, _label(song, label), x=x, groups=_groups(song)))
    return names


SPOTIFY_ACCOUNT = SpotifyAccount()
