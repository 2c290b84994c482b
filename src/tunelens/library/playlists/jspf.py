"""JSPF (https://xspf.org/jspf): the playlist of XSPF as JSON; reads what ListenBrainz writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tunelens.base.errors import DataError
from tunelens.library.playlists.entry import Entry, Listing, bounded, one_line, seconds
from tunelens.library.playlists.identifiers import identifiers, identity
from tunelens.library.playlists.locations import base_of, relative_uri
from tunelens.library.playlists.xspf import one_location


def write(listing: Listing, folder: str | None) -> bytes:
    """Return `listing` as JSPF, locations relative to `folder` unless that is None."""
    tracks = [_track(entry, folder) for entry in listing.entries]
    body = _present({"title": listing.title, "annotation": listing.description, "track": tracks})
    return (json.dumps({"playlist": body}, ensure_ascii=False, indent=2) + "\n").encode()


def _track(entry: Entry, folder: str | None) -> dict[str, Any]:
    return _present(
        {
            "location": entry.location and [relative_uri(entry.location, folder)],
            "identifier": list(identifiers(entry)) or None,
            "title": entry.title,
            "creator": entry.artist,
            "album": entry.album,
            "duration": None if entry.duration_s is None else round(1000 * entry.duration_s),
        }
    )


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def read(data: bytes, folder: str) -> Listing:
    """Read a playlist that lies in `folder`.

    Raises
    ------
    DataError
        It is not JSON, or not a playlist.
    """
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataError(f"it is not JSON: {error}") from error
    body = whole.get("playlist") if isinstance(whole, dict) else None
    if not isinstance(body, dict) or not isinstance(body.get("track", []), list):
        raise DataError('it is JSON, but no playlist: {"playlist": {"track": [...]}} is needed')
    base = base_of(folder)
    entries = bounded(_entry(track, base) for track in _objects(body.get("track", [])))
    return Listing(one_line(body.get("title")), one_line(body.get("annotation")), entries)


def _objects(values: list[Any]) -> Iterator[dict[str, Any]]:
    return (value for value in values if isinstance(value, dict))


def _entry(track: dict[str, Any], base: str) -> Entry:
    milliseconds = seconds(track.get("duration"))
    return Entry(
        location=one_location(next(iter(_texts(track.get("location"))), None), base),
        title=one_line(track.get("title")),
        artist=one_line(track.get("creator")),
        album=one_line(track.get("album")),
        duration_s=None if milliseconds is None else milliseconds / 1000,
        **identity(_texts(track.get("identifier"))),
    )


def _texts(value: Any) -> list[str]:
    """Return one text or several, as both are met, without halves of characters."""
    several = value if isinstance(value, list) else [value]
    return [text.strip().encode("utf-8", "replace").decode() for text in several if isinstance(text, str)]
