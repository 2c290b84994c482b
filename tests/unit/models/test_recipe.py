"""Recipes: expressions, copies, balance, and tuning that sees training rows only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin

from tunelens.base.errors import DataError, ParameterError
from tunelens.models.balancing import balanced
from tunelens.models.catalogue import MODELS, parse_model
from tunelens.models.expression import ModelExpression, parse_expression
from tunelens.models.inner import inner_folds
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe


class Spy(ClassifierMixin, BaseEstimator):
    """Keeps the first column of every row it is ever given; it is the row's number."""

    fits: ClassVar[list[set[int]]] = []
    asked: ClassVar[list[tuple[set[int], set[int]]]] = []

    def __init__(self, strength: float = 0.0) -> None:
        self.strength = strength

    def fit(self, X: np.ndarray, y: np.ndarray) -> Spy:
        self.classes_ = np.unique(y)
        self.rows_ = set(X[:, 0].astype(int).tolist())
        self.fits.append(self.rows_)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        self.asked.append((self.rows_, set(X[:, 0].astype(int).tolist())))
        proba = np.full((len(X), len(self.classes_)), 0.5 / len(self.classes_))
        proba[:, int(self.strength * 10) % len(self.classes_)] += 0.5
        return proba


class SpyModel:
    name, summary, kind, extra, default_input = "spy", "a spy", "vector", "", "table"
    tasks = frozenset({"single", "multi", "continuous"})

    def build(self, task: str, seed: int, **params: Any) -> Spy:  # noqa: ARG002
        return Spy(**params)

    def space(self, trial: Any) -> dict[str, Any]:
        return {"strength": trial.suggest_float("strength", 0, 1)}


@pytest.fixture
def spy() -> Iterator[type[Spy]]:
    Spy.fits.clear()
    Spy.asked.clear()
    MODELS.register("spy", SpyModel())  # type: ignore[arg-type]
    yield Spy
    MODELS.unregister("spy")


def rows(n: int = 60, task: str = "single", copies: int = 0) -> Material:
    rng = np.random.default_rng(1)
    at = np.arange(n) % 3
    X = np.column_stack([np.arange(n), at + rng.normal(size=n)])
    y: Any = np.array(["a", "b", "乐"])[at] if task == "single" else at * 1.0
    again = np.repeat(X[:, None], copies, axis=1) if copies else None
    return Material(X, y, np.arange(n) // 4, task, ("a", "b", "乐") if task == "single" else (), again)  # type: ignore[arg-type]


@pytest.mark.parametrize("copies", [0, 2])
def test_tuning_never_sees_a_test_row(spy: type[Spy], copies: int) -> None:
    whole = rows(copies=2)
    train, test = np.arange(40), np.arange(40, 60)
    recipe = Recipe("spy", tune=6, augment="gain" if copies else "", copies=copies)
    fitted = recipe.fit(whole.take(train), seed=3)
    assert len(spy.fits) == 3 * (6 + 1) + 1  # inner folds of each trial and of the start, then the last
    assert set().union(*spy.fits) == set(train.tolist())
    assert not set().union(*spy.fits, *(seen for _, seen in spy.asked)) & set(test.tolist())
    assert spy.fits[-1] == set(train.tolist())
    assert fitted.model.startswith("spy")


def test_trials_are_judged_by_groups_they_did_not_learn(spy: type[Spy]) -> None:
    Recipe("spy", tune=4).fit(rows())
    assert len(spy.asked) == 3 * 5
    for learned, judged in spy.asked:
        assert not {one // 4 for one in learned} & {one // 4 for one in judged}


def test_tuning_is_told_by_its_seed_and_finds_what_is_better() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 12))
    y = np.where(np.hypot(X[:, 0], X[:, 1]) > 1.1, "out", "in")
    material = Material(X, y, np.arange(80), "single", ("in", "out"))
    recipe = Recipe("svm:gamma=0.00001", tune=5)
    first, second = (recipe.fit(material, seed=4) for _ in range(2))
    assert first.params == second.params
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert "gamma=1e-05" in first.model  # what a person says stays


