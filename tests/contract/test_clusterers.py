"""What holds for every registered clusterer and projection."""

from __future__ import annotations

import numpy as np
import pytest
from tests.clusterings import blobs

from tunelens.explore.clusters import CLUSTERERS, agreement, cluster
from tunelens.explore.clusters.methods import divide
from tunelens.explore.prepared import prepared
from tunelens.explore.projection import PROJECTIONS, project


@pytest.fixture(params=list(CLUSTERERS))
def method(request):
    return request.param


@pytest.fixture(params=list(PROJECTIONS))
def projection(request):
    if request.param == "umap":
        pytest.importorskip("umap")
    return request.param


def k_of(method, k):
    return k if CLUSTERERS[method].takes_k else None


def test_it_finds_what_is_plain(method):
    songs, y = blobs(3, 50)
    found = cluster(songs, method, k_of(method, 3))
    core = found.labels >= 0
    assert core.mean() > 0.9
    assert agreement(found.labels[core], y[core]) >= (1.0 if CLUSTERERS[method].takes_k else 0.95)


def test_the_same_seed_gives_the_same(method):
    Z = prepared(blobs(4, 25, seed=2)[0]).Z
    first, second = (divide(Z, method, k_of(method, 4), 5) for _ in range(2))
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(first.anchors, second.anchors)


def test_labels_are_indices_and_anchors_have_them(method):
    found = divide(prepared(blobs(3, 40)[0]).Z, method, k_of(method, 3), 0)
    k = found.labels.max() + 1
    assert set(found.labels.tolist()) <= set(range(-1, k))
    assert set(found.anchor_labels.tolist()) == set(range(k))
    assert len(found.anchors) == len(found.anchor_labels) == len(found.radii)


def test_the_order_of_the_songs_does_not_matter(method, rng):
    songs, _ = blobs(3, 40)
    order = rng.permutation(len(songs))
    first = cluster(songs, method, k_of(method, 3)).labels
    second = cluster(songs.take(order), method, k_of(method, 3)).labels
    assert agreement(first[order], second) == 1.0


def test_songs_of_a_cluster_would_be_placed_in_it(method):
    songs, _ = blobs(3, 40)
    found = cluster(songs, method, k_of(method, 3))
    placed, _ = found.division.place(found.prepared.Z)
    core = found.labels >= 0
    np.testing.assert_array_equal(placed[core], found.labels[core])


def test_a_map_is_finite_repeatable_and_says_how_far_it_is_to_be_trusted(projection):
    songs, _ = blobs(3, 15)
    first, second = project(songs, projection, 1), project(songs, projection, 1)
    assert first.points.shape == (45, 2) and np.isfinite(first.points).all()
    np.testing.assert_array_equal(first.points, second.points)
    assert 0.8 < first.trust <= 1 and any("Trustworthiness" in note for note in first.notes)


def test_songs_of_a_map_are_placed_where_they_are(projection):
    songs, _ = blobs(3, 15)
    flat = project(songs, projection)
    np.testing.assert_allclose(flat.place(prepared(songs)), flat.points, atol=1e-6)


@pytest.mark.parametrize("n", [4, 5, 7])
def test_a_few_songs_make_a_map(projection, n):
    songs = blobs(1, n)[0]
    assert np.isfinite(project(songs, projection).points).all()
