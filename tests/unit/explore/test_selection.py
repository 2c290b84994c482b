"""Choosing features: the objective against brute force and scikit-learn, searches against all subsets."""

from __future__ import annotations

import json
import random
import tracemalloc
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunelens.base.errors import DataError, NotFoundError, ParameterError, UnknownNameError
from tunelens.base.language import language
from tunelens.explore.selection import (
    LITERATURE,
    METHODS,
    Genetic,
    KeptSelection,
    Objective,
    Range,
    Selection,
    SelectOptions,
    Standard,
    Twins,
    compare_selections,
    evolve,
    lost_clips,
    lost_twins,
    random_splits,
    select,
    stability,
)
from tunelens.explore.selection import objective as of_objective
from tunelens.explore.selection.methods import random_subsets
from tunelens.features.waveform import WAVEFORM_NAMES

SMALL = SelectOptions(Genetic(population=24, generations=25), draws=40)


def made_up(n: int, told: int, noise: int, seed: int = 0, spread: float = 0.1) -> Twins:
    """Songs of which `told` features say which they are, and `noise` features nothing."""
    rng = np.random.default_rng(seed)
    song = rng.normal(size=(n, told))
    a, b = (
        np.hstack([song + spread * rng.normal(size=(n, told)), rng.normal(size=(n, noise))]) for _ in "ab"
    )
    names = tuple(f"t{i}" for i in range(told)) + tuple(f"n{i}" for i in range(noise))
    return Twins(a, b, names, tuple(map(str, range(n))))


def one_by_one(Z: np.ndarray) -> int:
    """Count lost twins pair by pair, as the definition says."""
    n_clips = len(Z)
    lost = 0
    for i in range(n_clips):
        twin = (i + n_clips // 2) % n_clips
        to_twin = sum((x - y) ** 2 for x, y in zip(Z[i], Z[twin], strict=True))
        others = [j for j in range(n_clips) if j not in {i, twin}]
        lost += any(sum((x - y) ** 2 for x, y in zip(Z[i], Z[j], strict=True)) <= to_twin for j in others)
    return lost


# -- the objective ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_the_objective_is_that_of_comparing_every_pair(seed: int) -> None:
    twins = made_up(20 + seed, 3, 2, seed, spread=0.6)
    Z = Objective.of(twins).Z
    assert 0 < one_by_one(Z) < len(Z)
    assert lost_clips(Z).sum() == one_by_one(Z) == lost_twins(twins)


@pytest.mark.parametrize("block", [1, 7, 512])
def test_blocks_change_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    Z = Objective.of(made_up(150, 5, 3, spread=0.5)).Z
    whole = lost_clips(Z)
    monkeypatch.setattr(of_objective, "BLOCK", block)
    assert lost_clips(Z).tolist() == whole.tolist()


def test_distances_of_thousands_of_songs_are_never_held_at_once() -> None:
    Z = np.random.default_rng(0).normal(size=(8000, 4))
    tracemalloc.start()
    lost_clips(Z)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8000 * 8000 * 4 / 4


@pytest.mark.parametrize("scale", [1.0, 1e-3, 30.0])
def test_the_objective_agrees_with_nearest_neighbours_of_scikit_learn(scale: float) -> None:
    from sklearn.neighbors import NearestNeighbors
    from sklearn.preprocessing import StandardScaler

    twins = made_up(400, 6, 10, seed=3, spread=scale * 0.2)
    Z = StandardScaler().fit_transform(np.concatenate([twins.a, twins.b]))
    nearest = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(Z).kneighbors(return_distance=False)
    lost = nearest[:, 0] != np.roll(np.arange(800), 400)
    assert lost_clips(Objective.of(twins).Z).tolist() == lost.tolist()


def test_far_songs_do_not_blur_near_ones() -> None:
    twins = made_up(100, 3, 1, spread=1e-4)
    far = np.where(np.arange(100)[:, None] == 0, 1e6, 1.0)
    Z = np.concatenate([twins.a * far, twins.b * far])
    assert lost_clips(Z).sum() == one_by_one(Z)
    beyond = Z * 1e30  # squares that float32 cannot hold
    assert lost_clips(beyond).tolist() == lost_clips(Z).tolist()


def test_ties_count_as_lost() -> None:
    a = np.array([[0.0], [0.0], [5.0]])
    twins = Twins(a, a.copy(), ("f",), ("1", "2", "3"))
    assert lost_clips(Objective.of(twins).Z).tolist() == [True, True, False] * 2
    assert lost_twins(twins, []) == 6
    equal = np.array([[0.0], [2.0]]), np.array([[1.0], [3.0]])  # 1 is as near to 2 as to 0
    assert lost_twins(Twins(*equal, ("f",), ("1", "2"))) == 2


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 12), d=st.integers(1, 4), values=st.integers(2, 5))
def test_where_ties_are_common_the_count_is_still_exact(seed: int, n: int, d: int, values: int) -> None:
    Z = np.random.default_rng(seed).integers(values, size=(2 * n, d)).astype(np.float64)
    assert lost_clips(Z).sum() == one_by_one(Z)
    assert lost_clips(Z * 2.0**40).sum() == one_by_one(Z)


