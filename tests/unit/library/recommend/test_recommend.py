from __future__ import annotations

import sys
import time

import numpy as np
import pytest
from tests.unit.library.recommend.conftest import KINDS, keep, tracks_of

from tunelens.base.errors import (
    DataError,
    MissingDependencyError,
    NotFoundError,
    ParameterError,
    UnknownNameError,
)
from tunelens.library.recommend.listening import Listening
from tunelens.services.recommend import RecommendOptions, Variety, recommend

PLAIN = Variety(diversity=0.0, artist_gap=0)


def picked(library, refs=(), listeners=None, **options) -> list[int]:
    asked = RecommendOptions(**{"n": 5, "way": "content", "variety": PLAIN, **options})
    return [pick.track.id for pick in recommend(library, refs, options=asked, listeners=listeners).picks]


def kinds(ids: list[int]) -> set[int]:
    return {(id - 1) % KINDS for id in ids}


def test_seeds_bring_what_sounds_alike_and_never_themselves(library) -> None:
    found = picked(library, [1, 5])
    assert kinds(found) == {0} and not {1, 5} & set(found)
    assert kinds(picked(library, [1, 2], n=8)) == {0, 1}  # two tastes, both served


def test_likes_of_a_listener_bring_their_kind_without_what_was_disliked_or_just_played(library) -> None:
    now = int(time.time())
    keep(library, [("like", "", 2), ("like", "", 6), ("dislike", "", 10), ("like", "ann", 3)])
    keep(library, [("play", "", 14, now - 3600)])
    found = picked(library, n=6)
    assert kinds(found) == {1} and not {2, 6, 10, 14} & set(found)
    assert kinds(picked(library, listener="ann")) == {2}
    assert 14 not in picked(library, n=6, known=True) and 2 in picked(library, n=6, known=True)
    assert 14 in picked(library, n=10, known=True, recent_days=0)
    assert 10 not in picked(library, n=40, known=True, recent_days=0)


def test_a_dislike_lowers_what_is_like_it(library) -> None:
    keep(library, [("like", "", 1), ("like", "", 2), ("dislike", "", 6), ("dislike", "", 10)])
    before = recommend(library, [1, 2], options=RecommendOptions(n=40, way="content", listener="")).picks
    mean = {k: np.mean([p.score for p in before if (p.track.id - 1) % KINDS == k]) for k in (0, 1)}
    assert mean[0] > mean[1] + 0.5


def test_a_filter_limits_what_is_recommended_and_is_a_taste_of_its_own(library) -> None:
    assert set(picked(library, [1], where="year:>=2010")) <= set(range(31, 41))
    found = recommend(library, options=RecommendOptions(n=3, where="genre:jazz", way="content")).picks
    assert kinds([pick.track.id for pick in found]) == {1}
    assert found[0].reasons[0].text == "amid what matches genre:jazz"
    assert kinds(picked(library, like="genre:jazz", where="id:20..40", known=True)) == {1}


def test_picks_say_why(library) -> None:
    keep(library, [("like", "", 1)])
    [pick] = recommend(library, options=RecommendOptions(n=1, way="content")).picks
    [reason] = pick.reasons
    assert reason.kind == "liked" and reason.track_id == 1 and reason.share == pytest.approx(1.0)
    assert reason.text.startswith("because ") and "both rock" in reason.text
    assert (
        recommend(library, [1], options=RecommendOptions(n=1, way="content")).picks[0].reasons[0].kind
        == "seed"
    )


def test_other_listeners_bring_what_sound_cannot_tell(library) -> None:
    """Here listeners of kind 0 also like track 4, which sounds of another kind."""
    for number in range(12):
        keep(
            library,
            [("like", f"u{number}", track) for track in (1 + 4 * (number % 5), 1 + 4 * (number % 4), 4)],
        )
    for number in range(12, 24):
        keep(library, [("like", f"u{number}", track) for track in (2 + 4 * (number % 5), 6)])
    assert 4 not in picked(library, [1])
    found = recommend(library, [1, 5], options=RecommendOptions(n=3, way="collaborative", variety=PLAIN))
    assert found.way == "collaborative" and 4 in [pick.track.id for pick in found.picks]
    [reason] = next(pick for pick in found.picks if pick.track.id == 4).reasons
    assert reason.kind == "listeners" and reason.track_id in (1, 5)
    mixed = recommend(library, [1, 5], options=RecommendOptions(n=8, share=0.9, variety=PLAIN))
    assert mixed.way == "hybrid" and 4 in [pick.track.id for pick in mixed.picks]


def test_a_hybrid_serves_what_nobody_has_heard_by_its_sound(crowd) -> None:
    found = recommend(crowd, [1, 5], options=RecommendOptions(n=6, variety=PLAIN))
    cold = [pick for pick in found.picks if pick.track.id > 32]
    assert kinds([pick.track.id for pick in found.picks]) == {0}
    assert {pick.track.id for pick in cold} == set(tracks_of(0, 33))
    assert all(pick.crowd is None for pick in cold) and 0 <= found.share <= 1
    assert (
        picked(crowd, [1], way="collaborative", n=40)
        and max(picked(crowd, [1], way="collaborative", n=40)) <= 32
    )


