"""What a running job tells: counts, the stage that it has come to, the loss of a net while it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tunelens.models.fitting.watch import watcher, watching
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe
from tunelens.services.jobs.context import Cancelled, Stop, Watched


def watched() -> tuple[Watched, list[Mapping[str, Any]]]:
    told: list[Mapping[str, Any]] = []
    return Watched(told.append, Stop()), told


def test_a_stage_stays_told_while_counts_begin_anew() -> None:
    seen, told = watched()
    seen.note("3/8 describe")
    seen.start(2, "songs")
    seen.advance("a")
    seen.note("4/8 select")
    assert [one["stage"] for one in told] == ["3/8 describe"] * 3 + ["4/8 select"]
    assert [one["done"] for one in told] == [0, 0, 1, 1]
    assert all({"what", "total", "done", "failed", "item", "eta_s"} <= one.keys() for one in told)


def test_the_loss_of_the_latest_rounds_is_told() -> None:
    seen, told = watched()
    history = [{"epoch": n, "train_loss": 1 / n, "valid_loss": None, "lr": 0.1} for n in range(1, 700)]
    seen.learn(history)
    curve = told[-1]["curve"]
    assert curve[-1] == [699, 1 / 699, None]
    assert len(curve) == 500


def test_a_round_and_a_stage_are_where_a_cancelled_job_ends() -> None:
    stop = Stop()
    seen = Watched(lambda _: None, stop)
    stop.ask()
    for tell in (
        lambda: seen.note("1/8 acquire"),
        lambda: seen.learn([{"epoch": 1, "train_loss": 1.0, "valid_loss": 1.0}]),
    ):
        with pytest.raises(Cancelled):
            tell()
    assert stop.heard


@pytest.mark.slow
def test_a_recipe_lets_others_look_on() -> None:
    """Whoever looks on from outside sees the rounds of a net, also where a recipe has its own progress."""
    pytest.importorskip("skorch", reason="nets need the extra train")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 40, 20)).astype(np.float32)
    labels = np.array(["slow", "fast"] * 6)
    material = Material(X, labels, np.arange(12), "single", ("fast", "slow"))
    seen, told = watched()
    with watching(on_epoch=seen.learn):
        Recipe("gru:max_epochs=2").fit(material, progress=seen)
        assert watcher().on_epoch is not None
    curves = [one["curve"] for one in told if "curve" in one]
    assert [point[0] for point in curves[-1]] == [1, 2]
    assert all(np.isfinite(point[1]) for point in curves[-1])