def test_a_search_that_finds_nothing_better_changes_nothing() -> None:
    X = np.repeat([[-1.0], [1.0]], 12, axis=0) + np.linspace(0, 0.1, 24)[:, None]
    material = Material(X, np.repeat(["a", "b"], 12), np.arange(24), "single", ("a", "b"))
    fitted = Recipe("logistic", tune=2).fit(material)
    assert fitted.params == {}
    assert fitted.model == "logistic"


@pytest.mark.parametrize("task", ["single", "multi", "continuous"])
def test_members_of_an_ensemble_are_tuned_apart(task: str) -> None:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(40, 4))
    y: Any = {
        "single": np.where(X[:, 0] > 0, "a", "b"),
        "multi": (X[:, :2] > 0).astype(np.int8),
        "continuous": X[:, 0] * 2,
    }[task]
    material = Material(X, y, np.arange(40), task, () if task == "continuous" else ("a", "b"))  # type: ignore[arg-type]
    fitted = Recipe("vote(ridge:alpha=100000,knn:n_neighbors=39,knn)", tune=3).fit(material)
    assert set(fitted.params) <= {
        f"{i}.{p}" for i in (0, 1, 2) for p in ("alpha", "n_neighbors", "metric", "weights")
    }
    assert parse_model(fitted.model).members[0].params[0] == ("alpha", 100000)


def test_one_group_cannot_be_tuned_on() -> None:
    whole = rows()
    one = Material(whole.X, whole.y, np.zeros(60, np.intp), "single", whole.classes)
    with pytest.raises(DataError, match="two groups"):
        Recipe("tree", tune=2).fit(one)


def test_copies_are_learned_from_with_label_and_group_of_their_origin(spy: type[Spy]) -> None:
    whole = rows(12, copies=2)
    more = whole.with_copies()
    assert len(more) == 36
    for number, label, group in zip(more.X[:, 0].astype(int), more.y, more.groups, strict=True):
        assert (label, group) == (whole.y[number], whole.groups[number])
    with pytest.raises(DataError, match="material has none"):
        Recipe("spy", augment="gain", copies=1).fit(rows(12))
    with pytest.raises(ParameterError, match="1 copies"):
        Recipe("spy", copies=1)