def test_one_song_alone_cannot_lose_its_twin() -> None:
    assert lost_twins(Twins(np.zeros((1, 2)), np.ones((1, 2)), ("u", "v"), ("1",))) == 0


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(2, 25),
    scale=st.floats(1e-6, 1e6),
    shift=st.floats(-1e3, 1e3),
)
def test_order_of_songs_order_of_clips_and_units_do_not_matter(
    seed: int, n: int, scale: float, shift: float
) -> None:
    twins = made_up(n, 2, 2, seed, spread=0.5)
    lost = lost_twins(twins)
    order = np.random.default_rng(seed).permutation(n)
    assert lost_twins(twins.take(order)) == lost
    assert lost_twins(Twins(twins.b, twins.a, twins.names, twins.songs)) == lost
    units = np.array([scale, 1, 1, 1])
    offset = np.array([shift * scale, 0, 0, 0])
    moved = Twins(twins.a * units + offset, twins.b * units + offset, twins.names, twins.songs)
    assert lost_twins(moved) == lost
    assert lost_twins(twins, twins.names[::-1]) == lost


def test_a_feature_that_is_constant_or_never_known_says_nothing() -> None:
    twins = made_up(30, 2, 0, spread=0.5)
    flat = np.full((30, 1), 0.1 + 0.2)
    unknown = np.full((30, 1), np.nan)
    a, b = (np.hstack([clips, flat, unknown]) for clips in (twins.a, twins.b))
    more = Twins(a, b, (*twins.names, "flat", "unknown"), twins.songs)
    assert lost_twins(more) == lost_twins(twins)
    assert lost_twins(more, ["flat", "unknown"]) == 60


def test_held_out_songs_are_standardised_by_those_that_were_chosen_on() -> None:
    twins = made_up(40, 2, 0)
    standard = Standard.of(twins.take(range(20)))
    clips = np.concatenate([twins.a[:20], twins.b[:20]])
    assert np.allclose(standard.mean, clips.mean(axis=0))
    assert np.allclose(standard.scale, clips.std(axis=0))
    other = Twins(twins.a + 100, twins.b + 100, twins.names, twins.songs)
    assert np.allclose(standard.apply(other), standard.apply(twins) + 100 / standard.scale)


@pytest.mark.parametrize(
    ("a", "names"),
    [(np.zeros((2, 2)), ("u",)), (np.full((2, 1), np.inf), ("u",)), (np.zeros((2, 2)), ("u", "u"))],
)
def test_twins_that_are_none_are_refused(a: np.ndarray, names: tuple[str, ...]) -> None:
    with pytest.raises(DataError):
        Twins(a, a, names, ("1", "2"))


# -- searches -----------------------------------------------------------------------------------------


