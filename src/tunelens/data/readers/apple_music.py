"""Reader `apple_music`: the ``Library.xml`` that Music and iTunes export."""

from __future__ import annotations

import os
import plistlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.parsers.expat import ExpatError

from tunelens.base.errors import DataError, ParameterError
from tunelens.data.labels import Kind
from tunelens.data.readers.audio_index import AudioIndex, common_base, file_id, keep_file
from tunelens.data.readers.harvest import MISSING_FILE, Harvest, Row, plain
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

SOURCE = "the music library of the user, as Music or iTunes exports it; private"
LABELS: dict[str, Kind | None] = {
    "genre": None, "artist": "single", "album": "single", "playlist": "multi", "rating": "continuous",
    "plays": "continuous", "year": "continuous",
}  # fmt: skip
_KEYS = {"genre": "Genre", "artist": "Artist", "album": "Album"}
_NUMBERS = {"rating": "Rating", "plays": "Play Count", "year": "Year"}
_SYSTEM = ("Master", "Music", "Movies", "TV Shows", "Podcasts", "Audiobooks", "Distinguished Kind", "Folder")
_MOST_BYTES = 256 << 20
_FAULTS = (
    ValueError, ExpatError, RecursionError, TypeError, IndexError, AttributeError, OverflowError,
    KeyError,
)  # fmt: skip
"""What plistlib raises on property lists that are none."""


class AppleMusic:
    """``Library.xml``: genre, artist, album and the place of every file."""

    name = "apple_music"
    summary = "Library.xml of Apple Music or iTunes: genres, playlists, ratings as labels of your files"

    def recognises(self, path: Path) -> bool:
        """Is it a property list with tracks?"""
        if path.suffix.lower() != ".xml" or not os.path.isfile(path):  # noqa: PTH113 - never raises
            return False
        with path.open("rb") as file:
            head = file.read(4096)
        return b"<plist" in head

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read a library.

        ``options.label``: genre (unless told), artist, album, playlist, rating, plays or year. Files are
        taken where the library says, else searched below ``options.audio`` by their last folders, then name.
        """
        path = Path(source).expanduser()
        label = options.label or "genre"
        if label not in LABELS:
            raise ParameterError(f"label is {label!r}; a library has {', '.join(LABELS)}")
        document = load_plist(path)
        tracks = document.get("Tracks")
        if not isinstance(tracks, dict):
            raise DataError(f"{str(path)!r} holds no tracks", hint="export the library anew")
        harvest = Harvest(plain(path.stem), options, SOURCE)
        playlists = _playlists(document) if label == "playlist" else {}
        _add_all(harvest, path, tracks, label, playlists)
        return harvest.tracks(kind=LABELS[label], label=label)


def load_plist(path: Path) -> dict[str, Any]:
    """Read a property list in XML; `DataError` where it is none, too large, or declares entities."""
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise DataError(f"{str(path)!r} has {size} bytes; at most {_MOST_BYTES} are read")
    try:
        with path.open("rb") as file:
            document = plistlib.load(file, fmt=plistlib.FMT_XML)
    except _FAULTS as error:
        raise DataError(f"{str(path)!r} is no property list that can be read: {str(error)[:200]}") from error
    if not isinstance(document, dict):
        raise DataError(f"{str(path)!r} holds no library")
    return document


def _playlists(document: Mapping[str, Any]) -> dict[int, set[str]]:
    """Return the names of the playlists that a person made, by number of track."""
    found: dict[int, set[str]] = {}
    playlists = document.get("Playlists")
    for playlist in playlists if isinstance(playlists, list) else ():
        if not isinstance(playlist, dict) or any(playlist.get(key) for key in _SYSTEM):
            continue
        items = playlist.get("Playlist Items")
        for item in items if isinstance(items, list) else ():
            number = item.get("Track ID") if isinstance(item, dict) else None
            if isinstance(number, int):
                found.setdefault(number, set()).add(str(playlist.get("Name", "")))
    return found


def _add_all(
    harvest: Harvest, path: Path, tracks: Mapping[str, Any], label: str, playlists: Mapping[int, set[str]]
) -> None:
    audio = harvest.options.audio
    index = AudioIndex(audio or path.parent, audio)
    kept: list[tuple[Path, str, Any, Mapping[str, Any]]] = []
    for key, track in tracks.items():
        values: Mapping[str, Any] = track if isinstance(track, dict) else {}
        item = " - ".join(part for part in (_text(values, "Artist"), _text(values, "Name")) if part) or str(
            key
        )
        file, reason = _file(values, index, audio)
        if file is None:
            harvest.drop(item, reason)
        else:
            listed = playlists.get(_number(values), set())
            kept.append((file, item, _label(values, label, listed), values))
    base = audio or common_base([file for file, *_ in kept], path.parent)
    for file, item, value, values in kept:
        groups = {"artist": _text(values, "Artist"), "album": _text(values, "Album")}
        year = values.get("Year")
        time = float(year) if isinstance(year, int) and 0 < year < 10_000 else float("nan")
        name = plain(file_id(file, base))
        keep_file(harvest, Row(item, name, value, path=file, groups=groups, time=time))


def _number(track: Mapping[str, Any]) -> int:
    value = track.get("Track ID")
    return value if isinstance(value, int) else -1


def _label(track: Mapping[str, Any], label: str, playlists: set[str]) -> Any:
    if label == "playlist":
        return frozenset(playlists)
    if label in _NUMBERS:
        value = track.get(_NUMBERS[label])
        return float(value) if isinstance(value, int) and abs(value) < 2**53 else float("nan")
    return _text(track, _KEYS[label])


def _text(track: Mapping[str, Any], key: str) -> str:
    value = track.get(key)
    return plain(value).strip() if isinstance(value, str) else ""


def _file(track: Mapping[str, Any], index: AudioIndex, audio: Path | None) -> tuple[Path | None, str]:
    if track.get("Podcast") or track.get("Movie") or track.get("TV Show"):
        return None, "no music"
    location = track.get("Location")
    if not isinstance(location, str):
        return None, "in the cloud, not a file"
    name = _path_of(location[:4000])
    if not name:
        return None, "a stream, not a file"
    if os.path.isfile(name):  # noqa: PTH113 - never raises
        return Path(name), ""
    tail = "/".join(name.rstrip("/").split("/")[-3:])
    return index.find(tail) if audio is not None else (None, MISSING_FILE)


def _path_of(location: str) -> str:
    """Return the path in a ``file:`` address; "" where it is none."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
        return ""
    name = unquote(parts.path, errors="surrogateescape")
    return name[1:] if name[2:3] == ":" else name  # /C:/Users/...


APPLE_MUSIC = AppleMusic()
