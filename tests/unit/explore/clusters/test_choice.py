"""How many clusters: planted ones are found, and songs without any are told to have none."""

from __future__ import annotations

import numpy as np
import pytest
from tests.clusterings import blobs

from tunelens.explore.clusters import how_many
from tunelens.explore.clusters.choice import _one_hump, critical_width
from tunelens.explore.collection import Collection

QUICK = {"ks": range(2, 7), "most": 160}


def songs(X):
    return Collection("toy", tuple(map(str, range(len(X)))), X, tuple(f"f{i}" for i in range(X.shape[1])))


def empty(kind, seed):
    rng = np.random.default_rng(seed)
    draw = {"gauss": rng.standard_normal, "even": rng.random, "skewed": rng.standard_exponential}[kind]
    return songs(draw((160, 4)))


@pytest.mark.parametrize("k", [2, 3, 5])
def test_planted_clusters_are_counted(k):
    found = how_many(blobs(k, 160 // k)[0], **QUICK)
    assert found.k == k == found.best, found.why
    assert str(k) in found.why and found.p <= 0.05


@pytest.mark.parametrize("kind", ["gauss", "even", "skewed"])
def test_songs_without_clusters_have_none(kind):
    found = how_many(empty(kind, 3), **QUICK)
    assert found.k is None, found.why
    assert found.why.startswith("No clear clusters")


@pytest.mark.slow
def test_songs_without_clusters_seldom_have_some():
    """Of 60 sets without clusters at most 7 may: more would come once in 100 times at an error of 5 %."""
    wrong = [how_many(empty(kind, seed), seed=seed, **QUICK).k
             for kind in ("gauss", "even", "skewed") for seed in range(20)]  # fmt: skip
    assert sum(k is not None for k in wrong) <= 7


def test_the_same_seed_says_the_same():
    made = blobs(3, 30)[0]
    options = {"ks": (2, 3), "n_references": 3}
    assert how_many(made, seed=4, **options) == how_many(made, seed=4, **options)


def test_of_few_songs_nothing_is_said():
    found = how_many(blobs(2, 5)[0])
    assert found.k is None and "too few" in found.why and len(found.table) == 0


def test_a_table_has_a_row_for_every_number():
    found = how_many(blobs(2, 40)[0], range(2, 5), n_references=2)
    assert found.table.column("k") == (2, 3, 4)
    assert found.to_dict()["table"]["rows"][0][0] == 2


def test_the_critical_width_leaves_one_mode(rng):
    column = np.concatenate([rng.normal(-3, 1, 200), rng.normal(3, 1, 200)])
    # two normal densities 6 apart merge where the deviation of each reaches 3: 1 + h² = 9
    assert critical_width(column) == pytest.approx(np.sqrt(8), abs=0.4)
    assert critical_width(rng.normal(size=2000)) < 0.6


def test_songs_with_one_hump_keep_spread_and_rank_correlations(rng):
    from scipy.stats import spearmanr

    Z = rng.normal(size=(2000, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]])
    Z[:, 1] = np.exp(Z[:, 1])
    drawn = _one_hump(Z, rng)
    assert spearmanr(*drawn.T)[0] == pytest.approx(spearmanr(*Z.T)[0], abs=0.06)
    np.testing.assert_allclose(drawn.std(axis=0), Z.std(axis=0), rtol=0.25)
