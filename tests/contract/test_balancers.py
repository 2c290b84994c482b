"""What holds for every registered balancer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from tunelens.base.errors import DataError, ParameterError
from tunelens.data.balance import BALANCERS, Balancer

COUNTS = {"common": 30, "few": 6, "single": 1, "两个": 2}


@pytest.fixture(params=list(BALANCERS))
def name(request: pytest.FixtureRequest) -> str:
    if request.param in ("smote", "adasyn"):
        pytest.importorskip("imblearn")
    if request.param == "gan":
        pytest.importorskip("torch")
    return request.param


def balancer(name: str) -> Balancer:
    found = BALANCERS[name]
    return replace(found, steps=30) if name == "gan" else found


def rows(shape: tuple[int, ...] = (4,)) -> tuple[np.ndarray, np.ndarray]:
    y = np.repeat(list(COUNTS), list(COUNTS.values()))
    X = np.random.default_rng(0).standard_normal((len(y), *shape)).astype(np.float32)
    X[:, ..., 0] += 3 * (y == "few").reshape(-1, *[1] * (len(shape) - 1))
    return X, y


@pytest.mark.parametrize("shape", [(4,), (3, 4)])
def test_classes_weigh_alike(name: str, shape: tuple[int, ...]) -> None:
    assert BALANCERS[name].name == name and BALANCERS[name].summary
    X, y = rows(shape)
    X[3] = np.nan
    found = balancer(name).resample(X, y, 0)
    assert found.X.dtype == X.dtype and found.X.shape[1:] == shape
    assert len(found.X) == len(found.y) and set(found.y) == set(COUNTS)
    weight = np.ones(len(found.y)) if found.sample_weight is None else found.sample_weight
    total = Counter()
    for label, one in zip(found.y, weight, strict=True):
        total[label] += one
    if name == "none":
        assert total == COUNTS
    elif name == "adasyn":  # it aims at equal counts and rounds per row
        assert min(total.values()) > 0.7 * max(total.values())
    else:
        np.testing.assert_allclose(list(total.values()), total["common"])
    if name != "undersample":
        np.testing.assert_array_equal(found.X[: len(X)], X)
        assert np.isfinite(found.X[len(X) :]).all() or name == "oversample"


def test_the_seed_decides(name: str) -> None:
    first, again = (balancer(name).resample(*rows(), 3) for _ in range(2))
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.y, again.y)


def test_what_cannot_be_balanced_is_said(name: str) -> None:
    if name == "none":
        return
    X, y = rows()
    with pytest.raises(DataError, match="nothing to balance"):
        balancer(name).resample(X[:30], y[:30], 0)
    with pytest.raises(ParameterError, match="numbers"):
        balancer(name).resample(X, np.arange(len(X), dtype=float), 0)
    if name != "weights":
        with pytest.raises(ParameterError, match="any number of tags"):
            balancer(name).resample(X, np.ones((len(X), 2), np.int8), 0)


def test_weights_of_tags() -> None:
    y = np.array([[1, 0], [1, 0], [1, 0], [0, 1]])
    weight = BALANCERS["weights"].resample(np.zeros((4, 1)), y, 0).sample_weight
    np.testing.assert_allclose(weight, np.array([4 / 3, 4 / 3, 4 / 3, 4]) / 2)


def test_smote_stays_between_rows_of_its_class() -> None:
    """A made-up row lies on a line between two real ones, so within their box."""
    pytest.importorskip("imblearn")
    X, y = rows()
    found = BALANCERS["smote"].resample(X, y, 0)
    own, made = X[y == "few"], found.X[len(X) :][found.y[len(X) :] == "few"]
    assert (made >= own.min(axis=0) - 1e-6).all() and (made <= own.max(axis=0) + 1e-6).all()


def test_the_generator_learns_where_classes_lie() -> None:
    pytest.importorskip("torch")
    from tunelens.models.generative import train_generator

    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b"], [60, 20])
    X = rng.standard_normal((80, 3)) + np.where(y == "a", -4, 4)[:, None]
    generator = train_generator(X, y, 0)
    for label in "ab":
        made = generator.sample(label, 200, 1)
        assert generator.health(X[y == label], made).ok
        assert np.abs(made.mean(axis=0) - X[y == label].mean(axis=0)).max() < 2
    wrong = generator.health(X[y == "a"], np.repeat(X[y == "b"][:1], 50, axis=0))
    assert not wrong.ok and wrong.spread < 0.01


def test_undersampling_keeps_every_row_of_the_rarest_class() -> None:
    y, X = np.repeat(["多", "少"], [20, 5]), np.arange(25.0)[:, None]
    found = BALANCERS["undersample"].resample(X, y, 0)
    assert found.X[found.y == "少", 0].tolist() == [20, 21, 22, 23, 24] and len(found.y) == 10
