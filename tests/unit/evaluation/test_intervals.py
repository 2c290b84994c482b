"""Intervals hold the truth as often as they say; paired comparisons err as rarely as they say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tunelens.base.errors import DataError, ParameterError
from tunelens.evaluation.comparison import compare_pairs, holm
from tunelens.evaluation.crossval import OutOfFold
from tunelens.evaluation.intervals import bootstrap, draws
from tunelens.evaluation.metrics import METRICS

ACCURACY = METRICS["accuracy"]


def clustered(rng: np.random.Generator, n_groups: int = 40, size: int = 5, shift: float = 0.0):
    """Rows of artists of whom some are easy and some hard; truth is 0.7 + shift on average."""
    ease = np.clip(rng.beta(1.4, 0.6, n_groups) + shift, 0, 1)
    groups = np.repeat(np.arange(n_groups), size)
    right = rng.random(len(groups)) < ease[groups]
    y = np.array(["a", "b"])[rng.integers(2, size=len(groups))]
    says_a = (y == "a") == right
    return y, np.column_stack([says_a, ~says_a]).astype(float), groups


def test_intervals_hold_the_truth_as_often_as_they_say_and_rows_alone_would_not() -> None:
    rng = np.random.default_rng(0)
    held = {"groups": 0, "rows": 0}
    for i in range(100):
        y, proba, groups = clustered(rng, 30)
        for name, by in (("groups", groups), ("rows", np.arange(len(y)))):
            one = bootstrap(ACCURACY, y, proba, by, ("a", "b"), n=80, seed=i)
            held[name] += one.low <= 0.7 <= one.high
    assert 0.88 <= held["groups"] / 100 <= 0.99
    assert held["rows"] / 100 < 0.88


def test_whole_groups_are_drawn_as_many_as_there_are() -> None:
    groups = np.array([7, 3, 3, 7, 5])
    for rows in draws(groups, 20, 0):
        counts = np.bincount(rows, minlength=5)
        assert counts[0] == counts[3]
        assert counts[1] == counts[2]
        assert counts[0] + counts[1] + counts[4] == 3


def test_figures_of_rare_tags_lie_inside_their_intervals_and_these_inside_what_can_be() -> None:
    rng = np.random.default_rng(5)
    truth = (rng.random((60, 20)) < 0.06).astype(np.int8)
    for proba in (rng.random((60, 20)), 0.2 * rng.random((60, 20)) + truth):
        for name in ("mAP", "roc_auc", "f1_macro"):
            classes = tuple(map(str, range(20)))
            one = bootstrap(METRICS[name], truth, proba, np.arange(60), classes, n=60)
            assert 0 <= one.low <= one.value <= one.high <= 1, name


def test_one_group_tells_nothing_of_others() -> None:
    one = bootstrap(ACCURACY, np.array(["a", "b"]), np.eye(2), np.zeros(2, int), ("a", "b"))
    assert one.value == 1
    assert math.isnan(one.low)
    assert one.to_dict()["low"] is None


def test_the_mean_of_seeds_is_taken_of_each_seed() -> None:
    truth = np.tile([0.0, 1.0, 2.0], 2)
    said = np.array([0.0, 1.0, 2.0, 2.0, 1.0, 0.0])
    seeds = np.repeat([0, 1], 3)
    one = bootstrap(METRICS["pearson"], truth, said, np.tile(np.arange(3), 2), parts=seeds)
    assert one.value == pytest.approx(0)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ParameterError, match="level"):
        bootstrap(ACCURACY, np.array(["a"]), np.eye(1), np.zeros(1), ("a",), level=1)
    with pytest.raises(DataError, match="groups"):
        bootstrap(ACCURACY, np.array(["a"]), np.eye(1), np.zeros(3), ("a",))


def answers(y, proba, groups) -> OutOfFold:
    zero = np.zeros(len(y), np.intp)
    return OutOfFold(y, proba, np.arange(len(y)), zero, zero, groups, ("a", "b"), "single")


def alike(rng: np.random.Generator) -> tuple[OutOfFold, OutOfFold]:
    """Two models that err as often as each other, of artists some of whom are hard."""
    y, one, groups = clustered(rng, 25)
    _, other, _ = clustered(rng, 25)
    again = np.where((other[:, 0] == 1)[:, None], one, one[:, ::-1])
    swap = (rng.random(25) < 0.5)[groups][:, None]
    return tuple(answers(y, np.where(swap == side, one, again), groups) for side in (True, False))


def scales(rng: np.random.Generator) -> tuple[OutOfFold, OutOfFold]:
    """Two models that hear tags as well as each other, one of them on a far narrower scale."""
    groups = np.repeat(np.arange(25), 3)
    truth = (rng.random((75, 2)) < 0.3).astype(np.int8)
    heard = [2 * truth + rng.normal(size=(25, 2))[groups] + rng.normal(size=(75, 2)) for _ in range(2)]
    proba = (1 / (1 + np.exp(-heard[0])), 0.02 + 0.01 / (1 + np.exp(-heard[1] / 9)))
    zero = np.zeros(75, np.intp)
    return tuple(OutOfFold(truth, p, np.arange(75), zero, zero, groups, ("a", "b"), "multi") for p in proba)


@pytest.mark.parametrize(("make", "metric"), [(alike, "accuracy"), (scales, "mAP"), (scales, "roc_auc")])
def test_models_that_are_alike_are_called_different_as_rarely_as_promised(make, metric: str) -> None:
    rng = np.random.default_rng(1)
    ps = np.array([compare_pairs(*make(rng), METRICS[metric], n=39, seed=i).p for i in range(100)])
    # of 100 models that are alike 5 come out under 5 %, and half under 50 %; chance allows for these ranges
    assert 1 <= (ps <= 0.05).sum() <= 11
    assert 36 <= (ps <= 0.5).sum() <= 65


@pytest.mark.parametrize("metric", ["mAP", "roc_auc"])
def test_where_order_counts_the_scale_of_a_model_changes_nothing(metric: str) -> None:
    one, other = scales(np.random.default_rng(4))
    bent = replace(other, proba=np.exp(300 * other.proba))
    first, second = (compare_pairs(one, two, METRICS[metric], n=60) for two in (other, bent))
    assert first == second
    worse = replace(one, proba=one.proba * np.random.default_rng(0).random(one.proba.shape) ** 2)
    assert compare_pairs(one, worse, METRICS[metric], n=200).p < 0.05


def right_rows(y: np.ndarray, proba: np.ndarray) -> np.ndarray:
    return np.array(["a", "b"])[proba.argmax(axis=1)] == y


def test_a_planted_difference_is_found() -> None:
    rng = np.random.default_rng(2)
    y, proba, groups = clustered(rng, 60)
    better = proba.copy()
    wrong = np.flatnonzero(right_rows(y, proba) == 0)
    mended = wrong[::2]
    better[mended] = better[mended][:, ::-1]
    found = compare_pairs(answers(y, better, groups), answers(y, proba, groups), ACCURACY, n=200)
    assert found.value == pytest.approx(len(mended) / len(y))
    assert found.low > 0
    assert found.p < 0.01
    back = compare_pairs(answers(y, proba, groups), answers(y, better, groups), ACCURACY, n=20)
    assert back.value == -found.value


def test_answers_for_other_rows_cannot_be_paired() -> None:
    y, proba, groups = clustered(np.random.default_rng(3))
    with pytest.raises(DataError, match="same rows"):
        compare_pairs(answers(y, proba, groups), answers(y[::-1], proba, groups), ACCURACY)


def test_holm_is_that_of_the_paper() -> None:
    assert holm([0.01, float("nan"), 0.02]) == pytest.approx([0.02, float("nan"), 0.02], nan_ok=True)
    assert holm([0.9, 0.9]) == [1.0, 1.0]
