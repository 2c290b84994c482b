"""The searches behind playlists, beside exhaustive ones: orders, lengths, journeys."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunelens.base.errors import DataError, ParameterError
from tunelens.library.playlists.duration import EXACT_S, NEAR_S, STEP_S, fill
from tunelens.library.playlists.journey import line_between, travel
from tunelens.library.playlists.order import shortest_path
from tunelens.library.playlists.plane import Feeling, point_of

seeds = st.integers(0, 2**32 - 1)


def symmetric(seed: int, n: int) -> np.ndarray:
    draws = np.random.default_rng(seed).random((n, n))
    cost = draws + draws.T
    np.fill_diagonal(cost, 0)
    return cost


def length(cost: np.ndarray, order) -> float:
    return sum(cost[a, b] for a, b in pairwise(order))


@given(seed=seeds, n=st.integers(0, 6), fixed=st.booleans())
def test_few_tracks_are_ordered_nearly_as_well_as_can_be(seed: int, n: int, fixed: bool) -> None:
    cost = symmetric(seed, n)
    first = 0 if fixed and n else None
    order = shortest_path(cost, first=first).tolist()
    assert sorted(order) == list(range(n))
    assert first is None or order[0] == first
    every = [one for one in permutations(range(n)) if first is None or one[0] == first]
    assert length(cost, order) <= 1.25 * min(length(cost, one) for one in every) + 1e-9


def test_points_on_a_line_are_walked_along() -> None:
    places = np.random.default_rng(5).permutation(60).astype(float)
    cost = np.abs(np.subtract.outer(places, places))
    order = shortest_path(cost)
    assert length(cost, order) == pytest.approx(59)
    assert np.array_equal(order, shortest_path(cost))


def test_too_many_tracks_to_order_are_refused() -> None:
    with pytest.raises(ParameterError, match="2001 tracks"):
        shortest_path(np.zeros((2001, 2001)))


@given(
    lengths=st.lists(st.floats(20, 400), max_size=9),
    target=st.floats(30, EXACT_S),
)
def test_the_length_is_as_near_as_any_subset_comes(lengths: list[float], target: float) -> None:
    chosen = fill(lengths, target)
    assert len(set(chosen)) == len(chosen)
    sums = [sum(some) for n in range(len(lengths) + 1) for some in combinations(lengths, n)]
    best = min(abs(total - target) for total in sums)
    off = abs(sum(lengths[i] for i in chosen) - target)
    assert off <= max(best, NEAR_S) + STEP_S * (len(lengths) + 2)


def test_the_wanted_come_first_and_hours_are_met() -> None:
    lengths = np.random.default_rng(1).normal(220, 60, 600).clip(30).tolist()
    for target in (600.0, 2700.0, 6 * 3600.0):
        chosen = fill(lengths, target)
        assert abs(sum(lengths[i] for i in chosen) - target) <= NEAR_S + 1
        assert np.median(chosen) < len(chosen)
    assert fill([], 100) == []
    assert fill([5000.0], 100) == []
    assert len(fill(lengths, 7 * 86_400.0)) == 600


@given(seed=seeds, n=st.integers(3, 6), fixed=st.booleans())
def test_a_journey_is_the_best_assignment_of_tracks_to_steps(seed: int, n: int, fixed: bool) -> None:
    rng = np.random.default_rng(seed)
    points = rng.random((n, 2))
    line = line_between(Feeling(*rng.random(2)), Feeling(*rng.random(2)), 3)
    first = n - 1 if fixed else None
    found = travel(points, [""] * n, line, first=first)
    squares = ((line[:, None] - points[None]) ** 2).sum(axis=2)
    every = [one for one in permutations(range(n), 3) if first is None or one[0] == first]
    assert (found.deviations**2).sum() == pytest.approx(
        min(sum(squares[i, row] for i, row in enumerate(one)) for one in every)
    )
    assert found.deviations == pytest.approx(np.linalg.norm(points[list(found.rows)] - line, axis=1))


@given(seed=seeds, n_artists=st.integers(1, 9))
def test_spacing_never_repeats_a_track_and_never_makes_artists_worse(seed: int, n_artists: int) -> None:
    rng = np.random.default_rng(seed)
    points, names = rng.random((30, 2)), [f"a{k}" for k in rng.integers(0, n_artists, 30)]
    line = line_between(Feeling(0, 0), Feeling(1, 1), 9)
    free, spaced = travel(points, [""] * 30, line), travel(points, names, line)
    assert len(set(spaced.rows)) == 9
    order = [names[row] for row in free.rows]
    assert spaced.artists_too_soon <= sum(one in order[max(0, i - 2) : i] for i, one in enumerate(order))
    assert (spaced.deviations**2).sum() >= (free.deviations**2).sum() - 1e-9


def test_an_artist_waits_where_another_lies_as_near() -> None:
    line = line_between(Feeling(0.0, 0.0), Feeling(1.0, 1.0), 6)
    points = np.repeat(line, 2, axis=0)
    artists = ["ann" if row % 2 == 0 else f"other {row}" for row in range(12)]
    found = travel(points, artists, line)
    assert found.artists_too_soon == 0
    assert found.deviations.max() == 0
    alone = travel(line, ["ann"] * 6, line)
    assert (alone.rows, alone.artists_too_soon) == ((0, 1, 2, 3, 4, 5), 5)


def test_a_journey_begins_and_ends_with_the_tracks_that_were_named() -> None:
    points = np.random.default_rng(0).random((40, 2))
    line = line_between(Feeling(*points[7]), Feeling(*points[9]), 5)
    rows = travel(points, [""] * 40, line, first=7, last=9).rows
    assert (rows[0], rows[-1]) == (7, 9)
    assert not {7, 9} & set(rows[1:-1])


def test_steps_are_equal() -> None:
    line = line_between(Feeling(0.8, 0.2), Feeling(0.2, 0.8), 7)
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    assert np.ptp(steps) < 1e-12
    for wrong in (1, 101):
        with pytest.raises(ParameterError, match="2 to 100 are allowed"):
            line_between(Feeling(0, 0), Feeling(1, 1), wrong)
    with pytest.raises(DataError, match="3 tracks have valence and arousal"):
        travel(np.zeros((3, 2)), [""] * 3, line)


def test_moods_have_names_and_numbers() -> None:
    assert point_of(" Calm ") == point_of("平静") == Feeling(0.8, 0.2)
    assert point_of("0.25, 1") == Feeling(0.25, 1.0)
    assert point_of("Blue Train") is None
    with pytest.raises(ParameterError, match="0 to 1 are allowed"):
        point_of("3,0.5")
