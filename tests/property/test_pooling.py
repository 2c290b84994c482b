"""Pooling beside scipy, and what must hold for any matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tunelens.base.errors import ParameterError
from tunelens.features import Pooled, pool

MATRICES = arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(1, 60)),
    elements=st.floats(-1000, 1000, width=32),
)


def columns(pooled: Pooled) -> dict[str, np.ndarray]:
    table = pooled.values.reshape(-1, 9)
    return dict(zip(("mean", "std", "skew", "kurt", "p5", "p25", "p50", "p75", "p95"), table.T, strict=True))


def named(matrix: np.ndarray) -> list[str]:
    return [f"r{i}" for i in range(len(matrix))]


@settings(max_examples=60, deadline=None)
@given(MATRICES)
def test_any_matrix_gives_finite_values_in_order(matrix: np.ndarray) -> None:
    pooled = pool(matrix, named(matrix))
    assert pooled.values.dtype == np.float32
    assert pooled.values.shape == (9 * len(matrix),) == (len(pooled.names),)
    assert np.isfinite(pooled.values).all()
    found = columns(pooled)
    assert (found["std"] >= 0).all()
    quantiles = np.stack([found[f"p{p}"] for p in (5, 25, 50, 75, 95)])
    assert (np.diff(quantiles, axis=0) >= -1e-3).all()
    assert (quantiles >= matrix.min(axis=1) - 1e-3).all()
    assert (quantiles <= matrix.max(axis=1) + 1e-3).all()


@settings(max_examples=60, deadline=None)
@given(MATRICES)
def test_percentiles_mean_and_std_are_numpys(matrix: np.ndarray) -> None:
    found = columns(pool(matrix, named(matrix)))
    wide = matrix.astype(np.float64)
    np.testing.assert_allclose(found["mean"], wide.mean(axis=1), rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(found["std"], wide.std(axis=1), rtol=1e-3, atol=2e-3)
    for p in (5, 25, 50, 75, 95):
        np.testing.assert_allclose(found[f"p{p}"], np.percentile(wide, p, axis=1), rtol=1e-5, atol=1e-3)


@settings(max_examples=30, deadline=None)
@given(MATRICES, st.randoms(use_true_random=False))
def test_order_in_time_does_not_matter(matrix: np.ndarray, random: object) -> None:
    order = list(range(matrix.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    a, b = columns(pool(matrix, named(matrix))), columns(pool(matrix[:, order], named(matrix)))
    for what in ("mean", "std", "p5", "p50", "p95"):
        np.testing.assert_allclose(a[what], b[what], rtol=1e-4, atol=2e-3)


def test_shape_statistics_are_scipys(rng: np.random.Generator) -> None:
    matrix = rng.gamma(2.0, size=(5, 4000)).astype(np.float32) + 3
    found = columns(pool(matrix, named(matrix)))
    np.testing.assert_allclose(found["skew"], stats.skew(matrix, axis=1), rtol=1e-3)
    np.testing.assert_allclose(found["kurt"], stats.kurtosis(matrix, axis=1, fisher=False), rtol=1e-3)


def test_a_row_that_does_not_vary_has_no_shape() -> None:
    found = columns(pool(np.full((1, 1001), 0.1, np.float32), ["x"]))
    assert [found[what][0] for what in ("std", "skew", "kurt")] == [0, 0, 0]
    assert found["mean"][0] == pytest.approx(0.1)


@pytest.mark.parametrize("shape", [(2, 5), (1, 0), (5,)])
def test_shapes_that_do_not_fit_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match="matrix has shape"):
        pool(np.zeros(shape, np.float32), ["x"])