def optimum(twins: Twins) -> tuple[int, int]:
    """Return the fewest lost clips of all subsets, and the size of the smallest subset that has them."""
    objective = Objective.of(twins)
    subsets = [np.array(bits, bool) for bits in product([False, True], repeat=len(twins.names))]
    return min((objective.lost(mask), int(mask.sum())) for mask in subsets)


@pytest.mark.parametrize("seed", range(5))
def test_the_genetic_algorithm_finds_the_best_of_all_subsets(seed: int) -> None:
    twins = made_up(30, 4, 5, seed=seed, spread=0.5)
    best = optimum(twins)
    found = select(twins, "ga", seed=seed, options=SMALL)
    assert 0 < best[0] < 60
    assert (found.lost, len(found.names)) == best
    assert found.evaluations < 512  # it has not simply tried them all


@pytest.mark.parametrize("method", ["ga", "greedy"])
def test_planted_features_are_found_among_many_that_say_nothing(method: str) -> None:
    found = select(made_up(80, 5, 25, spread=0.05), method, options=SMALL)
    assert {name[0] for name in found.names} == {"t"}
    assert found.lost < select(made_up(80, 5, 25, spread=0.05), "all").lost / 4


def test_the_best_never_becomes_worse_and_the_history_is_that_of_the_result() -> None:
    found = select(made_up(40, 3, 9, spread=0.5), "ga", options=SMALL)
    best = [one.best for one in found.history]
    assert best == sorted(best, reverse=True)
    assert best[-1] == found.lost
    assert all(one.mean >= one.best for one in found.history)
    assert [one.number for one in found.history] == list(range(len(found.history)))


def test_patience_ends_a_search_that_finds_nothing_better() -> None:
    twins = made_up(30, 3, 3)
    short = select(twins, "ga", options=SelectOptions(Genetic(20, 200, patience=4)))
    assert 5 <= len(short.history) < 60
    last = [(one.best, one.size) for one in short.history[-5:]]
    assert len(set(last)) == 1
    assert len(select(twins, "ga", options=SelectOptions(Genetic(20, 30, patience=0))).history) == 31


def test_the_same_seed_finds_the_same_and_global_random_states_are_neither_read_nor_changed() -> None:
    twins = made_up(40, 3, 12, spread=0.6)
    found = []
    for state in (1, 2):
        random.seed(state)
        np.random.seed(state)
        before = random.getstate(), np.random.get_state()[1].tolist()
        found.append([select(twins, name, seed=5, options=SMALL) for name in ("ga", "random")])
        assert (random.getstate(), np.random.get_state()[1].tolist()) == before
    assert found[0] == found[1]
    assert select(twins, "ga", seed=6, options=SMALL).history != found[0][0].history


def test_greedy_adds_what_helps_most_and_returns_the_best_on_the_way() -> None:
    twins = made_up(40, 3, 4, spread=0.4)
    found = select(twins, "greedy")
    chosen: list[str] = []
    path = []
    while len(chosen) < 7:
        rest = [name for name in twins.names if name not in chosen]
        chosen.append(
            min(rest, key=lambda name: (lost_twins(twins, [*chosen, name]), twins.names.index(name)))
        )
        path.append((lost_twins(twins, chosen), len(chosen)))
    assert (found.lost, len(found.names)) == min(path)
    assert len(found.history) == 7


def test_random_subsets_have_every_size_and_the_best_is_taken() -> None:
    masks = random_subsets(6, 6000, np.random.default_rng(0))
    sizes = np.bincount(masks.sum(axis=1), minlength=7)
    assert sizes[0] == 0
    assert np.abs(sizes[1:] - 1000).max() < 150
    assert np.abs(masks.mean(axis=0) - 3.5 / 6).max() < 0.03
    found = select(made_up(30, 3, 3, spread=0.5), "random", options=SelectOptions(draws=50))
    assert len(found.drawn) == 50
    assert found.lost == min(found.drawn)


def test_the_18_of_the_literature_are_waveform_statistics() -> None:
    assert len(set(LITERATURE)) == 18
    assert set(LITERATURE) <= set(WAVEFORM_NAMES)
    with pytest.raises(DataError, match="literature"):
        select(made_up(10, 2, 2), "literature")


