"""Maps: principal components against numpy's SVD, landmarks against songs whose place is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.clusterings import blobs

from tunelens.base.errors import DataError
from tunelens.base.language import language
from tunelens.explore import projection
from tunelens.explore.collection import Collection
from tunelens.explore.prepared import prepared
from tunelens.explore.projection import PROJECTIONS, among, principal, project, trust_in


def test_principal_components_are_those_of_the_singular_values(rng):
    Z = rng.normal(size=(50, 6)) @ rng.normal(size=(6, 6))
    Z -= Z.mean(axis=0)
    _, values, right = np.linalg.svd(Z, full_matrices=False)
    axes, variance = principal(Z)
    np.testing.assert_allclose(variance, values**2 / 50)
    np.testing.assert_allclose(np.abs((axes * right).sum(axis=1)), 1.0)


def test_explained_and_loadings_are_what_numpy_finds(rng):
    X = rng.normal(size=(80, 3)) @ rng.normal(size=(3, 3))
    songs = Collection("toy", tuple(map(str, range(80))), X, ("a", "b", "c"))
    flat, ready = project(songs), prepared(songs)
    correlations = np.array([row[1:] for row in flat.loadings.rows])
    scores = ready.Z @ principal(ready.Z)[0].T
    expected = np.corrcoef(ready.Z.T, scores.T)[:3, 3:]
    np.testing.assert_allclose(correlations, expected, atol=1e-9)
    eigenvalues = np.sort(np.linalg.eigvalsh(np.corrcoef(X.T)))[::-1]
    np.testing.assert_allclose(flat.explained, eigenvalues / 3)


def test_no_loading_of_few_songs_is_beyond_one():
    songs = Collection("toy", tuple("abcd"), np.array([[1.0, 5], [2, 4], [3, 3], [4, 2]]), ("up", "down"))
    first = [row[1] for row in project(songs).loadings.rows]
    np.testing.assert_allclose(np.abs(first), 1)


def test_what_is_left_out_is_called_as_people_call_it():
    X = np.column_stack([np.arange(4.0), np.ones(4), np.full(4, np.nan)])
    songs = Collection("toy", tuple("abcd"), X, ("energy", "tempo_bpm", "valence"))
    with language("zh"):
        told = " ".join(prepared(songs).notes)
    assert "速度（BPM）" in told and "tempo_bpm" not in told and "valence" not in told


def test_a_map_drawn_by_lot_is_not_to_be_trusted_and_the_truth_is(rng):
    Z = rng.normal(size=(400, 2))
    assert trust_in(Z, Z) == 1.0
    assert trust_in(Z, rng.normal(size=(400, 2))) == pytest.approx(0.5, abs=0.05)


# UMAP compiles itself anew in every process.
SLOW = {"umap": [pytest.mark.slow]}


@pytest.mark.parametrize("method", [pytest.param(name, marks=SLOW.get(name, ())) for name in PROJECTIONS])
def test_beyond_the_landmarks_clusters_stay_together_and_notes_say_so(method, monkeypatch):
    if method == "umap":
        pytest.importorskip("umap")
    songs, y = blobs(3, 40)
    few = replace(PROJECTIONS[method], most=50)
    monkeypatch.setattr(PROJECTIONS, "_loaded", {method: few if method != "pca" else PROJECTIONS[method]})
    flat = project(songs, method)
    middles = np.array([flat.points[y == k].mean(axis=0) for k in range(3)])
    nearest = np.linalg.norm(flat.points[:, None] - middles, axis=2).argmin(axis=1)
    assert (nearest == y).mean() > 0.95
    assert any("drawn by lot" in note for note in flat.notes) == (method != "pca")


def test_a_song_on_a_landmark_lies_where_the_landmark_lies(rng):
    landmarks, at = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    np.testing.assert_allclose(among(landmarks, landmarks, at), at)
    twice = np.concatenate([landmarks[:1], landmarks])
    placed = among(landmarks[:1], twice, np.concatenate([at[:1], at]))
    np.testing.assert_allclose(placed, at[:1])


def test_a_song_between_two_landmarks_lies_between_them():
    landmarks, at = np.array([[0.0], [1.0]]), np.array([[0.0, 0.0], [2.0, 4.0]])
    np.testing.assert_allclose(among(np.array([[0.5]]), landmarks, at), [[1.0, 2.0]])
    # weights 1 / 0.25² and 1 / 0.75²: 16 and 16/9, shares 0.9 and 0.1
    np.testing.assert_allclose(among(np.array([[0.25]]), landmarks, at), [[0.2, 0.4]])


def test_few_songs_are_refused():
    with pytest.raises(DataError, match="at least 4"):
        project(blobs(1, 3)[0])


def test_one_feature_makes_a_map_whose_second_axis_is_empty(rng):
    songs = Collection("toy", tuple("abcdef"), rng.normal(size=(6, 1)), ("tempo",))
    flat = project(songs)
    assert flat.points.shape == (6, 2) and not flat.points[:, 1].any()


def test_more_features_than_songs(rng):
    songs = Collection("toy", tuple("abcdef"), rng.normal(size=(6, 80)), tuple(f"f{i}" for i in range(80)))
    assert np.isfinite(project(songs).points).all()
    assert projection.WIDEST < 80
    assert np.isfinite(project(songs, "tsne").points).all()
