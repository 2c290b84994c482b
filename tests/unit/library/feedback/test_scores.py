"""Scores: shrunken, ordered, honest about how little is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tunelens.library.feedback import Event
from tunelens.library.feedback.scores import Prior, Tally, scores_of, tallies


def scores(*given, listener=None):
    """Score (listener, track, kind, value or None) in the order of time."""
    events = [
        Event(kind, at, "t", value=value, listener=who, track_id=track)
        for at, (who, track, kind, value) in enumerate(given, 1)
    ]
    return scores_of(tallies(events), listener)


def likes(track, n, kind="like"):
    return [(f"{kind}{i}", track, kind, None) for i in range(n)]


def test_one_like_is_not_a_hit():
    found = scores(*likes(1, 1), *likes(2, 40), *likes(2, 2, "dislike"))
    assert 0 < found[1].value < 0.25
    assert found[1].low < 0 < found[1].high, "one like proves nothing"
    assert found[2].value > 2 * found[1].value or found[2].low > found[1].low


def test_more_of_the_same_is_surer():
    by_n = [scores(*likes(1, n), *likes(2, 5), *likes(2, 5, "dislike"))[1] for n in (1, 3, 10, 100)]
    assert [one.value for one in by_n] == sorted(one.value for one in by_n)
    widths = [one.high - one.low for one in by_n]
    assert widths == sorted(widths, reverse=True)
    assert [one.n for one in by_n] == [1, 3, 10, 100]


def test_even_where_everybody_only_likes_a_like_more_is_worth_more():
    found = scores(*(like for track in range(30) for like in likes(track, 1)), *likes(99, 20))
    assert found[0].value < 0.3 < 0.5 < found[99].value


def test_dislikes_mirror_likes():
    found = scores(*likes(1, 4), *likes(2, 4, "dislike"))
    assert found[1].value == pytest.approx(-found[2].value, abs=1e-3)


def test_the_last_judgement_of_a_listener_holds():
    turned = scores(("ann", 1, "like", None), ("ann", 1, "dislike", None), *likes(2, 3))
    assert turned[1].value < 0
    assert turned[1].weight == 1.0


def test_the_hundredth_play_tells_little_and_skips_tell_against():
    found = scores(("", 1, "play", 1), ("", 2, "play", 100), ("", 3, "play", 1000), ("", 4, "skip", 5))
    assert found[4].value < 0 < found[1].value < found[2].value < found[3].value
    assert found[3].value - found[2].value < found[2].value - found[1].value


def test_a_rating_in_the_middle_is_no_like():
    found = scores(("", 1, "rating", 5), ("", 2, "rating", 2.5), ("", 3, "rating", 0))
    assert found[3].value < found[2].value < found[1].value
    assert abs(found[2].value) < 0.02


def test_comments_are_no_judgement():
    event = Event("comment", 1, "t", text="好听", track_id=1)
    assert tallies([event]) == {}
    assert Tally().evidence() == (0.0, 0.0)


def test_one_listener_is_scored_alone():
    given = [("ann", 1, "like", None), ("bob", 1, "dislike", None), ("bob", 2, "like", None)]
    assert set(scores(*given, listener="ann")) == {1}
    assert scores(*given, listener="ann")[1].value > 0
    assert scores(*given, listener="nobody") == {}


def test_the_prior_finds_the_distribution_that_rates_were_drawn_from(rng):
    rates = rng.beta(6, 2, 4000)
    weight = rng.integers(1, 60, 4000).astype(float)
    favour = rng.binomial(weight.astype(int), rates).astype(float)
    prior = Prior.fit(favour, weight)
    assert prior.mean == pytest.approx(0.75, abs=0.01)
    assert prior.strength == pytest.approx(8, rel=0.1)


def test_shrunken_rates_are_nearer_the_truth_than_raw_ones(rng):
    rates = rng.beta(4, 4, 3000)
    weight = rng.integers(1, 8, 3000).astype(float)
    favour = rng.binomial(weight.astype(int), rates).astype(float)
    prior = Prior.fit(favour, weight)
    shrunken = (prior.mean * prior.strength + favour) / (prior.strength + weight)
    assert np.mean((shrunken - rates) ** 2) < 0.6 * np.mean((favour / weight - rates) ** 2)


def test_intervals_hold_the_truth_as_often_as_they_say(rng):
    rates = rng.beta(5, 3, 4000)
    weight = rng.integers(1, 30, 4000).astype(float)
    favour = rng.binomial(weight.astype(int), rates).astype(float)
    prior = Prior.fit(favour, weight)
    found = prior.scores(favour, weight, weight.astype(np.int64))
    truth = np.where(
        rates > prior.mean, (rates - prior.mean) / (1 - prior.mean), (rates - prior.mean) / prior.mean
    )
    held = np.mean([one.low <= value <= one.high for one, value in zip(found, truth, strict=True)])
    assert held == pytest.approx(0.95, abs=0.015)


def test_the_interval_holds_the_value_where_everybody_only_plays():
    plays = [(f"u{who}", track, "play", 25 * track) for track in range(1, 60) for who in range(40)]
    assert all(one.low <= one.value <= one.high for one in scores(*plays).values())


def test_the_interval_is_that_of_the_beta_distribution():
    (score,) = Prior(0.5, 8).scores(np.array([3.0]), np.array([4.0]), np.array([4]))
    low, high = stats.beta(7, 5).ppf([0.025, 0.975])
    assert (score.low, score.high) == pytest.approx((2 * low - 1, 2 * high - 1))
