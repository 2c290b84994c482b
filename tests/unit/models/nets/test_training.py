"""Training as a person meets it: order is heard, seeds are kept, nonsense is refused."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.models.bundles.estimators import pack, unpack
from tunelens.models.fitting.estimators import NetClassifier, NetRegressor
from tunelens.models.fitting.watch import spark, watching
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe

Arrays = tuple[np.ndarray, np.ndarray]


def chirps(n: int, seed: int = 0) -> Arrays:
    """Frames of tones that rise or, played backwards, fall: each frame alone says nothing."""
    rng, sr = np.random.default_rng(seed), 4000
    t, y = np.arange(sr) / sr, np.arange(n) % 2
    low, high = rng.uniform(200, 500, (n, 1)), rng.uniform(1000, 1800, (n, 1))
    sound = np.sin(2 * np.pi * (low * t + (high - low) * t**2 / 2)) + 0.3 * rng.normal(size=(n, sr))
    sound[y == 1] = sound[y == 1, ::-1]
    frames = sound[:, : sr // 160 * 160].reshape(n, -1, 160) * np.hanning(160)
    power = np.abs(np.fft.rfft(frames, axis=2)[..., :80]) ** 2
    bands = power.reshape(n, power.shape[1], 16, 5).sum(axis=3)
    return np.log(bands + 1e-3).astype(np.float32), np.array(["rises", "falls"])[y]


def blobs(n: int = 32, seed: int = 0) -> Arrays:
    rng, y = np.random.default_rng(seed), np.arange(n) % 2
    X = rng.normal(size=(n, 12, 3)).astype(np.float32) + y[:, None, None].astype(np.float32)
    return X, np.array(["慢", "快"])[y]


def quick(net: str = "cnn1d", **params: Any) -> NetClassifier:
    return NetClassifier(net, **{"width": 8, "n_layers": 1, "max_epochs": 4, **params})


def weights(fitted: Any) -> np.ndarray:
    return np.concatenate([one.ravel() for one in fitted.weights_.values()])


def test_an_lstm_hears_order_that_a_bag_of_frames_cannot() -> None:
    X, y = chirps(80)
    other, truth = chirps(60, seed=1)

    def bag(frames: np.ndarray) -> np.ndarray:
        return np.concatenate([frames.mean(axis=1), frames.std(axis=1)], axis=1)

    heard = NetClassifier("lstm", width=12, lr=0.02, max_epochs=15, dropout=0.0).fit(X, y)
    by_bag = LogisticRegression(max_iter=2000).fit(bag(X), y)
    assert (heard.predict(other) == truth).mean() > 0.95
    assert (by_bag.predict(bag(other)) == truth).mean() < 0.7


@pytest.mark.parametrize("schedule", ["constant", "cosine", "one-cycle", "plateau"])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_every_optimizer_and_schedule_learns(optimizer: str, schedule: str) -> None:
    X, y = blobs()
    lr = 0.02 if optimizer == "adam" else 0.05
    fitted = quick(optimizer=optimizer, schedule=schedule, lr=lr, max_epochs=8).fit(X, y)
    assert (fitted.predict(X) == y).mean() > 0.9
    steps = [one["lr"] for one in fitted.history_]
    assert (len(set(steps)) == 1) == (schedule in {"constant", "plateau"})
    assert max(steps) <= lr


def test_tags_numbers_and_vectors_are_learned() -> None:
    X, y = blobs(60)
    tags = np.stack([y == "快", X[:, :, 1].mean(axis=1) > 0.5], axis=1).astype(np.int8)
    net = quick(lr=0.02, max_epochs=20).fit(X, tags)
    assert (net.predict(X) == tags).mean() > 0.9
    assert net.predict(X).dtype == np.int8
    numbers = 120 + 30 * X.mean(axis=(1, 2))
    regressor = NetRegressor("gru", width=8, lr=0.03, max_epochs=25).fit(X, numbers)
    assert regressor.score(X, numbers) > 0.8
    vectors = X.mean(axis=1) * np.array([1, 1000, 1e-3]) + np.array([0, 50, 0])
    assert (quick(lr=0.02, max_epochs=20).fit(vectors, y).predict(vectors) == y).mean() > 0.9


def test_the_seed_says_everything() -> None:
    X, y = blobs()
    options: dict[str, Any] = {"mixup": 0.3, "spec_augment": 1, "dropout": 0.4}
    first = quick(**options).fit(X, y)
    torch.manual_seed(99)
    np.random.seed(5)  # what others did to global state must not matter
    torch.rand(7)
    again, other = quick(**options).fit(X, y), quick(**options, random_state=1).fit(X, y)
    np.testing.assert_array_equal(weights(first), weights(again))
    assert not np.array_equal(weights(first), weights(other))


def test_the_random_state_of_torch_is_left_alone() -> None:
    X, y = blobs()
    torch.manual_seed(3)
    wanted = torch.rand(4)
    torch.manual_seed(3)
    fitted = quick().fit(X, y)
    fitted.predict(X)
    assert torch.equal(torch.rand(4), wanted)


def test_training_stops_early_and_keeps_the_best() -> None:
    X, _ = blobs(40)
    noise = np.random.default_rng(0).choice(["a", "b"], 40)
    fitted = quick(width=32, lr=0.03, patience=3, max_epochs=60, schedule="constant").fit(X, noise)
    held = [one["valid_loss"] for one in fitted.history_]
    assert len(held) < 60
    assert len(held) == fitted.best_epoch_ + 3
    assert held[fitted.best_epoch_ - 1] == min(held)
    shorter = quick(width=32, lr=0.03, schedule="constant", max_epochs=fitted.best_epoch_).fit(X, noise)
    np.testing.assert_array_equal(weights(fitted), weights(shorter))


def test_without_a_part_held_out_the_last_round_is_kept() -> None:
    X, y = blobs()
    fitted = quick(valid_share=0, patience=1, max_epochs=5).fit(X, y)
    assert fitted.best_epoch_ == len(fitted.history_) == 5
    assert fitted.history_[0]["valid_loss"] is None


def test_weights_of_examples_matter() -> None:
    """Both classes look the same; the one that weighs more must be the more probable, by its share."""
    X = np.random.default_rng(0).normal(size=(60, 4, 2)).astype(np.float32)
    y = np.array(["a", "b"] * 30)
    weight = np.where(y == "a", 3.0, 1.0)
    proba = quick(max_epochs=8, valid_share=0).fit(X, y, sample_weight=weight).predict_proba(X)
    assert proba[:, 0].mean() == pytest.approx(0.75, abs=0.06)


def test_weight_decay_and_smoothing_pull() -> None:
    X, y = blobs()
    free, held = (quick(weight_decay=w, lr=0.02, max_epochs=10).fit(X, y) for w in (0.0, 5.0))
    assert np.linalg.norm(held.weights_["head.weight"]) < 0.7 * np.linalg.norm(free.weights_["head.weight"])
    sure, unsure = (quick(label_smoothing=s, lr=0.05, max_epochs=20).fit(X, y) for s in (0.0, 0.5))
    assert unsure.predict_proba(X).max() < sure.predict_proba(X).max()


def test_copies_forget_torch_and_say_the_same() -> None:
    X, y = blobs()
    fitted = quick().fit(X, y)
    before = fitted.predict_proba(X)
    again = copy.deepcopy(fitted)
    assert not [v for v in vars(again).values() if type(v).__module__.startswith("torch")]
    np.testing.assert_array_equal(again.predict_proba(X), before)


def test_weights_that_do_not_fit_are_refused_before_room_is_made() -> None:
    X, y = blobs()
    fitted = copy.deepcopy(quick("lstm").fit(X, y))
    fitted.width, fitted.n_layers = 4096, 24
    with pytest.raises(DataError, match="do not fit"):
        fitted.predict(X)


def test_ensembles_of_nets_are_kept_without_pickle() -> None:
    X, y = blobs()
    classes = ("快", "慢")
    text = "vote(gru:max_epochs=2,width=8,cnn1d:max_epochs=2,width=8)"
    fitted = Recipe(text).fit(Material(X, y, np.arange(32), "single", classes))
    name, data = pack(fitted.estimator)
    assert name == "model.skops"
    again = unpack(name, data, "single", classes, 3)
    np.testing.assert_allclose(again.proba(X), fitted.predict_proba(X), atol=1e-5)


def test_sequences_of_many_lengths() -> None:
    X, y = blobs()
    ragged = [one[: 4 + i % 9] for i, one in enumerate(X)]
    for name in ("gru", "ast"):
        fitted = quick(name, width=16).fit(ragged, y)
        assert fitted.n_frames_ == 7
        assert fitted.predict_proba(ragged[:3]).shape == (3, 2)
    assert quick("gru").fit(X, y).predict_proba(np.concatenate([X, X], axis=1)).shape == (32, 2)
    with pytest.raises(DataError, match="9 frames; ast takes only 12"):
        quick("ast", width=16).fit(X, y).predict(X[:, :9])
    with pytest.raises(DataError, match="trained on sequences"):
        quick("gru").fit(X, y).predict(X[:, 0])


def test_who_looks_on_hears_of_every_round() -> None:
    class Seen:
        def __init__(self) -> None:
            self.lines: list[str] = []

        def start(self, total: int, what: str) -> None:
            self.lines.append(f"{total} {what}")

        def advance(self, item: str, ok: bool = True) -> None:  # noqa: ARG002
            self.lines.append(item)

        def finish(self) -> None:
            self.lines.append("over")

    seen, (X, y), rounds = Seen(), blobs(), []
    rows = Material(X, y, np.arange(32), "single", ("快", "慢"))
    Recipe("cnn1d:max_epochs=3,width=8").fit(rows, progress=seen)
    assert seen.lines[0] == "3 epochs"
    assert seen.lines[-1] == "over"
    assert len(seen.lines) == 5
    assert "held out" in seen.lines[1]
    with watching(on_epoch=lambda history: rounds.append(len(history))):
        quick().fit(X, y)
    quick().fit(X, y)
    assert rounds == [1, 2, 3, 4]
    assert len(spark([float(i) for i in range(1000)])) <= 24


def test_an_interrupt_is_not_swallowed() -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    X, y = blobs()
    with pytest.raises(KeyboardInterrupt), watching(on_epoch=stop):
        quick().fit(X, y)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"lr": 0}, "lr is 0"),
        ({"lr": float("nan")}, "lr is nan"),
        ({"max_epochs": 0}, "max_epochs is 0"),
        ({"max_epochs": 2.5}, "whole number"),
        ({"batch_size": 1}, "batch_size is 1"),
        ({"dropout": 1.0}, "dropout is 1.0"),
        ({"optimizer": "adagrad"}, "adam, sgd are allowed"),
        ({"schedule": "linear"}, "one-cycle"),
        ({"mixup": -1}, "mixup is -1"),
        ({"device": "cuda:99"}, "device 'cuda:99'"),
        ({"device": "warp"}, "device 'warp'"),
        ({"patience": True}, "patience is True"),
        ({"net": "ast", "width": 20}, "multiple of 16"),
    ],
)
def test_nonsense_is_refused(params: dict[str, Any], said: str) -> None:
    X, y = blobs()
    with pytest.raises(ParameterError, match=said):
        quick(**params).fit(X, y)


def test_data_that_no_net_can_learn_from() -> None:
    X, y = blobs()
    with pytest.raises(DataError, match="two classes"):
        quick().fit(X, np.full(32, "a"))
    with pytest.raises(DataError, match="31"):
        quick().fit(X, y[:31])
    with pytest.raises(DataError, match="1 rows are too few"):
        NetRegressor().fit(X[:1], np.ones(1))
    with pytest.raises(DataError, match="all bounds") as caught:
        NetRegressor("cnn1d", lr=100.0, optimizer="sgd", weight_decay=100.0).fit(X, np.arange(32.0))
    assert caught.value.hint == "lower lr, which is 100"
    with pytest.raises(UnknownNameError, match="net 'lstn'"):
        quick("lstn").fit(X, y)


def test_a_net_on_two_rows_learns_at_all() -> None:
    X, y = blobs(2)
    fitted = quick(max_epochs=40, lr=0.02, dropout=0.0).fit(X, y)
    assert fitted.history_[-1]["train_loss"] < 0.1
