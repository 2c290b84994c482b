"""Indices inside of fitted estimators that compiled code follows without looking: checked before it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import BundleError
from tunelens.models.bundles.files import AGAIN

MOST_OBJECTS = 2_000_000
LEAF = -1
"""Compiled code takes any other child for a node."""
FOREIGN = ("sklearn.ensemble._gb", "sklearn.ensemble._iforest")
"""Modules whose compiled code reads trees without asking how wide the rows are."""
MACHINES = frozenset({"SVC", "SVR"})
KERNELS = frozenset({"linear", "poly", "rbf", "sigmoid"})


def check_indices(estimator: Any, width: int) -> None:
    """Raise `BundleError` where a tree or a support vector machine points outside of what it has.

    What such a part asks of a row is held against the width that the estimator around it asks of every row,
    so each of them must say that width, and must be the class that scikit-learn made of it.

    Parameters
    ----------
    estimator : object
        What was loaded; everything in it is looked at.
    width : int
        How many numbers the model is given.
    """
    for one, holder in _walk(estimator):
        kind, module = type(one).__name__, type(one).__module__
        if kind == "Tree":
            fits = type(holder).__module__ == "sklearn.tree._classes"
            _require(fits and vars(holder).get("tree_") is one, "a tree stands where none belongs")
            _check_tree(one, _width(holder))
        elif kind == "TreePredictor":
            fits = type(holder).__name__.startswith("HistGradientBoosting")
            _require(fits and vars(holder).get("_preprocessor") is None, "a tree stands where none belongs")
            _check_predictor(one, _width(holder))
        elif module == "sklearn.svm._classes" and hasattr(one, "support_vectors_"):
            _require(kind in MACHINES, f"a {kind}, which no bundle may hold")
            _check_machine(one, _width(one))
        _require(not module.startswith(FOREIGN), f"a {kind}, which no bundle may hold")
    needed = getattr(estimator, "n_features_in_", width)
    _require(needed == width, f"it takes {needed} numbers, its input gives {width}")


def _walk(root: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every object inside of `root` with the estimator that it belongs to."""
    waiting, seen = [(root, None)], set[tuple[int, int]]()
    while waiting:
        one, holder = waiting.pop()
        # what two estimators share is looked at for each of them
        key = (id(one), id(holder))
        if key in seen or isinstance(one, str | bytes | int | float | type(None)):
            continue
        seen.add(key)
        _require(len(seen) < MOST_OBJECTS, "it has too many parts")
        yield one, holder
        inside = getattr(one, "__dict__", {})
        if hasattr(one, "get_params"):
            _check_own(one, inside)
            holder = one
        waiting += [(value, holder) for value in _parts(one, inside)]


def _parts(one: Any, inside: dict[str, Any]) -> Iterable[Any]:
    if isinstance(one, dict):
        return [*one.values(), *inside.values()]
    if isinstance(one, list | tuple | set | frozenset):
        return [*one, *inside.values()]
    if isinstance(one, np.ndarray):
        return one.ravel().tolist() if one.dtype.hasobject else []
    return inside.values()


def _check_own(one: Any, inside: dict[str, Any]) -> None:
    """Refuse an estimator in which data stand in the place of a method, say of the one that checks rows."""
    for name in inside:
        _require(not callable(getattr(type(one), str(name), None)), f"{name!r} of a {type(one).__name__}")


def _width(holder: Any) -> int:
    n = vars(holder).get("n_features_in_")
    _require(
        isinstance(n, int | np.integer) and bool(n > 0), "an estimator does not say how many numbers it takes"
    )
    return int(n)


def _check_tree(tree: Any, n_features: int) -> None:
    # its arrays are as long as it says, so this comes before they are looked at
    _require(0 < tree.node_count <= tree.capacity, "a tree counts more nodes than it has")
    _require(tree.value.size >= tree.node_count, "a tree has no values")
    inner = tree.children_left != LEAF
    _check_nodes(tree.children_left, tree.children_right, tree.feature, inner, n_features)


def _check_predictor(one: Any, n_features: int) -> None:
    nodes = one.nodes
    _require(isinstance(nodes, np.ndarray) and nodes.ndim == 1 and nodes.size > 0, "a tree has no nodes")
    inner = nodes["is_leaf"] == 0
    _check_nodes(nodes["left"], nodes["right"], nodes["feature_idx"], inner, n_features)
    _require(not nodes["is_categorical"].any(), "a tree asks for categories")


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
    numbers = type(one).__name__ == "SVR"
    pairs = 1 if numbers else k * (k - 1) // 2
    sizes = {np.size(getattr(one, name, ())) for name in ("_probA", "_probB")}
    _require(
        "_impl" not in vars(one) and not one._sparse and one.kernel in KERNELS, "a machine of other kind"
    )
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
