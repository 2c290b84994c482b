"""Invariants of feedback: nothing lost, nothing twice, scores in order."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tunelens.library.feedback import Event, Feedback
from tunelens.library.feedback.importing import import_feedback
from tunelens.library.feedback.scores import scores_of, tallies
from tunelens.library.matching import plain_name, song_key
from tunelens.library.store import Library

NAMES = st.text(max_size=12)
PLAIN = st.none() | st.booleans() | st.floats() | NAMES
LINES = st.one_of(
    st.builds(
        lambda at, artist, title: json.dumps(
            {"listened_at": at, "track_metadata": {"artist_name": artist, "track_name": title}}
        ),
        st.integers(-5, 2**40), NAMES, NAMES,
    ),
    st.builds(
        lambda score, at, mbid: json.dumps({"score": score, "created": at, "recording_mbid": mbid}),
        st.integers(-2, 2), st.integers(-5, 2**40), NAMES,
    ),
    st.recursive(PLAIN, lambda one: st.lists(one) | st.dictionaries(NAMES, one)).map(json.dumps),
    NAMES.map(lambda text: text.replace("\n", " ").replace("\r", " ")),
)  # fmt: skip
KINDS = st.sampled_from(("like", "dislike", "play", "skip"))
JUDGED = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 6), KINDS),
    min_size=1, max_size=60,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(LINES, max_size=30))
def test_every_line_is_counted_once_and_reading_again_adds_nothing(lines):
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
        path = Path(folder) / "listens.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")
        first, again = import_feedback(library, path), import_feedback(library, path)
        assert first.found == sum(1 for line in lines if line.strip())
        for report in (first, again):
            told = report.new + report.changed + report.known
            assert report.found == told + sum(report.dropped.values())
            assert report.matched + report.unmatched + report.ambiguous == told
        assert again.new == 0
        assert sum(Feedback(library).counts().values()) == first.new


@settings(max_examples=150, deadline=None)
@given(JUDGED)
def test_scores_stay_in_their_range_and_a_like_more_never_hurts(judged):
    def scored(rows):
        events = [
            Event(kind, i, "t", listener=who, track_id=track) for i, (who, track, kind) in enumerate(rows)
        ]
        return scores_of(tallies(events))

    found = scored(judged)
    assert set(found) == {track for _, track, _ in judged}
    for score in found.values():
        assert -1 <= score.low <= score.value <= score.high <= 1
        assert score.n >= 1
    richer = scored([*judged, ("new listener", judged[0][1], "like")])
    assert richer[judged[0][1]].weight == found[judged[0][1]].weight + 1


@given(st.text(max_size=400), st.text(max_size=400))
def test_keys_are_steady(artist, title):
    assert plain_name(plain_name(title)) in {plain_name(title), plain_name(plain_name(title))}
    assert song_key(artist, title) == song_key(artist, title.casefold()) or not title.isascii()
    assert song_key(f"  {artist}", f"{title} ") == song_key(artist, title) or len(title) + len(artist) > 290