def test_wrong_wishes_are_refused() -> None:
    twins = made_up(10, 2, 2)
    with pytest.raises(UnknownNameError, match="genetic"):
        select(twins, "genetic")
    with pytest.raises(DataError, match="1 songs"):
        select(twins.take([0]), "all")
    for wrong in (
        {"population": 3},
        {"generations": 0},
        {"mutation": 1.5},
        {"elite": 60},
        {"crossover": -0.1},
    ):
        with pytest.raises(ParameterError):
            Genetic(**wrong)
    with pytest.raises(UnknownNameError):
        lost_twins(twins, ["no such"])


@pytest.mark.parametrize("method", METHODS)
def test_a_selection_comes_back_from_json(method: str) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(12, 42)) for _ in "ab")
    found = select(Twins(a, b, WAVEFORM_NAMES, tuple(map(str, range(12)))), method, options=SMALL)
    assert Selection.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_progress_tells_of_every_generation() -> None:
    told: list[str] = []

    class Watch:
        def start(self, total: int, what: str) -> None:
            told.append(f"{total} {what}")

        def advance(self, item: str, ok: bool = True) -> None:
            told.append(item if ok else "failed")

        def finish(self) -> None:
            told.append("end")

    _, history = evolve(Objective.of(made_up(20, 2, 3)), Genetic(8, 6, patience=0), progress=Watch())
    assert told[0] == "6 generations"
    assert told[1].startswith("generation 1: ")
    assert len(told) == 1 + 6 + 1 == len(history) + 1


# -- held-out songs -----------------------------------------------------------------------------------


def test_noise_gains_nothing_on_held_out_songs_though_it_seems_to_where_it_was_chosen() -> None:
    found = compare_selections(made_up(60, 0, 12, seed=4), ("ga", "greedy"), n_splits=6, options=SMALL)
    for method in ("ga", "greedy"):
        tried = found.of(method)
        baseline = found.of("all")
        assert tried.chosen_on.mean() < baseline.chosen_on.mean() - 0.02
        assert abs(tried.held_out.mean() - baseline.held_out.mean()) < 0.04
        assert found.verdict(tried) != "fewer lost"
    assert "no better than all 12 features" in found.summary()


def test_a_choice_that_holds_is_said_to_hold() -> None:
    found = compare_selections(made_up(120, 4, 12, spread=0.1), ("ga", "random"), n_splits=5, options=SMALL)
    assert found.verdict(found.of("ga")) == "fewer lost"
    assert found.verdict(found.of("all")) == ""
    assert found.drawn_held_out.shape == (5, 40)
    assert found.of("drawn").held_out.mean() == pytest.approx(found.drawn_held_out.mean())
    assert found.of("random").chosen_on.mean() < found.of("drawn").chosen_on.mean()
    table = found.table()
    assert table.column("method") == (
        "all features",
        "random subset, mean",
        "best random subset",
        "genetic algorithm",
    )
    with language("zh"):
        assert "遗传算法（按歌曲留出）" in found.summary()


def test_shares_are_those_of_each_side_alone() -> None:
    twins = made_up(30, 2, 3, spread=0.6)
    tried = compare_selections(twins, ("all",), n_splits=3, seed=7).of("all")
    splits = list(random_splits(twins.groups("song"), 0.5, 3, 7))
    for (chosen_on, held), share, other in zip(splits, tried.chosen_on, tried.held_out, strict=True):
        standard = Standard.of(twins.take(chosen_on))
        assert share == lost_twins(twins.take(chosen_on)) / (2 * len(chosen_on))
        assert other == lost_twins(twins.take(held), standard=standard) / (2 * len(held))


