from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from tunelens.base.errors import DataError
from tunelens.library.recommend.likes import Liked, read_likes, reads_likes
from tunelens.library.recommend.likes import judge_likes as judge_with_draws

judge_likes = partial(judge_with_draws, n_draws=50)


def clips(n: int = 160, *, folds: bool = True) -> list[Liked]:
    return [
        Liked(Path(f"{i}.wav"), 0.0, 20, f"artist {i % 40}", "ab"[i // 4 % 2], str(i % 4) if folds else "")
        for i in range(n)
    ]


def with_shares(given: list[Liked], shares: np.ndarray) -> list[Liked]:
    return [
        Liked(one.path, float(share), *list(vars(one).values())[2:])
        for one, share in zip(given, shares, strict=True)
    ]


def places(n: int, seed: int = 0) -> np.ndarray:
    matrix = np.random.default_rng(seed).normal(size=(n, 6)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def test_likes_that_follow_the_sound_are_foretold_and_others_are_not() -> None:
    matrix, rng = places(160), np.random.default_rng(1)
    for follows in (True, False):
        shares = 0.5 + 0.4 * matrix[:, 0] if follows else rng.random(160)
        found = {one.name: one for one in judge_likes(with_shares(clips(), shares), matrix).figures}
        assert found["content"].spearman.low > 0.5 if follows else found["content"].spearman.value < 0.25
        assert abs(found["random"].spearman.value) < 0.25


def test_the_mean_of_a_genre_tells_nothing_within_it() -> None:
    shares = np.where(np.arange(160) // 4 % 2, 0.7, 0.3) + 0.1 * np.random.default_rng(0).random(160)
    found = {one.name: one for one in judge_likes(with_shares(clips(), shares), places(160)).figures}
    assert found["genre mean"].spearman.value > 0.7 and np.isnan(found["genre mean"].within.value)
    assert (
        judge_likes(with_shares(clips(), shares), places(160)).to_dict()["figures"][1][
            "spearman_within_genre"
        ]["value"]
        is None
    )


def test_the_ceiling_is_what_two_halves_of_infinitely_many_askings_would_reach() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.2, 0.8, 4000)
    shares = rng.binomial(20, truth) / 20
    given = [
        Liked(Path(f"{i}"), float(share), 20, f"{i % 50}", "x", str(i % 2)) for i, share in enumerate(shares)
    ]
    given = [Liked(one.path, one.liked, 20, f"{i}", "x", str(i % 2)) for i, one in enumerate(given)]
    found = judge_likes(given, places(4000))
    assert found.ceiling == pytest.approx(spearmanr(shares, truth)[0], abs=0.03)


def test_an_artist_on_both_sides_is_refused_and_folds_are_made_where_there_are_none() -> None:
    shares = np.random.default_rng(0).random(160)
    mixed = [Liked(one.path, 0.5, 20, "same", "a", one.fold) for one in clips()]
    with pytest.raises(DataError, match="more than one fold"):
        judge_likes(mixed, places(160))
    found = judge_likes(with_shares(clips(folds=False), shares), places(160))
    assert (found.n_folds, found.n_artists) == (4, 40)
    with pytest.raises(DataError, match="40 are needed"):
        judge_likes(clips(20), places(20))


def test_a_table_is_read_and_what_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "likes.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [
                ["Path", "liked", "artist"],
                ["歌.wav", 0.5, "甲"],
                ["b.wav", 1.5, "x"],
                ["", 0.2, "x"],
                ["c.wav", "?", ""],
            ]
        )
    assert reads_likes(path)
    assert read_likes(path)[0].artist == "甲" and len(read_likes(path)) == 1
    path.write_text("path,liked\na.wav,2\n")
    with pytest.raises(DataError, match="no row"):
        read_likes(path)
