"""What must hold for any query: it is read or refused, changes nothing, and means what logic says."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tunelens.base.errors import ParameterError, QueryError
from tunelens.cli.caret import pointed
from tunelens.library.fulltext import fold, put_text
from tunelens.library.query import FIELDS, parse
from tunelens.library.schema import tags, tracks
from tunelens.library.search import search
from tunelens.library.store import Library

TITLES = (
    "Blue Moon",
    "NEAR AND OR NOT",
    "周杰倫 晴天",
    "ﾗﾌﾞ Story",
    "Sigur Rós (live)",
    "title : x * ^ y",
    "!!!",
    "100% 'DROP'",
)
SYNTAX = (
    *(
        "AND",
        "OR",
        "NOT",
        "NEAR(a b, 2)",
        "NEAR",
        "*",
        "^blue",
        "blue*",
        "title:",
        "{title artist}",
        "rank",
        "texts",
    ),
    *("+", "- title", '"', "'", "\\", "(", ")", "|", ":", "=", "--", ";", "%", "_", "-", "..", "<", ">="),
    *("x' OR 1=1 --", "'); DROP TABLE tracks; --", "，", "“", "”", "：", "（", "）", "\ud800", "\u3099"),
)
letters = st.text(max_size=10)
atoms = st.one_of(
    letters, st.sampled_from(SYNTAX), st.sampled_from(TITLES), st.sampled_from([f"{f}:" for f in FIELDS])
)
queries = st.lists(atoms, max_size=8).flatmap(
    lambda parts: st.sampled_from([" ", "", "|", " OR "]).map(lambda joint: joint.join(parts))
)
sound = st.sampled_from(
    [
        "blue",
        "moon",
        "杰伦",
        "らぶ",
        "ros",
        '"sigur ros"',
        "mood:sad",
        "year:>=2000",
        "-live",
        "(live | moon)",
        "missing:year",
        "!!!",
    ]
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A library of `TITLES`, written without analysing anything."""
    with Library.open(tmp_path_factory.mktemp("library") / "music.db") as library:
        with library.database.write() as connection:
            for number, title in enumerate(TITLES, 1):
                row = {"path": f"/{number}", "title": title, "year": 1995 + number if number % 2 else None}
                row |= {
                    "size_bytes": 1,
                    "mtime_ns": 1,
                    "sha256": "0" * 64,
                    "analyzed_at": "",
                    "versions": "{}",
                }
                connection.execute(tracks.insert().values(id=number, duration_s=1.0, **row))
                blank = {"artist": None, "album": None, "album_artist": None, "genre": None}
                put_text(connection, number, row | blank, ())
                if number < 4:
                    tag = {"tag": "sad", "word": "sad", "group": "mood", "probability": 0.5, "rank": 1}
                    connection.execute(tags.insert().values(track_id=number, model="net", **tag))
        yield library


def found(library: Library, text: str) -> set[int]:
    return {track.id for track in search(library, text, limit=None).tracks}


@settings(max_examples=400, deadline=None)
@given(text=queries)
@example(text="(" * 500)
@example(text="-" * 900)
@example(text="NOT " * 240)
@example(text="a|" * 400)
def test_any_text_is_read_or_refused_with_a_place_in_it(text):
    try:
        parse(text)
    except QueryError as error:
        assert 0 <= error.position <= len(text)
        assert (error.query, error.code) == (text, "query")
    except ParameterError as error:
        assert "at most" in error.message


@settings(max_examples=250, deadline=None)
@given(text=queries)
def test_any_query_can_be_asked_and_changes_nothing(shelf, text):
    try:
        page = search(shelf, text)
    except ParameterError:
        return
    assert page.total == len(page.tracks) == len({track.id for track in page.tracks}) == shelf.count(text)
    assert shelf.count() == len(TITLES)


@settings(max_examples=120, deadline=None)
@given(text=queries)
def test_what_a_query_does_not_find_its_opposite_does(shelf, text):
    try:
        here = found(shelf, text)
        there = found(shelf, f"-({text})")
    except ParameterError:
        return
    assert here | there == set(range(1, len(TITLES) + 1))
    assert not here & there


@settings(max_examples=40, deadline=None)
@given(a=sound, b=sound)
def test_and_or_and_not_are_those_of_logic(shelf, a, b):
    one, other = found(shelf, a), found(shelf, b)
    assert found(shelf, f"{a} {b}") == found(shelf, f"{a} AND {b}") == one & other
    assert found(shelf, f"{a} | {b}") == found(shelf, f"{a} OR {b}") == one | other
    assert found(shelf, f"-({a} | {b})") == found(shelf, f"NOT ({a}) -({b})")
    assert found(shelf, f"{a} ({b})") == one & other


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.sampled_from(SYNTAX), letters))
def test_quoted_text_is_words_and_nothing_else(shelf, text):
    """Syntax of SQL or of full text in quotes finds just the titles in which its words stand."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    try:
        hits = found(shelf, f'title:"{escaped}"')
    except ParameterError:
        assert not text.strip() or "\0" in text
        return
    sought = plain_words(text)
    if sought:
        assert hits <= {n for n, title in enumerate(TITLES, 1) if set(sought) <= set(plain_words(title))}
    else:
        assert hits == {n for n, title in enumerate(TITLES, 1) if text in title}


def plain_words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


@settings(max_examples=150, deadline=None)
@given(number=st.integers(1, len(TITLES)), data=st.data())
def test_any_run_of_words_of_a_title_finds_it(shelf, number, data):
    words = re.findall(r"[^\W_]+", TITLES[number - 1])
    if not words:
        return
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    phrase = " ".join(words[first : last + 1])
    loud = data.draw(st.sampled_from([phrase, phrase.upper(), unicodedata.normalize("NFKD", phrase)]))
    assert number in found(shelf, f'"{loud}"')
    assert number in found(shelf, f'title:"{loud}"')
    whole = unicodedata.normalize("NFKC", phrase)
    cut = whole[: data.draw(st.integers(1, len(whole)))].strip()
    parts = [f'"{word}"' if word in {"AND", "OR", "NOT"} else word for word in cut.split()]
    assert number in found(shelf, " ".join(parts))


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_folding_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200), data=st.data())
def test_the_caret_stands_under_the_place(text, data):
    position = data.draw(st.integers(0, len(text)))
    line, caret = pointed(text, position)
    assert caret.strip() == "^"
    assert "\n" not in line
    assert cell_len(caret) <= 60
    assert cell_len(caret) - 1 <= cell_len(line)
