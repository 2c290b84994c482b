"""Which track of the library is the song that another program names?

By its path; by MusicBrainz's identifier of the recording; by artist and title, where case, accents, width,
punctuation, guests ("feat.") and remasters do not count, and album and length decide between several; by the
last three parts of its path. Where several tracks remain that are not one song of one length, there is none.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Row, select

from tunelens.library.fulltext import fold
from tunelens.library.identity import path_to_text
from tunelens.library.schema import tracks

if TYPE_CHECKING:
    from tunelens.library.store import Library

ABSENT, AMBIGUOUS = "not in the library", "more than one track could be meant"
SAME_LENGTH_S = 3.0
TAIL_PARTS = 3
_OF_ONE_SONG = ("mbid", "names")
_LONGEST = 300
_BATCH = 20_000

_GUESTS = re.compile(
    r"\s*[(\[](?:feat|ft|featuring|with|prod)\b[^)\]]*[)\]]|\s+(?:feat\.|ft\.|featuring)\s.*"
)
_EDITION = re.compile(r"\s*[(\[][^)\]]*remaster[^)\]]*[)\]]|\s+-\s+[^-]*remaster[^-]*$")
_NEXT_ARTIST = re.compile(r"\s*[;,、，/&＆+]\s*|\s+(?:x|vs\.?|and|with)\s+")
_ARTICLE = re.compile(r"^the\s+|,\s*the$")
_TRACK_NUMBER = re.compile(r"^(?:\d{1,2}[-.])?\d{1,3}[\s.\-_]+(?=\S)")


@lru_cache(maxsize=1 << 16)
def plain_name(text: str) -> str:
    """Return what two spellings of one name have in common.

    Examples
    --------
    >>> plain_name("Señorita (feat. Camila)") == plain_name("SENORITA")
    True
    >>> plain_name("周杰倫") == plain_name("周杰伦"), plain_name("が") == plain_name("か")
    (True, False)
    >>> plain_name("÷")
    '÷'
    """
    short = text[:_LONGEST]
    bare = (short.casefold() if short.isascii() else fold(short)).replace(
        "&", " and "
    )  # most names are ASCII
    sole = _EDITION.sub("", _GUESTS.sub("", bare)).strip()
    return "".join(char for char in sole if char.isalnum()) or sole or bare.strip()


def song_key(artist: str, title: str) -> str:
    """Return what two spellings of one song have in common.

    Examples
    --------
    >>> song_key("The Beatles", "Help! (2009 Remaster)") == song_key("Beatles, The", "help")
    True
    >>> song_key("周杰伦", "晴天") == song_key("周杰伦", "稻香")
    False
    """
    return f"{plain_name(_ARTICLE.sub('', artist[:_LONGEST].strip().casefold()))}/{plain_name(title)}"


def _first_artist(artist: str) -> str:
    return _NEXT_ARTIST.split(_GUESTS.sub("", artist[:_LONGEST].casefold()), maxsplit=1)[0]


@dataclass(frozen=True)
class Match:
    """Which track it is, or why none.

    Parameters
    ----------
    id : int or None
        The track.
    how : str
        ``path``, ``mbid``, ``names``, ``title`` or ``tail``; without a track `ABSENT` or `AMBIGUOUS`.
    """

    id: int | None
    how: str


def match(
    library: Library,
    *,
    path: str | Path | None = None,
    title: str | None = None,
    artist: str | None = None,
    album: str | None = None,
    duration_s: float | None = None,
    mbid: str | None = None,
) -> int | None:
    """Return the number of the track that is meant; None when there is none, or more than one could be.

    Examples
    --------
    >>> import tempfile
    >>> from tunelens import Library
    >>> with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
    ...     match(library, artist="Nina Simone", title="Sinnerman") is None
    True
    """
    find = matcher(library).find
    return find(path=path, title=title, artist=artist, album=album, duration_s=duration_s, mbid=mbid).id


def matcher(library: Library) -> Matcher:
    """Return a matcher of `library` as it is now; names are read anew only after a change."""
    held = _MATCHERS.get(library)
    if held is None or held.revision != library.revision():
        held = _MATCHERS[library] = Matcher(library)
    return held


class Matcher:
    """Finds tracks by what other programs call them; of a million tracks it holds some 60 MB."""

    def __init__(self, library: Library) -> None:
        self._database = library.database
        self.revision = library.revision()

    def find(
        self,
        *,
        path: str | Path | None = None,
        title: str | None = None,
        artist: str | None = None,
        album: str | None = None,
        duration_s: float | None = None,
        mbid: str | None = None,
        sought: bool = False,
    ) -> Match:
        """Find the track that is meant; see `match`. `sought`: that none is at `path` is known already."""
        if path and not sought and (number := self._at(path)) is not None:
            return Match(number, "path")
        if mbid and (found := self._index.get("mbid", mbid.lower())):
            return self._one_of(found, "mbid", album, duration_s)
        if title and (found := self._named(artist or "", title)):
            return self._one_of(found, "names" if artist else "title", album, duration_s)
        if path and (found := self._index.get("tail", _tail(os.fspath(path)))):
            return self._one_of(found, "tail", album, duration_s)
        return Match(None, ABSENT)

    def _at(self, path: str | Path) -> int | None:
        if "\0" in os.fspath(path) or not os.path.isabs(path):  # noqa: PTH117 - str is allowed
            return None
        with self._database.read() as connection:
            return connection.scalar(select(tracks.c.id).where(tracks.c.path == path_to_text(path)))

    def _named(self, artist: str, title: str) -> list[int]:
        if not artist:
            return self._index.get("title", plain_name(title))
        lead = song_key(_first_artist(artist), title)
        kinds = (("song", song_key(artist, title)), ("song", lead), ("lead", lead))
        return next((found for kind, key in kinds if (found := self._index.get(kind, key))), [])

    def _one_of(self, numbers: list[int], how: str, album: str | None, duration_s: float | None) -> Match:
        if len(numbers) == 1:
            return Match(numbers[0], how)
        with self._database.read() as connection:
            columns = (tracks.c.id, tracks.c.album, tracks.c.duration_s, tracks.c.sha256)
            found = connection.execute(select(*columns).where(tracks.c.id.in_(numbers[:500])))
            rows = _closer(list(found), album, duration_s)
        if len({row.sha256 for row in rows}) == 1 or (how in _OF_ONE_SONG and _are_one_length(rows)):
            return Match(min(row.id for row in rows), how)  # files of one song: any will do
        return Match(None, AMBIGUOUS)

    @cached_property
    def _index(self) -> _Index:
        columns = ("id", "path", "title", "artist", "album_artist", "recording_mbid")
        query = select(*(tracks.c[name] for name in columns)).order_by(tracks.c.id).limit(_BATCH)
        keys: list[Any] = []
        numbers: list[Any] = []
        after = 0
        with self._database.read() as connection:
            while rows := list(connection.execute(query.where(tracks.c.id > after))):
                pairs = [(_digest(*key), row.id) for row in rows for key in set(_keys(row))]
                keys.append(np.array([key for key, _ in pairs], np.uint64))
                numbers.append(np.array([number for _, number in pairs], np.int64))
                after = rows[-1].id
        return _Index(keys, numbers)


_MATCHERS: WeakKeyDictionary[Library, Matcher] = WeakKeyDictionary()


class _Index:
    """Numbers of tracks by the 64-bit digest of a key."""

    def __init__(self, keys: list[Any], numbers: list[Any]) -> None:
        joined = np.concatenate([np.empty(0, np.uint64), *keys])
        order = np.argsort(joined, kind="stable")
        self._keys = joined[order]
        self._numbers = np.concatenate([np.empty(0, np.int64), *numbers])[order]

    def get(self, kind: str, key: str) -> list[int]:
        if not key:
            return []
        digest = np.uint64(_digest(kind, key))
        first, last = np.searchsorted(self._keys, digest), np.searchsorted(self._keys, digest, "right")
        return self._numbers[first:last].tolist()


def _digest(kind: str, key: str) -> int:
    return int.from_bytes(blake2b(f"{kind}\0{key}".encode("utf-8", "replace"), digest_size=8).digest())


def _keys(row: Row[Any]) -> Iterator[tuple[str, str]]:
    """Yield every key under which a track may be sought."""
    artist, title = row.artist or "", row.title or ""
    if not title:
        artist, title = _names_of_file(row.path, artist)
    yield "title", plain_name(title)
    yield "tail", _tail(row.path)
    if row.recording_mbid:
        yield "mbid", row.recording_mbid.lower()
    for name in {artist, row.album_artist or ""} - {""}:
        yield "song", song_key(name, title)
        if (lead := _first_artist(name)) != name.casefold():
            yield "lead", song_key(lead, title)


def _names_of_file(path: str, artist: str) -> tuple[str, str]:
    """Guess artist and title of a file without tags: ``01 - Artist - Title.mp3``."""
    stem = _TRACK_NUMBER.sub("", Path(path).stem)
    before, dash, after = stem.partition(" - ")
    return (artist or before, after) if dash and after.strip() else (artist, stem)


def _tail(path: str) -> str:
    """Return the last parts of a path of any system; "" when it has fewer."""
    parts = unicodedata.normalize("NFC", path).replace("\\", "/").rstrip("/").split("/")
    return "/".join(parts[-TAIL_PARTS:]) if len(parts) >= TAIL_PARTS else ""


def _are_one_length(rows: list[Any]) -> bool:
    lengths = [row.duration_s for row in rows]
    return None not in lengths and max(lengths) - min(lengths) <= SAME_LENGTH_S


def _closer(rows: list[Any], album: str | None, duration_s: float | None) -> list[Any]:
    """Return the rows of this album and length; a fact that none of them has decides nothing."""
    if album:
        name = plain_name(album)
        rows = [row for row in rows if row.album and plain_name(row.album) == name] or rows
    if duration_s:
        near = [row for row in rows if abs((row.duration_s or 0.0) - duration_s) <= SAME_LENGTH_S]
        rows = near or rows
    return rows
