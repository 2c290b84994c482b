"""Exports of Last.fm: CSV as the usual export sites write it, and JSON of its API.

======================================= ===================================================================
``artist,album,track,date``             lastfm-to-csv: no row of names, times to the minute
``uts,utc_time,artist,artist_mbid,...`` with a row of names; also ``Artist;Album;Track;Date#user`` in ms
JSON                                    pages of ``user.getRecentTracks`` or ``getLovedTracks``, one or a list
======================================= ===================================================================

Scrobbles are plays; loved tracks are likes. A scrobble is named by its minute and its song, so that the same
history in another format is known again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, ParameterError
from tunelens.data.readers.encoding import sniff
from tunelens.data.readers.table import MOST_BYTES, CsvTable, parse_cells
from tunelens.library.feedback.clock import epoch_s
from tunelens.library.feedback.documents import check_file, dict_of, load_document, text_of
from tunelens.library.feedback.events import Event
from tunelens.library.feedback.reports import Fault, Told
from tunelens.library.matching import song_key

SOURCE = "lastfm"
NO_SONG, NO_TIME, PLAYING = "no song", "no time", "playing now, not yet a play"
_HEADLESS = ("artist", "album", "track", "date")
_TIMES = ("uts", "date", "utc_time", "timestamp", "time")
_HEAD_BYTES = 1 << 16


def recognises(path: Path) -> bool:
    """Is it an export of Last.fm?"""
    if path.suffix.lower() == ".json":
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        signs = (b'"recenttracks"', b'"lovedtracks"', b'"scrobbles"', b'"uts"')
        return any(sign in head for sign in signs)
    return path.suffix.lower() in {".csv", ".tsv", ".txt"} and _places(_first_row(path)) is not None


def read(path: Path, listener: str = "", kind: str = "play") -> Iterator[Told | Fault]:
    """Yield the events of an export; of a CSV all are of `kind`."""
    check_file(path)
    if path.suffix.lower() == ".json":
        yield from _document(load_document(path), path.name, listener)
        return
    first = _first_row(path)
    places = _places(first)
    if places is None:
        raise DataError(
            f"{str(path)!r} is no history of Last.fm: artist, track and date are needed",
            hint="for a table of your own use --format csv",
        )
    if _is_headless(first):
        yield _row(first, places, listener, kind, f"{path.name}:1")
    for line in CsvTable(path).lines():
        where = f"{path.name}:{line.number}"
        yield Fault(where, line.fault) if line.fault else _row(line.cells, places, listener, kind, where)


def _first_row(path: Path) -> tuple[str, ...]:
    """Return the cells of the first line; a table would make names of them."""
    with path.open(encoding=sniff(path, MOST_BYTES).name, errors="replace", newline="") as file:
        line = file.readline(_HEAD_BYTES)
    rows = [parse_cells([line], delimiter) for delimiter in ",;\t"]
    widest = max((row[0] for row in rows if row), key=len, default=[])
    return tuple(cell.strip().strip("\ufeff") for cell in widest)


def _is_headless(first: tuple[str, ...]) -> bool:
    return len(first) == len(_HEADLESS) and epoch_s(first[3]) is not None


def _places(first: tuple[str, ...]) -> dict[str, int] | None:
    """Return where artist, track and time are; None where they are not."""
    if _is_headless(first):
        return dict(zip(_HEADLESS, range(4), strict=True))
    names = [cell.casefold().partition("#")[0] for cell in first]
    time = next((name for name in _TIMES if name in names), None)
    if time is None or "artist" not in names or "track" not in names:
        return None
    found = [name for name in ("artist", "album", "track", "track_mbid") if name in names]
    return {**{name: names.index(name) for name in found}, "date": names.index(time)}


def _row(
    cells: tuple[str, ...], places: Mapping[str, int], listener: str, kind: str, where: str
) -> Told | Fault:
    facts = {name: cells[at].strip() for name, at in places.items() if at < len(cells)}
    return _told(facts, epoch_s(facts.get("date", "")), listener, kind, where)


def _told(facts: Mapping[str, str], at: int | None, listener: str, kind: str, where: str) -> Told | Fault:
    artist, title = facts.get("artist", ""), facts.get("track", "")
    if not artist or not title:
        return Fault(where, NO_SONG)
    if not at and kind == "play":
        return Fault(where, NO_TIME)
    key = f"{listener}/{kind}/{(at or 0) // 60 if kind == 'play' else ''}/{song_key(artist, title)}"
    try:
        event = Event(
            kind, at or 0, SOURCE, listener=listener, key=key,
            title=title, artist=artist, album=facts.get("album") or None,
        )  # fmt: skip
    except ParameterError as error:
        return Fault(where, error.message)
    return Told(event, mbid=facts.get("track_mbid", ""))


def _document(document: Any, name: str, listener: str) -> Iterator[Told | Fault]:
    pages = document if isinstance(document, list) else [document]
    for number, page in enumerate(pages):
        where = f"{name}[{number}]"
        if not isinstance(page, dict):
            yield Fault(where, NO_SONG)
            continue
        kind, tracks = _tracks(page)
        for position, track in enumerate(tracks):
            yield _track(dict_of(track), listener, kind, f"{where}[{position}]")


def _tracks(page: dict[str, Any]) -> tuple[str, list[Any]]:
    loved = "lovedtracks" in page
    inner = dict_of(page.get("lovedtracks") or page.get("recenttracks") or page)
    tracks = inner.get("track", inner.get("scrobbles"))
    if tracks is None and "artist" in inner:  # a plain list of tracks, not of pages
        tracks = inner
    return "like" if loved else "play", tracks if isinstance(tracks, list) else [tracks] if tracks else []


def _track(track: dict[str, Any], listener: str, kind: str, where: str) -> Told | Fault:
    if dict_of(track.get("@attr")).get("nowplaying"):
        return Fault(where, PLAYING)
    title = track.get("name") or track.get("track")
    facts = {
        "artist": _name(track.get("artist")),
        "album": _name(track.get("album")),
        "track": text_of(title),
        "track_mbid": text_of(track.get("mbid")),
    }
    return _told(facts, epoch_s(_time(track.get("date"))), listener, kind, where)


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return text_of(value.get("#text")) or text_of(value.get("name"))
    return text_of(value)


def _time(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("uts") or value.get("#text")
    return str(value) if isinstance(value, int) else text_of(value)
