"""Figures against scikit-learn, and against what was worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from tunelens.base.errors import DataError, ParameterError
from tunelens.evaluation.curves import class_curves, precision_recall, reliability, roc
from tunelens.evaluation.metrics import MAIN, METRICS, confusion, indicator, metrics_for, per_class

CLASSES = ("classical", "pop", "rock", "爵士")


def rows(seed: int = 0, n: int = 200, k: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    codes = rng.choice(k, n, p=np.array([0.5, 0.3, 0.15, 0.05]))
    proba = rng.dirichlet(np.ones(k), n).round(2) + np.eye(k)[codes] * 0.3  # rounding makes ties
    return np.array(CLASSES)[codes], proba / proba.sum(axis=1, keepdims=True)


def tags(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = (rng.random((150, 4)) < [0.5, 0.2, 0.05, 0.3]).astype(np.int8)
    return truth, np.clip(rng.random((150, 4)).round(1) * 0.6 + 0.4 * truth, 0, 1)


@pytest.mark.parametrize("kind", ["precision", "recall", "f1"])
@pytest.mark.parametrize("average", ["macro", "weighted"])
@pytest.mark.parametrize("make", [rows, tags])
def test_precision_recall_and_f1_are_those_of_scikit_learn(kind: str, average: str, make) -> None:
    y, proba = make()
    said = np.array(CLASSES)[proba.argmax(axis=1)] if make is rows else proba >= 0.5
    theirs = getattr(sk, f"{kind}_score")(y, said, average=average, zero_division=0)
    assert METRICS[f"{kind}_{average}"].score(y, proba, CLASSES) == pytest.approx(theirs)


def test_figures_of_single_labels_are_those_of_scikit_learn() -> None:
    y, proba = rows()
    said = np.array(CLASSES)[proba.argmax(axis=1)]
    theirs = {
        "accuracy": sk.accuracy_score(y, said),
        "balanced_accuracy": sk.balanced_accuracy_score(y, said),
        "roc_auc": sk.roc_auc_score(y, proba, multi_class="ovr", labels=CLASSES),
        "log_loss": sk.log_loss(y, proba, labels=CLASSES),
        "mAP": sk.average_precision_score(np.asarray(indicator(y, CLASSES)), proba),
        "brier": float(((np.asarray(indicator(y, CLASSES)) - proba) ** 2).sum(axis=1).mean()),
    }
    for name, value in theirs.items():
        assert METRICS[name].score(y, proba, CLASSES) == pytest.approx(value), name
    assert (confusion(y, proba, CLASSES) == sk.confusion_matrix(y, said, labels=CLASSES)).all()


def test_figures_of_tags_are_those_of_scikit_learn() -> None:
    y, proba = tags()
    theirs = {
        "accuracy": sk.accuracy_score(y, proba >= 0.5),
        "f1_micro": sk.f1_score(y, proba >= 0.5, average="micro"),
        "roc_auc": sk.roc_auc_score(y, proba),
        "mAP": sk.average_precision_score(y, proba),
        "brier": float(np.mean([sk.brier_score_loss(y[:, k], proba[:, k]) for k in range(4)])),
    }
    for name, value in theirs.items():
        assert METRICS[name].score(y, proba, CLASSES) == pytest.approx(value), name


def test_figures_of_numbers_are_those_of_scikit_learn_and_scipy() -> None:
    from scipy import stats

    rng = np.random.default_rng(0)
    truth = rng.normal(size=80).round(1)
    said = truth + rng.normal(size=80)
    theirs = {
        "r2": sk.r2_score(truth, said),
        "mae": sk.mean_absolute_error(truth, said),
        "rmse": sk.root_mean_squared_error(truth, said),
        "pearson": stats.pearsonr(truth, said).statistic,
        "spearman": stats.spearmanr(truth, said).statistic,
    }
    for name, value in theirs.items():
        assert METRICS[name].score(truth, said) == pytest.approx(value), name


def test_a_class_that_truth_lacks_counts_for_nothing_in_map_and_auc() -> None:
    y = np.array([[1, 0], [0, 0], [1, 0]])
    proba = np.array([[0.9, 0.9], [0.8, 0.1], [0.1, 0.9]])
    # tag a: precision 1 at the first hit, 2/3 at the second; one of two pairs is in order
    assert METRICS["mAP"].score(y, proba, ("a", "b")) == pytest.approx((1 + 2 / 3) / 2)
    assert METRICS["roc_auc"].score(y, proba, ("a", "b")) == pytest.approx(0.5)
    assert np.isnan(METRICS["mAP"].score(y * 0, proba, ("a", "b")))
    assert np.isnan(per_class(y, proba, ("a", "b"))[1].roc_auc)


def test_a_tie_for_the_last_place_counts_by_halves() -> None:
    proba = np.array([[0.4, 0.3, 0.3], [0.5, 0.5, 0.0], [0.2, 0.2, 0.6]])
    y = np.array(["b", "c", "a"])
    # b ties with c for the second place: 1/2; c is third: 0; a ties with b for the second: 1/2
    assert METRICS["top2"].score(y, proba, ("a", "b", "c")) == pytest.approx(1 / 3)
    assert METRICS["top3"].score(y, proba, ("a", "b", "c")) == 1
    assert METRICS["top5"].score(y, proba, ("a", "b", "c")) == 1


def test_top_k_is_that_of_scikit_learn_where_nothing_ties() -> None:
    y, _ = rows()
    proba = np.random.default_rng(3).dirichlet(np.ones(4), len(y))
    theirs = sk.top_k_accuracy_score(y, proba, k=2, labels=CLASSES)
    assert METRICS["top2"].score(y, proba, CLASSES) == pytest.approx(theirs)


def test_calibration_error_worked_by_hand() -> None:
    # bin 0.9: said 0.95 and 0.95, one right: |1.9 - 1|; bin 0.6: said 0.65, right: |0.65 - 1|
    proba = np.array([[0.95, 0.05], [0.95, 0.05], [0.35, 0.65]])
    y = np.array(["a", "b", "b"])
    assert METRICS["ece"].score(y, proba, ("a", "b")) == pytest.approx((0.9 + 0.35) / 3)
    sure = np.array([[1.0, 0.0]])
    assert METRICS["ece"].score(np.array(["a"]), sure, ("a", "b")) == 0


def test_reliability_is_that_of_scikit_learn() -> None:
    y, proba = tags()
    found = reliability(y, proba, CLASSES)
    share, said = calibration_curve(y.ravel(), proba.ravel() - 1e-9 * (proba.ravel() > 0), n_bins=10)
    assert found.count.sum() == y.size
    inside = reliability(y, np.clip(proba - 1e-9, 0, 1), CLASSES)
    assert inside.share[inside.count > 0] == pytest.approx(share)
    assert inside.confidence[inside.count > 0] == pytest.approx(said)


def test_reliability_is_told_without_what_is_not_known() -> None:
    # bin 0.9: said 0.95 twice, one right; bin 0.6: said 0.65 once, right; nothing anywhere else
    told = reliability(
        np.array(["a", "b", "b"]), np.array([[0.95, 0.05], [0.95, 0.05], [0.35, 0.65]]), ("a", "b")
    ).to_dict()
    assert told["count"] == [0, 0, 0, 0, 0, 0, 1, 0, 0, 2]
    assert told["share"] == [None] * 6 + [1.0, None, None, 0.5]
    assert told["confidence"] == [None] * 6 + [pytest.approx(0.65), None, None, pytest.approx(0.95)]
    assert told["ece"] == pytest.approx((0.9 + 0.35) / 3)


def test_curves_have_the_areas_of_their_figures() -> None:
    y, proba = rows()
    for row, curve in zip(per_class(y, proba, CLASSES), class_curves(y, proba, CLASSES)[0], strict=True):
        assert np.trapezoid(curve.y, curve.x) == pytest.approx(row.roc_auc)
    truth = (y == "pop").astype(int)
    steps = precision_recall(truth, proba[:, 1])
    area = np.sum(np.diff(steps.x, prepend=0) * steps.y)
    assert area == pytest.approx(sk.average_precision_score(truth, proba[:, 1]))
    assert roc(truth * 0, proba[:, 1]).x.size == 0


def test_per_class_table_is_that_of_scikit_learn() -> None:
    y, proba = rows()
    said = np.array(CLASSES)[proba.argmax(axis=1)]
    theirs = sk.precision_recall_fscore_support(y, said, labels=CLASSES, zero_division=0)
    ours = [(row.precision, row.recall, row.f1, row.support) for row in per_class(y, proba, CLASSES)]
    assert np.allclose(np.array(ours).T, np.array(theirs))


def test_what_does_not_fit_is_refused() -> None:
    y, proba = rows()
    with pytest.raises(DataError, match="none of the 3"):
        METRICS["accuracy"].score(np.array([*y[:-1], "metal"]), proba[:, :3], CLASSES[:3])
    with pytest.raises(DataError, match="answers"):
        METRICS["accuracy"].score(y[:-1], proba, CLASSES)
    with pytest.raises(DataError, match="columns"):
        METRICS["accuracy"].score(y, proba[:, :2], CLASSES)
    with pytest.raises(ParameterError, match="one class"):
        confusion(*tags(), CLASSES)


@pytest.mark.parametrize("name", METRICS)
def test_contract(name: str) -> None:
    metric = METRICS[name]
    assert metric.name == name
    assert metric.summary and metric.tasks
    given = {"single": rows(), "multi": tags(), "continuous": (np.arange(9.0), np.arange(9.0)[::-1] / 2)}
    for task in metric.tasks:
        y, said = given[task]
        classes = () if task == "continuous" else CLASSES
        value = metric.score(y, said, classes)
        assert np.isfinite(value)
        best = y if task == "continuous" else np.asarray(indicator(y, classes), np.float64)
        ideal = metric.score(y, best, classes)
        assert ideal >= value if metric.higher_is_better else ideal < value
        assert np.isnan(metric.score(y[:0], said[:0], classes))


def test_every_task_has_its_main_figure() -> None:
    for task, name in MAIN.items():
        assert name in [metric.name for metric in metrics_for(task)]
