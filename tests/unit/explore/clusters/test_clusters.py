"""Clusters: against planted ones, scikit-learn, and figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import cluster as peer
from sklearn.metrics import adjusted_rand_score
from tests.clusterings import blobs

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.language import language
from tunelens.explore.clusters import agreement, cluster, contingency, matched, silhouettes
from tunelens.explore.clusters.choice import _curves
from tunelens.explore.clusters.clustering import exemplars_of
from tunelens.explore.clusters.methods import CLUSTERERS, divide, nearest
from tunelens.explore.prepared import prepared

TINY = np.array([[0.0], [2.0], [10.0], [12.0]])
"""Two pairs: all figures of its two clusters can be worked out on paper."""


@pytest.mark.parametrize("method", ["kmeans", "bisecting", "minibatch"])
def test_the_k_means_family_finds_planted_blobs_as_scikit_learn_does(method):
    songs, y = blobs(4, 50)
    found = cluster(songs, method, 4)
    theirs = {
        "kmeans": peer.KMeans(4, n_init=10, random_state=1),
        "bisecting": peer.BisectingKMeans(4, n_init=5, random_state=1),
        "minibatch": peer.MiniBatchKMeans(4, n_init=10, random_state=1),
    }[method]
    assert agreement(found.labels, y) == 1.0
    assert agreement(found.labels, theirs.fit_predict(prepared(songs).Z)) == 1.0


def test_hdbscan_finds_the_blobs_and_leaves_out_what_lies_between(rng):
    songs, y = blobs(3, 60)
    X = np.concatenate([songs.X, [[40.0, 40, 40, 40]]])
    more = type(songs)("more", (*songs.ids, "far"), X, songs.features)
    found = cluster(more, "hdbscan")
    assert found.k == 3 and found.labels[-1] == -1
    core = found.labels[:-1] >= 0
    assert core.mean() > 0.9
    assert agreement(found.labels[:-1][core], y[core]) == 1.0


def test_a_song_far_from_every_dense_region_is_noise():
    songs, _ = blobs(2, 60)
    division = divide(prepared(songs).Z, "hdbscan", None, 0)
    labels, _ = division.place(np.array([[50.0, 0, 0, 0]]))
    assert labels.tolist() == [-1]
    inside = division.place(division.anchors)
    np.testing.assert_array_equal(inside[0], division.anchor_labels)


def test_silhouettes_are_those_of_the_definition():
    # song 0: a = 2, b = mean(10, 12) = 11, s = 9/11; song 1: a = 2, b = mean(8, 10) = 9, s = 7/9
    rows, values = silhouettes(TINY, np.array([0, 0, 1, 1]))
    assert rows.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(values, [9 / 11, 7 / 9, 7 / 9, 9 / 11])


def test_calinski_davies_and_within_are_those_of_the_definition():
    curves = _curves(TINY, [2], 0)
    # between: 2·25 + 2·25 = 100 over 1; within: 4·1 = 4 over 2
    assert curves.calinski[0] == pytest.approx(100 / (4 / 2))
    assert curves.davies[0] == pytest.approx((1 + 1) / 10)
    assert curves.silhouette[0] == pytest.approx((9 / 11 + 7 / 9) / 2)
    assert curves.weakest[0] == pytest.approx((9 / 11 + 7 / 9) / 2)
    assert curves.log_within[0] == pytest.approx(np.log(4))


def test_agreement_is_that_of_hubert_and_arabie():
    # pairs: 2 together in both of 15; 4 and 5 in each; expected 4·5/15: (2 - 4/3) / (4.5 - 4/3)
    a, b = [0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 1, 1]
    together = 1 + 1  # songs 0, 1 and songs 3, 4
    rows, columns = 3 + 1, 1 + 6
    expected = rows * columns / 15
    assert agreement(a, b) == pytest.approx((together - expected) / ((rows + columns) / 2 - expected))
    assert agreement(a, b) == pytest.approx(adjusted_rand_score(a, b))


def test_agreement_of_other_songs_is_refused():
    for pair in (([0], [0, 1]), ([], [])):
        with pytest.raises(DataError):
            agreement(*pair)


def test_contingency_counts_pairs():
    rows, columns, counts = contingency([0, 0, 1, -1], [5, 6, 6, 6])
    assert (rows.tolist(), columns.tolist()) == ([-1, 0, 1], [5, 6])
    assert counts.tolist() == [[0, 1], [1, 1], [0, 1]]


def test_clusters_go_on_where_most_songs_stay():
    old, new = [0, 0, 0, 1, 1, 2, -1], [9, 9, 8, 8, 8, 7, -1]
    assert matched(old, new) == {9: 0, 8: 1, 7: 2}
    assert matched([-1, -1], [3, 3]) == {}


def test_the_largest_cluster_comes_first_and_labels_are_indices():
    songs, y = blobs(3, 40)
    keep = np.concatenate([np.flatnonzero(y == 0)[:10], np.flatnonzero(y == 1)[:25], np.flatnonzero(y == 2)])
    found = cluster(songs.take(keep), k=3)
    assert [one.size for one in found.clusters] == [40, 25, 10]
    assert np.bincount(found.labels).tolist() == [40, 25, 10]
    assert [one.number for one in found.clusters] == [1, 2, 3]


def test_the_exemplar_is_the_song_in_the_middle():
    Z = np.array([[0.0], [1.0], [2.0], [3.0], [9.0]])
    assert exemplars_of(Z, np.arange(5))[0] == 2
    assert exemplars_of(Z, np.array([0, 1, 2]))[0] == 1


def test_exemplars_are_of_different_artists():
    Z = np.arange(6.0)[:, None]
    artists = ("A", "A", "a", "B", "", "")
    found = exemplars_of(Z, np.arange(6), artists)
    assert [artists[i] for i in found].count("B") == 1
    assert sum(artists[i].casefold() == "a" for i in found) == 1


def test_members_come_nearest_first():
    songs, _ = blobs(2, 30)
    found = cluster(songs, k=2)
    Z = found.prepared.Z
    for label in range(2):
        rows = found.members(label)
        far = np.linalg.norm(Z[rows] - Z[found.labels == label].mean(axis=0), axis=1)
        assert (np.diff(far) >= -1e-9).all() and len(rows) == 30


@pytest.mark.parametrize("k", [0, 1, 121, -3])
def test_a_number_of_clusters_that_cannot_be_is_refused(k):
    with pytest.raises(ParameterError, match="2 to 120"):
        cluster(blobs(2)[0], k=k)


def test_hdbscan_takes_no_number():
    with pytest.raises(ParameterError, match="itself"):
        cluster(blobs(2)[0], "hdbscan", 3)


def test_fewer_songs_that_differ_than_clusters():
    songs, _ = blobs(1, 3)
    X = np.repeat(songs.X[:2], 10, axis=0)
    twice = type(songs)("twice", tuple(map(str, range(20))), X, songs.features)
    for method in (name for name in CLUSTERERS if name != "hdbscan"):
        assert cluster(twice, method, 5).k == 2


def test_placing_without_anchors_is_noise():
    labels, far = nearest(np.zeros((2, 1)), np.empty((0, 1)), np.empty(0, int), np.empty(0))
    assert labels.tolist() == [-1, -1] and np.isinf(far).all()


def test_a_division_that_was_asked_for_claims_nothing():
    found = cluster(blobs(2)[0], k=3)
    assert found.clear is None and found.choice is None


def test_names_follow_the_language():
    songs, y = blobs(2, 40, 2)
    named = type(songs)(
        "songs", songs.ids, songs.X, ("tempo_bpm", "energy"), facts={"genre": tuple("xy"[i] for i in y)}
    )
    found = cluster(named, k=2)
    english = found.names
    with language("zh"):
        chinese = found.names
    assert len(set(english)) == len(set(chinese)) == 2
    assert all(any(ord(char) > 0x4E00 for char in name) for name in chinese)
    assert not any(ord(char) > 0x4E00 for name in english for char in name)
