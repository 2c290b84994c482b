"""Shelves: every track stands in one album, and names are found however they are written."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from tunelens.library.schema import tracks
from tunelens.library.shelves import NO_ALBUM, NO_ARTIST, Shelves, shelves
from tunelens.library.store import Library

NAMES = st.sampled_from(
    [None, "", "周杰伦", "周杰倫", "Björk", "bjork", "A\0B", "<b>", "十一月的萧邦", "Live"]
)
SONGS = st.lists(st.tuples(NAMES, NAMES, NAMES, st.sampled_from([None, 1959, 2005])), max_size=12)


def put(songs: list[tuple], library: Library) -> Shelves:
    common = {"size_bytes": 1, "mtime_ns": 1, "sha256": "0", "analyzed_at": "", "versions": "{}"}
    names = ("artist", "album_artist", "album", "year")
    rows = [
        {**common, "path": f"/m/{i:03}", "duration_s": 2.0, **dict(zip(names, song, strict=True))}
        for i, song in enumerate(songs)
    ]
    with library.database.write() as connection:
        if rows:
            connection.execute(insert(tracks), rows)
    return shelves(library)


@settings(max_examples=40, deadline=None)
@given(SONGS)
def test_every_track_stands_in_one_album_of_one_artist(songs: list[tuple]) -> None:
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
        found = put(songs, library)
        standing = [number for album in found.albums.values() for number in album.tracks]
        assert sorted(standing) == [track.id for track in library.tracks()]
        assert found.album_of == {n: album for album in found.albums.values() for n in album.tracks}
        shown = [album.id for artist in found.artists.values() for album in artist.albums]
        assert Counter(shown) == Counter(list(found.albums))
        names = {(artist.name, album.title) for artist in found.artists.values() for album in artist.albums}
        assert names == {(b or a or NO_ARTIST, c or NO_ALBUM) for a, b, c, _ in songs}
        for album in found.albums.values():
            assert album.duration_s == 2.0 * len(album.tracks)


def test_ids_are_made_of_names_alone(library: Library) -> None:
    first = put([("周杰伦", None, "十一月的萧邦", 2005)], library)
    again = put([], library)
    assert list(first.albums) == list(again.albums)
    (artist,) = first.artists.values()
    (album,) = artist.albums
    assert album.artist_id == artist.id != album.id
    assert album.year == 2005


def test_names_are_found_in_any_writing(library: Library) -> None:
    found = put([("周杰倫", None, "十一月的蕭邦", None), ("Björk", None, "Vespertine", 2001)], library)
    assert [one.name for one in found.artists_named(["周杰伦"])] == ["周杰倫"]
    assert [one.title for one in found.albums_named(["萧邦"])] == ["十一月的蕭邦"]
    assert [one.title for one in found.albums_named(["BJORK", "vesper"])] == ["Vespertine"]
    assert found.artists_named(["周杰伦", "bjork"]) == []
    assert len(found.artists_named([])) == 2