def test_copies_are_learned_from_beside_their_origin_and_never_judged(spy: type[Spy]) -> None:
    plain = rows(24, copies=2)
    again = plain.X_augmented.copy()  # type: ignore[union-attr]
    again[..., 0] += [1000, 2000]
    whole = Material(plain.X, plain.y, plain.groups, "single", plain.classes, again)
    Recipe("spy", augment="gain", copies=2, tune=2).fit(whole)
    assert spy.fits[-1] == {row + changed for row in range(24) for changed in (0, 1000, 2000)}
    for learned, judged in spy.asked:
        assert not {one % 1000 // 4 for one in learned} & {one % 1000 // 4 for one in judged}
        assert max(judged) < 24 < max(learned)


@pytest.mark.parametrize("balance", ["none", "weights", "oversample", "undersample", "smote", "adasyn"])
def test_every_balance_feeds_a_model_that_needs_groups(balance: str) -> None:
    """Few rows of one class among many of the other: balancing must raise the recall of the rare."""
    pytest.importorskip("imblearn")
    rng = np.random.default_rng(5)
    y = np.repeat(["多", "少"], [80, 14])
    X = rng.normal(size=(94, 3)) + 0.9 * (y == "少")[:, None]
    material = Material(X, y, np.arange(94) // 2, "single", ("多", "少"))
    rare = (Recipe("linear_svm", balance=balance).fit(material).predict(X[y == "少"]) == "少").mean()
    plain = (Recipe("linear_svm").fit(material).predict(X[y == "少"]) == "少").mean()
    assert rare == plain if balance == "none" else rare > plain


def test_repeated_rows_stay_with_the_group_of_their_origin() -> None:
    y, X = np.repeat(["多", "少"], [40, 8]), np.arange(48.0)[:, None]
    rare = Material(X, y, np.arange(48) // 4, "single", ("多", "少"))
    found, labels, groups, _ = balanced("oversample", rare, 0)
    assert len(found) == 80 and (labels == "少").sum() == 40
    assert groups.tolist() == (found[:, 0] // 4).tolist()


def test_weights_reach_every_tag() -> None:
    rng = np.random.default_rng(5)
    tags = (rng.uniform(size=(90, 2)) < [0.1, 0.5]).astype(np.int8)
    material = Material(rng.normal(size=(90, 3)) + tags[:, :1], tags, np.arange(90), "multi", ("a", "b"))
    plain, weighed = (Recipe("logistic", balance=one).fit(material) for one in ("none", "weights"))
    assert weighed.predict_proba(material.X)[:, 0].mean() > 2 * plain.predict_proba(material.X)[:, 0].mean()


def test_parts_of_different_length_are_refused() -> None:
    with pytest.raises(DataError, match="differ in length"):
        Material(np.zeros((3, 1)), np.array(["a", "b"]), np.arange(3), "single", ("a", "b"))
    with pytest.raises(DataError, match="'c' is none"):
        Material(np.zeros((2, 1)), np.array(["a", "c"]), np.arange(2), "single", ("a", "b"))


def test_the_key_tells_recipes_apart() -> None:
    keys = {
        Recipe("svm").key,
        Recipe("svm:C=2").key,
        Recipe("svm", tune=3).key,
        Recipe("svm", balance="weights").key,
    }
    assert len(keys) == 4
    assert Recipe("svm: C=2").key == Recipe("svm:C=2").key


names = st.sampled_from(["svm", "linear_svm", "knn", "ast"])
values = st.one_of(
    st.integers(-99, 9999),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.just("rbf"),
)
params = st.dictionaries(st.sampled_from(["C", "gamma", "n_neighbors"]), values).map(
    lambda d: tuple(d.items())
)
leaves = st.builds(ModelExpression, names, params)
expressions = st.recursive(
    leaves,
    lambda inner: st.builds(
        ModelExpression,
        st.sampled_from(["vote", "stack"]),
        params,
        st.lists(inner, min_size=1, max_size=3).map(tuple),
    ),
    max_leaves=6,
)


@given(expressions)
def test_an_expression_reads_back_as_it_was_written(expression: ModelExpression) -> None:
    assert parse_expression(str(expression)) == expression


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert str(parse_expression(text))
    except ParameterError as error:
        assert error.hint or "long" in error.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "svm:",
        "svm:C",
        "svm:C=",
        "svm:C=1,C=2",
        "vote(",
        "vote(svm",
        "vote(svm))",
        "vote()",
        "svm,knn",
        "(svm)",
        "vote(" * 50 + "svm" + ")" * 50,
    ],
)
def test_what_breaks_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(ParameterError):
        parse_expression(text)


@pytest.mark.parametrize("text", ["vote", "svm(knn)", "stack:folds=3"])
def test_brackets_belong_to_ensembles(text: str) -> None:
    with pytest.raises(ParameterError, match="brackets"):
        parse_model(text)


@given(
    st.integers(2, 60).flatmap(
        lambda n: st.tuples(
            st.lists(st.integers(0, 3), min_size=n, max_size=n),
            st.lists(st.integers(0, 9), min_size=n, max_size=n),
        )
    ),
    st.integers(2, 5),
    st.integers(0, 3),
)
def test_no_group_is_on_both_sides_of_an_inner_fold(data: Any, n_folds: int, seed: int) -> None:
    y, groups = (np.array(part) for part in data)
    folds = inner_folds(y.astype(str), groups, n_folds, seed)
    assert bool(folds) == (len(set(groups.tolist())) > 1)
    for train, test in folds:
        assert not set(groups[train].tolist()) & set(groups[test].tolist())
        assert sorted([*train.tolist(), *test.tolist()]) == list(range(len(y)))
    if folds:
        assert sorted(np.concatenate([test for _, test in folds]).tolist()) == list(range(len(y)))


def test_inner_folds_spread_classes() -> None:
    y = np.repeat(["a", "b", "c"], [30, 12, 6])
    for _, test in inner_folds(y, None, 3):
        assert [int((y[test] == name).sum()) for name in "abc"] == [10, 4, 2]
