"""A model that a person corrects: oracles are what logic and analysis demand of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tunelens.base.errors import DataError, ParameterError
from tunelens.models.bundles.files import pack_arrays, read_arrays
from tunelens.models.correcting import FAR, NEAR, Head, Reach, Told, fit_head

LABELS = ("classical", "jazz", "rock")


def places(rng, n, d=6):
    X = rng.standard_normal((n, d))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def told(X, base, said, groups=None):
    return Told(X, base, np.array(said, float), np.arange(len(X)) if groups is None else np.array(groups))


@given(st.integers(0, 10_000), st.sampled_from(["single", "multi"]), st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_whatever_is_told_answers_are_probabilities_and_what_is_told_becomes_likelier(seed, task, n):
    rng = np.random.default_rng(seed)
    X, base = places(rng, 40), rng.dirichlet(np.ones(3), 40)
    said = np.full((n, 3), np.nan)
    labels = rng.integers(0, 3, n)
    said[np.arange(n), labels] = 1
    head, left = fit_head(told(X[:n], base[:n], said), LABELS, task, X)
    after = head.proba(base, X)
    assert np.isfinite(after).all() and (after >= 0).all() and (after <= 1).all()
    assert task == "multi" or np.allclose(after.sum(axis=1), 1)
    if n == 1:
        assert after[0, labels[0]] > base[0, labels[0]]
    assert left.shape == (n, 3)


@pytest.mark.parametrize("task", ["single", "multi"])
def test_with_nothing_told_the_answers_are_those_of_the_model(task):
    rng = np.random.default_rng(0)
    X, base = places(rng, 9), rng.dirichlet(np.ones(3), 9)
    head, _ = fit_head(told(X[:0], base[:0], np.zeros((0, 3))), LABELS, task, X)
    assert head.proba(base, X) == pytest.approx(base, abs=1e-9)
    silent, _ = fit_head(told(X[:4], base[:4], np.full((4, 3), np.nan)), LABELS, task, X)
    assert silent.proba(base, X) == pytest.approx(base, abs=1e-4)


def test_a_correction_moves_its_neighbourhood_and_hardly_what_is_opposite():
    X = np.array([[1, 0], [0.98, 0.199], [0, 1], [-1, 0]], float)
    base = np.full((4, 3), 1 / 3)
    head, _ = fit_head(told(X[:1], base[:1], [[np.nan, 1, np.nan]]), LABELS, "single", X)
    moved = head.proba(base, X)[:, 1] - 1 / 3
    assert moved[0] > moved[1] > 0.1 > moved[2] > moved[3] > 0
    assert moved[3] < 0.001


def test_not_rock_lowers_rock_alone_and_leaves_the_odds_of_the_others():
    X, base = np.eye(2), np.array([[0.2, 0.3, 0.5]] * 2)
    head, _ = fit_head(told(X[:1], base[:1], [[np.nan, np.nan, 0]]), LABELS, "single", X)
    after = head.proba(base, X)[0]
    assert after[2] < 0.5
    assert after[0] / after[1] == pytest.approx(2 / 3, rel=0.1)


def test_one_correction_has_the_mode_that_one_dimension_gives():
    """With one track the shift g maximises log sigmoid(f + g) - g^2 / 2s: a line search finds it."""
    base, reach = 0.2, Reach(0.5, 2.0)
    given_one = told(np.eye(1), np.array([[base]]), [[1.0]])
    head, _ = fit_head(given_one, ("jazz",), "multi", np.zeros((0, 1)), reach=reach)
    f = np.log(base / (1 - base))
    found = minimize(lambda g: np.logaddexp(0, -(f + g[0])) + g[0] ** 2 / (2 * reach.strength), [0.0]).x[0]
    assert head.proba(np.array([[base]]), np.eye(1))[0, 0] == pytest.approx(
        1 / (1 + np.exp(-f - found)), abs=1e-4
    )


def planted(n_artists, flip, seed=0):
    """Two kinds of songs; the model takes `flip` of the one for the other, everywhere or nowhere."""
    rng = np.random.default_rng(seed)
    centres = places(rng, 2, 8)
    kind = np.arange(4 * n_artists) % 2
    X = centres[kind] + rng.normal(0, 0.15, (len(kind), 8))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    seen = np.where((kind == 1) & (rng.random(len(kind)) < flip), 0, kind)
    base = np.where(np.eye(2)[seen] > 0, 0.7, 0.3)
    return X, base, kind, np.repeat(np.arange(n_artists), 4)


def test_it_reaches_far_where_mistakes_have_a_pattern_and_near_where_they_have_none():
    X, base, kind, artists = planted(30, 1.0)
    rows = np.arange(20)
    said = np.where(np.eye(2)[kind[rows]] > 0, 1.0, np.nan)
    head, left = fit_head(told(X[rows], base[rows], said, artists[rows]), ("a", "b"), "single", X)
    assert head.reach == FAR
    rest = ~np.isin(artists, artists[rows])
    assert (head.proba(base, X)[rest].argmax(axis=1) == kind[rest]).mean() > 0.95 > 0.55
    assert (left.argmax(axis=1) == kind[rows]).mean() > 0.9
    rng = np.random.default_rng(1)
    noise = np.where(np.eye(2)[rng.integers(0, 2, 20)] > 0, 1.0, np.nan)
    assert fit_head(told(X[rows], base[rows], noise, artists[rows]), ("a", "b"), "single", X)[0].reach == NEAR


def test_left_out_answers_know_nothing_of_their_own_artist():
    X, base, kind, artists = planted(8, 1.0)
    said = np.where(np.eye(2)[kind] > 0, 1.0, np.nan)
    _, left = fit_head(told(X, base, said, artists), ("a", "b"), "single", X)
    lies = said.copy()
    lies[artists == 3] = np.where(np.eye(2)[1 - kind[artists == 3]] > 0, 1.0, np.nan)
    _, again = fit_head(told(X, base, lies, artists), ("a", "b"), "single", X, reach=FAR)
    assert again[artists == 3] == pytest.approx(left[artists == 3], abs=1e-9)
    assert again[artists == 4] != pytest.approx(left[artists == 4], abs=1e-3)


def test_a_new_label_is_learned_from_three_examples_and_told_what_it_is_not():
    X, _, kind, artists = planted(20, 0.0)
    mine = np.flatnonzero(kind == 1)[:6:2]
    given = told(X[mine], np.zeros((3, 0)), np.ones((3, 1)), artists[mine])
    head, _ = fit_head(given, ["健身"], "multi", X)
    p = head.proba(np.zeros((len(X), 0)), X)[:, 0]
    assert p[kind == 1].min() > p[kind == 0].max()
    wrong = np.flatnonzero(kind == 1)[7]
    rows = np.append(mine, wrong)
    given = told(X[rows], np.zeros((4, 0)), [[1], [1], [1], [0]], artists[rows])
    denied, _ = fit_head(given, ["健身"], "multi", X)
    assert denied.proba(np.zeros((1, 0)), X[wrong : wrong + 1])[0, 0] < p[wrong]


@pytest.mark.parametrize("task", ["single", "multi"])
def test_a_head_survives_being_kept(task):
    rng = np.random.default_rng(3)
    X, base = places(rng, 30), rng.dirichlet(np.ones(2), 30)
    said = np.where(np.eye(3)[rng.integers(0, 3, 12)] > 0, 1.0, np.nan)
    said[:3] = [[np.nan, np.nan, 1]] * 3
    head, _ = fit_head(told(X[:12], base[:12], said), LABELS, task, X)
    back = Head.from_arrays(read_arrays(pack_arrays(head.to_arrays()), "head"))
    assert (back.labels, back.task, back.n_base) == (LABELS, task, 2)
    assert back.proba(base, X) == pytest.approx(head.proba(base, X), abs=1e-5)
    for broken in (
        {},
        {**head.to_arrays(), "dual": np.zeros((1, 1))},
        {**head.to_arrays(), "task": np.array("x")},
    ):
        with pytest.raises(DataError, match="no head"):
            Head.from_arrays(broken)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ParameterError, match="told"):
        fit_head(told(np.eye(2), np.ones((2, 1)), np.ones((2, 1))), LABELS, "single", np.eye(2))
