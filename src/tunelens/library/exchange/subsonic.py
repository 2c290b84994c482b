"""What a server with the Subsonic API answers (Navidrome, Airsonic, Gonic, ...), saved as files.

Responses in JSON or XML, one a file, a list of them, or a folder of such files: ``getStarred2``,
``getPlaylist``, ``getAlbum``, ``search3`` and any other with songs. A star is a like, ``userRating`` a
rating, ``playCount`` with ``played`` are plays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.library.exchange.told import Listed, Song
from tunelens.library.feedback.clock import epoch_s
from tunelens.library.feedback.documents import MOST_DOCUMENT_BYTES, check_file, dict_of
from tunelens.library.feedback.events import LATEST, MOST_TIMES, Event
from tunelens.library.feedback.reports import Fault
from tunelens.library.playlists.entry import MOST_ENTRIES, Entry, seconds
from tunelens.library.playlists.xspf import parsed

SOURCE = "subsonic"
NO_TITLE, TOO_MANY = "no title", f"more than {MOST_ENTRIES} songs in a playlist"
DEEPEST = 20
MOST_FILES = 10_000
_RESPONSE = "subsonic-response"
_SONGS = ("song", "child", "match")


def read(paths: list[Path], *, listener: str = "") -> Iterator[Song | Listed | Fault]:
    """Yield songs, each once, and playlists.

    Raises
    ------
    NotFoundError, DataError
        There is no such file, or it is no response of the API.
    """
    seen: dict[str, dict[str, Any]] = {}
    playlists: dict[str, dict[str, Any]] = {}
    for path in _files(paths):
        for response in _responses(path):
            _collect(response, seen, playlists, 0)
    for name, song in seen.items():
        yield _song(name, song, listener)
    for playlist in playlists.values():
        yield _listed(playlist)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.suffix.lower() in {".json", ".xml"})
            if not found:
                raise NotFoundError(f"{str(path)!r} holds no .json and no .xml")
            if len(found) > MOST_FILES:
                raise DataError(f"{str(path)!r} holds {len(found)} files; at most {MOST_FILES} are read")
            yield from found
        else:
            yield path


def _responses(path: Path) -> list[dict[str, Any]]:
    check_file(path, MOST_DOCUMENT_BYTES)
    data = path.read_bytes()
    try:
        document = _of_xml(parsed(data)) if data.lstrip()[:1] == b"<" else json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{str(path)!r} cannot be read: {str(error)[:200]}") from error
    several = document if isinstance(document, list) else [document]
    found = [one.get(_RESPONSE) for one in several if isinstance(one, dict)]
    responses = [one for one in found if isinstance(one, dict)]
    if not responses:
        raise DataError(
            f"{str(path)!r} holds no {_RESPONSE}", hint="save what the server answers, with f=json or f=xml"
        )
    _check_status(path, responses)
    return responses


def _check_status(path: Path, responses: list[dict[str, Any]]) -> None:
    for response in responses:
        if response.get("status") == "failed":
            message = str(dict_of(response.get("error")).get("message", "without a reason"))[:200]
            raise DataError(f"{str(path)!r}: the server refused: {message}")


def _of_xml(root: Element) -> dict[str, Any]:
    return {_bare(root.tag): _of_element(root)}


def _of_element(element: Element) -> dict[str, Any]:
    """Return an element as the API's JSON has it: attributes, and children by name as lists."""
    found: dict[str, Any] = dict(element.attrib)
    for child in element:
        found.setdefault(_bare(child.tag), []).append(_of_element(child))
    return found


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _collect(
    node: Any, songs: dict[str, dict[str, Any]], playlists: dict[str, dict[str, Any]], depth: int
) -> None:
    """Find the songs and playlists anywhere in a response; a song told twice keeps what either says."""
    if depth > DEEPEST:
        return
    for key, value in dict_of(node).items():
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, dict):
                continue
            if key == "playlist" and "entry" in one:
                playlists[str(one.get("id", one.get("name")))] = one
            if (key in _SONGS or key == "entry") and not _is_folder(one):
                name = str(one.get("id", f"#{len(songs)}"))
                songs[name] = {**songs.get(name, {}), **one}
            else:
                _collect(one, songs, playlists, depth + 1)


def _is_folder(one: Mapping[str, Any]) -> bool:
    return str(one.get("isDir", "")).lower() == "true"


def _song(name: str, song: dict[str, Any], listener: str) -> Song | Fault:
    entry = _entry(song)
    where = f"song {name}"
    if not entry.title:
        return Fault(where, NO_TITLE)
    try:
        events = tuple(_events(name, song, entry, listener))
    except ParameterError as error:
        return Fault(where, error.message)
    return Song(
        where, entry.location or "", entry.mbid or "", entry.title, entry.artist or "", entry.album or "",
        entry.duration_s, _genres(song), events,
    )  # fmt: skip


def _entry(song: Mapping[str, Any]) -> Entry:
    names = [_text(song, key) for key in ("path", "title", "artist", "album")]
    mbid = _text(song, "musicBrainzId")
    path, title, artist, album = (name or None for name in names)
    return Entry(path, title, artist, album, seconds(song.get("duration")), mbid=mbid or None)


def _text(song: Mapping[str, Any], key: str) -> str:
    value = song.get(key)
    return value.encode("utf-8", "replace").decode().strip() if isinstance(value, str) else ""


def _genres(song: Mapping[str, Any]) -> tuple[str, ...]:
    listed = song.get("genres")
    several = (
        [_text(one, "name") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    )
    return tuple(several) or ((_text(song, "genre"),) if _text(song, "genre") else ())


def _events(name: str, song: Mapping[str, Any], entry: Entry, listener: str) -> Iterator[Event]:
    done: list[tuple[str, int, float | None]] = []
    if starred := _text(song, "starred"):
        done.append(("like", epoch_s(starred) or 0, None))
    if 1 <= (rating := _number(song.get("userRating"))) <= 5:
        done.append(("rating", 0, rating))
    if 1 <= (plays := _number(song.get("playCount"))) <= MOST_TIMES:
        done.append(("play", epoch_s(_text(song, "played")) or 0, plays))
    for kind, at, value in done:
        yield Event(
            kind, at if at < LATEST else 0, SOURCE, value=value, listener=listener,
            key=f"{listener}/{kind}/{name}", title=entry.title, artist=entry.artist, album=entry.album,
        )  # fmt: skip


def _number(value: Any) -> float:
    return seconds(value) or 0.0


def _listed(playlist: dict[str, Any]) -> Listed | Fault:
    name = _text(playlist, "name") or f"playlist {playlist.get('id')}"
    entries = playlist["entry"] if isinstance(playlist["entry"], list) else [playlist["entry"]]
    if len(entries) > MOST_ENTRIES:
        return Fault(name, TOO_MANY)
    kept = tuple(_entry(one) for one in entries if isinstance(one, dict))
    return Listed(name, kept, _text(playlist, "comment"))
