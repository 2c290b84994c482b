"""What must hold for any text: filters never become SQL, names and analyses always come back."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunelens.base.errors import ParameterError
from tunelens.library.identity import path_to_text, text_to_path
from tunelens.library.query import FIELDS, LONGEST
from tunelens.library.schema import meta, tracks
from tunelens.library.store import Library

FRAGMENTS = (
    "'",
    '"',
    ";",
    "--",
    ") OR 1=1 --",
    "'; DROP TABLE tracks; --",
    "%",
    "_",
    "\\",
    "..",
    "<",
    ">=",
    "-",
    "jazz",
)
words = st.one_of(
    st.text(max_size=12), st.sampled_from(FRAGMENTS), st.from_regex(r"-?[0-9]{1,4}(\.[0-9])?", fullmatch=True)
)
terms = st.builds(lambda field, word: f"{field}:{word}", st.sampled_from(FIELDS), words)
filters = st.lists(st.one_of(words, terms), max_size=6).map(" ".join)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A library with rows, written without analysing anything."""
    path = tmp_path_factory.mktemp("library") / "music.db"
    with Library.open(path) as library:
        with library.database.write() as connection:
            for number in range(5):
                row = {
                    "path": f"/music/{number} it's 100%_.wav",
                    "size_bytes": 1,
                    "mtime_ns": 1,
                    "sha256": "0" * 64,
                }
                row |= {
                    "analyzed_at": "",
                    "versions": "{}",
                    "duration_s": 1.0,
                    "title": "jazz" if number else None,
                }
                connection.execute(tracks.insert().values(**row))
        yield library


@settings(max_examples=300, deadline=None)
@given(where=st.one_of(filters, st.text(max_size=60)))
def test_any_text_is_a_filter_or_a_parameter_error(shelf, where):
    try:
        found = shelf.tracks(where)
    except ParameterError as error:
        assert "character" in error.message or str(LONGEST) in error.message
        return
    assert shelf.count(where) == len(found) <= 5


@settings(max_examples=100, deadline=None)
@given(where=terms)
def test_a_term_and_its_negation_share_out_all_tracks(shelf, where):
    try:
        found = {track.id for track in shelf.tracks(where)}
    except ParameterError:
        return
    others = {track.id for track in shelf.tracks(f"-({where})")}
    assert found.isdisjoint(others)
    assert len(found | others) == 5


def test_after_all_that_the_tables_are_as_they_were(shelf):
    assert shelf.count() == 5
    with closing(sqlite3.connect(shelf.path)) as raw, raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute(f"SELECT count(*) FROM {meta.name}").fetchone() == (2,)
    raw.close()


@settings(max_examples=200, deadline=None)
@given(name=st.binary(min_size=1, max_size=40).filter(lambda raw: b"\0" not in raw and b"/" not in raw))
def test_any_file_name_comes_back(name):
    folder = "/music/" + name.decode("utf-8", "surrogateescape")
    text = path_to_text(folder)
    assert text == text.encode("utf-8").decode("utf-8")
    assert json.loads(json.dumps(text)) == text
    if name not in (b".", b".."):
        assert text_to_path(text) == Path(folder)
