"""Intervals hold the truth as often as they say; paired comparisons err as rarely as they say."""

from __future__ import annotations

import math

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
    for i in range(150):
        y, proba, groups = clustered(rng)
        for name, by in (("groups", groups), ("rows", np.arange(len(y)))):
            one = bootstrap(ACCURACY, y, proba, by, ("a", "b"), n=150, seed=i)
            held[name] += one.low <= 0.7 <= one.high
    assert 0.88 <= held["groups"] / 150 <= 0.99
    assert held["rows"] / 150 < 0.88


def test_whole_groups_are_drawn_as_many_as_there_are() -> None:
    groups = np.array([7, 3, 3, 7, 5])
    for rows in draws(groups, 20, 0):
        counts = np.bincount(rows, minlength=5)
        assert counts[0] == counts[3]
        assert counts[1] == counts[2]
        assert counts[0] + counts[1] + counts[4] == 3


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


def test_two_models_that_are_alike_are_called_different_as_rarely_as_promised() -> None:
    rng = np.random.default_rng(1)
    false = 0
    for i in range(120):
        y, one, groups = clustered(rng, 25)
        _, other, _ = clustered(rng, 25)
        again = np.where((other[:, 0] == 1)[:, None], one, one[:, ::-1])
        mixed = np.where((rng.random(25) < 0.5)[groups][:, None], one, again)
        rest = np.where((mixed == one).all(axis=1)[:, None], again, one)
        false += (
            compare_pairs(answers(y, mixed, groups), answers(y, rest, groups), ACCURACY, n=99, seed=i).p
            <= 0.05
        )
    assert false / 120 <= 0.11  # 5 % and chance: 13 of 120 or more come about in 1 of 100 such tests


def right_rows(y: np.ndarray, proba: np.ndarray) -> np.ndarray:
    return np.array(["a", "b"])[proba.argmax(axis=1)] == y


def test_a_planted_difference_is_found() -> None:
    rng = np.random.default_rng(2)
    y, proba, groups = clustered(rng, 60)
    better = proba.copy()
    wrong = np.flatnonzero(right_rows(y, proba) == 0)
    mended = wrong[::2]
    better[mended] = better[mended][:, ::-1]
    found = compare_pairs(answers(y, better, groups), answers(y, proba, groups), ACCURACY)
    assert found.value == pytest.approx(len(mended) / len(y))
    assert found.low > 0
    assert found.p < 0.01
    back = compare_pairs(answers(y, proba, groups), answers(y, better, groups), ACCURACY)
    assert back.value == -found.value


def test_answers_for_other_rows_cannot_be_paired() -> None:
    y, proba, groups = clustered(np.random.default_rng(3))
    with pytest.raises(DataError, match="same rows"):
        compare_pairs(answers(y, proba, groups), answers(y[::-1], proba, groups), ACCURACY)


def test_holm_is_that_of_the_paper() -> None:
    assert holm([0.01, float("nan"), 0.02]) == pytest.approx([0.02, float("nan"), 0.02], nan_ok=True)
    assert holm([0.9, 0.9]) == [1.0, 1.0]
