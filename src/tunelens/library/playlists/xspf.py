"""XSPF version 1 (https://xspf.org/spec): playlists as XML.

A file from a stranger is read by expat itself: a DOCTYPE, and with it every entity, is refused.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from xml.parsers import expat

from tunelens.base.errors import DataError
from tunelens.library.playlists.entry import Entry, Listing, bounded, one_line, seconds
from tunelens.library.playlists.identifiers import identifiers, identity
from tunelens.library.playlists.locations import base_of, from_uri, joined, relative_uri

NAMESPACE = "http://xspf.org/ns/0/"
DEEPEST = 50
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def write(listing: Listing, folder: str | None) -> bytes:
    """Return `listing` as XSPF, locations relative to `folder` unless that is None."""
    root = ET.Element("playlist", {"version": "1", "xmlns": NAMESPACE})
    _add(root, "title", listing.title)
    _add(root, "annotation", listing.description)
    tracks = ET.SubElement(root, "trackList")
    for entry in listing.entries:
        _add_track(tracks, entry, folder)
    ET.indent(root)
    return ET.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _add_track(tracks: ET.Element, entry: Entry, folder: str | None) -> None:
    track = ET.SubElement(tracks, "track")
    _add(track, "location", entry.location and relative_uri(entry.location, folder))
    for uri in identifiers(entry):
        _add(track, "identifier", uri)
    _add(track, "title", entry.title)
    _add(track, "creator", entry.artist)
    _add(track, "album", entry.album)
    _add(track, "duration", None if entry.duration_s is None else str(round(1000 * entry.duration_s)))


def _add(parent: ET.Element, name: str, text: str | None) -> None:
    if text is not None:
        ET.SubElement(parent, name).text = text


def read(data: bytes, folder: str) -> Listing:
    """Read a playlist that lies in `folder`.

    Raises
    ------
    DataError
        It is not well-formed, has a DOCTYPE, or is another kind of XML.
    """
    root = parsed(data)
    if root.tag != _name("playlist"):
        raise DataError(f"the root is {root.tag[:80]!r}; a playlist in the namespace {NAMESPACE} is needed")
    base = _based(root, base_of(folder))
    return Listing(_text(root, "title"), _text(root, "annotation"), bounded(_entries(root, base)))


def parsed(data: bytes) -> ET.Element:
    """Return the root of an XML document without a DOCTYPE, at most 50 elements deep."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.StartElementHandler, parser.EndElementHandler = builder.begin, builder.end
    parser.CharacterDataHandler = builder.tree.data
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"it is not well-formed XML: {error}") from error
    return builder.tree.close()


class _Builder:
    """Makes a tree of what expat tells; knows how deep it is."""

    def __init__(self) -> None:
        self.tree = ET.TreeBuilder()
        self._depth = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise DataError(f"its elements are nested more than {DEEPEST} deep")
        self.tree.start(_qualified(name), {_qualified(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        self.tree.end(_qualified(name))

    @staticmethod
    def refuse(*_: object) -> None:
        raise DataError(
            "it has a DOCTYPE, which a playlist has no use for", hint="remove the line and try again"
        )


def _qualified(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _entries(root: ET.Element, base: str) -> Iterator[Entry]:
    for tracks in root.findall(_name("trackList")):
        inner = _based(tracks, base)
        for track in tracks.findall(_name("track")):
            yield _entry(track, _based(track, inner))


def _entry(track: ET.Element, base: str) -> Entry:
    place = track.find(_name("location"))
    uri = None if place is None else (place.text or "").strip()
    milliseconds = seconds(_text(track, "duration"))
    return Entry(
        location=one_location(uri, base if place is None else _based(place, base)),
        title=_text(track, "title"),
        artist=_text(track, "creator"),
        album=_text(track, "album"),
        duration_s=None if milliseconds is None else milliseconds / 1000,
        **identity(one.text or "" for one in track.findall(_name("identifier"))),
    )


def one_location(uri: str | None, base: str) -> str | None:
    """Return the location of a URI of a stranger; None where there is none."""
    return from_uri(uri, base) if uri and one_line(uri) else None


def _based(element: ET.Element, base: str) -> str:
    return joined(base, element.get(_BASE, "").strip())


def _text(element: ET.Element, name: str) -> str | None:
    return one_line(element.findtext(_name(name)))
