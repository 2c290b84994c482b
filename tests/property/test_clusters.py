"""What holds of clusters whatever the songs are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tunelens.base.errors import DataError
from tunelens.explore.clusters import agreement, cluster, matched
from tunelens.explore.clusters.methods import divide
from tunelens.explore.clusters.names import distinct_names
from tunelens.explore.clusters.traits import Trait
from tunelens.explore.collection import Collection
from tunelens.explore.prepared import prepared
from tunelens.explore.projection import among

anything = st.floats(allow_nan=True, allow_infinity=True, width=64)
tables = arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=anything)
tame = st.floats(-100, 100, width=32)
labels = st.lists(st.integers(-1, 4), min_size=1, max_size=30)


def songs(X):
    return Collection("any", tuple(map(str, range(len(X)))), X, tuple(f"f{i}" for i in range(X.shape[1])))


@given(tables)
@settings(max_examples=150, deadline=None)
def test_any_table_is_prepared_or_refused(X):
    try:
        ready = prepared(songs(X))
    except DataError:
        return
    assert np.isfinite(ready.Z).all()
    np.testing.assert_allclose(ready.Z.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(ready.Z.std(axis=0), 1, atol=1e-6)
    np.testing.assert_array_equal(ready.again(songs(X)).Z, ready.Z)


@given(labels, st.permutations(range(6)))
@settings(max_examples=100, deadline=None)
def test_what_labels_are_called_does_not_matter(a, order):
    renamed = [order[label + 1] for label in a]
    assert agreement(a, renamed) == pytest.approx(1.0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30))
@settings(max_examples=100, deadline=None)
def test_agreement_is_the_same_from_both_sides_and_at_most_one(pairs):
    a, b = zip(*pairs, strict=True)
    assert agreement(a, b) == pytest.approx(agreement(b, a))
    assert agreement(a, b) <= 1 + 1e-9


@given(labels)
@settings(max_examples=100, deadline=None)
def test_what_stays_the_same_keeps_its_label(a):
    assert matched(a, a) == {label: label for label in set(a) if label >= 0}


@given(
    arrays(np.float64, (20, 2), elements=tame), arrays(np.float64, (5, 2), elements=tame), st.integers(2, 4)
)
@settings(max_examples=25, deadline=None)
def test_songs_that_are_placed_move_nobody(X, new, k):
    assume(len(np.unique(X, axis=0)) >= 5)
    division = divide(X, "kmeans", k, 0)
    before = division.labels.copy(), division.anchors.copy()
    together = division.place(np.concatenate([X, new]))[0]
    np.testing.assert_array_equal(division.labels, before[0])
    np.testing.assert_array_equal(division.anchors, before[1])
    np.testing.assert_array_equal(together[20:], division.place(new)[0])  # one by one or many: the same


@given(arrays(np.float64, (12, 3), elements=tame), arrays(np.float64, (12, 2), elements=tame),
       arrays(np.float64, (6, 3), elements=tame))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_a_song_lies_within_the_landmarks(landmarks, at, new):
    points = among(new, landmarks, at)
    assert (points >= at.min(axis=0) - 1e-6).all() and (points <= at.max(axis=0) + 1e-6).all()


names = st.sampled_from(["tempo", "bpm", "energy", "valence", "loudness", "mfcc_1", "MSD_musicnn.rock"])
traits = st.builds(
    Trait, st.just("feature"), names, st.just(""), st.sampled_from([-2.0, 1.0, 3.0]), st.just(0.0),
    st.just(0.0), st.none(), st.just(0.0),
)  # fmt: skip


@given(st.lists(st.lists(traits, max_size=7).map(tuple), max_size=6))
@settings(max_examples=200, deadline=None)
def test_no_two_clusters_have_one_name(found):
    called = [(tuple(one.said() for one in told), nth) for told, nth in distinct_names(found)]
    assert len(set(called)) == len(found)


@given(arrays(np.float64, (15, 2), elements=tame), st.integers(2, 15))
@settings(max_examples=25, deadline=None)
def test_every_song_is_in_one_cluster_and_is_a_member_of_it(X, k):
    try:
        found = cluster(songs(X), k=k)
    except DataError:
        return
    members = np.sort(np.concatenate([found.members(label) for label in range(found.k)]))
    np.testing.assert_array_equal(members, np.arange(15))
    sizes = [one.size for one in found.clusters]
    assert sizes == sorted(sizes, reverse=True) and min(sizes) > 0 and found.k <= k
