"""What the default model learns from, and how it is judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training import sets
from training.judging import draws, judge
from training.kernel import KernelRecipe

from tunelens.data.labels import Labels
from tunelens.data.tracks import Tracks
from tunelens.models.material import Material


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("The Beatles", "beatles"),
        ("Björk", "BJORK"),
        ("Ray Charles & Friends", "Ray Charles"),
        ("周杰倫 feat. 費玉清", "周杰倫"),
    ],
)
def test_spellings_of_one_artist_agree(name: str, other: str) -> None:
    assert sets.plain_artist(name) == sets.plain_artist(other) != ""


def test_artists_of_different_names_differ() -> None:
    assert sets.plain_artist("周杰倫") != sets.plain_artist("費玉清")


def test_the_axes_are_those_of_the_quadrants() -> None:
    assert {q for q, end in sets.AXES["valence"].items() if end == "positive"} == {"Q1", "Q4"}
    assert {q for q, end in sets.AXES["arousal"].items() if end == "high"} == {"Q1", "Q2"}


def test_both_sets_become_one_with_the_families_as_tags(data_dir: Path) -> None:
    mer4q = sets.clips_of(data_dir, "mer4q", "genres", "multi")
    emotify = sets.clips_of(data_dir, "emotify", "genre")
    both = sets.genres_of(mer4q, emotify)
    counts = both.labels.counts()
    assert (len(mer4q), len(emotify), both.labels.classes) == (664, 321, sets.GENRES)
    assert counts["Classical"] == 80 + 9  # Emotify's 80 and the 9 that AllMusic calls so
    assert counts["Jazz"] == 122
    assert both.labels.values[-1] == {"Pop/Rock"}


def test_noise_is_grouped_by_kind_and_speech_by_reader(data_dir: Path) -> None:
    noise = sets.not_music(data_dir)
    kinds = noise.groups["artist"]
    assert len(set(kinds)) == 10 + 2 + 2
    assert kinds.count("rain") == 4
    assert kinds.count("reader 198") == 1 + len(sets.SPOKEN_S)


def test_noises_are_silence_and_eight_to_thirteen_others() -> None:
    found = sets.noises(1.0)
    assert not found[0].y.any()
    assert all(0.01 < np.abs(clip.y).max() < 1 for clip in found[1:])


def test_no_artist_is_on_both_sides_of_any_draw(rng: np.random.Generator) -> None:
    artists = [f"a{i}" for i in rng.integers(0, 20, 100)]
    names = rng.choice(["x", "y"], 100).tolist()
    ids = tuple(map(str, range(100)))
    tracks = Tracks(
        name="t",
        ids=ids,
        labels=Labels("single", names),
        paths=tuple(map(Path, ids)),
        groups={"artist": tuple(artists)},
    )
    at = np.array(artists)
    for draw in draws(tracks, seeds=(0, 1)):
        for fold in draw:
            assert not set(at[fold.train]) & set(at[fold.test])


def test_judging_tells_a_planted_class_from_chance(rng: np.random.Generator) -> None:
    ids = tuple(map(str, range(60)))
    names = np.tile(["x", "y"], 30)
    groups = tuple(f"a{i // 2}" for i in range(60))
    tracks = Tracks(
        name="t",
        ids=ids,
        labels=Labels("single", names.tolist()),
        paths=tuple(map(Path, ids)),
        groups={"artist": groups},
    )
    X = rng.normal(size=(60, 4))
    X[:, 0] += np.where(names == "x", 4, 0)
    recipe = KernelRecipe(n_measures=0, components=4)

    def accuracy(X: np.ndarray) -> float:
        rows = Material(X, names, tracks.group_ids("artist"), "single", ("x", "y"))
        found = judge(rows, draws(tracks, seeds=(0, 1)), recipe).interval("accuracy")
        assert found.low <= found.value <= found.high
        return found.value

    assert accuracy(X) > 0.9
    assert accuracy(X[:, 1:]) < 0.7
