"""The head that is shipped: against Gaussian processes of scikit-learn, planted classes, and its own net."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from training.kernel import KernelHead, KernelRecipe

from tunelens.models.material import Material

SMALL = KernelRecipe(n_measures=2, components=4)


@pytest.fixture
def rows(rng: np.random.Generator) -> Material:
    """Three classes, told by the first columns; the last two are measures, of which some are not known."""
    y = np.repeat(["a", "b", "爵士"], 30)
    X = rng.normal(size=(90, 8))
    X[:, :3] += 3 * np.eye(3)[np.repeat(np.arange(3), 30)]
    X[::7, -1] = np.nan
    return Material(X.astype(np.float32), y, np.arange(90), "single", ("a", "b", "爵士"))


def test_scores_are_those_of_a_gaussian_process(rng: np.random.Generator) -> None:
    X, Y = rng.normal(size=(40, 5)).astype(np.float32), rng.integers(0, 2, (40, 2))
    recipe = KernelRecipe(n_measures=0, components=5, width=0.5, ridge=0.3)
    fitted = recipe.fit(Material(X, Y, np.arange(40), "multi", ("x", "y"))).estimator
    new = fitted.rows[0][:7] + 0.1
    known = GaussianProcessRegressor(RBF(1.0), alpha=0.3, optimizer=None)
    base = Y.mean(axis=0)
    expected = known.fit(fitted.rows[0], Y - base).predict(new) + base
    found = fitted._similar([new]) @ fitted.dual + fitted.base
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_left_out_scores_are_those_of_fitting_without_the_row(rows: Material) -> None:
    head = SMALL.fit(rows).estimator
    truth = head._truth(rows.y)
    left_out = head._solve(truth)
    keep = np.arange(90) != 4
    K = head._similar(head.rows)
    dual = np.linalg.solve(K[np.ix_(keep, keep)] + SMALL.ridge * np.eye(89), (truth - head.base)[keep])
    np.testing.assert_allclose(left_out[4], K[4, keep] @ dual + head.base, atol=1e-6)


def test_planted_classes_are_found(rows: Material) -> None:
    train, test = np.arange(0, 90, 2), np.arange(1, 90, 2)
    fitted = SMALL.fit(rows.take(train))
    proba = fitted.predict_proba(rows.X[test])
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert (fitted.predict(rows.X[test]) == rows.y[test]).mean() > 0.9


def test_every_kernel_has_its_columns_and_weight() -> None:
    three = KernelRecipe(n_measures=2, share=0.1, n_third=3, third_share=0.5).parts(9)
    assert three == [(0, 4, pytest.approx(0.4)), (4, 7, 0.5), (7, 9, 0.1)]
    assert KernelRecipe(n_measures=2, share=0.1).parts(9) == [(0, 7, 0.9), (7, 9, 0.1)]
    assert KernelRecipe(n_measures=0).parts(9) == [(0, 9, 1.0)]
    assert KernelRecipe(n_measures=9).parts(9) == [(0, 9, 1.0)]


@pytest.mark.parametrize(
    "recipe",
    [
        SMALL,
        KernelRecipe(n_measures=0, components=3),
        KernelRecipe(n_measures=2, balanced=True),
        KernelRecipe(n_measures=2, n_third=3, components=3),
    ],
)
@pytest.mark.parametrize("task", ["single", "multi"])
def test_the_net_answers_as_the_model(rows: Material, recipe: KernelRecipe, task: str) -> None:
    y = rows.y if task == "single" else (rows.y[:, None] == np.array(["a", "b", "b"])).astype(np.int8)
    fitted = recipe.fit(Material(rows.X, y, rows.groups, task, rows.classes))  # type: ignore[arg-type]
    session = onnxruntime.InferenceSession(fitted.estimator.to_onnx())
    (found,) = session.run(None, {"features": rows.X})
    np.testing.assert_allclose(found, fitted.predict_proba(rows.X), atol=1e-6)


def test_balanced_gives_a_rare_class_its_weight(rng: np.random.Generator) -> None:
    X = rng.normal(size=(100, 3)).astype(np.float32)
    y = np.array(["rare"] * 10 + ["usual"] * 90)
    X[:10, 0] += 1.5

    def recall(balanced: bool) -> float:
        recipe = KernelRecipe(n_measures=0, components=3, balanced=balanced)
        fitted = recipe.fit(Material(X, y, np.arange(100), "single", ("rare", "usual")))
        return float((fitted.predict(X[:10]) == "rare").mean())

    assert recall(True) > recall(False)


def test_the_same_rows_give_the_same_model(rows: Material) -> None:
    first, second = (SMALL.fit(rows).estimator for _ in range(2))
    assert isinstance(first, KernelHead)
    assert first.to_onnx() == second.to_onnx()


def test_a_measure_that_is_nowhere_known_does_no_harm(rows: Material) -> None:
    X: NDArray[np.float32] = rows.X.copy()
    X[:, -1] = np.nan
    fitted = SMALL.fit(Material(X, rows.y, rows.groups, rows.task, rows.classes))
    assert np.isfinite(fitted.predict_proba(X)).all()
