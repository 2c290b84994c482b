"""Trust against data whose truth is known: probabilities that are right or boastful by construction."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from tunelens.base.errors import DataError, ParameterError
from tunelens.models.trust import Trust
from tunelens.models.trust.calibration import (
    calibration_error,
    fit_odds,
    fit_temperature,
    log_of,
    logit_of,
    softmax,
    with_odds,
)
from tunelens.models.trust.conformal import (
    fit_interval,
    fit_set_threshold,
    fit_sureness,
    fit_tag_threshold,
    quantile,
)
from tunelens.models.trust.novelty import Novelty

CLASSES = ("jazz", "rock", "民谣")


def honest(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and truths drawn from them."""
    proba = rng.dirichlet((0.6, 0.6, 0.6), n)
    truth = np.array([rng.choice(3, p=row) for row in proba])
    return proba, truth


@pytest.fixture
def boastful(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    proba, truth = honest(rng, 3000)
    return softmax(log_of(proba) * 3), truth


def test_temperature_undoes_a_known_sharpening(boastful) -> None:
    proba, truth = boastful
    assert fit_temperature(proba, truth) == pytest.approx(3, rel=0.1)


def test_odds_undo_a_known_shift_of_each_tag(rng) -> None:
    fair = rng.beta(1, 2, (4000, 2))
    truth = (rng.random(fair.shape) < fair).astype(int)
    shifted = 1 / (1 + np.exp(-(logit_of(fair) * 2 + [1, -1])))
    lines = fit_odds(shifted, truth)
    assert lines == pytest.approx(np.array([[0.5, -0.5], [0.5, 0.5]]), abs=0.1)
    assert with_odds(shifted, lines) == pytest.approx(fair, abs=0.05)


def test_a_tag_that_never_occurs_is_not_blown_up(rng) -> None:
    lines = fit_odds(rng.random((50, 1)), np.zeros((50, 1)))
    assert np.isfinite(lines).all()
    assert with_odds(np.array([[0.9]]), lines)[0, 0] < 0.9


def test_a_rare_tag_is_not_made_certain() -> None:
    proba = np.array([[0.4]] + [[0.1]] * 10)
    assert fit_odds(proba, np.array([[1]] + [[0]] * 10))[0, 0] < 3


def test_the_order_of_equal_answers_tells_nothing() -> None:
    right = np.repeat([True, False], 500)  # as rows of two collections stand
    assert calibration_error(np.full(1000, 0.5), right) == pytest.approx(0)
    two = np.where(np.arange(1000) % 2, 0.5, 0.5 + 1e-6)  # two folds, two base rates
    assert calibration_error(two, right) < 0.01


def test_calibration_error_of_two_bins_by_hand() -> None:
    confidence = np.array([0.6] * 20 + [0.9] * 20)
    right = np.array([1] * 10 + [0] * 10 + [1] * 20)
    assert calibration_error(confidence, right) == pytest.approx((0.1 + 0.1) / 2)


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_sets_hold_the_truth_as_often_as_promised(rng, coverage: float) -> None:
    proba, truth = honest(rng, 4000)
    threshold = fit_set_threshold(proba[:2000], truth[:2000], coverage)
    held = proba[2000:][np.arange(2000), truth[2000:]] >= threshold
    assert held.mean() == pytest.approx(coverage, abs=0.025)


def test_coverage_holds_on_average_over_small_samples(rng) -> None:
    """Split conformal prediction promises coverage between c and c + 1/(n+1) on average over samples."""
    shares = []
    for _ in range(400):
        proba, truth = honest(rng, 49)
        threshold = fit_set_threshold(proba[:39], truth[:39], 0.9)
        shares.append((proba[39:][np.arange(10), truth[39:]] >= threshold).mean())
    assert 0.88 < np.mean(shares) < 0.945


def test_tags_left_out_are_as_few_as_promised(rng) -> None:
    proba = rng.beta(0.7, 1.5, (4000, 5))
    truth = (rng.random(proba.shape) < proba).astype(int)
    threshold = fit_tag_threshold(proba[:2000], truth[:2000], 0.9)
    found = ((proba >= threshold) & (truth > 0))[2000:].sum(axis=1) / np.maximum(truth[2000:].sum(axis=1), 1)
    assert np.where(truth[2000:].any(axis=1), found, 1).mean() == pytest.approx(0.9, abs=0.02)
    assert threshold > 0.05


def test_a_tag_is_left_out_only_if_one_more_row_may_need_it() -> None:
    """Conformal risk control counts the next row as missed: of four rows and it, a quarter is one."""
    proba = np.array([[0.1], [0.2], [0.3], [0.4]])
    assert fit_tag_threshold(proba, np.ones((4, 1)), 0.75) == 0.1
    assert fit_tag_threshold(proba, np.ones((4, 1)), 0.6) == 0.2


def test_intervals_hold_the_truth_as_often_as_promised(rng) -> None:
    truth = rng.normal(size=40_000)
    predicted = truth + rng.normal(scale=0.5, size=40_000)
    half = fit_interval(predicted[:20_000], truth[:20_000], 0.9)
    assert half == pytest.approx(0.5 * 1.645, rel=0.08)
    assert (np.abs(predicted - truth)[20_000:] <= half).mean() == pytest.approx(0.9, abs=0.01)


def test_too_few_rows_promise_nothing() -> None:
    assert math.isinf(quantile(np.arange(8.0), 0.9))
    assert fit_set_threshold(np.full((8, 2), 0.5), np.zeros(8, int), 0.9) == -math.inf


def test_sureness_counts_ties_together() -> None:
    assert fit_sureness(np.array([0.9, 0.9, 0.5]), np.array([1, 0, 1]), 0.9) == math.inf
    assert fit_sureness(np.array([0.9, 0.9, 0.5]), np.array([1, 1, 0]), 0.9) == 0.9


def single(rng: np.random.Generator, **options: float) -> tuple[Trust, np.ndarray, np.ndarray]:
    proba, truth = honest(rng, 1200)
    sharp = softmax(log_of(proba) * 3)
    trust = Trust.fit(sharp[:800], np.array(CLASSES)[truth[:800]], CLASSES, "single", **options)
    return trust, sharp[800:], np.array(CLASSES)[truth[800:]]


def test_answers_are_right_as_often_as_asked(rng) -> None:
    trust, proba, truth = single(rng, accuracy=0.85)
    answers = trust.decide(proba)
    right = [answer.label == label for answer, label in zip(answers, truth, strict=True) if answer.known]
    assert 0.8 < np.mean(right) < 0.93
    assert 0.2 < len(right) / len(truth) < 0.9
    assert all(answer.why for answer in answers if not answer.known)
    assert all(answer.label is None for answer in answers if not answer.known)


def test_the_report_tells_what_happens_on_new_rows(rng) -> None:
    trust, proba, truth = single(rng)
    report = trust.report
    assert report is not None
    held = [label in found for found, label in zip(trust.sets(proba), truth, strict=True)]
    assert report.coverage_measured == pytest.approx(np.mean(held), abs=0.05)
    assert report.ece_after is not None and report.ece_before is not None
    assert report.ece_after < report.ece_before / 2
    assert report.accuracy == pytest.approx(np.mean(np.array(CLASSES)[proba.argmax(1)] == truth), abs=0.06)


def test_halves_of_the_report_share_no_group_and_no_row() -> None:
    """What is right for one group and wrong by 1 for the other cannot be learned from either."""
    truth, groups = np.zeros(40), np.repeat([0, 1], 20)
    trust = Trust.fit(groups.astype(float), truth, (), "continuous", groups=groups)
    assert trust.report is not None
    assert 0.1 < trust.report.coverage_measured < 0.9


def test_the_likeliest_class_is_always_in_the_set(rng) -> None:
    trust, proba, _ = single(rng, coverage=0.3)
    assert trust.report is not None and trust.report.accuracy is not None
    assert trust.report.coverage_measured >= trust.report.accuracy
    assert all(found[0] == CLASSES[row.argmax()] for found, row in zip(trust.sets(proba), proba, strict=True))


def test_tags_are_those_more_likely_than_not(rng) -> None:
    proba = rng.beta(0.7, 1.5, (600, 3))
    truth = (rng.random(proba.shape) < proba).astype(int)
    trust = Trust.fit(proba, truth, CLASSES, "multi")
    decision = trust.decide(np.array([[0.9, 0.1, 0.7]]))[0]
    assert decision.labels == ("jazz", "民谣") and decision.set[:2] == decision.labels
    assert trust.report is not None and trust.report.coverage_measured == pytest.approx(0.9, abs=0.03)


def test_numbers_come_with_intervals(rng) -> None:
    truth = rng.normal(size=300)
    trust = Trust.fit(truth + rng.normal(scale=0.1, size=300), truth, (), "continuous")
    low, high = trust.intervals(np.array([5.0]))[0]
    assert high - low == pytest.approx(2 * 0.1645, rel=0.2) and low < 5 < high
    assert trust.report is not None and trust.report.coverage_measured == pytest.approx(0.9, abs=0.04)


def test_what_was_never_heard_is_novel_and_what_was_heard_is_not(rng) -> None:
    X, y = make_classification(600, 12, n_informative=6, n_classes=3, random_state=0)
    model = LogisticRegression(max_iter=500).fit(X[:300], y[:300])
    names = np.array(CLASSES)
    trust = Trust.fit(model.predict_proba(X[300:500]), names[y[300:500]], CLASSES, "single", X=X[300:500])
    assert trust.is_novel(X[500:]).mean() < 0.06
    strange = rng.normal(scale=12, size=(50, 12))
    assert trust.is_novel(strange).mean() > 0.95
    decision = trust.decide(model.predict_proba(strange[:1]), strange[:1])[0]
    assert not decision.known and "unlike" in decision.why and decision.label is None


def test_novelty_is_uniform_on_rows_like_those_of_training(rng) -> None:
    novelty = Novelty.fit(rng.normal(size=(800, 10)), np.arange(800))
    scores = novelty.score(rng.normal(size=(2000, 10)))
    assert np.quantile(scores, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.06)


def test_one_clip_in_a_hundred_like_those_of_training_is_novel(rng) -> None:
    X = rng.normal(size=(1000, 8))
    trust = Trust.fit(X[:, 0], X[:, 0], (), "continuous", X=X)
    assert 0.004 < trust.is_novel(rng.normal(size=(4000, 8))).mean() < 0.02


def test_another_artist_is_no_novelty_where_clips_of_one_artist_are_alike(rng) -> None:
    artists = np.repeat(np.arange(60), 8)

    def clips(centres: np.ndarray) -> np.ndarray:
        return centres + rng.normal(scale=0.05, size=centres.shape)

    novelty = Novelty.fit(clips(rng.normal(size=(60, 30))[artists]), artists)
    assert (novelty.score(clips(rng.normal(size=(300, 30)))) > 0.99).mean() < 0.1


def test_novelty_sees_a_direction_that_training_never_took(rng) -> None:
    flat = np.zeros((200, 6))
    flat[:, :2] = rng.normal(size=(200, 2))
    flat[:, 2:] = rng.normal(scale=0.01, size=(200, 4))
    novelty = Novelty.fit(flat, np.arange(200))
    assert novelty.score(np.array([[0.0, 0, 3, 0, 0, 0]]))[0] == 1


def test_long_tails_hide_nothing(rng) -> None:
    """Each column alone is as in training; only how columns go together is strange."""
    mix = 0.7 * rng.normal(size=(5, 60))

    def clips(n: int) -> np.ndarray:
        return np.exp(rng.normal(size=(n, 5)) @ mix + rng.normal(scale=0.3, size=(n, 60)))

    novelty = Novelty.fit(clips(400), np.arange(400))
    assert (novelty.score(clips(400)) > 0.99).mean() < 0.04
    assert (novelty.score(rng.permuted(clips(100), axis=0)) > 0.99).mean() > 0.95


def test_rows_drawn_are_like_those_of_training(rng) -> None:
    X = rng.gamma(2, size=(600, 8)) * np.arange(1, 9)
    drawn = Novelty.fit(X, np.arange(600)).draw(4000)
    assert np.median(drawn, axis=0) == pytest.approx(np.median(X, axis=0), rel=0.15)
    assert np.quantile(drawn, 0.9, axis=0) == pytest.approx(np.quantile(X, 0.9, axis=0), rel=0.25)


def test_novelty_bears_missing_values_and_sequences(rng) -> None:
    X = rng.normal(size=(60, 7, 3))
    assert Novelty.fit(X, np.arange(60)).score(X + 40).min() == 1
    table = rng.normal(size=(60, 4))
    table[::3, 1] = np.nan
    assert np.isfinite(Novelty.fit(table, np.arange(60)).score(table)).all()


@pytest.mark.parametrize("task", ["single", "multi", "continuous"])
def test_arrays_hold_all_of_it(rng, task: str, tmp_path) -> None:
    n, X = 80, rng.normal(size=(80, 5))
    proba, y = {
        "single": (rng.dirichlet((1, 1, 1), n), np.array(CLASSES)[rng.integers(0, 3, n)]),
        "multi": (rng.random((n, 3)), rng.integers(0, 2, (n, 3))),
        "continuous": (rng.random(n), rng.random(n)),
    }[task]
    classes = () if task == "continuous" else CLASSES
    trust = Trust.fit(proba, y, classes, task, X=X, accuracy=0.99)  # type: ignore[arg-type]
    np.savez(tmp_path / "trust.npz", **trust.to_arrays())
    with np.load(tmp_path / "trust.npz", allow_pickle=False) as arrays:
        again = Trust.from_arrays(arrays)
    assert again.report == trust.report and again.threshold == trust.threshold
    assert again.sureness == trust.sureness
    assert [d.set for d in again.decide(proba, X)] == [d.set for d in trust.decide(proba, X)]
    assert np.allclose(again.novelty(X), trust.novelty(X), atol=0.03)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"coverage": 1.0}, ParameterError, "coverage is 1.0"),
        ({"accuracy": 0}, ParameterError, "accuracy is 0"),
        ({"proba": np.zeros((9, 2))}, DataError, r"shape \(9, 2\)"),
        ({"y": np.array(["blues"] * 9)}, DataError, "'blues' has no column"),
        ({"groups": np.zeros(9)}, DataError, "one group"),
    ],
)
def test_what_cannot_be_trusted_is_said(change, error, words) -> None:
    given = {
        "proba": np.full((9, 3), 1 / 3),
        "y": np.array(["jazz"] * 9),
        "classes": CLASSES,
        "task": "single",
    }
    with pytest.raises(error, match=words):
        Trust.fit(**given | change)


def test_arrays_of_something_else_are_refused() -> None:
    with pytest.raises(DataError, match="no trust"):
        Trust.from_arrays({"facts": np.array("[]"), "lines": np.zeros((0, 2))})


def test_few_rows_move_the_temperature_little() -> None:
    """Of ten answers seven right at 99 %: as it stands they boast, but ten are few."""
    proba = np.array([[0.99, 0.01]] * 10)
    few = fit_temperature(proba, np.array([0] * 7 + [1] * 3))
    many = fit_temperature(np.repeat(proba, 1000, axis=0), np.repeat([0] * 7 + [1] * 3, 1000))
    assert 1 < few < many
    assert many == pytest.approx(np.log(99) / np.log(7 / 3), rel=0.02)
