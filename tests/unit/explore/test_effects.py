"""Sizes, tests and intervals of differences: against hand values, scipy, and data that chance made."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.explore.corrections import corrected
from tunelens.explore.differences import difference, obuchowski, p_of, permuted
from tunelens.explore.effects import (
    ALIKE,
    NOT_SHOWN,
    cliffs_delta,
    correction,
    hedges_g,
    size_of,
    superiority,
    verdict,
)
from tunelens.explore.sides import Sides, artist_groups

Floats = np.ndarray
values = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=12).map(np.array)


@given(values, values)
def test_delta_counts_pairs(a: Floats, b: Floats) -> None:
    above = (a[:, None] > b[None]).mean() - (a[:, None] < b[None]).mean()
    assert cliffs_delta(a, b) == pytest.approx(above)
    assert cliffs_delta(b, a) == pytest.approx(-above)
    assert superiority(a, b) == pytest.approx(stats.mannwhitneyu(a, b).statistic / (a.size * b.size))


def test_g_is_that_of_the_textbook() -> None:
    # means 4 and 3, both variances 4: d = 0.5, and J(4) = 1 - 3 / (4 * 4 - 1) to two figures
    a, b = np.array([2.0, 4.0, 6.0]), np.array([1.0, 3.0, 5.0])
    assert hedges_g(a, b) == pytest.approx(0.5 * math.gamma(2) / (math.sqrt(2) * math.gamma(1.5)))
    assert correction(4) == pytest.approx(1 - 3 / 15, abs=0.003)
    assert math.isnan(hedges_g(np.ones(4), np.ones(3)))


@pytest.mark.parametrize(
    ("delta", "said"), [(0.146, "hardly"), (0.147, "slightly"), (-0.33, "clearly"), (0.474, "strongly")]
)
def test_words_begin_at_their_thresholds(delta: float, said: str) -> None:
    assert size_of(delta).startswith(said)


def test_nothing_is_claimed_without_q() -> None:
    assert verdict(0.6, 0.2, 0.9, q=0.051, level=0.05) == NOT_SHOWN
    assert verdict(0.0, -0.1, 0.1, q=0.9, level=0.05) == ALIKE
    assert verdict(0.0, -0.1, 0.1, q=0.9, level=0.05, means_alike=False) == NOT_SHOWN


def test_without_groups_it_is_brunner_and_munzel() -> None:
    rng = np.random.default_rng(1)
    drawn = np.concatenate([rng.normal(0.3, 1, 40), rng.normal(0, 2, 60)])
    sides = Sides(np.arange(100) < 40, np.arange(100))
    ours, theirs = obuchowski(drawn, sides), stats.brunnermunzel(drawn[:40], drawn[40:])
    assert ours == pytest.approx(theirs.pvalue, rel=1e-9)


def test_songs_that_stand_for_themselves_are_tested_as_scipy_does() -> None:
    rng = np.random.default_rng(2)
    drawn = rng.integers(0, 9, 80).astype(float)
    sides = Sides(np.arange(80) < 30, np.arange(80))
    p, test = p_of(drawn, sides, n_draws=100, seed=0)
    assert (p, test) == (pytest.approx(stats.mannwhitneyu(drawn[:30], drawn[30:]).pvalue), "mann-whitney")


def test_permutations_come_to_the_exact_p() -> None:
    drawn = np.array([9.0, 8.0, 7.5, 1.0, 2.0, 3.0, 6.0])
    sides = Sides(np.arange(7) < 3, np.array([0, 1, 2, 3, 4, 5, 6]))
    exact = stats.mannwhitneyu(drawn[:3], drawn[3:], method="exact").pvalue
    assert permuted(drawn, sides, n_draws=20_000, seed=0) == pytest.approx(exact, abs=0.006)


def test_the_same_numbers_give_the_same_answer() -> None:
    drawn = np.random.default_rng(3).normal(size=60)
    sides = Sides(np.arange(60) < 20, np.arange(60) // 2)
    one, two = (difference(drawn, sides, n_draws=200, seed=5) for _ in range(2))
    assert one == two
    assert one != difference(drawn, sides, n_draws=200, seed=6)


def test_few_values_and_many_are_counted_alike() -> None:
    rng = np.random.default_rng(4)
    coarse = rng.integers(0, 10, 300).astype(float)  # few values: counted
    fine = coarse + rng.uniform(0, 1e-9, 300)  # as many values as songs: ordered
    sides = Sides(np.arange(300) < 120, np.arange(300) // 3)
    one, two = (difference(part, sides, n_draws=400, seed=0) for part in (coarse, fine))
    assert (one.low, one.high) == (pytest.approx(two.low, abs=0.02), pytest.approx(two.high, abs=0.02))


def test_labels_that_chance_makes_keep_groups_whole_and_sides_as_large() -> None:
    groups = np.array([0, 0, 1, 1, 2, 2, 3, 3, 3, 3])
    is_a = np.array([1, 1, 1, 1, 0, 0, 1, 0, 1, 0], bool)
    sides = Sides(is_a, groups)
    assert sides.kind.tolist() == [1, 1, 0, 2]
    for some in sides.relabelled(50, seed=0):
        for row in some:
            assert len(set(row[:6].reshape(3, 2).sum(axis=1).tolist()) - {0, 2}) == 0
            assert row[6:].sum() == 2
            assert row.sum() == is_a.sum()


def test_bh_and_holm_are_those_of_scipy_and_of_hand() -> None:
    ps = np.random.default_rng(5).uniform(0, 0.1, 30)
    assert corrected(ps) == pytest.approx(stats.false_discovery_control(ps).tolist())
    assert corrected([0.005, 0.011, 0.02, 0.04], "holm") == pytest.approx([0.02, 0.033, 0.04, 0.04])
    assert corrected([0.01, 0.02], "none") == [0.01, 0.02]
    with pytest.raises(UnknownNameError):
        corrected([0.1], "bonferoni")


def test_an_empty_side_is_an_error() -> None:
    with pytest.raises(DataError):
        Sides(np.ones(4, bool), np.arange(4))


def test_guests_make_no_new_artist() -> None:
    assert artist_groups(["周杰伦", "周杰伦、费玉清", "", "Drake feat. Future", "drake", ""]).tolist() == [
        0,
        0,
        1,
        2,
        2,
        3,
    ]


def one_world(rng: np.random.Generator, *, shift: float, artists: int, each: int) -> tuple[Floats, Sides]:
    """Songs of artists who differ: half of the variance is theirs; artists are on one side each."""
    own = np.repeat(rng.normal(0, math.sqrt(0.5), 2 * artists), each)
    drawn = own + rng.normal(0, math.sqrt(0.5), own.size)
    is_a = np.arange(own.size) < artists * each
    return drawn + shift * is_a, Sides(is_a, np.repeat(np.arange(2 * artists), each))


def within(count: int, n: int, share: float) -> bool:
    """Is so small a count one that chance gives once in a thousand or more, if `share` is true?"""
    low, high = stats.binom.interval(0.999, n, share)
    return low <= count <= high


@pytest.mark.parametrize("each", [1, 6])
def test_intervals_hold_the_truth_as_often_as_they_say(each: int) -> None:
    rng, n, shift = np.random.default_rng(6), 200, 0.6
    delta = 2 * stats.norm.cdf(shift / math.sqrt(2)) - 1
    found = [
        difference(*one_world(rng, shift=shift, artists=40, each=each), n_draws=200, seed=k) for k in range(n)
    ]
    assert within(sum(one.low <= delta <= one.high for one in found), n, 0.95)
    assert within(sum(one.g_low <= shift <= one.g_high for one in found), n, 0.95)


@pytest.mark.slow
@pytest.mark.parametrize(("artists", "each"), [(20, 1), (40, 1), (40, 6), (100, 3)])
def test_intervals_hold_the_truth_in_long_runs(artists: int, each: int) -> None:
    rng, n, shift = np.random.default_rng(7), 2000, 0.5
    delta = 2 * stats.norm.cdf(shift / math.sqrt(2)) - 1
    found = [
        difference(*one_world(rng, shift=shift, artists=artists, each=each), n_draws=500, seed=k)
        for k in range(n)
    ]
    held = np.mean([one.low <= delta <= one.high for one in found])
    assert 0.925 <= held <= 0.965


def test_p_by_groups_is_a_p_where_a_naive_one_is_not() -> None:
    rng, n = np.random.default_rng(8), 400
    ours, naive = [], []
    for seed in range(n):
        drawn, sides = one_world(rng, shift=0, artists=20, each=8)
        ours.append(p_of(drawn, sides, n_draws=100, seed=seed)[0])
        naive.append(stats.mannwhitneyu(drawn[sides.is_a], drawn[~sides.is_a]).pvalue)
    assert within(sum(p < 0.05 for p in ours), n, 0.05)
    assert sum(p < 0.05 for p in naive) > 0.3 * n  # one in three would be called a difference


def test_p_of_few_groups_is_a_p() -> None:
    rng, n = np.random.default_rng(9), 200
    found = [p_of(*one_world(rng, shift=0, artists=6, each=5), n_draws=200, seed=seed) for seed in range(n)]
    assert {test for _, test in found} == {"permutation"}
    assert within(sum(p <= 0.05 for p, _ in found), n, 0.05)


@pytest.mark.parametrize(("artists", "test"), [(40, "permutation"), (150, "by groups")])
def test_a_few_artists_with_most_of_the_songs_keep_p_honest(artists: int, test: str) -> None:
    rng, n, found = np.random.default_rng(12), 300, []
    for seed in range(n):
        each = np.minimum(60, 1 + (2 * rng.pareto(1.2, 2 * artists)).astype(int))  # as charts are
        groups = np.repeat(np.arange(2 * artists), each)
        drawn = rng.normal(size=2 * artists)[groups] + 0.7 * rng.normal(size=len(groups))
        found.append(p_of(drawn, Sides(groups < artists, groups), n_draws=100, seed=seed))
    assert sum(one == test for _, one in found) > 0.8 * n
    assert sum(p < 0.05 for p, _ in found) <= stats.binom.ppf(0.999, n, 0.05)


def test_artists_on_both_sides_keep_p_honest() -> None:
    rng, n, low = np.random.default_rng(10), 300, 0
    for seed in range(n):
        groups = np.repeat(np.arange(30), 6)
        drawn = np.repeat(rng.normal(size=30), 6) + rng.normal(size=180)
        is_a = rng.random(180) < 0.4
        low += p_of(drawn, Sides(is_a, groups), n_draws=100, seed=seed)[0] < 0.05
    assert within(low, n, 0.05)


def test_levels_and_draws_are_checked() -> None:
    from tunelens.explore.sides import check_draws, check_level

    with pytest.raises(ParameterError):
        check_level(1.0)
    with pytest.raises(ParameterError):
        check_draws(5)
