"""Indices inside of fitted estimators that compiled code follows without looking: checked before it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import BundleError
from tunelens.models.bundles.files import AGAIN

MOST_OBJECTS = 2_000_000


def check_indices(estimator: Any, width: int) -> None:
    """Raise `BundleError` where a tree or a support vector machine points outside of what it has.

    Parameters
    ----------
    estimator : object
        What was loaded; everything in it is looked at.
    width : int
        How many numbers the model is given.
    """
    for one, n_features in _walk(estimator, width):
        kind = type(one).__name__
        if kind == "Tree":
            inner = one.children_left >= 0
            _check_nodes(one.children_left, one.children_right, one.feature, inner, n_features)
        elif kind == "TreePredictor":
            nodes = one.nodes
            inner = nodes["is_leaf"] == 0
            _check_nodes(nodes["left"], nodes["right"], nodes["feature_idx"], inner, n_features)
            _require(not nodes["is_categorical"].any(), "a tree asks for categories")
        elif hasattr(one, "support_vectors_") and hasattr(one, "_dual_coef_"):
            _check_machine(one, n_features)


def _walk(root: Any, width: int) -> Iterator[tuple[Any, int]]:
    """Yield every object inside of `root` with the number of features of the estimator it belongs to."""
    waiting, seen = [(root, width)], set[int]()
    while waiting:
        one, n = waiting.pop()
        if id(one) in seen or isinstance(one, str | bytes | int | float | type(None)):
            continue
        seen.add(id(one))
        _require(len(seen) < MOST_OBJECTS, "it has too many parts")
        inside = getattr(one, "__dict__", {})
        n = inside.get("n_features_in_", n)
        yield one, n
        if isinstance(one, dict):
            waiting += [(value, n) for value in one.values()]
        elif isinstance(one, list | tuple | set):
            waiting += [(value, n) for value in one]
        elif isinstance(one, np.ndarray):
            waiting += [(value, n) for value in one.ravel()] if one.dtype.hasobject else []
        else:
            waiting += [(value, n) for value in inside.values()]


def _check_nodes(
    left: NDArray[Any], right: NDArray[Any], feature: NDArray[Any], inner: NDArray[np.bool_], n_features: int
) -> None:
    here, n = np.flatnonzero(inner), len(left)
    for child in (left[here].astype(np.int64), right[here].astype(np.int64)):
        # children follow their parents, so no path goes in circles
        _require(bool(((child > here) & (child < n)).all()), "a node of a tree has no such child")
    asked = feature[here].astype(np.int64)
    _require(bool(((asked >= 0) & (asked < n_features)).all()), "a node of a tree asks for no such number")


def _check_machine(one: Any, n_features: int) -> None:
    vectors, weights = np.asarray(one.support_vectors_), np.asarray(one._dual_coef_)
    n, k = len(vectors), len(one._n_support)
    numbers = type(one).__name__.endswith("R")
    pairs = 1 if numbers else k * (k - 1) // 2
    sizes = {np.size(getattr(one, name, ())) for name in ("_probA", "_probB")}
    fits = (
        vectors.shape == (n, n_features)
        and weights.shape == (1 if numbers else k - 1, n)
        and np.size(one._intercept_) == pairs
        and np.size(one.support_) == n
        and (numbers or (int(np.sum(one._n_support)) == n and bool((np.asarray(one._n_support) >= 0).all())))
        and sizes <= {0, pairs}
    )
    _require(fits, "the parts of a support vector machine do not fit each other")


def _require(fits: bool, what: str) -> None:
    if not fits:
        raise BundleError(f"the model is damaged: {what}", hint=AGAIN)
