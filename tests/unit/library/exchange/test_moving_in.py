"""Moving in: real libraries of beets, responses as Subsonic servers write them, folders."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.library.feedback import Feedback
from tunelens.library.playlists.store import Item, Playlists
from tunelens.library.rows import IMPORTED
from tunelens.services.exchange import from_beets, from_folders, from_subsonic

PLAYED = 1_700_000_000


@pytest.fixture
def songs(library, make):
    named = {"blue": ("Blue", "Ann"), "rain": ("七里香", "周杰伦"), "bare": (None, None)}
    return {
        name: library.put(make(f"{name}.wav", hz=200 + 50 * i, title=title, artist=artist))
        for i, (name, (title, artist)) in enumerate(named.items())
    }


@pytest.fixture
def beets_library(library, songs, tmp_path):
    """A library file that the real beets wrote."""
    beets = pytest.importorskip("beets.library")
    path = tmp_path / "beets.db"
    folder = library.track(songs["blue"]).path.parent
    made = beets.Library(str(path), str(folder))
    items = {
        "blue": {"title": "Blue", "artist": "Ann", "genres": ["Jazz", "Vocal Jazz"], "rating": 0.8,
                 "play_count": 7, "skip_count": 2, "last_played": PLAYED},
        "rain": {"title": "七里香", "artist": "周杰伦", "genres": ["国语流行"]},
        "other": {"title": "Not here", "artist": "Nobody", "genres": ["Rock"], "rating": 0.2},
    }  # fmt: skip
    for name, fields in items.items():
        with made.transaction():
            made.add(beets.Item(path=os.fsencode(folder / f"{name}.wav"), length=1.0, **fields))
    made._close()
    return path, folder


def heard(library, number):
    return [tag.tag for tag in library.track(number).tags if tag.model.startswith(IMPORTED)]


def test_beets(library, songs, beets_library):
    path, folder = beets_library
    report = from_beets(library, path, directory=folder)
    assert (report.found, report.matched, report.unmatched, report.genres_new) == (3, 2, 1, 2)
    assert heard(library, songs["blue"]) == ["Jazz", "Vocal Jazz"]
    assert library.count("genre:jazz") == 1
    assert library.count("genre:国语流行") == 1
    done = {(one.kind, one.value, one.at) for one in Feedback(library).events(track_id=songs["blue"])}
    assert done == {("rating", 4.0, 0), ("play", 7.0, PLAYED), ("skip", 2.0, 0)}
    waiting = [one for one in Feedback(library).events() if one.track_id is None]
    assert [(one.title, one.value) for one in waiting] == [("Not here", 1.0)]


def test_beets_again_changes_nothing(library, songs, beets_library):
    path, folder = beets_library
    from_beets(library, path, directory=folder)
    before = library.revision()
    report = from_beets(library, path, directory=folder)
    assert (report.genres_new, report.genres_known) == (0, 2)
    assert (report.events.new, report.events.known) == (0, 4)
    assert library.revision() == before


def test_beets_by_its_configuration(library, songs, beets_library, tmp_path):
    path, folder = beets_library
    config = tmp_path / "config.yaml"
    config.write_text(f"plugins: [mpdstats]\nlibrary: {path}\ndirectory: '{folder}'\n", encoding="utf-8")
    assert from_beets(library, config).matched == 2
    config.write_text("library: absent.db\n", encoding="utf-8")
    with pytest.raises(NotFoundError, match="names the library"):
        from_beets(library, config)


def test_beets_without_its_folder_goes_by_names(library, songs, beets_library):
    assert from_beets(library, beets_library[0]).matched == 2


def test_a_dry_run_keeps_nothing(library, songs, beets_library):
    before = library.revision()
    report = from_beets(library, beets_library[0], dry_run=True)
    assert (report.matched, report.genres_new, report.events.new) == (2, 2, 4)
    assert (heard(library, songs["blue"]), Feedback(library).counts(), library.revision()) == ([], {}, before)


def test_what_was_heard_stays_and_hearing_again_leaves_what_was_told(library, make, songs, beets_library):
    analysis = make("blue.wav", title="Blue", artist="Ann", genre="Pop", tags={"rock": 0.6})
    library.put(analysis)
    from_beets(library, beets_library[0])
    track = library.track(songs["blue"])
    assert track.genre == "Pop"
    assert {tag.tag for tag in track.tags if not tag.model.startswith(IMPORTED)} == {"rock"}
    assert library.get(songs["blue"]).to_dict() == analysis.to_dict()
    library.put(replace(analysis, taggings=()))
    assert heard(library, songs["blue"]) == ["Jazz", "Vocal Jazz"]
    assert library.count('"vocal jazz"') == 1, "full text knows it still"


def test_an_older_library_of_beets(library, songs, tmp_path):
    path = tmp_path / "old.db"
    place = os.fsencode(library.track(songs["blue"]).path)
    with closing(sqlite3.connect(path)) as made:
        made.execute(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, path BLOB, title TEXT, genre TEXT, length REAL)"
        )
        made.execute("INSERT INTO items VALUES (1, ?, 'x', 'Jazz; Swing', 1)", (place,))
        made.execute("INSERT INTO items VALUES (2, NULL, NULL, NULL, 'rubbish')")
        made.commit()
    report = from_beets(library, path)
    assert (report.matched, dict(report.dropped)) == (1, {"neither a path nor a title": 1})
    assert heard(library, songs["blue"]) == ["Jazz", "Swing"]


@pytest.mark.parametrize(("largest", "stars"), [("1.0", 5.0), ("5", 5.0), ("10", 5.0), ("100", 5.0)])
def test_ratings_of_any_scale(library, songs, tmp_path, largest, stars):
    path = tmp_path / "b.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, path BLOB, title TEXT, artist TEXT)")
        made.execute(
            "CREATE TABLE item_attributes (id INTEGER PRIMARY KEY, entity_id INTEGER, key TEXT, value TEXT)"
        )
        made.execute("INSERT INTO items VALUES (1, '', 'Blue', 'Ann')")
        made.execute("INSERT INTO item_attributes VALUES (1, 1, 'rating', ?)", (largest,))
        made.commit()
    from_beets(library, path)
    assert [one.value for one in Feedback(library).events()] == [stars]


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE other (a)",
        "CREATE TABLE items (id INTEGER PRIMARY KEY)",
        "CREATE VIEW items AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) "
        "SELECT id, 'a' AS path, 'b' AS title FROM n",
    ],
)
def test_other_databases_are_told(library, songs, tmp_path, script):
    path = tmp_path / "b.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute(script)
        made.commit()
    with pytest.raises(DataError, match="no library of beets"):
        from_beets(library, path)
    with pytest.raises(DataError, match="no library of beets"):
        from_beets(library, library.path)


def test_files_that_are_no_library_of_beets_are_told(library, tmp_path):
    with pytest.raises(NotFoundError):
        from_beets(library, tmp_path / "absent.db")
    for content in (b"", b"text", b"SQLite format 3\0" + b"x" * 5000):
        (tmp_path / "x.db").write_bytes(content)
        with pytest.raises(DataError):
            from_beets(library, tmp_path / "x.db")


SONGS = {
    "blue": {
        "id": "s1", "title": "Blue", "artist": "Ann", "album": "Sky", "duration": 1,
        "path": "Ann/Sky/01 - Blue.wav",
        "genre": "Jazz", "genres": [{"name": "Jazz"}, {"name": "Vocal"}], "userRating": 4, "playCount": 12,
        "played": "2023-11-14T22:13:20.123Z", "starred": "2023-11-14T22:13:20Z",
        "musicBrainzId": "", "bpm": 90,
    },
    "rain": {"id": "s2", "title": "七里香", "artist": "周杰伦", "isDir": False, "playCount": 0,
             "userRating": 0},
    "absent": {"id": "s3", "title": "Away", "artist": "Nobody", "userRating": 5},
}  # fmt: skip


def response(**content):
    head = {
        "status": "ok",
        "version": "1.16.1",
        "type": "navidrome",
        "serverVersion": "0.52",
        "openSubsonic": True,
    }
    return {"subsonic-response": {**head, **content}}


def as_xml(document: dict) -> str:
    def element(name: str, value: dict) -> ET.Element:
        plain = {
            k: str(v).lower() if isinstance(v, bool) else str(v)
            for k, v in value.items()
            if not isinstance(v, (dict, list))
        }
        made = ET.Element(name, plain)
        for key, inner in value.items():
            for one in inner if isinstance(inner, list) else [inner] if isinstance(inner, dict) else ():
                made.append(element(key, one))
        return made

    root = element("subsonic-response", document["subsonic-response"])
    root.set("xmlns", "http://subsonic.org/restapi")
    return ET.tostring(root, encoding="unicode")


STARRED = response(starred2={"song": [SONGS["blue"]], "artist": [], "album": [{"id": "a", "name": "Sky"}]})
LIST = response(
    playlist={
        "id": "p1",
        "name": "夜 night",
        "comment": "late",
        "songCount": 3,
        "entry": [SONGS["rain"], SONGS["absent"], SONGS["blue"]],
    }
)
LISTS = response(playlists={"playlist": [{"id": "p1", "name": "夜 night", "songCount": 3}]})


@pytest.mark.parametrize("write", [json.dumps, as_xml], ids=["json", "xml"])
def test_subsonic(library, songs, tmp_path, write):
    folder = tmp_path / "answers"
    folder.mkdir()
    suffix = "json" if write is json.dumps else "xml"
    for i, document in enumerate((STARRED, LIST, LISTS)):
        (folder / f"{i}.{suffix}").write_text(write(document), encoding="utf-8")
    report = from_subsonic(library, [folder])
    assert (report.found, report.matched, report.unmatched) == (3, 2, 1), "a song that is told twice is one"
    done = {(one.kind, one.value, one.at) for one in Feedback(library).events(track_id=songs["blue"])}
    assert done == {("like", None, PLAYED), ("rating", 4.0, 0), ("play", 12.0, PLAYED)}
    assert heard(library, songs["blue"]) == ["Jazz", "Vocal"]
    assert Feedback(library).events(track_id=songs["rain"]) == [], "0 is no rating and no play"
    (moved,) = report.playlists
    assert (moved.name, moved.n_items, moved.n_matched, moved.state) == ("夜 night", 3, 2, "new")
    items = Playlists(library).items("夜 night")
    assert [item.track and item.track.id for item in items] == [songs["rain"], None, songs["blue"]]
    again = from_subsonic(library, [folder])
    assert (again.events.new, again.genres_new, again.playlists[0].state) == (0, 0, "known")


def test_a_list_of_responses_in_one_file(library, songs, tmp_path):
    path = tmp_path / "all.json"
    path.write_text(json.dumps([STARRED, LIST]), encoding="utf-8")
    assert from_subsonic(library, [path]).matched == 2


def test_two_songs_that_mean_one_track_leave_it_what_the_first_says(library, songs, tmp_path):
    blue = {"title": "Blue", "artist": "Ann"}
    more = [{"id": "1", **blue, "genre": "Jazz"}, {"id": "2", **blue}, {"id": "3", **blue, "genre": "Pop"}]
    path = tmp_path / "songs.json"
    path.write_text(json.dumps(response(search3={"song": more})))
    assert from_subsonic(library, [path]).genres_new == 1
    assert heard(library, songs["blue"]) == ["Jazz"]
    assert from_subsonic(library, [path]).genres_new == 0


def test_a_playlist_of_the_person_is_not_overwritten(library, songs, tmp_path):
    Playlists(library).create("夜 night", [Item.of(library.track(songs["bare"]))])
    path = tmp_path / "list.json"
    path.write_text(json.dumps(LIST), encoding="utf-8")
    assert [one.name for one in from_subsonic(library, [path]).playlists] == ["夜 night (subsonic)"]
    shorter = response(playlist={"id": "p1", "name": "夜 night", "entry": SONGS["blue"]})
    path.write_text(json.dumps(shorter), encoding="utf-8")
    (moved,) = from_subsonic(library, [path]).playlists
    assert (moved.name, moved.state) == ("夜 night (subsonic)", "changed")
    assert (
        len(Playlists(library).items("夜 night")) == len(Playlists(library).items("夜 night (subsonic)")) == 1
    )


def test_a_playlist_that_cannot_be_kept_does_not_stop_the_rest(library, songs, tmp_path):
    path = tmp_path / "lists.json"
    lists = [
        {"id": "1", "name": "\x01", "entry": []},
        {"id": "2", "name": "long", "comment": "x" * 20_000, "entry": []},
        {"id": "3", "name": "good", "entry": [SONGS["blue"]]},
    ]
    path.write_text(json.dumps(response(playlists={"playlist": lists})), encoding="utf-8")
    report = from_subsonic(library, [path])
    assert [one.name for one in report.playlists] == ["good"]
    assert sum(report.dropped.values()) == 2


def test_two_playlists_of_one_name_stay_two(library, songs, tmp_path):
    path = tmp_path / "lists.json"
    lists = [{"id": str(i), "name": "x", "entry": [song]} for i, song in enumerate(SONGS.values())]
    path.write_text(json.dumps(response(playlists={"playlist": lists})), encoding="utf-8")
    for state in ("new", "known"):
        moved = from_subsonic(library, [path]).playlists
        assert [one.name for one in moved] == ["x", "x (subsonic)", "x (subsonic 2)"]
        assert {one.state for one in moved} == {state}


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "[1]", '{"subsonic-response": 5}', "<a/>", "<a", "[" * 99_999,
        '{"subsonic-response": {"status": "failed", "error": {"code": 40, "message": "Wrong password"}}}',
        '<!DOCTYPE x [<!ENTITY a "aaa">]><subsonic-response>&a;</subsonic-response>',
        "<subsonic-response>" + "<a>" * 999,
    ],
    ids=range(11),
)  # fmt: skip
def test_answers_that_are_none_are_told(library, tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        from_subsonic(library, [path])


@pytest.mark.parametrize(
    "song",
    [
        {"id": 1}, {"title": ["a"]},
        {"title": "\ud800", "userRating": "x", "playCount": -5, "duration": "NaN"},
        {"title": "a", "genres": 5, "playCount": 1e300, "userRating": 99},
        {"title": "a" * 99_999, "artist": {"x": 1}, "genres": [{"name": "g" * 9999}] * 999},
    ],
    ids=range(5),
)  # fmt: skip
def test_hostile_songs_are_only_songs(library, songs, tmp_path, song):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(response(starred2={"song": song})), encoding="utf-8")
    report = from_subsonic(library, [path])
    assert report.found == 1 and report.matched == 0
    assert Feedback(library).counts() == {}


def test_folders_tell_what_the_file_does_not(library, make, tmp_path):
    analysis = make("Jazz/Nina Simone/Pastel Blues/01.wav")
    number = library.put(analysis)
    named = library.put(make("中文/周杰伦/七里香/02.wav", hz=300, artist="Jay", title="x"))
    root = analysis.path.parents[3]
    before = library.get(number).to_dict()
    report = from_folders(library, root)
    assert (report.found, report.matched, report.genres_new, report.fields_filled) == (2, 2, 2, 2)
    track = library.track(number)
    assert (track.artist, track.album, heard(library, number)) == ("Nina Simone", "Pastel Blues", ["Jazz"])
    assert (library.track(named).artist, library.track(named).album) == ("Jay", "七里香")
    assert library.count("genre:jazz artist:simone") == 1
    assert library.get(number).to_dict() == before, "the analysis is as it was"
    assert from_folders(library, root).fields_filled == 0
    library.put(analysis)
    assert library.track(number).artist == "Nina Simone", "heard again, it is the same file"
    assert library.count("simone") == 1
    library.put(make("Jazz/Nina Simone/Pastel Blues/01.wav", hz=777))
    assert library.track(number).artist is None, "another file is another song"


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("{artist} - {album}/{ignore} - {title}", "Ann - Sky/01 - Blue.wav", ("Ann", "Sky", "Blue", [])),
        ("{genre}", "Rock/deeper/and/deeper.wav", (None, None, None, ["Rock"])),
        ("{ignore}/{artist} ({genre})", "x/Ann (Pop)/a.wav", ("Ann", None, None, ["Pop"])),
    ],
)
def test_patterns(library, make, pattern, name, expected):
    analysis = make(name)
    number = library.put(analysis)
    root = analysis.path.parents[len(Path(name).parts) - 1]
    from_folders(library, root, pattern=pattern)
    track = library.track(number)
    assert (track.artist, track.album, track.title, heard(library, number)) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "/",
        "{gnre}",
        "{genre",
        "{artist}{album}",
        "{title}/{artist}",
        "{artist}/{artist} - {artist}",
        "x" * 999,
    ],
)
def test_patterns_that_are_none_are_told(library, make, pattern):
    analysis = make("a/b/c.wav")
    library.put(analysis)
    with pytest.raises(ParameterError):
        list_ = from_folders(library, analysis.path.parents[2], pattern=pattern)
        assert not list_


def test_a_folder_without_tracks_is_told(library, tmp_path):
    with pytest.raises(NotFoundError, match="no track"):
        from_folders(library, tmp_path)


def test_a_folder_that_is_not_as_the_pattern_says_is_told(library, make):
    analysis = make("a/b.wav")
    library.put(analysis)
    report = from_folders(library, analysis.path.parents[1])
    assert dict(report.dropped) == {"not in folders as the pattern says": 1}
