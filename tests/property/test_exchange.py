"""Whatever another program says: every song is counted once, and saying it again changes nothing."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tunelens.base.errors import ParameterError
from tunelens.library.exchange import folders, genres
from tunelens.library.feedback import Feedback
from tunelens.library.fulltext import tag_word
from tunelens.library.store import Library
from tunelens.services.exchange import from_subsonic

WORDS = st.text(max_size=10)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**18), st.floats(), WORDS, st.lists(WORDS, max_size=3)
)
NAMES = ("title", "artist", "album", "path", "duration", "genre", "genres", "userRating", "playCount",
         "played", "starred", "isDir", "musicBrainzId")  # fmt: skip
SONGS = st.fixed_dictionaries({"id": st.integers(0, 5)}, optional=dict.fromkeys(NAMES, VALUES))
LISTS = st.fixed_dictionaries(
    {
        "id": st.integers(0, 3),
        "name": st.sampled_from(("a", "b", "", "夜")),
        "entry": st.lists(SONGS, max_size=4),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(SONGS, max_size=6), st.lists(LISTS, max_size=3, unique_by=lambda one: one["id"]))
def test_answers_of_a_server(songs, lists):
    answer = {
        "subsonic-response": {"starred2": {"song": songs}, "more": [{"playlist": one} for one in lists]}
    }
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
        path = Path(folder) / "answer.json"
        path.write_text(json.dumps(answer), encoding="utf-8")
        first, again = from_subsonic(library, [path]), from_subsonic(library, [path])
        for report in (first, again):
            told = report.matched + report.unmatched + report.ambiguous + sum(report.dropped.values())
            assert report.found == told
        assert (again.found, again.events.new) == (first.found, 0)
        assert sum(Feedback(library).counts().values()) == first.events.new
        assert {one.state for one in again.playlists} <= {"known"}
        assert len({one.name for one in first.playlists}) == len(first.playlists)


@given(st.lists(st.text(max_size=200), max_size=40))
def test_genres_are_kept_once_each_and_bounded(given_names):
    kept = genres.clean(given_names)
    assert len({tag_word(name) for name in kept}) == len(kept) <= genres.MOST
    assert all(0 < len(name) <= genres.LONGEST for name in kept)
    assert genres.clean(kept) == kept


@settings(max_examples=200, deadline=2000)
@given(st.text(alphabet="{}genrartisi/ -_()x", max_size=60), st.text(max_size=255))
def test_a_pattern_is_refused_or_usable_and_never_slow(pattern, name):
    try:
        parts = [folders._compiled(part, pattern) for part in folders._parts(pattern)]
    except ParameterError:
        return
    assert all(isinstance(part, re.Pattern) for part in parts)
    for part in parts:
        part.fullmatch(name)
