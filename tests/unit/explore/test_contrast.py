"""Contrasts of collections: what is there is found, what is not is not claimed."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.base.language import language
from tunelens.explore.collection import Collection
from tunelens.explore.contrast import contrast
from tunelens.explore.effects import NOT_SHOWN


def songs(name: str, X: np.ndarray, *, artists: tuple[str, ...] = (), **facts: tuple[str, ...]) -> Collection:
    ids = tuple(f"{name}{i}" for i in range(len(X)))
    return Collection(name, ids, X, tuple(f"f{i}" for i in range(X.shape[1])), artists=artists, facts=facts)


def test_known_effects_are_found_with_sign_and_size() -> None:
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(400, 4)), rng.normal(size=(300, 4))
    X[:, 1] += 1.0
    X[:, 2] -= 0.4
    found = contrast(songs("hot", X), songs("reference", Y), n_boot=200)
    one, two = found.effects[:2]
    assert [effect.feature for effect in found.shown] == ["f1", "f2"]
    assert (one.difference.g, two.difference.g) == (pytest.approx(1, abs=0.2), pytest.approx(-0.4, abs=0.2))
    assert one.difference.delta == pytest.approx(2 * stats.norm.cdf(1 / math.sqrt(2)) - 1, abs=0.08)
    assert (one.verdict, two.verdict) == ("strongly different", "slightly different")
    assert "f1" in found.summary()


def test_discoveries_on_nothing_are_as_rare_as_stated() -> None:
    rng, n, claimed = np.random.default_rng(1), 50, 0
    for seed in range(n):
        X, Y = rng.normal(size=(40, 20)), rng.normal(size=(50, 20))
        claimed += bool(contrast(songs("a", X), songs("b", Y), n_boot=100, seed=seed).shown)
    assert claimed <= stats.binom.ppf(0.999, n, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("correction", ["bh", "holm"])
def test_discoveries_on_nothing_are_as_rare_as_stated_among_artists(correction: str) -> None:
    rng, n, claimed = np.random.default_rng(2), 300, 0
    artists = tuple(f"artist {i // 4}" for i in range(240))
    for seed in range(n):
        own = np.repeat(rng.normal(size=(60, 20)), 4, axis=0)
        all_songs = own + rng.normal(size=(240, 20))
        a = songs("a", all_songs[:120], artists=artists[:120])
        b = songs("b", all_songs[120:], artists=artists[120:])
        claimed += bool(contrast(a, b, n_boot=100, correction=correction, seed=seed).shown)
    assert claimed <= stats.binom.ppf(0.999, n, 0.05)


def test_shares_are_counted_among_what_is_known() -> None:
    zeros = np.zeros((100, 1))
    a = songs("a", zeros, genre=("pop",) * 60 + ("rock",) * 20 + ("",) * 20)
    b = songs("b", zeros, genre=("pop",) * 30 + ("rock",) * 70)
    found = contrast(a, b, n_boot=400)
    pop = next(one for one in found.shares["genre"] if one.feature == "pop")
    assert (pop.mean_a, pop.mean_b) == (0.75, 0.3)
    assert pop.difference.delta == pytest.approx(0.45)
    newcombe = (0.45 - 0.135, 0.45 + 0.125)  # Wald: 1.96 * sqrt(.75 * .25 / 80 + .3 * .7 / 100) = 0.131
    assert pop.difference.low == pytest.approx(newcombe[0], abs=0.02)
    assert pop.difference.high == pytest.approx(newcombe[1], abs=0.02)
    assert pop.difference.p == pytest.approx(
        stats.chi2_contingency([[60, 20], [30, 70]], False).pvalue, rel=0.5
    )
    assert found.effects[0].verdict == "alike"


def test_missing_values_cost_their_songs_alone() -> None:
    rng = np.random.default_rng(3)
    X, Y = rng.normal(1, 1, (60, 2)), rng.normal(0, 1, (60, 2))
    X[:50, 1] = np.nan
    found = {
        one.feature: one.difference for one in contrast(songs("a", X), songs("b", Y), n_boot=100).effects
    }
    assert (found["f0"].n_a, found["f1"].n_a) == (60, 10)
    X[:, 1] = np.nan
    assert [one.feature for one in contrast(songs("a", X), songs("b", Y), n_boot=100).effects] == ["f0"]


def test_songs_that_are_in_both_are_told_and_too_few_are_an_error() -> None:
    X = np.random.default_rng(4).normal(size=(20, 1))
    a, b = songs("a", X, artists=("Ann",) * 20), songs("a", X, artists=("Ann",) * 20)
    assert "20 songs are in both" in contrast(a, b, n_boot=100).notes[0]
    with pytest.raises(DataError, match="7 songs"):
        contrast(a.take(range(7)), b)
    with pytest.raises(UnknownNameError):
        contrast(a, b, facts=["genre"])


def test_a_contrast_is_json_and_tables_and_speaks_chinese() -> None:
    rng = np.random.default_rng(5)
    a = songs("热歌", rng.normal(1, 1, (30, 2)), mode=("major", "minor") * 15)
    b = songs("对照", rng.normal(0, 1, (30, 2)), mode=("major",) * 30)
    found = contrast(a, b, n_boot=100)
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert document["effects"][0]["q"] < 0.05
    assert found.to_table().column("name")
    assert [table.name for table in found.share_tables()] == [
        "Shares of mode (major or minor): 热歌 and 对照"
    ]
    with language("zh"):
        assert "热歌" in found.summary()
        assert "热歌" in found.to_table().name
        assert "Features" not in found.to_table().name


def test_sides_that_are_only_spread_otherwise_are_told_so() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=(2, 400, 1))
    b = np.where(b > 1.28, 15 * b, b)  # the highest tenth is higher still: no rank changes, the mean does
    found = contrast(songs("a", a), songs("b", b), n_boot=200)
    (one,) = found.effects
    assert one.spread_otherwise
    assert one.verdict == NOT_SHOWN
    assert "spread otherwise" in found.notes[0]
    few = contrast(songs("a", a[:9] + 0.6), songs("b", a[9:18]), n_boot=200)
    assert not few.shown
    assert not few.remarks()  # nine songs show nothing of ranks, and so nothing of spread
