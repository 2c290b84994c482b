"""Our own estimators against scikit-learn, hmmlearn and what can be worked out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from tunelens.base.errors import DataError, ParameterError
from tunelens.models.classic.hmm import HmmClassifier, log_forward
from tunelens.models.classic.margins import SoftmaxOf
from tunelens.models.classic.neighbours import NeighbourClassifier, NeighbourRegressor
from tunelens.models.classic.preparation import Standard
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe


def blobs(n: int = 120, d: int = 4, spread: float = 1.5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    at = np.arange(n) % 3
    return rng.normal(size=(n, d)) * spread + 2 * np.eye(3, d)[at], np.array(["a", "b", "c"])[at]


def test_standard_is_that_of_scikit_learn(rng: np.random.Generator) -> None:
    X = rng.normal(size=(50, 3)) * [1, 100, 1e-3] + [5, -3, 0]
    np.testing.assert_allclose(Standard().fit_transform(X), StandardScaler().fit_transform(X), atol=1e-12)
    X[3, 1] = np.nan
    assert Standard(scale=False).fit_transform(X)[3, 1] == pytest.approx(np.nanmean(X[:, 1]))


def test_float32_and_float64_of_the_same_numbers_get_one_answer() -> None:
    X, y = blobs()
    X = X.astype(np.float32)
    fitted = Recipe("forest:n_estimators=20").fit(
        Material(X, y, np.arange(len(y)), "single", ("a", "b", "c"))
    )
    np.testing.assert_array_equal(fitted.predict_proba(X), fitted.predict_proba(X.astype(np.float64)))


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine"])
def test_neighbours_are_those_of_scikit_learn(metric: str, weights: str) -> None:
    X, y = blobs()
    new = blobs(40, seed=1)[0]
    ours = NeighbourClassifier(7, metric, weights).fit(X, y)
    theirs = KNeighborsClassifier(7, metric=metric, weights=weights).fit(X, y)
    np.testing.assert_allclose(ours.predict_proba(new), theirs.predict_proba(new), atol=1e-9)
    numbers = X[:, 0] ** 2
    np.testing.assert_allclose(
        NeighbourRegressor(7, metric, weights).fit(X, numbers).predict(new),
        KNeighborsRegressor(7, metric=metric, weights=weights).fit(X, numbers).predict(new),
        atol=1e-9,
    )


def test_a_weight_of_two_is_an_example_given_twice() -> None:
    X, y = blobs(31)
    weight = np.ones(31)
    weight[:7] = 2
    weighed = NeighbourClassifier(62).fit(X, y, weight).predict_proba(X)
    doubled = (
        NeighbourClassifier(62).fit(np.concatenate([X, X[:7]]), np.concatenate([y, y[:7]])).predict_proba(X)
    )
    np.testing.assert_allclose(weighed, doubled, atol=1e-12)


def test_margins_keep_their_order_and_lose_their_overconfidence() -> None:
    X, y = blobs(300, spread=2.5)
    new, truth = blobs(300, spread=2.5, seed=9)
    model = SoftmaxOf(SVC(C=10.0)).fit(X, y)
    margins = model.estimator_.decision_function(new)
    assert (model.predict_proba(new).argmax(axis=1) == margins.argmax(axis=1)).all()
    # sharpness near the best that the new truth would have chosen, and clearly better than none
    losses = {s: log_loss(truth, softmax(s * margins, axis=1)) for s in np.geomspace(0.05, 20, 40)}
    assert log_loss(truth, model.predict_proba(new)) < min(losses.values()) + 0.02
    assert log_loss(truth, model.predict_proba(new)) < losses[max(losses)] - 0.2


def test_sharpness_is_judged_by_other_groups() -> None:
    """Copies of a row on both sides would make any model sure of noise."""
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(60, 5)), 4, axis=0) + 1e-3 * rng.normal(size=(240, 5))
    y = np.repeat(rng.choice(["a", "b"], 60), 4)
    model = SVC(C=100.0)
    fooled = SoftmaxOf(model).fit(X, y).sharpness_
    honest = SoftmaxOf(model).fit(X, y, groups=np.repeat(np.arange(60), 4)).sharpness_
    assert honest < fooled / 3


def all_paths(
    x: np.ndarray, start: np.ndarray, move: np.ndarray, means: np.ndarray, variances: np.ndarray
) -> float:
    """Sum over every path through two states, as the definition says."""
    density = [
        [
            -0.5 * (np.log(2 * np.pi * v) + (f - m) ** 2 / v).sum()
            for m, v in zip(means, variances, strict=True)
        ]
        for f in x
    ]
    logs = []
    for path in np.ndindex(*[len(start)] * len(x)):
        steps = sum(np.log(move[a, b]) for a, b in itertools.pairwise(path))
        logs.append(np.log(start[path[0]]) + steps + sum(density[t][s] for t, s in enumerate(path)))
    return float(logsumexp(logs))


def test_the_forward_pass_sums_over_all_paths(rng: np.random.Generator) -> None:
    start, move = np.array([0.3, 0.7]), np.array([[0.9, 0.1], [0.4, 0.6]])
    means, variances = rng.normal(size=(2, 3)), rng.uniform(0.5, 2, (2, 3))
    X = rng.normal(size=(2, 5, 3))
    wanted = [all_paths(x, start, move, means, variances) for x in X]
    found = log_forward(X, np.log(start), np.log(move), means, variances)
    np.testing.assert_allclose(found, wanted, rtol=1e-10)


def test_the_forward_pass_is_that_of_hmmlearn(rng: np.random.Generator) -> None:
    hmm = pytest.importorskip("hmmlearn.hmm")
    X = rng.normal(size=(6, 200, 3)) + np.sin(np.arange(200) / 9)[:, None] * 2
    model = hmm.GaussianHMM(3, n_iter=5, random_state=0).fit(X.reshape(-1, 3), [200] * 6)
    variances = np.diagonal(model.covars_, axis1=1, axis2=2)
    found = log_forward(
        X, np.log(model.startprob_ + 1e-300), np.log(model.transmat_), model.means_, variances
    )
    np.testing.assert_allclose(found, [model.score(x) for x in X], rtol=1e-8)


def test_hmm_tells_order_in_time_apart_that_no_mean_can() -> None:
    """Both classes have the same frames; one changes state slowly, the other at every frame."""
    pytest.importorskip("hmmlearn")
    rng = np.random.default_rng(0)
    slow, quick = np.repeat([0, 3, 0, 3], 15), np.tile([0, 3], 30)
    X = np.stack([(slow if i % 2 else quick)[:, None] + 0.3 * rng.normal(size=(60, 1)) for i in range(24)])
    y = np.array(["quick", "slow"])[np.arange(24) % 2]
    model = HmmClassifier(2, 10).fit(X[:12], y[:12])
    assert (model.predict(X[12:]) == y[12:]).all()


def test_hmm_answers_without_hmmlearn(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hmmlearn")
    X = np.random.default_rng(0).normal(size=(8, 20, 2))
    y = np.array(["a", "b"] * 4)
    model = HmmClassifier(2, 2).fit(X, y)
    monkeypatch.setitem(__import__("sys").modules, "hmmlearn", None)
    monkeypatch.setitem(__import__("sys").modules, "hmmlearn.hmm", None)
    assert model.predict(X).shape == (8,)
    with pytest.raises(ImportError, match="hmmlearn is needed"):
        HmmClassifier(2, 2).fit(X, y)


def test_vote_is_the_mean_of_its_members() -> None:
    X, y = blobs()
    rows = Material(X, y, np.arange(len(y)), "single", ("a", "b", "c"))
    alone = [Recipe(one).fit(rows).predict_proba(X) for one in ("logistic", "tree", "svm")]
    both = Recipe("vote(logistic,tree,svm)").fit(rows).predict_proba(X)
    np.testing.assert_allclose(both, np.mean(alone, axis=0), atol=1e-12)


def test_stack_learns_whom_to_believe() -> None:
    """One member knows by heart and nothing else; seen on its own rows it would win."""
    rng = np.random.default_rng(3)
    X = np.column_stack([rng.normal(size=160), rng.normal(size=(160, 6)) * 5])
    y = np.where(X[:, 0] + 0.3 * rng.normal(size=160) > 0, "a", "b")
    rows = Material(X, y, np.arange(160), "single", ("a", "b"))
    train, test = rows.take(np.arange(100)), rows.take(np.arange(100, 160))
    stack = Recipe("stack(knn:n_neighbors=1,logistic)").fit(train)
    good = (Recipe("logistic").fit(train).predict(test.X) == test.y).mean()
    assert (stack.predict(test.X) == test.y).mean() >= good - 0.05


def test_stack_without_groups_to_learn_from_says_so() -> None:
    X, y = blobs(12)
    rows = Material(X, y, np.zeros(12, np.intp), "single", ("a", "b", "c"))
    with pytest.raises(DataError, match="stack cannot be trained"):
        Recipe("stack(tree,knn)").fit(rows)


def test_head_and_logistic_differ_by_strength_only() -> None:
    X, y = blobs()
    Z = StandardScaler().fit_transform(X)
    wanted = LogisticRegression(C=0.005, max_iter=1000).fit(Z, y).predict_proba(Z)
    rows = Material(X, y, np.arange(len(y)), "single", ("a", "b", "c"))
    np.testing.assert_allclose(Recipe("head").fit(rows).predict_proba(X), wanted, atol=1e-9)


@pytest.mark.parametrize(
    "text", ["knn:metric=warp", "knn:weights=heavy", "knn:n_neighbors=0", "prototypes:metric=no"]
)
def test_wrong_values_are_named(text: str) -> None:
    X, y = blobs(12)
    rows = Material(X, y, np.arange(12), "single", ("a", "b", "c"))
    with pytest.raises(ParameterError):
        Recipe(text).fit(rows)


def test_a_wrong_value_that_scikit_learn_finds_is_ours_too() -> None:
    X, y = blobs(12)
    rows = Material(X, y, np.arange(12), "single", ("a", "b", "c"))
    with pytest.raises(ParameterError, match="C"):
        Recipe("svm:C=-1").fit(rows)
