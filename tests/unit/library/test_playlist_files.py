"""Playlist files as other programs write them, and as the specifications ask for them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.library.playlists import jspf, m3u, xspf
from tunelens.library.playlists.entry import Entry, Listing
from tunelens.library.playlists.files import MOST_BYTES, read_file, write_file

HOME = "/home/me/lists"
SONG = Entry("/home/me/Music/100% 爱 #1?.mp3", "晴天 & <Sun>", "周杰伦", "叶惠美", 269.4)


def locations(listing: Listing) -> list[str | None]:
    return [entry.location for entry in listing.entries]


def test_m3u8_is_written_as_players_expect() -> None:
    text = m3u.write(Listing("夜", entries=(SONG,)), HOME).decode()
    assert text.splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:夜",
        "#EXTINF:269,周杰伦 - 晴天 & <Sun>",
        "#EXTALB:叶惠美",
        "../Music/100% 爱 #1?.mp3",
    ]


@pytest.mark.parametrize(
    ("entry", "lines"),
    [
        (Entry("/a.mp3"), ["#EXTINF:-1,"]),
        (Entry("/a.mp3", "Café - live"), ["#EXTINF:-1,Café - live", "#EXTART:"]),
        (Entry("/a.mp3", "B - C", "A - X"), ["#EXTINF:-1,A - X - B - C", "#EXTART:A - X"]),
    ],
)
def test_m3u8_tells_artist_from_title(entry: Entry, lines: list[str]) -> None:
    written = m3u.write(Listing(entries=(entry,)), None)
    assert written.decode().splitlines()[1:-1] == lines
    assert m3u.read(written, HOME).entries == (entry,)


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ("#EXTINF:1,Björk - Jóga\na.mp3".encode("latin-1"), "Jóga"),
        ("#EXTINF:1,Björk - Jóga\na.mp3".encode("utf-8-sig"), "Jóga"),
        ("#EXTINF:1,Björk - Jóga\r\na.mp3\r\n".encode("utf-16"), "Jóga"),
        ("#EXTENC: GB18030\n#EXTINF:1,周杰伦 - 晴天\na.mp3".encode("gb18030"), "晴天"),
        ("#EXTINF:1,Björk - “Jóga”\ra.mp3".encode("cp1252"), "“Jóga”"),
        ("#EXTINF:1,周杰伦 - 两只老虎\r\na.mp3".encode("gb2312"), "两只老虎"),
    ],
)
def test_m3u_is_read_in_the_encodings_it_comes_in(data: bytes, title: str) -> None:
    (entry,) = m3u.read(data, HOME).entries
    assert (entry.title, entry.location) == (title, "/home/me/lists/a.mp3")


def test_a_named_encoding_is_taken() -> None:
    data = "#EXTINF:1,周杰伦 - 晴天\n稻香.mp3".encode("gb18030")
    assert m3u.read(data, HOME, "gb18030").entries[0].location == "/home/me/lists/稻香.mp3"
    with pytest.raises(DataError, match="not written in ascii"):
        m3u.read(data, HOME, "ascii")
    with pytest.raises(ParameterError, match="unknown encoding 'klingon'"):
        m3u.read(data, HOME, "klingon")


@pytest.mark.parametrize(
    ("line", "location"),
    [
        ("song.mp3", "/home/me/lists/song.mp3"),
        ("../Music/./x/../song.mp3", "/home/me/Music/song.mp3"),
        (r"..\Music\song.mp3", "/home/me/Music/song.mp3"),
        (r"C:\Music\Pop\song.mp3", r"C:\Music\Pop\song.mp3"),
        ("C:/Music/song.mp3", r"C:\Music\song.mp3"),
        (r"\\nas\music\song.mp3", r"\\nas\music\song.mp3"),
        ("file:///home/me/a%20b.mp3", "/home/me/a b.mp3"),
        ("file://localhost/home/me/a.mp3", "/home/me/a.mp3"),
        ("file:///C:/Music/a%20b.mp3", r"C:\Music\a b.mp3"),
        ("file://nas/music/a.mp3", r"\\nas\music\a.mp3"),
        ("http://radio.example/live?x=1&y=2", "http://radio.example/live?x=1&y=2"),
        ("Track: one.mp3", "/home/me/lists/Track: one.mp3"),
        ("../../../../../../etc/passwd", "/etc/passwd"),
    ],
)
def test_lines_of_m3u_point_where_they_should(line: str, location: str) -> None:
    assert locations(m3u.read(f"#EXTM3U\n{line}\n".encode(), HOME)) == [location]


def test_a_windows_playlist_is_read_on_windows() -> None:
    folder = r"D:\Lists"
    listing = m3u.read(b"..\\Music\\a.mp3\nC:\\b.mp3\n", folder)
    assert locations(listing) == [r"D:\Music\a.mp3", r"C:\b.mp3"]
    assert m3u.write(listing, folder).decode().splitlines()[2::2] == ["../Music/a.mp3", r"C:\b.mp3"]
    assert locations(xspf.read(xspf.write(listing, folder), folder)) == locations(listing)


@pytest.mark.parametrize("path", ["/A:", "/m/C:/a.mp3", "/m/a: b.mp3", r"/m/a\b.mp3", "/m/ a ", "/m/%41.mp3"])
def test_names_that_look_like_something_else_stay_names(path: str) -> None:
    for module in (m3u, xspf, jspf):
        for folder in (None, "/", "/m"):
            written = module.write(Listing(entries=(Entry(path),)), folder)
            assert locations(module.read(written, folder or "/")) == [path]


def test_a_stream_index_and_a_binary_file_are_refused() -> None:
    with pytest.raises(DataError, match="index of a stream"):
        m3u.read(b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:9.0,\na.ts\n", HOME)
    with pytest.raises(DataError, match="NUL"):
        m3u.read(b"ID3\x04\0\0\0", HOME)


SCHEMA = {
    "playlist": (
        {"title", "creator", "annotation", "info", "location", "identifier", "image", "date", "license",
         "attribution", "trackList"},
        {"link", "meta", "extension"},
    ),
    "trackList": (set(), {"track"}),
    "track": (
        {"title", "creator", "annotation", "info", "image", "album", "trackNum", "duration"},
        {"location", "identifier", "link", "meta", "extension"},
    ),
}  # fmt: skip
"""XSPF-1 (xspf.org/spec): what each element may hold once, and what many times."""


def check_against_the_specification(element: ET.Element) -> None:
    name = element.tag.removeprefix(f"{{{xspf.NAMESPACE}}}")
    if name not in SCHEMA:
        assert not len(element), f"{name} holds no elements"
        return
    once, many = SCHEMA[name]
    children = [child.tag.removeprefix(f"{{{xspf.NAMESPACE}}}") for child in element]
    assert set(children) <= once | many
    assert all(children.count(child) == 1 for child in set(children) & once)
    assert not (element.text or "").strip()
    for child in element:
        check_against_the_specification(child)


def test_xspf_follows_the_specification() -> None:
    known = Entry("/m/a.mp3", sha256="7f" * 32, mbid="f18bca4a-0b22-4b1f-9d6f-7f5a4b7b6d4c", duration_s=1.5)
    data = xspf.write(Listing("Ça & là", "for <you>", (SONG, known, Entry())), HOME)
    root = ET.fromstring(data)
    assert root.tag == f"{{{xspf.NAMESPACE}}}playlist"
    assert root.attrib == {"version": "1"}
    check_against_the_specification(root)
    spaces = {"x": xspf.NAMESPACE}
    assert [e.text for e in root.iterfind(".//x:duration", spaces)] == ["269400", "1500"]
    uris = [e.text or "" for e in root.iterfind(".//x:location", spaces)]
    assert uris == ["../Music/100%25%20%E7%88%B1%20%231%3F.mp3", "../../../m/a.mp3"]
    assert [(e.text or "")[:30] for e in root.iterfind(".//x:identifier", spaces)] == [
        "https://musicbrainz.org/record",
        "ni:///sha-256;f39_f39_f39_f39_",
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            '<x:playlist version="1" xmlns:x="http://xspf.org/ns/0/"><x:trackList><x:track>'
            "<x:location> a.mp3 </x:location></x:track></x:trackList></x:playlist>",
            "/home/me/lists/a.mp3",
        ),
        (
            '<playlist version="1" xmlns="http://xspf.org/ns/0/" xml:base="../Music/">'
            '<trackList xml:base="Pop/"><track><title>t</title><location>a.mp3</location></track></trackList>'
            "<title>after</title></playlist>",
            "/home/me/Music/Pop/a.mp3",
        ),
        (
            '<playlist version="1" xmlns="http://xspf.org/ns/0/" xml:base="http://example.org/m/"><trackList>'
            "<track><location>a b.mp3</location></track></trackList></playlist>",
            "http://example.org/m/a%20b.mp3",
        ),
        (
            '<playlist version="0" xmlns="http://xspf.org/ns/0/"><trackList><track><location>file:///m/%E7%88%B1.mp3'
            '</location><extension application="http://e.org"><location xmlns="http://e.org">no</location>'
            "</extension></track></trackList></playlist>",
            "/m/爱.mp3",
        ),
    ],
)
def test_documents_as_the_specification_allows_them_are_read(document: str, expected: str) -> None:
    assert locations(xspf.read(document.encode(), HOME)) == [expected]


LAUGHS = """<!DOCTYPE playlist [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>&b;</title><trackList/></playlist>"""
OUTSIDE = """<!DOCTYPE playlist SYSTEM "file:///etc/passwd">
<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList/></playlist>"""
DEEP = f'<playlist version="1" xmlns="http://xspf.org/ns/0/">{"<a>" * 90_000}'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (LAUGHS, "DOCTYPE"),
        (OUTSIDE, "DOCTYPE"),
        (DEEP, "nested more than"),
        ("<playlist>", "not well-formed"),
        ("<rss/>", "the root is 'rss'"),
        ('<?xml version="1.0" encoding="klingon"?><playlist/>', "not well-formed"),
        ("", "not well-formed"),
    ],
)
def test_hostile_xml_is_refused(data: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        xspf.read(data.encode(), HOME)


def test_jspf_of_listenbrainz_is_read() -> None:
    track = {
        "title": "Jóga",
        "creator": "Björk",
        "duration": 305_000,
        "identifier": ["https://musicbrainz.org/recording/F18BCA4A-0b22-4b1f-9d6f-7f5a4b7b6d4c"],
        "extension": {"https://musicbrainz.org/doc/jspf#track": {"added_by": "x"}},
    }
    data = json.dumps({"playlist": {"title": "Weekly", "track": [track, {"title": "\ud800"}, 7, {}]}})
    listing = jspf.read(data.encode(), HOME)
    assert listing.title == "Weekly"
    assert listing.entries[0] == Entry(
        None, "Jóga", "Björk", duration_s=305.0, mbid="f18bca4a-0b22-4b1f-9d6f-7f5a4b7b6d4c"
    )
    assert [entry.title for entry in listing.entries[1:]] == ["\N{REPLACEMENT CHARACTER}", None]


@pytest.mark.parametrize(
    "data",
    [
        "[" * 100_000,
        "{}",
        '{"playlist": []}',
        '{"playlist": {"track": {}}}',
        "nonsense",
        '{"playlist":',
        "NaN",
    ],
)
def test_other_json_is_refused(data: str) -> None:
    with pytest.raises(DataError):
        jspf.read(data.encode(), HOME)


@pytest.mark.parametrize("duration", ["-5", "Infinity", "1e400", '"x"', "null", "1e30", "[]"])
def test_lengths_that_are_none_are_unknown(duration: str) -> None:
    data = f'{{"playlist": {{"track": [{{"location": "a.mp3", "duration": {duration}}}]}}}}'
    assert jspf.read(data.encode(), HOME).entries[0].duration_s is None


def test_files_are_chosen_by_suffix_and_bounded(tmp_path: Path) -> None:
    listing = Listing("x", entries=(Entry(str(tmp_path / "a.mp3")),))
    for suffix in (".m3u8", ".XSPF", ".jspf"):
        path = write_file(listing, tmp_path / f"list{suffix}")
        assert read_file(path) == listing
    with pytest.raises(ParameterError, match="exists"):
        write_file(listing, tmp_path / "list.m3u8")
    with pytest.raises(ParameterError, match=r"'\.m3u'; \.m3u8, \.xspf, \.jspf are written"):
        write_file(listing, tmp_path / "list.m3u")
    with pytest.raises(NotFoundError):
        read_file(tmp_path / "none.xspf")
    (tmp_path / "large.m3u").write_bytes(b"a" * (MOST_BYTES + 1))
    with pytest.raises(DataError, match="larger than 32 MiB"):
        read_file(tmp_path / "large.m3u")
    with pytest.raises(DataError, match="not a file"):
        (tmp_path / "folder.m3u").mkdir()
        read_file(tmp_path / "folder.m3u")


def test_absolute_paths_stay_when_the_file_moves(tmp_path: Path) -> None:
    song = str(tmp_path / "music" / "a.mp3")
    for suffix in (".m3u8", ".xspf", ".jspf"):
        path = write_file(Listing(entries=(Entry(song),)), tmp_path / f"a{suffix}", absolute=True)
        moved = path.rename(tmp_path.parent / f"{tmp_path.name}{suffix}")
        assert locations(read_file(moved)) == [song]


def test_too_many_entries_are_refused() -> None:
    with pytest.raises(DataError, match="more than 100000 entries"):
        m3u.read(b"a\n" * 100_001, HOME)
