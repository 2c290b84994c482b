"""From the entries of a playlist file to items: which of them the library knows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import select

from tunelens.library.identity import text_to_path
from tunelens.library.matching import Matcher, matcher
from tunelens.library.playlists.entry import Entry
from tunelens.library.playlists.locations import is_url, restored
from tunelens.library.playlists.store import Item
from tunelens.library.schema import tracks
from tunelens.library.store import PAGE, Library


def matched(library: Library, entries: Sequence[Entry]) -> list[Item]:
    """Return an item for each entry, in order, with its track where the library has it.

    A track is known by its path; by the content that an identifier names; else as `tunelens.library.matching`
    says: MusicBrainz's identifier, names, the end of the path. No file is touched.
    """
    at = _by_path(library, entries)
    with_content = _by_content(library, [e.sha256 for e in entries if e.sha256 and e.location not in at])
    seeker = matcher(library)
    numbers = [
        at.get(entry.location or "") or with_content.get(entry.sha256 or "") or _found(seeker, entry)
        for entry in entries
    ]
    known = {track.id: track for track in library.tracks_by_id({number for number in numbers if number})}
    items = [Item(entry, known.get(number or 0)) for entry, number in zip(entries, numbers, strict=True)]
    return [Item.of(item.track) if item.track else item for item in items]


def _by_path(library: Library, entries: Sequence[Entry]) -> dict[str, int]:
    """Return the tracks at these locations, some of which say ``%20`` where a blank is meant."""
    places = {entry.location: _meant(entry.location) for entry in entries if entry.location}
    known = library.known({path for meant in places.values() for path in meant})
    found = {place: [known[path].id for path in meant if path in known] for place, meant in places.items()}
    return {place: numbers[0] for place, numbers in found.items() if numbers}


def _meant(location: str) -> list[Path]:
    if is_url(location) or "\0" in location:
        return []
    paths = [text_to_path(location), Path(unquote(restored(location)))]
    return [path for path in paths if path.is_absolute() and "\0" not in str(path)]


def _by_content(library: Library, hashes: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    query = select(tracks.c.sha256, tracks.c.id).order_by(tracks.c.id.desc())
    with library.database.read() as connection:
        for begin in range(0, len(hashes), PAGE):
            some = hashes[begin : begin + PAGE]
            found.update(
                (row.sha256, row.id) for row in connection.execute(query.where(tracks.c.sha256.in_(some)))
            )
    return found


def _found(seeker: Matcher, entry: Entry) -> int | None:
    path = None if entry.location is None or is_url(entry.location) else restored(entry.location)
    return seeker.find(
        path=path,
        title=entry.title,
        artist=entry.artist,
        album=entry.album,
        duration_s=entry.duration_s,
        mbid=entry.mbid,
        sought=True,  # one query for each of 100,000 entries takes a minute
    ).id
