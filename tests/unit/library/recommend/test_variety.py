from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunelens.base.errors import ParameterError
from tunelens.library.recommend.artists import numbered
from tunelens.library.recommend.variety import Variety, best, choose, shortlist


def spread(matrix: np.ndarray) -> float:
    cosines = matrix @ matrix.T
    return float(cosines[np.triu_indices(len(matrix), 1)].mean())


def world(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n, 5)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return matrix @ matrix[0], matrix, rng.integers(-1, 12, n)


def test_without_diversity_the_best_come_in_order() -> None:
    scores, matrix, _ = world(0)
    none = np.full(len(scores), -1)
    assert choose(scores, matrix, none, 10, Variety(0.0, 0.0, 3)) == np.argsort(-scores)[:10].tolist()


def test_more_diversity_makes_lists_more_diverse() -> None:
    scores, matrix, _ = world(1)
    none = np.full(len(scores), -1)
    alike = [spread(matrix[choose(scores, matrix, none, 10, Variety(d))]) for d in (0.0, 0.3, 0.6, 0.9)]
    assert alike == sorted(alike, reverse=True) and alike[0] > alike[-1] + 0.3


@given(seed=st.integers(0, 1000), gap=st.integers(0, 8), n=st.integers(1, 30))
def test_artists_are_kept_apart_where_there_are_others(seed: int, gap: int, n: int) -> None:
    scores, matrix, artists = world(seed)
    rows = best(scores, len(scores))
    rows = rows[shortlist(artists[rows], n, gap)]
    chosen = rows[choose(scores[rows], matrix[rows], artists[rows], n, Variety(0.3, 0.0, gap))]
    assert len(chosen) == n == len(set(chosen.tolist()))
    for place, row in enumerate(chosen):
        before = artists[chosen[max(0, place - gap) : place]]
        assert artists[row] < 0 or artists[row] not in before


def test_where_there_is_one_artist_alone_the_list_is_still_made() -> None:
    scores, matrix, _ = world(2)
    one = np.zeros(len(scores), np.int64)
    assert len(choose(scores, matrix, one, 10, Variety(0.0, 0.0, 5))) == 10


def test_of_one_artist_no_more_are_looked_at_than_a_list_has_room_for() -> None:
    artists = np.where(np.arange(1000) >= 10, np.arange(1000) % 300 + 10, 7)
    places = shortlist(artists, 10, 3)
    assert (artists[places] == 7).sum() == 6 and places[0] == 0 and len(places) == 200


def test_the_best_are_found_in_order_and_what_must_not_be_is_none() -> None:
    scores = np.arange(1000.0)
    scores[990:] = -np.inf
    assert best(scores, 3).tolist() == [989, 988, 987]
    assert best(np.zeros(5), 3).tolist() == [0, 1, 2] and len(best(scores, 5000)) == 990


def test_numbers_of_artists() -> None:
    found = numbered(("周杰伦", "", "björk", "周杰伦"))
    assert found[0] == found[3] != found[2] and found[1] == -1
    assert numbered(()).tolist() == []


@pytest.mark.parametrize(
    "bad", [{"diversity": 1.1}, {"novelty": -0.1}, {"artist_gap": -1}, {"diversity": float("nan")}]
)
def test_bad_wishes_are_refused(bad: dict) -> None:
    with pytest.raises(ParameterError):
        Variety(**bad)
