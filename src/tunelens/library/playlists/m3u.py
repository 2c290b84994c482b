"""M3U and M3U8: one location a line, with ``#EXTINF`` before it.

Written as UTF-8 with ``#EXTM3U``, ``#PLAYLIST``, ``#EXTINF:seconds,Artist - Title`` and ``#EXTALB``. Where
artist and title could not be told apart again, ``#EXTART`` names the artist.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from tunelens.base.errors import DataError, ParameterError
from tunelens.library.playlists.entry import Entry, Listing, bounded, one_line, seconds
from tunelens.library.playlists.locations import as_line, from_path

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_GUESSES = ("gb2312", "cp1252", "latin-1")
"""Chinese of Windows has its bytes above 127 in pairs; in Western text one alone is soon met."""
_ENCODING = re.compile(rb"^#EXTENC:[ \t]*([A-Za-z0-9_.:-]{1,40})[ \t]*\r?$", re.MULTILINE)
_EXTINF = re.compile(r"\s*(-?\d{1,12}(?:\.\d{1,12})?)?[^,]*,(.*)", re.DOTALL)
_BETWEEN = " - "


def write(listing: Listing, folder: str | None) -> bytes:
    """Return `listing` as M3U8, locations relative to `folder` unless that is None."""
    lines = ["#EXTM3U"]
    if listing.title:
        lines.append(f"#PLAYLIST:{listing.title}")
    for entry in listing.entries:
        if entry.location is not None:
            lines += [*_directives(entry), as_line(entry.location, folder)]
    return "\n".join([*lines, ""]).encode()


def _directives(entry: Entry) -> Iterator[str]:
    length = -1 if entry.duration_s is None else round(entry.duration_s)
    shown = _BETWEEN.join(part for part in (entry.artist, entry.title) if part)
    yield f"#EXTINF:{length},{shown}"
    if _parted(shown, None) != (entry.artist, entry.title):
        yield f"#EXTART:{entry.artist or ''}"
    if entry.album:
        yield f"#EXTALB:{entry.album}"


def read(data: bytes, folder: str, encoding: str | None = None) -> Listing:
    """Read a playlist that lies in `folder`.

    Parameters
    ----------
    encoding : str, optional
        Of the text. By default what a byte order mark or ``#EXTENC`` says, else UTF-8 if it is that, else
        GB 2312 if it is that, else Windows-1252.

    Raises
    ------
    DataError
        It is no text, or the index of a stream.
    """
    text = decoded(data, encoding)
    if "\n#EXT-X-" in text:
        raise DataError("this is the index of a stream (HLS), not a playlist of songs")
    lines = [line.strip() for line in re.split(r"[\r\n]+", text)]
    title = next((line[10:] for line in lines if line.upper().startswith("#PLAYLIST:")), None)
    return Listing(title=one_line(title), entries=bounded(_entries(lines, folder)))


def decoded(data: bytes, encoding: str | None) -> str:
    """Return the text of a playlist."""
    named = _ENCODING.search(data[:4096])
    guess = next((name for bom, name in _BOMS.items() if data.startswith(bom)), None)
    for name in [encoding] if encoding else [guess, named and named[1].decode(), "utf-8", *_GUESSES]:
        if name is None or not _is_text(name, strict=encoding is not None):
            continue
        try:
            text = data.decode(name)
        except (UnicodeError, ValueError):
            continue
        if "\0" in text:
            raise DataError("it holds NUL characters, so it is no text")
        return text
    raise DataError(f"it is not written in {encoding}", hint="leave --encoding out, or name another")


def _is_text(name: str, *, strict: bool) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except LookupError:
        if strict:
            raise ParameterError(f"unknown encoding {name!r}", hint="utf-8, latin-1, gb18030, ...") from None
        return False


def _entries(lines: list[str], folder: str) -> Iterator[Entry]:
    said: dict[str, str] = {}
    for line in lines:
        if not line:
            continue
        if line.startswith("#"):
            name, _, value = line[1:].partition(":")
            said[name.upper()] = value
            continue
        yield _entry(said, from_path(line, folder))
        said = {}


def _entry(said: dict[str, str], location: str) -> Entry:
    found = _EXTINF.match(said.get("EXTINF", ""))
    length, shown = found.groups() if found else (None, "")
    artist, title = _parted(one_line(shown) or "", said.get("EXTART"))
    album = one_line(said.get("EXTALB"))
    return Entry(location, one_line(title), one_line(artist), album, seconds(length))


def _parted(shown: str, artist: str | None) -> tuple[str | None, str | None]:
    """Return artist and title of what ``#EXTINF`` shows; `artist` is what ``#EXTART`` says."""
    if artist is None:
        before, found, after = shown.partition(_BETWEEN)
        return (before, after) if found else (None, shown or None)
    if shown == artist:
        return artist or None, None
    return artist or None, shown.removeprefix(f"{artist}{_BETWEEN}") if artist else shown
