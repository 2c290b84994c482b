"""Losses, targets, schedules, batches and the part held out, against hand-worked values and torch's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tunelens.base.errors import DataError
from tunelens.models.fitting.batches import BatchPlan
from tunelens.models.fitting.held_out import hold_out
from tunelens.models.fitting.losses import SoftLoss
from tunelens.models.fitting.schedules import Plateau, share
from tunelens.models.fitting.sequences import Scale, as_frames
from tunelens.models.fitting.targets import Targets

Y = np.array(["b", "a", "c", "a"])
SCORES = torch.tensor([[0.2, 1.0, -0.5], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0], [-1.0, 0.5, 0.3]])


def table(targets: Targets) -> torch.Tensor:
    return torch.from_numpy(targets.table)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_cross_entropy_is_that_of_torch(smoothing: float) -> None:
    loss = SoftLoss("single", smoothing).train()
    wanted = torch.nn.CrossEntropyLoss(label_smoothing=smoothing)(SCORES, torch.tensor([1, 0, 2, 0]))
    torch.testing.assert_close(loss(SCORES, table(Targets.of("single", Y))), wanted)


def test_label_smoothing_by_hand() -> None:
    """Scores of zero over k classes cost log k whatever the target; two classes with odds 3:1 by hand."""
    two = Targets.of("single", np.array(["a", "b"]))
    scores = torch.tensor([[math.log(3.0), 0.0]]).repeat(2, 1)
    found = SoftLoss("single", 0.2).train()(scores, table(two))
    a, b = -math.log(0.75), -math.log(0.25)
    assert found.item() == pytest.approx(((0.9 * a + 0.1 * b) + (0.1 * a + 0.9 * b)) / 2, abs=1e-6)


def test_labels_are_not_smoothed_when_judging() -> None:
    target = table(Targets.of("single", Y))
    assert SoftLoss("single", 0.3).eval()(SCORES, target) == SoftLoss("single").eval()(SCORES, target)


def test_tags_by_hand() -> None:
    tags = Targets.of("multi", np.array([[1, 0]]))
    found = SoftLoss("multi", 0.2).train()(torch.tensor([[math.log(3.0), 0.0]]), table(tags))
    first = -(0.9 * math.log(0.75) + 0.1 * math.log(0.25))
    assert found.item() == pytest.approx((first + math.log(2)) / 2, abs=1e-6)


def test_numbers_are_learned_standardised() -> None:
    numbers = Targets.of("continuous", np.array([1.0, 3.0]))
    assert (numbers.mean, numbers.spread) == (2.0, 1.0)
    assert SoftLoss("continuous")(torch.zeros(2, 1), table(numbers)).item() == pytest.approx(1.0)
    assert Targets.of("continuous", np.array([5.0, 5.0])).spread == 1.0


def test_weights_by_hand() -> None:
    """A row of weight 3 counts as three rows; the mean weight is 1."""
    weighted = Targets.of("single", np.array(["a", "b"]), np.array([3.0, 1.0]))
    rows = Targets.of("single", np.array(["a", "a", "a", "b"]))
    scores = torch.tensor([[1.0, 0.0], [0.5, 0.2]])
    torch.testing.assert_close(
        SoftLoss("single")(scores, table(weighted)),
        SoftLoss("single")(scores[[0, 0, 0, 1]], table(rows)),
    )
    per_tag = Targets.of("multi", np.array([[1, 0], [0, 1]]), np.array([[2.0, 0.0], [1.0, 1.0]]))
    scores = torch.tensor([[0.0, 9.0], [0.0, 0.0]])
    assert SoftLoss("multi")(scores, table(per_tag)).item() == pytest.approx(math.log(2), abs=1e-6)


@pytest.mark.parametrize("bad", [np.array([1.0]), np.array([1, -1.0]), np.zeros(2), np.array([1, np.nan])])
def test_weights_that_are_none(bad: np.ndarray) -> None:
    with pytest.raises(DataError, match="weights"):
        Targets.of("single", np.array(["a", "b"]), bad)


@pytest.mark.parametrize("task", ["single", "multi"])
def test_the_loss_of_a_mixture_is_the_mixture_of_losses(task: str) -> None:
    y = np.array(["a", "b"]) if task == "single" else np.array([[1, 0], [0, 1]])
    both = table(Targets.of(task, y, np.array([3.0, 1.0])))
    score = torch.tensor([[0.7, -0.2]])
    loss = SoftLoss(task)
    mixed = loss(score, 0.75 * both[:1] + 0.25 * both[1:])
    torch.testing.assert_close(mixed, 0.75 * loss(score, both[:1]) + 0.25 * loss(score, both[1:]))


def test_the_first_answer_is_how_frequent_each_class_is() -> None:
    many = Targets.of("single", np.array(["a"] * 300 + ["b"] * 100))
    np.testing.assert_allclose(torch.softmax(torch.from_numpy(many.prior()), 0), [0.75, 0.25], atol=0.005)
    tags = Targets.of("multi", np.tile([1, 0], (400, 1)))
    assert (torch.sigmoid(torch.from_numpy(tags.prior())).numpy().round(2) == [1, 0]).all()


def test_schedules_are_those_of_torch() -> None:
    def by_torch(make: object, n: int) -> list[float]:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        schedule, found = make(optimizer), []
        for _ in range(n):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        return found

    n = 40
    cosine = by_torch(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, n), n)
    np.testing.assert_allclose([share("cosine", i, n) for i in range(n)], cosine, atol=1e-12)
    cycle = by_torch(
        lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 1.0, total_steps=n + 1, cycle_momentum=False), n + 1
    )
    np.testing.assert_allclose([share("one-cycle", i, n + 1) for i in range(n + 1)], cycle, atol=1e-12)
    assert {share("constant", i, n) for i in range(n)} == {1.0}
    for n in (1, 2, 3):
        assert all(0 < share("one-cycle", i, n) <= 1 for i in range(n))


def test_the_plateau_is_that_of_torch() -> None:
    losses = [1.0, 0.9, 0.9, 0.91, 0.92, 0.9, 0.9, 0.9, 0.9, 0.5, *[0.6] * 14]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    oracle = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.3, patience=5)
    ours = Plateau()
    for loss in losses:
        oracle.step(loss)
        ours.see(loss)
        assert ours.share == pytest.approx(optimizer.param_groups[0]["lr"])
    assert ours.share == pytest.approx(0.3**3)


def test_a_round_holds_every_row_once_and_none_alone() -> None:
    X = np.arange(33, dtype=np.float32).reshape(33, 1, 1)
    told = np.arange(33, dtype=np.float32)[:, None]
    plan = BatchPlan(16, seed=3)
    batches = list(plan.batches(X, told, epoch=0))
    assert [len(rows) for rows, _ in batches] == [11, 11, 11]
    assert sorted(np.concatenate([rows for rows, _ in batches]).ravel()) == list(range(33))
    assert all((rows.ravel() == wanted.ravel()).all() for rows, wanted in batches)
    assert min(len(rows) for n in range(2, 40) for rows, _ in BatchPlan(2).batches(X[:n], told[:n], 0)) == 2


def test_batches_depend_on_seed_and_round_alone() -> None:
    X = np.random.default_rng(0).normal(size=(20, 8, 4)).astype(np.float32)
    told = np.eye(20, dtype=np.float32)
    plan = BatchPlan(5, seed=1, mixup=0.4, spec_augment=2)

    def made(plan: BatchPlan, epoch: int) -> np.ndarray:
        return np.concatenate([rows for rows, _ in plan.batches(X, told, epoch)])

    np.testing.assert_array_equal(made(plan, 4), made(plan, 4))
    assert not np.array_equal(made(plan, 4), made(plan, 5))
    assert not np.array_equal(made(plan, 4), made(BatchPlan(5, 2, 0.4, 2), 4))


def test_mixing_is_exact() -> None:
    """Rows are one-hot, and so are their targets: a mixed row must be its own target, of two parts."""
    X = np.eye(12, dtype=np.float32).reshape(12, 4, 3)
    told = np.eye(12, dtype=np.float32)
    for rows, wanted in BatchPlan(6, seed=0, mixup=1.0).batches(X, told, 0):
        assert rows.shape == (6, 4, 3)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(rows.reshape(6, 12), wanted, atol=1e-7)
        np.testing.assert_allclose(wanted.sum(axis=1), 1, atol=1e-6)
        assert ((wanted > 0).sum(axis=1) <= 2).all()
        assert (wanted.max(axis=1) >= 0.5).all()


def test_masks_are_stretches_of_time_and_bands() -> None:
    X = np.random.default_rng(0).normal(size=(8, 40, 20)).astype(np.float32)
    told = np.arange(8, dtype=np.float32)[:, None]
    [(rows, order)] = BatchPlan(8, seed=0, spec_augment=1).batches(X, told, 0)
    masked = rows != X[order.ravel().astype(int)]
    assert rows.shape == X.shape
    for one in masked:
        whole_frames, whole_bands = one.all(axis=1), one.all(axis=0)
        assert not (one & ~(whole_frames[:, None] | whole_bands)).any()
        assert whole_frames.sum() <= 4
        assert whole_bands.sum() <= 3
        assert (np.diff(whole_frames.astype(int)) == 1).sum() <= 1
    assert masked.any()


def test_the_part_held_out_shares_no_group_and_takes_no_class_away() -> None:
    rng = np.random.default_rng(0)
    for seed in range(20):
        groups = rng.integers(0, 12, 60)
        y = np.where(rng.random(60) < 0.05, "rare", np.where(rng.random(60) < 0.5, "a", "b"))
        learn, watch = hold_out(y, groups, 0.2, seed)
        assert sorted([*learn, *([] if watch is None else watch)]) == list(range(60))
        assert set(y[learn]) == set(y)
        if watch is not None:
            assert not set(groups[learn]) & set(groups[watch])
            assert len(watch) < 30
    tags = np.zeros((40, 3), np.int8)
    tags[:, 0], tags[7, 2] = 1, 1
    for seed in range(10):
        assert 7 in hold_out(tags, None, 0.3, seed)[0]
    assert hold_out(y, groups, 0.0)[1] is None
    assert hold_out(y[:6], np.zeros(6), 0.2)[1] is None


def test_scaling_by_hand() -> None:
    X = np.array([[[1.0, 5], [3, np.nan]], [[1, 5], [3, 5]]], np.float32)
    scale = Scale.of(X)
    assert scale.mean.tolist() == [2, 5]
    assert scale.spread.tolist() == [1, 1]
    assert scale.apply(X)[0].tolist() == [[-1, 0], [1, 0]]
    big = 1e6 + np.random.default_rng(0).normal(size=(50, 200, 1)).astype(np.float32)
    assert abs(scale.apply(big[..., [0, 0]]).mean()) > 1e5
    assert Scale.of(big).apply(big).mean() == pytest.approx(0, abs=0.1)


def test_sequences_of_a_list_are_brought_to_one_length() -> None:
    long, short = np.arange(10.0)[:, None], np.arange(2.0)[:, None]
    found = as_frames([long, short], 4)
    assert found[0].ravel().tolist() == [3, 4, 5, 6]
    assert found[1].ravel().tolist() == [0, 1, 0, 1]
    with pytest.raises(DataError, match="no frames"):
        as_frames([long, short[:0]], 4)
    with pytest.raises(DataError, match="no sequence of numbers"):
        as_frames([["a", "b"]])
    with pytest.raises(DataError, match="beyond float32"):
        as_frames(np.array([[1e300]]))
