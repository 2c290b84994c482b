"""What must hold of any places, weights and filters."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunelens.library.neighbours.harmony import KEYS, distance, mixable
from tunelens.library.neighbours.parts import PARTS, Weights, dimension, weighted
from tunelens.library.neighbours.reasons import key_link, tempo_link
from tunelens.library.neighbours.search import Search
from tunelens.library.neighbours.space import Space, likeness_of_parts

weights = st.builds(Weights, *(st.floats(0.01, 100) for _ in PARTS))
seeds = st.integers(0, 2**32 - 1)


def blocks(seed: int, n: int = 12) -> np.ndarray:
    """Places of which each part has length 1, or is missing."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, dimension())).astype(np.float32)
    X[rng.random(X.shape) < rng.choice([0.0, 0.9])] = 0
    return X


@settings(max_examples=50, deadline=None)
@given(seed=seeds, first=weights, second=weights)
def test_weights_can_be_changed_afterwards(seed, first, second):
    X = blocks(seed)
    there = weighted(weighted(X, first), second, before=first)
    np.testing.assert_allclose(there, weighted(X, second), atol=2e-5)
    lengths = np.linalg.norm(there, axis=1)
    assert (np.isclose(lengths, 1, atol=1e-5) | (lengths == 0)).all()


@settings(max_examples=50, deadline=None)
@given(seed=seeds, weights=weights, factor=st.floats(0.01, 100))
def test_only_the_ratios_of_weights_matter(seed, weights, factor):
    more = Weights(*(weight * factor for weight in astuple(weights)))
    np.testing.assert_allclose(weighted(blocks(seed), weights), weighted(blocks(seed), more), atol=2e-5)


@settings(max_examples=50, deadline=None)
@given(seed=seeds)
def test_likeness_of_parts_is_symmetric_and_bounded(seed):
    a, b = blocks(seed, 2)
    assert likeness_of_parts(a, b) == pytest.approx(likeness_of_parts(b, a))
    assert all(-1 <= value <= 1 for value in likeness_of_parts(a, b).values())


@settings(max_examples=100, deadline=None)
@given(
    seed=seeds,
    size=st.integers(1, 400),
    n=st.integers(1, 50),
    k=st.integers(1, 3),
    share=st.sampled_from([0.0, 0.01, 0.1, 0.9, 1.0]),
)
def test_what_is_admitted_is_the_nearest_of_all_that_may_be(seed, size, n, k, share):
    """Whatever the filter: the same as filtering first and comparing everything then."""
    rng = np.random.default_rng(seed)
    matrix = weighted(rng.normal(size=(size, dimension())).astype(np.float32), Weights())
    ids = np.sort(rng.choice(10 * size, size, replace=False))
    allowed = ids[rng.random(size) < share]
    queries = matrix[rng.integers(0, size, k)]
    found = Search(Space(ids, matrix)).admitted(
        queries, n, lambda some: some[np.isin(some, allowed)], lambda: allowed
    )
    likeness = (matrix @ queries.T).max(axis=1).round(6)
    expected = sorted((-likeness[row], ids[row]) for row in range(size) if ids[row] in set(allowed.tolist()))
    assert found.ids.tolist() == [number for _, number in expected[:n]]


@given(a=st.sampled_from(KEYS), b=st.sampled_from(KEYS))
def test_keys_mix_both_ways_and_are_linked_when_they_do(a, b):
    assert (b in mixable(a)) == (a in mixable(b)) == (key_link(a, b) is not None) == (distance(a, b) <= 1)


@given(a=st.floats(20, 400), b=st.floats(20, 400))
def test_tempo_links_are_the_same_from_either_side(a, b):
    there, back = tempo_link(a, b), tempo_link(b, a * 1.0)
    if there is not None and abs(a * there / b - 1) < 0.038:
        assert back == 1 / there