def test_artists_stay_on_one_side() -> None:
    twins = made_up(40, 2, 2)
    artists = tuple(f"artist {i % 9}" if i < 30 else "" for i in range(40))
    known = Twins(twins.a, twins.b, twins.names, twins.songs, artists)
    for chosen_on, held in random_splits(known.groups("artist"), 0.4, 20, 0):
        assert sorted([*chosen_on, *held]) == list(range(40))
        assert not {artists[i] for i in chosen_on if artists[i]} & {artists[i] for i in held if artists[i]}
        assert 10 <= len(held) <= 22
    found = compare_selections(known, ("all",), n_splits=2)
    assert found.ways == ("song", "artist")
    assert not found.notes
    assert compare_selections(twins, ("all",), n_splits=2).notes


def test_one_artist_of_all_songs_cannot_be_held_out() -> None:
    with pytest.raises(DataError, match="one artist"):
        list(random_splits(np.zeros(20, np.intp), 0.5, 1, 0))


@pytest.mark.parametrize("wrong", [{"held_out": 0.0}, {"held_out": 1.0}, {"n_splits": 1}])
def test_wrong_splits_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        compare_selections(made_up(20, 2, 2), ("all",), **wrong)
    with pytest.raises(DataError, match="8 are needed"):
        compare_selections(made_up(7, 2, 2), ("all",))


def test_the_interval_is_that_of_nadeau_and_bengio() -> None:
    """By hand: J = 4, mean 0.5, s = 0.1, n_test / n_train = 1/3, t(0.975, 3) = 3.1824."""
    values = np.array([0.5 - 0.15**0.5 * 0.1**0.5 / 1, 0.5, 0.5, 0.5 + 0.15**0.5 * 0.1**0.5])
    assert values.std(ddof=1) == pytest.approx(0.1)
    found = Range.over_splits(values, 0.25)
    assert found.value == pytest.approx(0.5)
    assert found.high - found.value == pytest.approx(3.1824 * 0.1 * (1 / 4 + 1 / 3) ** 0.5, rel=1e-4)
    assert np.isnan(Range.over_splits(np.array([0.5]), 0.5).low)


def test_stability_by_hand_and_by_chance() -> None:
    # shares 1, 1/2, 1/2, 0 of two runs; unbiased variances 0, 1/2, 1/2, 0; mean size 2 of 4
    masks = np.array([[1, 1, 0, 0], [1, 0, 1, 0]], bool)
    assert stability(masks) == pytest.approx(1 - (1 / 4) / (1 / 4))
    fixed = np.random.default_rng(1).permuted(np.tile(np.arange(30) < 12, (2000, 1)), axis=1)
    assert abs(stability(fixed)) < 0.01
    assert np.isnan(stability(fixed[:1]))
    assert np.isnan(stability(np.ones((3, 4), bool)))


# -- kept ---------------------------------------------------------------------------------------------


def test_a_kept_selection_comes_back(tmp_path: Path) -> None:
    kept = KeptSelection(("响度", "amp1std"), "waveform", "3", {"method": "ga", "held_out": None})
    path = kept.save(tmp_path / "选择.json")
    assert KeptSelection.load(path) == kept
    with pytest.raises(ParameterError, match="exists"):
        kept.save(path)
    assert kept.save(path, force=True) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"features": ["a"]}',
        '{"format": "tunelens selection 1", "features": []}',
        '{"format": "tunelens selection 1", "features": ["a", "a"]}',
        '{"format": "tunelens selection 1", "features": ["a", 1]}',
        '{"format": "tunelens selection 1", "features": "amp1std"}',
        "[" * 100_000,
        '{"format": "tunelens selection 1", "features": ["' + "a" * 600 + '"]}',
        "\xff\xfe",
    ],
)
def test_a_file_that_is_no_selection_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "selection.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match="holds no selection"):
        KeptSelection.load(path)


def test_a_file_too_large_or_absent_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "selection.json"
    path.write_bytes(b" " * ((1 << 22) + 1))
    with pytest.raises(DataError):
        KeptSelection.load(path)
    with pytest.raises(NotFoundError):
        KeptSelection.load(tmp_path / "nothing.json")
    with pytest.raises(DataError, match="cannot be read"):
        KeptSelection.load(tmp_path)
