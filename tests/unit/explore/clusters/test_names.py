"""What sets clusters apart: against planted differences, scipy, and chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact, ttest_ind

from tunelens.base.feature_words import feature_name
from tunelens.base.language import language
from tunelens.explore.clusters.names import distinct_names
from tunelens.explore.clusters.traits import Trait, _difference, _of_fact, traits_of
from tunelens.explore.clusters.vocabulary import say_fact, say_feature
from tunelens.explore.collection import Collection


def trait(name="tempo", difference=1.0, kind="feature", value=""):
    return Trait(kind, name, value, difference, 0, 0, None, 0.0)


def said(names):
    return [", ".join(one.said() for one in told) + ("" if nth == 1 else f" ({nth})") for told, nth in names]


def test_a_difference_is_that_of_cohen_and_its_chance_that_of_welch(rng):
    a, b = rng.normal(1, 1, 30), rng.normal(0, 2, 50)
    found = _difference("tempo", a, b)
    pooled = np.sqrt((29 * a.var(ddof=1) + 49 * b.var(ddof=1)) / 78)
    assert found.difference == pytest.approx((a.mean() - b.mean()) / pooled)
    assert found.q == pytest.approx(ttest_ind(a, b, equal_var=False).pvalue)


def test_one_song_against_others_is_judged_by_their_spread(rng):
    b = rng.normal(0, 2, 30)
    found = _difference("tempo", np.array([5.0]), b)
    assert found.difference == pytest.approx((5 - b.mean()) / b.std(ddof=1))
    assert found.q == pytest.approx(ttest_ind([5.0], b).pvalue)


def test_a_small_cluster_is_named_by_what_differs_most():
    X = np.array([[80.0, 1], [84, 2], [120, 1], [126, 2], [131, 1.5]])
    songs = Collection("few", tuple("abcde"), X, ("tempo", "energy"))
    first, second = traits_of([songs], np.array([0, 0, 1, 1, 1]), 2)
    assert [one.said() for one in first] == ["slow"] and [one.said() for one in second] == ["fast"]


def test_sides_that_are_all_alike_differ_as_much_as_can_be():
    found = _difference("tempo", np.full(5, 140.0), np.full(5, 100.0))
    assert found.difference > 100 and found.q < 1e-6
    assert _difference("tempo", np.full(5, 140.0), np.full(5, 140.0)) is None


def test_lift_and_chance_of_a_fact_are_those_of_fisher():
    values = ("jazz",) * 8 + ("rock",) * 2 + ("jazz",) * 4 + ("rock",) * 26 + ("",) * 5
    inside = np.array([True] * 10 + [False] * 35)
    found = {one.value: one for one in _of_fact("genre", values, inside)}
    assert found["jazz"].lift == pytest.approx(0.8 / (12 / 40))
    assert (found["jazz"].inside, found["jazz"].outside) == (0.8, pytest.approx(4 / 30))
    assert found["jazz"].q == pytest.approx(fisher_exact([[8, 2], [4, 26]], "greater").pvalue)
    assert "rock" not in found and "" not in found


def test_values_that_stand_together_count_each():
    values = ("hip hop, pop",) * 6 + ("rock; pop",) * 6
    found = [one.value for one in _of_fact("genre", values, np.arange(12) < 6)]
    assert found == ["hip hop"]


def test_noise_has_no_traits(rng):
    X = rng.normal(size=(300, 20))
    facts = {"genre": tuple(rng.choice(["a", "b", "c"], 300))}
    songs = Collection(
        "noise", tuple(map(str, range(300))), X, tuple(f"f{i}" for i in range(20)), facts=facts
    )
    assert traits_of([songs], rng.integers(0, 4, 300), 4) == [(), (), (), ()]


def test_a_feature_that_is_told_twice_counts_once(rng):
    X = np.repeat([0.0, 5.0], 20)[:, None] + rng.normal(size=(40, 1))
    songs = Collection("two", tuple(map(str, range(40))), X, ("tempo",))
    (first, second) = traits_of([songs, songs], np.repeat([0, 1], 20), 2)
    assert len(first) == len(second) == 1
    assert (first[0].said(), second[0].said()) == ("slow", "fast")


def test_a_name_is_its_three_strongest_traits_each_meaning_once():
    traits = (trait("tempo", 3.0), trait("bpm", 2.9), trait("energy", -2.0), trait("mfcc_1", 1.9),
              trait("valence", 1.0), trait("loudness", 0.9))  # fmt: skip
    assert said(distinct_names([traits])) == ["fast, calm, cheerful"]


def test_a_word_stands_once_though_a_feature_and_a_tag_say_it():
    traits = (trait("energy", -3.0), trait("mood", 2.0, "fact", "calm"), trait("tempo", -1.0))
    assert said(distinct_names([traits])) == ["calm, slow"]


def test_what_nobody_has_a_word_for_names_where_nothing_else_does():
    assert said(distinct_names([(trait("mfcc_1", 1.0), trait("album", 1.0, "fact", "Best of"))])) == [
        "high mfcc_1"
    ]


def test_no_two_clusters_are_called_the_same():
    same = (trait("tempo", 3.0), trait("energy", 2.0), trait("valence", 1.0), trait("loudness", 0.9))
    other = (*same[:3], trait("loudness", -0.9))
    assert said(distinct_names([same, other])) == [
        "fast, energetic, cheerful, loud", "fast, energetic, cheerful, quiet",
    ]  # fmt: skip
    assert said(distinct_names([same, same, ()])) == [
        "fast, energetic, cheerful, loud", "fast, energetic, cheerful, loud (2)", "",
    ]  # fmt: skip


def test_tags_name_where_they_are_likely_and_not_where_they_are_not():
    tags = (trait("MSD_musicnn.electronic", 2.0), trait("MSD_musicnn.rock", -1.5))
    assert said(distinct_names([tags])) == ["electronic"]
    with language("zh"):
        assert said(distinct_names([tags])) == ["电子"]


def test_words_for_features_and_facts():
    assert (say_feature("tempo_bpm", True), say_feature("energy", False)) == ("fast", "calm")
    assert say_feature("rolloff.p95", True) == f"high {feature_name('rolloff.p95')}"
    assert say_fact("playlist_genre", "Latin") == "latin"
    assert say_fact("key", "C#") == "key: C#"
