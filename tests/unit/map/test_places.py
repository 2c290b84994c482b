"""A map stays as it is when songs join, and what is kept of it is not believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.map.songs import two_groups

from tunelens.explore.collection import Collection
from tunelens.explore.nearness import correlations, nearest
from tunelens.services.map_places import kept_at, lay


def songs(n: int) -> Collection:
    """Return the first n of always the same songs."""
    X = np.random.default_rng(2).normal(size=(400, 4))
    return Collection("x", tuple(map(str, range(n))), X[:n], ("a", "b", "c", "d"))


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_songs_that_join_move_nothing(tmp_path: Path, method: str) -> None:
    kept = tmp_path / "map.npz"
    first = lay(songs(60), method, 0, kept)
    more = lay(songs(90), method, 0, kept)
    np.testing.assert_allclose(more.projection.points[:60], first.projection.points, atol=1e-9)
    assert (first.n_new, more.n_new) == (0, 30) and more.projection.trust is not None
    assert any("30 songs joined" in note for note in more.projection.notes)
    low, high = first.projection.points.min(axis=0), first.projection.points.max(axis=0)
    new = more.projection.points[60:]
    assert method == "pca" or ((new >= low) & (new <= high)).all(), "new songs lie among the others"


def test_a_map_of_mostly_other_songs_is_made_anew(tmp_path: Path) -> None:
    kept = tmp_path / "map.npz"
    lay(songs(60), "pca", 0, kept)
    again = lay(songs(300), "pca", 0, kept)
    assert again.n_new == 0, "it was made of too few of them"
    fresh = lay(songs(300), "pca", 0, None)
    np.testing.assert_allclose(again.projection.points, fresh.projection.points)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 rubbish", b"\x93NUMPY"])
def test_a_kept_map_that_is_damaged_or_of_other_features_counts_as_none(
    tmp_path: Path, damage: bytes
) -> None:
    kept = tmp_path / "map.npz"
    truth = lay(songs(60), "pca", 0, None).projection.points
    kept.write_bytes(damage)
    np.testing.assert_allclose(lay(songs(60), "pca", 0, kept).projection.points, truth)
    others = replace(songs(60), features=("a", "b", "c", "e"))
    assert lay(others, "pca", 0, kept).n_new == 0


def test_a_kept_map_with_objects_in_it_is_not_unpickled(tmp_path: Path) -> None:
    kept = tmp_path / "map.npz"
    with kept.open("wb") as file:
        np.savez(
            file,
            about=np.array([{"a": 1}], dtype=object),
            landmarks=np.zeros(1),
            at=np.zeros(1),
            explained=[],
        )
    assert lay(songs(60), "pca", 0, kept).n_new == 0


def test_what_is_asked_for_names_the_file(tmp_path: Path) -> None:
    one = kept_at(tmp_path, "library", "descriptors", "", "0")
    assert one != kept_at(tmp_path, "library", "descriptors", "", "1") and one.parent == tmp_path / "maps"
    assert kept_at(tmp_path, "a,b", "c") != kept_at(tmp_path, "a", "b,c")


def test_nearest_songs_are_those_of_brute_force_also_where_many_are_the_same() -> None:
    rng = np.random.default_rng(3)
    Z = np.vstack([rng.normal(size=(40, 3)), np.zeros((8, 3))])
    away = np.linalg.norm(Z[:, None] - Z[None], axis=2)
    np.fill_diagonal(away, np.inf)
    found = nearest(Z, 5)
    assert not (found == np.arange(48)[:, None]).any() and len(set(found[45])) == 5
    np.testing.assert_allclose(np.take_along_axis(away, found, 1), np.sort(away, axis=1)[:, :5], atol=1e-12)
    assert nearest(Z[:1], 5).shape == (1, 0) and nearest(Z[:3], 5).shape == (3, 2)


def test_correlations_are_those_of_numpy() -> None:
    rng = np.random.default_rng(5)
    Z, points = rng.normal(size=(30, 3)), rng.normal(size=(30, 2))
    np.testing.assert_allclose(correlations(Z, points), np.corrcoef(Z.T, points.T)[:3, 3:])
    assert (correlations(np.ones((30, 1)), points) == 0).all()


def test_two_groups_lie_apart_on_every_map() -> None:
    whole = two_groups()
    is_pop = np.arange(len(whole)) % 2 == 1
    for method in ("pca", "tsne"):
        points = lay(whole, method, 0, None).projection.points
        near = nearest(points, 3)
        assert (is_pop[near] == is_pop[:, None]).mean() > 0.9, method
