"""What a playlist holds is there again after writing and reading; whatever a file holds, reading is safe."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tunelens.base.errors import TunelensError
from tunelens.library.identity import path_to_text
from tunelens.library.playlists import jspf, m3u, xspf
from tunelens.library.playlists.entry import Entry, Listing, one_line

FORMATS = {"m3u8": m3u, "xspf": xspf, "jspf": jspf}
FOLDER = "/home/me/歌 #1"


def any_name(data: bytes) -> str:
    return os.fsdecode(data.replace(b"/", b"").replace(b"\0", b""))


valid = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
names = st.one_of(st.binary(min_size=1, max_size=12), valid.map(str.encode))
paths = st.lists(names.map(any_name).filter(bool), min_size=1, max_size=4).map(
    lambda parts: path_to_text("/" + "/".join(parts))
)
texts = st.text(max_size=30).map(one_line)
entries = st.builds(
    Entry,
    location=paths,
    title=texts,
    artist=texts,
    album=texts,
    duration_s=st.one_of(st.none(), st.integers(0, 10**8).map(lambda ms: ms / 1000)),
    sha256=st.one_of(st.none(), st.binary(min_size=32, max_size=32).map(bytes.hex)),
    mbid=st.one_of(st.none(), st.uuids().map(str)),
)
listings = st.builds(
    Listing, title=texts, description=texts, entries=st.lists(entries, max_size=4).map(tuple)
)


def as_m3u_holds(listing: Listing) -> Listing:
    """M3U has whole seconds, and neither descriptions nor identifiers."""
    kept = tuple(
        replace(
            entry,
            sha256=None,
            mbid=None,
            duration_s=None if entry.duration_s is None else round(entry.duration_s),
        )
        for entry in listing.entries
    )
    return replace(listing, description=None, entries=kept)


@pytest.mark.parametrize("name", FORMATS)
@given(listing=listings, absolute=st.booleans())
def test_what_is_written_is_read_again(name: str, listing: Listing, absolute: bool) -> None:
    written = FORMATS[name].write(listing, None if absolute else FOLDER)
    expected = as_m3u_holds(listing) if name == "m3u8" else listing
    assert FORMATS[name].read(written, FOLDER) == expected


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.binary(max_size=300))
def test_rubbish_is_read_or_refused_with_a_word(name: str, data: bytes) -> None:
    with suppress(TunelensError):
        FORMATS[name].read(data, FOLDER)


hostile = st.text(st.sampled_from('<>&;[]{}":/\\%#\0\n\t -.ab爱C'), max_size=60)


@example(uri="C:", base="", text="", folder=FOLDER)
@example(uri="a%00", base="urn:x", text="", folder=FOLDER)
@example(uri="//[", base="//[", text="", folder=FOLDER)
@given(uri=hostile, base=hostile, text=hostile, folder=st.sampled_from([FOLDER, r"C:\Lists"]))
def test_hostile_places_and_titles_are_only_text(uri: str, base: str, text: str, folder: str) -> None:
    from xml.sax.saxutils import escape, quoteattr

    clean = one_line(base) or ""
    body = f"<location>{escape(one_line(uri) or '')}</location><title>{escape(one_line(text) or '')}</title>"
    document = f'<playlist version="1" xmlns="{xspf.NAMESPACE}" xml:base={quoteattr(clean)}><trackList><track>{body}</track></trackList></playlist>'  # fmt: skip # noqa: E501
    (entry,) = xspf.read(document.encode(), folder).entries
    assert entry.title == one_line(text)
    again = xspf.read(xspf.write(Listing(entries=(entry,)), folder), folder)
    assert again.entries == (entry,) or ":" in uri + base  # which no name on Windows may hold
    assert m3u.read(f"#EXTINF:1,x\n{uri}".encode(), folder) if "\0" not in uri else True


@given(path=paths, folder=paths)
def test_a_relative_location_is_found_from_its_folder(path: str, folder: str) -> None:
    from tunelens.library.playlists.locations import base_of, from_uri, relative_uri

    assert from_uri(relative_uri(path, folder), base_of(folder)) == path
