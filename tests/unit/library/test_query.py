"""The filter language on a small library whose answers are known by hand."""

from __future__ import annotations

import pytest

from tunelens.base.errors import ParameterError
from tunelens.library.query import MOST_TERMS, Every, Term, Without, parse
from tunelens.library.store import Library


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, make_once):
    """Four tracks, which no test changes."""
    with Library.open(tmp_path_factory.mktemp("library") / "music.db") as library:
        yield filled(library, make_once)


def filled(library, make):
    library.put(
        make("jazz.wav", title="Blue Moon", artist="Ann Lee", year=1999, tempo=96.0, key="A minor",
             energy=0.2, duration_s=210.0, tags={"jazz": 0.7, "sad": 0.4, "rock": 0.1, "happy": 0.05})
    )  # fmt: skip
    library.put(
        make("rock.wav", title="100% Moon_light", artist="The 中文 Band", year=2005, tempo=140.0,
             key="C major", energy=0.9, duration_s=180.0,
             tags={"rock": 0.8, "happy": 0.5, "female vocalists": 0.3, "sad": 0.1})
    )  # fmt: skip
    library.put(
        make("hop.wav", title='say "hi"', album="Beats", tempo=90.4, key="C# major", energy=0.5,
             tags={"Hip-Hop": 0.2, "jazz": 0.1, "rock": 0.05, "sad": 0.04})
    )  # fmt: skip
    library.put(make("bare.wav", genre="Acid Jazz", tempo=None))
    return library


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("", "bare hop jazz rock"),
        ("moon", "jazz rock"),
        ('"blue moon"', "jazz"),
        ("moon blue", "jazz"),
        ("-moon", "bare hop"),
        ("100%", "rock"),
        ("moon_", "jazz rock"),
        ("moo", "jazz rock"),
        ('"moo"', ""),
        ("oon", ""),
        ("ＭＯＯＮ", "jazz rock"),
        ("mo\u00f6n", "jazz rock"),
        ("文", "rock"),
        ("acid", "bare"),
        ("female", "rock"),
        ("moon (ann | band)", "jazz rock"),
        ("moon ann | beats", "hop jazz"),
        ("moon (ann OR beats)", "jazz"),
        ("moon AND NOT ann", "rock"),
        ("-(moon | beats)", "bare"),
        ("-(moon ann)", "bare hop rock"),
        ("ann|beats|nobody", "hop jazz"),
        ("--moon", "jazz rock"),
        ("moon｜beats", "hop jazz rock"),
        ("（moon）", "jazz rock"),
        ("“blue moon”", "jazz"),
        ("title：moon", "jazz rock"),
        ("Ann Lee – Blue Moon", "jazz"),
        ("中文", "rock"),
        ('title:"say \\"hi\\""', "hop"),
        ("TITLE:BLUE", "jazz"),
        ("album:beats", "hop"),
        ("title:=moon", ""),
        ('title:="Blue MOON"', "jazz"),
        ("artist:ann|中文", "jazz rock"),
        ("title:blue|album:beats", "hop jazz"),
        ("path:hop.wav", "hop"),
        ("tempo:90..100", "hop jazz"),
        ("tempo:96", "jazz"),
        ("tempo:90", "hop"),
        ("tempo:90.0", ""),
        ("tempo:100..", "rock"),
        ("tempo:..100", "hop jazz"),
        ("-tempo:90..100", "bare rock"),
        ("energy:<0.4 -bare", "jazz"),
        ("energy:<=0.5 energy:>=0.5 -bare", "hop"),
        ("year:>=2000", "rock"),
        ("year:=1999", "jazz"),
        ("year:1990s", "jazz"),
        ("year>=2000", "rock"),
        ("bpm:96", "jazz"),
        ("tempo:９６", "jazz"),
        ("has:year", "jazz rock"),
        ("missing:year", "bare hop"),
        ("missing:genre", ""),
        ("missing:mood", "bare hop"),
        ("missing:bpm", "bare"),
        ("has:title|album", "hop jazz rock"),
        ("added:1d", "bare hop jazz rock"),
        ("added:<1d", ""),
        ("added:2020..2021-06", ""),
        ("duration:3:00..3:30", "jazz rock"),
        ("duration:>3:00", "jazz"),
        ("loudness:<-1", "bare hop jazz rock"),
        ("key:Am", "jazz"),
        ('key:"a minor"', "jazz"),
        ("key:8A", "jazz"),
        ("key:8b", "rock"),
        ("key:C", "rock"),
        ("key:Db", "hop"),
        ("key:C#", "hop"),
        ("mode:minor", "jazz"),
        ("genre:jazz", "bare hop jazz"),
        ("genre:=jazz", "hop jazz"),
        ("-genre:=jazz", "bare rock"),
        ('genre:="acid jazz"', "bare"),
        ("genre:jazz|hip-hop", "bare hop jazz"),
        ("genre:hip-hop", "hop"),
        ('genre:"hip hop"', "hop"),
        ("genre:rock", "hop jazz rock"),
        ("mood:happy", "rock"),
        ("mood:sad", "jazz"),
        ("-mood:sad", "bare hop rock"),
        ("voice:female", "rock"),
        ("voice:male", ""),
        ("tag:happy genre:rock", "rock"),
        ("mood:rock", ""),
    ],
)
def test_filters(shelf, where, expected):
    assert " ".join(track.path.stem for track in shelf.tracks(where)) == expected
    assert shelf.count(where) == len(expected.split())


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("gnre:jazz", "unknown field 'gnre' at character 1"),
        ("moon http://x", "unknown field 'http' at character 6"),
        ("tempo:fast", "tempo is 'fast'.* at character 7"),
        ("tempo:..", "at character 7"),
        ("tempo:nan", "at character 7"),
        ("tempo:1e5", "at character 7"),
        ("tempo:" + "9" * 400, "at character 7"),
        ("key:H", "key is 'H'.* at character 5"),
        ("genre:", "a value is missing at character 7"),
        ("rock -", "a lone minus at character 6"),
        ("(moon", 'a "\\(" without its "\\)" at character 1'),
        ("moon) x", 'a "\\)" without its "\\(" at character 5'),
        ("moon |", "something is missing at character 7"),
        ("OR moon", "something is missing at character 1"),
        ("()", "something is missing at character 2"),
        ("(" * 30 + "a" + ")" * 30, "more than 20 deep at character 22"),
        ("added:2024-13", "added is '2024-13'.* at character 7"),
        ("missing:moon", "at character 9"),
        ("liked:maybe", "yes or no is needed, at character 7"),
        ("foo(bar baz", "a quote or bracket .* at character 4"),
        ('"open', "quote .* at character 1"),
        ('a"b', "quote .* at character 2"),
        ("a\0b", "a NUL at character 2"),
        ("tag:---", "a tag is needed, at character 5"),
        ('title:" "', "an empty value at character 8"),
        ("x" * 2000, "at most 1000"),
        ("a " * (MOST_TERMS + 1), "more than 50 terms at character 101"),
    ],
)
def test_mistakes_are_pointed_at(library, where, message):
    with pytest.raises(ParameterError, match=message):
        library.tracks(where)


def test_a_tag_is_likely_by_probability_or_by_rank(library, make):
    tags = {"rock": 0.7, "jazz": 0.6, "sad": 0.5, "happy": 0.25, "female vocalists": 0.24}
    library.put(make("five.wav", tags=tags))
    library.put(make("few.wav", hz=300, tags={"rock": 0.03, "happy": 0.02}))
    found = {where: library.count(where) for where in ("tag:sad", "tag:happy", "voice:female", "tag:rock")}
    assert found == {"tag:sad": 1, "tag:happy": 2, "voice:female": 0, "tag:rock": 2}


def test_an_unknown_field_offers_its_neighbours():
    with pytest.raises(ParameterError) as caught:
        parse("tmpo:90")
    assert "tempo" in caught.value.hint


def test_terms_know_where_they_stand():
    text = '  -genre:"two words"  x'
    assert parse(text) == Every(
        (Without(Term("genre", "two words", 10, quoted=True, query=text)), Term("", "x", 22, query=text))
    )
