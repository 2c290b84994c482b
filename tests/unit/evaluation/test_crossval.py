"""Folds are judged by rows that were not learned from, and kept as they are done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from tunelens.base.errors import DataError, ParameterError
from tunelens.data.splits import Fold
from tunelens.evaluation import crossval
from tunelens.evaluation.crossval import cross_validate, joined
from tunelens.evaluation.curves import learning_curve, part_of
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe

N = 60


@pytest.fixture
def material(rng: np.random.Generator) -> Material:
    y = np.array(["快", "慢", "mid"])[np.arange(N) % 3]
    X = rng.normal(size=(N, 3)) + 2 * np.eye(3)[np.arange(N) % 3]
    return Material(X, y, np.arange(N) // 3, "single", ("mid", "快", "慢"))


@pytest.fixture
def folds() -> list[Fold]:
    part = np.arange(N) // 3 % 4
    return [Fold(str(k), np.flatnonzero(part != k), np.flatnonzero(part == k)) for k in range(4)]


class Counted(Recipe):
    """A recipe that counts, and that is killed when told."""

    fits = 0
    killed_at = 10**9

    def fit(self, material, seed=0, progress=None):
        if Counted.fits == Counted.killed_at:
            raise KeyboardInterrupt
        Counted.fits += 1
        return super().fit(material, seed, progress)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    monkeypatch.setattr(Counted, "fits", 0)
    return Counted("logistic")


def test_every_row_is_answered_by_a_model_that_did_not_see_it(material: Material, folds: list[Fold]) -> None:
    found = cross_validate(material, folds, Recipe("knn:n_neighbors=1"))
    assert found.rows.tolist() == list(range(N))
    own = cross_validate(
        material, [Fold("0", np.arange(N - 1), np.array([N - 1]))], Recipe("knn:n_neighbors=1")
    )
    assert own.rows.tolist() == [N - 1]
    memory = Recipe("knn:n_neighbors=1").fit(material).predict(material.X)
    assert (memory == material.y).all()
    assert (found.pred != material.y).any(), "a model that had seen the rows would err nowhere"


def test_answers_are_those_of_scikit_learn(material: Material, folds: list[Fold]) -> None:
    found = cross_validate(material, folds, Recipe("logistic"))
    theirs = cross_val_predict(
        LogisticRegression(max_iter=1000), material.X, material.y, cv=[(f.train, f.test) for f in folds]
    )
    assert np.mean(found.pred == theirs) > 0.9  # ours scales and penalises in its own way
    assert found.proba.sum(axis=1) == pytest.approx(np.ones(N))


def test_a_killed_run_goes_on_where_it_stopped(
    material: Material, folds: list[Fold], counted: Counted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Counted, "killed_at", 2)
    with pytest.raises(KeyboardInterrupt):
        cross_validate(material, folds, counted, cache_dir=tmp_path)
    monkeypatch.setattr(Counted, "killed_at", 10**9)
    found = cross_validate(material, folds, counted, cache_dir=tmp_path)
    assert (Counted.fits, found.n_cached) == (4, 2)
    whole = cross_validate(material, folds, Recipe("logistic"))
    assert (found.proba == whole.proba).all()
    assert cross_validate(material, folds, counted, cache_dir=tmp_path).n_cached == 4


def test_what_is_kept_serves_nothing_else(
    material: Material, folds: list[Fold], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cached(material=material, folds=folds, model="logistic", seeds=(0,), data_id=""):
        return cross_validate(
            material, folds, Recipe(model), seeds=seeds, cache_dir=tmp_path, data_id=data_id
        ).n_cached

    assert (cached(), cached()) == (0, 4)
    X, y = material.X.copy(), material.y.copy()
    X[0, 0] += 1e-9
    y[0], y[1] = y[1], y[0]
    assert cached(replace(material, X=X)) == 0
    assert cached(replace(material, y=y)) == 0
    assert cached(replace(material, groups=material.groups[::-1])) == 0
    assert cached(model="logistic:C=2") == 0
    assert cached(seeds=(1,)) == 0
    assert cached(data_id="other") == 0
    moved = [replace(folds[0], train=folds[0].train[1:]), *folds[1:]]
    assert cached(folds=moved) == 3
    monkeypatch.setattr(crossval, "_code", lambda: "another version")
    assert cached() == 0


def test_a_damaged_file_is_done_again(material: Material, folds: list[Fold], tmp_path: Path) -> None:
    first = cross_validate(material, folds, Recipe("logistic"), cache_dir=tmp_path)
    files = sorted(tmp_path.rglob("*.npz"))
    files[0].write_bytes(b"PK\x03\x04 nonsense")
    files[1].write_bytes(b"")
    again = cross_validate(material, folds, Recipe("logistic"), cache_dir=tmp_path)
    assert again.n_cached == 2
    assert (again.proba == first.proba).all()


def test_seeds_are_told_apart_and_joined(material: Material, folds: list[Fold]) -> None:
    both = cross_validate(material, folds, Recipe("tree:max_features=1"), seeds=(0, 1))
    parts = [cross_validate(material, folds, Recipe("tree:max_features=1"), seeds=(s,)) for s in (0, 1)]
    one = joined(parts)
    assert both.seed_of.tolist() == [0] * N + [1] * N
    assert (one.proba == both.proba).all()
    assert (parts[0].proba != parts[1].proba).any()


def test_numbers_and_tags_can_be_judged(material: Material, folds: list[Fold]) -> None:
    numbers = cross_validate(
        replace(material, y=material.X[:, 0], task="continuous", classes=()), folds, Recipe("linear")
    )
    assert numbers.pred == pytest.approx(material.X[:, 0], abs=0.5)
    y = (material.X > 0.5).astype(np.int8)
    multi = cross_validate(replace(material, y=y, task="multi"), folds, Recipe("logistic"))
    assert multi.pred.shape == (N, 3)
    assert (multi.pred == y).mean() > 0.8


def test_folds_that_cheat_are_refused(material: Material) -> None:
    with pytest.raises(DataError, match="both"):
        cross_validate(material, [Fold("0", np.arange(9), np.arange(8, 12))], Recipe("logistic"))
    with pytest.raises(DataError, match="no row"):
        cross_validate(material, [Fold("0", np.arange(9), np.arange(0))], Recipe("logistic"))
    with pytest.raises(DataError, match="no fold"):
        cross_validate(material, [], Recipe("logistic"))


def test_parts_hold_whole_groups_every_class_and_each_other(material: Material, folds: list[Fold]) -> None:
    rows = folds[0].train
    small, large = part_of(material, rows, 0.1, 0), part_of(material, rows, 0.5, 0)
    assert set(small) < set(large) < set(rows)
    assert set(material.y[small]) == set(material.classes)
    assert not set(material.groups[small]) & set(material.groups[np.setdiff1d(rows, small)])


def test_more_examples_help(material: Material, folds: list[Fold]) -> None:
    found = learning_curve(material, folds, Recipe("forest:n_estimators=20"), shares=(0.07, 1.0))
    assert found.n_train[0] < 10 < found.n_train[1] == 45
    assert found.figures[1].value > found.figures[0].value
    with pytest.raises(ParameterError, match="shares"):
        learning_curve(material, folds, Recipe("knn"), shares=(0.0, 1.0))
