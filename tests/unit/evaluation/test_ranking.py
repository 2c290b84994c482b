from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from tunelens.base.errors import ParameterError
from tunelens.evaluation.ranking import coverage, mean_interval, ndcg, novelty, recall, top


@given(seed=st.integers(0, 10_000), n_items=st.integers(11, 60), share=st.floats(0.05, 0.6))
def test_ndcg_is_that_of_scikit_learn(seed: int, n_items: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    wanted = rng.random((5, n_items)) < share
    wanted[:, 0] = True
    scores = rng.permuted(np.tile(np.arange(n_items, dtype=float), (5, 1)), axis=1)
    lists = top(scores, 10)
    ours = ndcg(np.take_along_axis(wanted, lists, axis=1), wanted.sum(axis=1))
    theirs = [ndcg_score(wanted[i : i + 1].astype(float), scores[i : i + 1], k=10) for i in range(5)]
    assert ours == pytest.approx(theirs)


def test_figures_by_hand() -> None:
    hits = np.array([[True, False, True], [False, False, False]])
    n_wanted = np.array([2, 4])
    # 1/log2(2) + 1/log2(4) = 1.5 of 1/log2(2) + 1/log2(3) = 1.63093
    assert ndcg(hits, n_wanted) == pytest.approx([1.5 / 1.6309297536, 0.0])
    assert recall(hits, n_wanted) == pytest.approx([1.0, 0.0])
    assert coverage(np.array([[0, 1], [1, 2]]), 12) == 0.25
    # known to 8 of 8, 2 of 8 and nobody, who counts as one: 0, 2 and 3 bits
    assert novelty(np.array([[0, 1, 2]]), np.array([8, 2, 0]), 8) == pytest.approx([5 / 3])


@given(seed=st.integers(0, 10_000), k=st.integers(1, 30))
def test_the_top_is_what_a_full_sort_gives(seed: int, k: int) -> None:
    scores = np.random.default_rng(seed).permuted(np.tile(np.arange(20.0), (3, 1)), axis=1)
    assert top(scores, k).tolist() == np.argsort(-scores, axis=1)[:, :k].tolist()


def test_things_that_cannot_be_had_come_last() -> None:
    assert top(np.array([[-np.inf, 0.0, -np.inf, 1.0]]), 2).tolist() == [[3, 1]]


def test_the_interval_holds_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for seed in range(200):
        found = mean_interval(rng.exponential(1.0, 80), n=200, seed=seed)
        held += found.low <= 1.0 <= found.high
    assert 0.88 <= held / 200 <= 0.99


def test_an_interval_ends_where_values_end_and_is_unknown_of_one_listener() -> None:
    few = np.zeros(50)
    few[0] = 1.0
    assert mean_interval(few, least=0).low == 0.0
    spread = np.array([5.0, -5.0, 0.0, 1.0])
    assert mean_interval(spread).low < 0.0 == mean_interval(spread, least=0).low
    assert np.isnan(mean_interval(np.ones(1)).low)
    with pytest.raises(ParameterError, match="n is 3"):
        mean_interval(few, n=3)
