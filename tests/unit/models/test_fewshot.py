"""A new class from few examples: against brute force, and on embeddings that are known to separate."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tunelens.base.errors import DataError
from tunelens.models.fewshot import STRENGTHS, NewClass, _ridge, with_new_classes


def left_out_by_hand(Z, y, share, strength, i):
    """Solve the weighted ridge regression anew without row `i`."""
    rest = np.arange(len(y)) != i
    w = share[rest]
    centre, level = w @ Z[rest] / w.sum(), w @ y[rest] / w.sum()
    A, t = np.sqrt(w)[:, None] * (Z[rest] - centre), np.sqrt(w) * (y[rest] - level)
    return (Z[i] - centre) @ np.linalg.solve(A.T @ A + strength * np.eye(Z.shape[1]), A.T @ t) + level


def test_leave_one_out_in_closed_form_is_leave_one_out(rng) -> None:
    Z = rng.normal(size=(40, 6))
    y = np.repeat([1.0, -1.0], [8, 32])
    Z[:8, 0] += 2
    share = np.where(y > 0, 0.5 / 8, 0.5 / 32)
    _, _, left_out = _ridge(Z, y, share)
    A = np.sqrt(share)[:, None] * (Z - share @ Z)
    unit = np.square(A).sum() / len(y)
    by_hand = {
        s: np.array([left_out_by_hand(Z, y, share, s * unit, i) for i in range(40)]) for s in STRENGTHS
    }
    errors = {s: (share * (y - told) ** 2).sum() for s, told in by_hand.items()}
    best = min(errors, key=errors.__getitem__)
    assert left_out == pytest.approx(by_hand[best], abs=1e-9)


@pytest.mark.parametrize("n", [5, 20])
def test_five_examples_find_their_like(rng, n: int) -> None:
    shift = np.zeros(300)
    shift[:10] = 1.5
    new = NewClass.fit("健身", rng.normal(size=(n, 300)) + shift, rng.normal(size=(400, 300)))
    X = np.concatenate([rng.normal(size=(100, 300)) + shift, rng.normal(size=(100, 300))])
    assert roc_auc_score(np.repeat([1, 0], 100), new.proba(X)) > {5: 0.85, 20: 0.95}[n]


def test_odds_are_not_those_of_the_known_examples(rng) -> None:
    """In 500 dimensions five examples of nothing can be told apart perfectly; new ones cannot."""
    new = NewClass.fit("nothing", rng.normal(size=(5, 500)), rng.normal(size=(300, 500)))
    assert np.abs(new.proba(rng.normal(size=(300, 500))) - 0.5).max() < 0.35


def test_the_prior_moves_the_odds(rng) -> None:
    mine, others = rng.normal(size=(10, 4)) + 1, rng.normal(size=(100, 4))
    X = rng.normal(size=(50, 4))
    rare, common = (NewClass.fit("a", mine, others, prior=prior).proba(X) for prior in (0.1, 0.5))
    assert (rare < common).all()


def test_old_classes_give_up_in_proportion(rng) -> None:
    new = NewClass.fit("new", rng.normal(size=(6, 4)) + 3, rng.normal(size=(60, 4)))
    proba, X = rng.dirichlet((1, 1, 1), 5), rng.normal(loc=[[3], [0], [3], [0], [1]], size=(5, 4))
    joined = with_new_classes(proba, "single", X, [new])
    assert joined.sum(axis=1) == pytest.approx(np.ones(5))
    assert joined[:, 3] == pytest.approx(new.proba(X))
    assert joined[:, 0] / joined[:, 1] == pytest.approx(proba[:, 0] / proba[:, 1])
    tags = with_new_classes(proba, "multi", X, [new])
    assert np.array_equal(tags[:, :3], proba) and tags[:, 3] == pytest.approx(new.proba(X))
    assert np.array_equal(with_new_classes(proba, "single", X, []), proba)


def test_arrays_hold_all_of_it(rng, tmp_path) -> None:
    new = NewClass.fit("健身", rng.normal(size=(6, 4)) + 3, rng.normal(size=(60, 4)))
    np.savez(tmp_path / "new.npz", **new.to_arrays())
    with np.load(tmp_path / "new.npz", allow_pickle=False) as arrays:
        again = NewClass.from_arrays(arrays)
    X = rng.normal(size=(9, 4))
    assert again.name == "健身" and again.proba(X) == pytest.approx(new.proba(X), abs=1e-5)


def test_too_little_and_unlike_is_said(rng) -> None:
    with pytest.raises(DataError, match="2 examples of 'a'"):
        NewClass.fit("a", np.zeros((2, 4)), np.zeros((9, 4)))
    with pytest.raises(DataError, match=r"\(4,\) columns, the others \(5,\)"):
        NewClass.fit("a", np.zeros((3, 4)), np.zeros((9, 5)))