def test_listeners_of_artists_come_from_a_table(library) -> None:
    rows = [
        (f"u{i}", artist, 9, None) for i in range(20) for artist in ("ARTIST 0", "Artist 3", "Nobody Here")
    ]
    rows += [(f"v{i}", artist, 9, None) for i in range(20) for artist in ("artist 1", "Artist 5")]
    table = Listening.of(rows)
    asked = RecommendOptions(n=5, way="collaborative", variety=PLAIN)
    found = recommend(library, [1], options=asked, listeners=table).picks  # track 1 is by Artist 0
    assert {pick.track.artist for pick in found} <= {"Artist 0", "Artist 3"}
    assert found[0].reasons[0].name == "ARTIST 0"
    assert found[0].reasons[0].text == "listeners of ARTIST 0 play it too"
    strangers = Listening.of([(f"u{i}", "Nobody Here", 9, None) for i in range(20)])
    with pytest.raises(DataError, match="no artist of the table"):
        recommend(library, [1], options=asked, listeners=strangers)


def test_an_artist_with_a_guest_does_not_take_the_place_of_the_artist(library) -> None:
    """Regression: the last of several spellings in a table stood for all of them."""
    rows = [(f"u{i}", artist, 9, None) for i in range(20) for artist in ("Artist 0", "Artist 3")]
    rows += [(f"v{i}", artist, 9, None) for i in range(20) for artist in ("Artist 1", "Artist 5")]
    rows += [("v0", "Artist 0 feat. Nobody", 1, None)]
    asked = RecommendOptions(n=5, way="collaborative", variety=PLAIN)
    found = recommend(library, [1], options=asked, listeners=Listening.of(rows)).picks
    assert {pick.track.artist for pick in found} <= {"Artist 0", "Artist 3"}
    assert {pick.reasons[0].name for pick in found} == {"Artist 0"}


def test_novelty_lowers_what_many_know(crowd) -> None:
    keep(crowd, [("like", f"listener {number}", 9) for number in range(24)])
    known = {
        novelty: [
            pick.track.id
            for pick in recommend(
                crowd,
                [1, 5],
                options=RecommendOptions(n=4, way="hybrid", share=0.5, variety=Variety(0, novelty, 0)),
            ).picks
        ]
        for novelty in (0.0, 1.0)
    }
    assert 9 in known[0.0] and 9 not in known[1.0]


def test_artists_are_kept_apart(library) -> None:
    found = recommend(
        library, [1], options=RecommendOptions(n=10, way="content", variety=Variety(0.0, 0.0, 4))
    )
    artists = [pick.track.artist for pick in found.picks]
    assert all(artist not in artists[max(0, i - 4) : i] for i, artist in enumerate(artists))


def test_the_same_question_has_the_same_answer(crowd) -> None:
    asked = RecommendOptions(n=10)
    assert recommend(crowd, [1], options=asked).to_dict() == recommend(crowd, [1], options=asked).to_dict()


def test_without_other_listeners_or_the_extra_it_goes_on_by_content_and_says_so(
    crowd, library, monkeypatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "implicit"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "implicit", None)
    found = recommend(crowd, [1], options=RecommendOptions(n=3))
    assert found.way == "content" and len(found.picks) == 3
    assert "implicit is needed" in found.notes[0] and "tunelens[recommend]" in found.notes[0]
    with pytest.raises(MissingDependencyError):
        recommend(crowd, [1], options=RecommendOptions(way="collaborative"))


def test_with_too_few_listeners_it_goes_on_by_content_and_says_so(library) -> None:
    keep(library, [("like", "ann", 3)])
    found = recommend(library, [1], options=RecommendOptions(n=3))
    assert found.way == "content" and "knows 1 listeners" in found.notes[0]
    with pytest.raises(DataError, match="knows 1 listeners"):
        recommend(library, [1], options=RecommendOptions(way="collaborative"))


def test_what_cannot_be_answered_is_told(library, empty) -> None:
    with pytest.raises(ParameterError, match="nothing tells what is liked"):
        recommend(library)
    with pytest.raises(DataError, match="the library is empty"):
        recommend(empty)
    with pytest.raises(NotFoundError, match="no track"):
        recommend(library, ["两只老虎"])
    with pytest.raises(NotFoundError, match="no listener 'ann'"):
        recommend(library, [1], options=RecommendOptions(listener="ann"))
    with pytest.raises(DataError, match="no track matches"):
        recommend(library, [1], options=RecommendOptions(where="year:1200"))
    with pytest.raises(DataError, match="nothing is left"):
        recommend(library, [1], options=RecommendOptions(where="id:1"))


@pytest.mark.parametrize(
    "bad", [{"n": 0}, {"n": 10_000}, {"share": 2.0}, {"recent_days": -1.0}, {"recent_days": float("nan")}]
)
def test_bad_options_are_refused(bad) -> None:
    with pytest.raises(ParameterError):
        RecommendOptions(**bad)


def test_a_way_that_does_not_exist_is_told_with_its_neighbours() -> None:
    with pytest.raises(UnknownNameError, match="unknown way 'contents'") as told:
        RecommendOptions(way="contents")
    assert "content" in (told.value.hint or "")
