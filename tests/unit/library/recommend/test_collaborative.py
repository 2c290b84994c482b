from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.sparse import csr_matrix, random_array

from tunelens.base.errors import DataError, MissingDependencyError, ParameterError
from tunelens.library.recommend.collaborative import FactorOptions, Factors, confidence_of


@pytest.fixture(scope="module")
def confidence() -> csr_matrix:
    plays = random_array((60, 40), density=0.2, rng=np.random.default_rng(0), format="csr")
    plays.data = np.ceil(20 * plays.data)
    return confidence_of(csr_matrix(plays))


@pytest.fixture(scope="module")
def factors(confidence: csr_matrix) -> Factors:
    return Factors.fit(confidence, FactorOptions(n_factors=8))


def test_the_same_seed_gives_the_same_factors(confidence: csr_matrix, factors: Factors) -> None:
    again = Factors.fit(confidence, FactorOptions(n_factors=8))
    assert (again.items == factors.items).all() and (again.listeners == factors.listeners).all()
    other = Factors.fit(confidence, FactorOptions(n_factors=8, seed=1))
    assert not np.allclose(other.items, factors.items)


def test_a_taste_and_its_shares_are_those_of_implicit(confidence: csr_matrix, factors: Factors) -> None:
    from implicit.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        oracle = AlternatingLeastSquares(factors=8, regularization=factors.options.regularization, alpha=1.0)
        oracle.item_factors, oracle.user_factors = factors.items, factors.listeners
        mine = confidence[7]
        taste = factors.taste(mine.indices, mine.data)
        assert taste == pytest.approx(oracle.recalculate_user(0, mine), abs=1e-5)
        for item in (0, 11):
            total, best, _ = oracle.explain(0, mine, item)
            shares = factors.shares(mine.indices, mine.data, item)
            assert shares.sum() == pytest.approx(total, abs=1e-5)
            assert factors.scores(taste[None])[0, item] == pytest.approx(total, abs=1e-5)
            assert mine.indices[np.argmax(shares)] == best[0][0]


def test_a_listener_who_was_learned_from_keeps_his_taste(confidence: csr_matrix) -> None:
    factors = Factors.fit(confidence, FactorOptions(n_factors=8, iterations=60))
    mine = confidence[3]
    learned, fitted = factors.listeners[3], factors.taste(mine.indices, mine.data)
    assert learned @ fitted / np.linalg.norm(learned) / np.linalg.norm(fitted) > 0.98


def test_what_is_disliked_scores_less_and_what_nobody_played_nothing() -> None:
    rows = [[1, 1, 0, 0, 0]] * 5 + [[0, 0, 1, 1, 0]] * 5
    factors = Factors.fit(csr_matrix(np.array(rows, float) * 4), FactorOptions(n_factors=4))
    likes = factors.scores(factors.taste(np.array([0]), np.array([4.0], np.float32))[None])[0]
    hates = factors.scores(factors.taste(np.array([0]), np.array([-4.0], np.float32))[None])[0]
    assert likes[1] > 0.3 > likes[2] and hates[1] <= 0.0 + 1e-6
    assert likes[4] == 0


def test_confidence_is_that_of_feedback(confidence: csr_matrix) -> None:
    assert confidence_of(csr_matrix(np.array([[1.0, 3.0, 1e30]]))).toarray()[0] == pytest.approx(
        [1.0, 2.0, np.log2(10_001)]
    )


@pytest.mark.parametrize("bad", [{"n_factors": 0}, {"regularization": 0.0}, {"iterations": 0}])
def test_bad_options_are_refused(bad: dict) -> None:
    with pytest.raises(ParameterError):
        FactorOptions(**bad)


def test_nothing_to_learn_from_is_told() -> None:
    with pytest.raises(DataError, match="nothing to learn"):
        Factors.fit(csr_matrix((3, 4)))
    with pytest.raises(DataError, match="nothing to learn"):
        Factors.fit(csr_matrix(-np.ones((3, 4))))


def test_without_the_extra_the_error_names_it(
    confidence: csr_matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "implicit"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "implicit", None)
    with pytest.raises(MissingDependencyError, match="implicit") as told:
        Factors.fit(confidence)
    assert "tunelens[recommend]" in (told.value.hint or "")
