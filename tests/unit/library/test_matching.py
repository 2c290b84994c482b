"""Matching: the same song under other names is found, and nothing else is."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from tunelens.library.identity import FileStamp
from tunelens.library.matching import ABSENT, AMBIGUOUS, match, matcher, plain_name, song_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Beyoncé", "BEYONCE"),
        ("Sigur Rós", "sigur ros"),
        ("Mötley Crüe", "Motley Crue"),
        ("Björk", "bjørk"),
        ("Don't Stop", "Don’t  Stop"),
        ("ＡＢＣ", "abc"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("Sunflower (feat. Swae Lee)", "Sunflower"),
        ("Lean On [featuring MØ]", "lean on"),
        ("Help! - 2009 Remaster", "Help"),
        ("Help! (Remastered 2009)", "help"),
        ("晴天（Remastered）", "晴天"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("Ångström", "angstrom"),
        ("Привет", "ПРИВЕТ"),
        ("周杰倫", "周杰伦"),
        ("かたかな", "カタカナ"),
    ],
)
def test_spellings_of_one_name_are_one(one, other):
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Blue", "Blues"),
        ("晴天", "稻香"),
        ("か", "が"),
        ("Blue (Live)", "Blue"),
        ("Blue (Acoustic)", "Blue (Live)"),
        ("÷", "×"),
        ("!!!", "???"),
        ("", "x"),
    ],
)
def test_other_names_are_others(one, other):
    assert plain_name(one) != plain_name(other)


def test_an_article_before_or_behind_does_not_count():
    assert song_key("The Beatles", "Help") == song_key("Beatles, The", "Help") == song_key("beatles", "help")


@pytest.fixture
def songs(library, make):
    named = {
        "blue": {"title": "Blue", "artist": "Ann", "album": "Sky", "duration_s": 200.0},
        "blue2": {"title": "Blue", "artist": "Ann", "album": "Best of", "duration_s": 230.0},
        "rain": {"title": "七里香", "artist": "周杰伦", "album": "七里香"},
        "duo": {"title": "Together", "artist": "Ann feat. Bob", "recording_mbid": "ABCD-1"},
        "02 - Cy - Untagged": {},
    }
    return {
        name: library.put(make(f"{name}.wav", hz=200 + 40 * i, **given))
        for i, (name, given) in enumerate(named.items())
    }


def test_a_path_that_is_there_is_the_track(library, songs):
    path = library.track(songs["blue"]).path
    assert match(library, path=path, title="Other") == songs["blue"]
    assert match(library, path=str(path)) == songs["blue"]


def test_the_identifier_of_the_recording_is_the_track(library, songs):
    found = matcher(library).find(mbid="abcd-1", title="Whatever", artist="Nobody")
    assert (found.id, found.how) == (songs["duo"], "mbid")


def test_names_find_the_track(library, songs):
    assert match(library, artist="周杰倫", title="七裡香") == songs["rain"], "traditional characters"
    assert match(library, artist="周杰伦", title="七里香") == songs["rain"]
    assert match(library, artist="ANN", title="together") == songs["duo"]
    assert match(library, artist="Ann & Bob", title="Together") == songs["duo"]
    assert match(library, artist="cy", title="UNTAGGED") == songs["02 - Cy - Untagged"]
    assert match(library, title="together") == songs["duo"], "the only one of this title"


def test_album_and_length_decide_between_several(library, songs):
    assert matcher(library).find(artist="Ann", title="Blue").how == AMBIGUOUS
    assert match(library, artist="Ann", title="Blue") is None
    assert match(library, artist="Ann", title="Blue", album="SKY") == songs["blue"]
    assert match(library, artist="Ann", title="Blue", duration_s=228.5) == songs["blue2"]
    assert match(library, artist="Ann", title="Blue", duration_s=100) is None


def test_another_artist_is_another_song(library, songs):
    assert matcher(library).find(artist="Bob", title="Blue").how == ABSENT
    assert match(library, artist="Ann", title="Bluest") is None
    assert match(library) is None
    assert match(library, title="", artist="", path="") is None


def test_copies_of_one_file_are_one_song(library, songs, make, tmp_path):
    analysis = make("blue.wav", hz=200, title="Only", artist="Ann")
    first = library.put(analysis)
    copy = tmp_path / "copy.wav"
    shutil.copy(analysis.path, copy)
    library.put(replace(analysis, path=copy, stamp=FileStamp.of(copy)))
    assert match(library, artist="Ann", title="Only") == first


def test_files_of_one_song_and_length_are_one_song(library, make):
    first = library.put(make("a.wav", title="Blue", artist="Ann", duration_s=200.0))
    library.put(make("a.flac.wav", hz=500, title="Blue", artist="ANN", duration_s=201.0))
    assert match(library, artist="Ann", title="Blue") == first
    library.put(make("b.wav", hz=600, title="Blue", artist="Bob", duration_s=200.5))
    assert match(library, title="Blue") is None, "a title alone is no song"
    assert match(library, artist="Ann", title="Blue") == first


def test_a_library_that_was_moved_is_known_by_the_end_of_the_paths(library, songs):
    path = library.track(songs["02 - Cy - Untagged"]).path
    elsewhere = "D:\\Musik\\" + "\\".join(path.parts[-3:])
    assert match(library, path=elsewhere) == songs["02 - Cy - Untagged"]
    assert match(library, path="/other/" + path.name) is None


def test_names_are_read_anew_after_a_change(library, songs, make):
    assert match(library, artist="New", title="Song") is None
    number = library.put(make("new.wav", title="Song", artist="New"))
    assert match(library, artist="New", title="Song") == number
    library.remove(number)
    assert match(library, artist="New", title="Song") is None


@pytest.mark.parametrize("hostile", ["\0", "\udce9" * 10, "(feat. " * 50_000, "a - " * 50_000, "х" * 10**6])
def test_hostile_names_are_only_names(library, songs, hostile):
    assert match(library, path=hostile, title=hostile, artist=hostile, album=hostile, mbid=hostile) is None
