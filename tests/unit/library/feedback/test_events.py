"""Events in the library: kept once, brought up to date, given their track when it comes."""

from __future__ import annotations

import numpy as np
import pytest

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.library.feedback import Event, Feedback
from tunelens.library.feedback.scores import scores_of, tallies
from tunelens.library.store import Library

NOON = 1_700_000_000


def test_the_same_event_is_kept_once(library):
    feedback = Feedback(library)
    event = Event("play", NOON, "lastfm", artist="Ann", title="Blue")
    assert (feedback.add([event, event]), feedback.add([event])) == (1, 0)
    (kept,) = feedback.events()
    assert (kept.kind, kept.at, kept.title, kept.track_id) == ("play", NOON, "Blue", None)


def test_a_count_that_grew_and_a_judgement_that_turned_are_brought_up_to_date(library):
    feedback = Feedback(library)
    feedback.add([Event("play", 1, "beets", value=3, key="a"), Event("like", 1, "beets", key="b")])
    told = feedback.keep([Event("play", 2, "beets", value=5, key="a"), Event("dislike", 2, "beets", key="b")])
    assert (told.new, told.changed, told.known) == (0, 2, 0)
    assert {(one.kind, one.value) for one in feedback.events()} == {("play", 5.0), ("dislike", None)}


def test_one_source_does_not_touch_the_keys_of_another(library):
    assert Feedback(library).add([Event("like", 1, source, key="a") for source in ("a", "b")]) == 2


def test_an_event_waits_for_its_track(library, make):
    feedback = Feedback(library)
    feedback.add([Event("like", NOON, "lastfm", artist="ANN", title="Blue (feat. Bob)")])
    assert feedback.adopt() == 0
    number = library.put(make("a.wav", title="Blue", artist="Ann"))
    assert feedback.adopt() == 1
    assert [one.track_id for one in feedback.events()] == [number]
    assert feedback.adopt() == 0


def test_events_outlive_their_track_and_find_it_again(library, make):
    feedback = Feedback(library)
    number = library.put(make("a.wav", title="Blue", artist="Ann"))
    feedback.add([Event("like", NOON, "cli", track_id=number, artist="Ann", title="Blue")])
    library.remove(number)
    assert [one.track_id for one in feedback.events()] == [None]
    again = library.put(make("a.wav", title="Blue", artist="Ann"))
    assert feedback.adopt() == 1
    assert [one.track_id for one in feedback.events(track_id=again)] == [again]


def test_events_can_be_asked_for_and_removed(library):
    feedback = Feedback(library)
    feedback.add([
        Event("play", NOON, "a", title="x", listener="bob"),
        Event("like", NOON + 1, "a", title="x"),
        Event("comment", NOON + 2, "b", title="x", text="好听"),
    ])  # fmt: skip
    assert [one.kind for one in feedback.events()] == ["comment", "like", "play"]
    assert [one.kind for one in feedback.events(listener="bob")] == ["play"]
    assert [one.text for one in feedback.events(kinds=["comment"], source="b", limit=5)] == ["好听"]
    assert feedback.counts() == {"comment": 1, "like": 1, "play": 1}
    assert feedback.remove([feedback.events()[0].id, 999]) == 1
    assert feedback.remove_source("a") == 2
    assert feedback.counts() == {}


def test_interactions_are_the_matrix_of_what_listeners_did(library, make):
    numbers = [library.put(make(f"{name}.wav", title=name)) for name in "abc"]
    given = [
        ("ann", 0, "play", 7),
        ("ann", 1, "dislike", None),
        ("bob", 0, "skip", 3),
        ("bob", 2, "like", None),
    ]
    feedback = Feedback(library)
    feedback.add(
        Event(kind, NOON, "t", value=value, listener=who, track_id=numbers[i])
        for who, i, kind, value in given
    )
    found = feedback.interactions()
    assert found.listeners == ("ann", "bob")
    assert found.ids.tolist() == numbers
    np.testing.assert_allclose(found.confidence.toarray(), [[3, -4, 0], [-2, 0, 4]])
    assert found.confidence.dtype == np.float32


def test_a_library_without_feedback_has_empty_sums(library):
    found = Feedback(library).interactions()
    assert (found.listeners, found.ids.size, found.confidence.shape) == ((), 0, (0, 0))
    assert Feedback(library).scores() == {}


def test_a_second_process_sees_what_the_first_kept(library):
    Feedback(library).add([Event("like", NOON, "cli", title="x")])
    with Library.open(library.path, create=False) as other:
        assert Feedback(other).counts() == {"like": 1}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "rating", "value": 80}, "0 to 5"),
        ({"kind": "rating"}, "needs a value"),
        ({"kind": "rating", "value": float("nan")}, "0 to 5"),
        ({"kind": "play", "value": 0}, "1 to"),
        ({"kind": "comment", "text": " "}, "empty"),
        ({"kind": "like", "at": -1}, "time"),
    ],
)
def test_what_is_no_event_is_told(given, message):
    with pytest.raises(ParameterError, match=message):
        Event(**{"at": 0, "source": "t", **given})


def test_an_unknown_kind_is_told_with_its_neighbours():
    with pytest.raises(UnknownNameError) as told:
        Event("lik", 0, "t")
    assert "like" in told.value.hint


def test_texts_of_strangers_are_made_storable(library):
    Feedback(library).add([Event("comment", 0, "t", text="a\0b\udce9" + "x" * 99_999, title="é\udc80")])
    (kept,) = Feedback(library).events()
    assert kept.text.startswith("a b//dce9x") and len(kept.text) == 10_000


def test_sums_in_sql_are_those_of_the_events_one_by_one(library, make, rng):
    numbers = [library.put(make(f"{name}.wav", title=name)) for name in "abc"]
    kinds = ("play", "skip", "like", "dislike", "rating", "comment")
    given = [
        Event(kind, int(at), "t", value=value, text="x", listener=str(who), key=str(i), track_id=int(track))
        for i, (kind, at, value, who, track) in enumerate(
            zip(
                rng.choice(kinds, 300), rng.integers(0, 50, 300), rng.integers(1, 6, 300).tolist(),
                rng.integers(0, 4, 300), rng.choice(numbers, 300), strict=True,
            )
        )
    ]  # fmt: skip
    feedback = Feedback(library)
    feedback.add(given)
    one_by_one = scores_of(tallies(sorted(given, key=lambda event: event.at)))
    scores = feedback.scores()
    assert scores.keys() == one_by_one.keys()
    for track, score in scores.items():
        assert vars(score) == pytest.approx(vars(one_by_one[track]))
