from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tunelens.library.recommend.judge import judge
from tunelens.library.recommend.listening import Listening, read_listening


def world(
    *, by_sound: bool, n_listeners: int = 80, n_items: int = 120, n_cold: int = 0, seed: int = 0
) -> tuple[Listening, np.ndarray]:
    """Listeners of four kinds of items; sound tells the kind, or nothing. Cold items come last, once each."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(4, size=n_items)
    centres = rng.normal(size=(4, 16))
    matrix = (centres[kind] if by_sound else 0) + 0.7 * rng.normal(size=(n_items, 16))
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    warm = n_items - n_cold
    rows = []
    for listener in range(n_listeners):
        odds = np.where(kind[:warm] == listener % 4, 1.0, 0.05)
        met = rng.choice(warm, 12, replace=False, p=odds / odds.sum())
        rows += [
            (f"u{listener}", f"{item:03}", 1 + rng.integers(20), 1000 + at) for at, item in enumerate(met)
        ]
    for item in range(warm, n_items):
        fans = [listener for listener in range(n_listeners) if listener % 4 == kind[item]]
        rows.append((f"u{rng.choice(fans)}", f"{item:03}", 1, 5000 + item))
    listening = Listening.of(rows)
    places = np.array([matrix[int(name)] for name in listening.items], np.float32)
    return listening, places


def test_where_listeners_have_tastes_the_crowd_beats_popularity_and_chance() -> None:
    listening, _ = world(by_sound=False)
    found = {one.name: one for one in judge(listening, "last").figures}
    assert set(found) == {"random", "popularity", "collaborative"}
    assert found["collaborative"].better is not None and found["collaborative"].better.low > 0
    assert found["collaborative"].ndcg.value > 2 * found["popularity"].ndcg.value
    assert found["random"].coverage > 0.95 > found["popularity"].coverage
    assert found["popularity"].novelty.value < found["collaborative"].novelty.value


def test_validation_heeds_the_sound_where_it_tells_something_and_not_where_it_is_noise() -> None:
    shares = {}
    for by_sound in (True, False):
        listening, places = world(by_sound=by_sound)
        found = {one.name: one for one in judge(listening, "last", matrix=places).figures}
        worse = min(found["content"].ndcg.value, found["collaborative"].ndcg.value)
        assert found["hybrid"].ndcg.value > worse
        shares[by_sound] = float(found["hybrid"].chosen.partition("%")[0])
    assert shares[False] >= 75 > shares[True]


def test_cold_items_are_found_by_their_sound_alone() -> None:
    listening, places = world(by_sound=True, n_cold=30)
    found = judge(listening, "last", matrix=places)
    figures = {one.name: one.ndcg.value for one in found.figures}
    assert found.n_cold >= 20
    assert figures["hybrid"] > figures["collaborative"]


def test_the_test_part_is_not_looked_at_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learned from, and what validation asks for, are the same whatever is held back for the test."""
    from tunelens.library.recommend import judge as module

    listening, places = world(by_sound=True)
    asked: list[set[int]] = []
    original = module.hold_out

    def spy(given, *args, **kwargs):
        found = original(given, *args, **kwargs)
        asked.append({int(pair) for pair in given.pairs})
        asked.append(
            {int(r) * len(given.items) + int(c) for r, c in zip(*found.wanted.nonzero(), strict=True)}
        )
        return found

    monkeypatch.setattr(module, "hold_out", spy)
    judge(listening, "last", matrix=places)
    everything, tested, learned, validated = asked
    assert learned == everything - tested and not validated & tested


def test_the_same_seed_gives_the_same_figures() -> None:
    listening, places = world(by_sound=True, n_listeners=40)
    assert judge(listening, "time", matrix=places) == judge(listening, "time", matrix=places)


def test_the_listeners_of_last_fm_are_served_far_better_than_by_popularity(data_dir: Path) -> None:
    listening = read_listening(data_dir / "feedback" / "lastfm_user_artists.tsv")
    assert len(listening.items) == 17_632 and len(listening.who) == 92_846
    found = {one.name: one for one in judge(listening, "last").figures}
    assert found["collaborative"].ndcg.value > 2.5 * found["popularity"].ndcg.value
    assert found["collaborative"].recall.low > 2 * found["popularity"].recall.high
    assert found["random"].ndcg.value < 0.002
