"""Which columns of a table a model leans on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Importance:
    """What one column is worth.

    Parameters
    ----------
    feature : str
    drop : float
        How much the score falls when the column is shuffled, mean over repeats.
    low, high : float
        Smallest and largest fall among the repeats.
    weight : float or None
        What the model itself says, see `own_weights`; None if it does not say.
    """

    feature: str
    drop: float
    low: float
    high: float
    weight: float | None = None


def importances(
    score: Callable[[NDArray[Any]], float],
    X: NDArray[Any],
    names: Sequence[str],
    *,
    weights: NDArray[Any] | None = None,
    repeats: int = 10,
    seed: int = 0,
) -> list[Importance]:
    """Return the columns of `X` by how much `score` falls when each is shuffled, most first.

    Columns that say the same share their importance; shuffling one alone may cost nothing.

    Parameters
    ----------
    score : callable
        Score of the model on rows, higher is better; rows it was not trained on tell most.
    X : ndarray, shape (n, d)
    names : sequence of str, length d
    weights : ndarray, shape (d,), optional
        See `own_weights`.
    repeats : int
        Shuffles per column.
    seed : int

    Raises
    ------
    DataError
        `names` does not fit `X`.

    References
    ----------
    Breiman: Random Forests. Machine Learning 2001.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> X = rng.normal(size=(200, 3))
    >>> score = lambda rows: float(((rows[:, 1] > 0) == (X[:, 1] > 0)).mean())
    >>> found = importances(score, X, ("a", "b", "c"))
    >>> found[0].feature, round(found[0].drop, 1), found[1].drop
    ('b', 0.5, 0.0)
    """
    if X.ndim != 2 or X.shape[1] != len(names):
        raise DataError(f"X has shape {X.shape} and there are {len(names)} names")
    rng, full = np.random.default_rng(seed), score(X)
    found = []
    for column, name in enumerate(names):
        drops = [full - score(_shuffled(X, column, rng)) for _ in range(repeats)]
        own = None if weights is None else float(weights[column])
        found.append(Importance(name, float(np.mean(drops)), float(min(drops)), float(max(drops)), own))
    return sorted(found, key=lambda one: -one.drop)


def _shuffled(X: NDArray[Any], column: int, rng: np.random.Generator) -> NDArray[Any]:
    mixed = X.copy()
    mixed[:, column] = rng.permutation(mixed[:, column])
    return mixed


def own_weights(estimator: Any) -> Float | None:
    """Return what a fitted scikit-learn estimator says of its columns, shape (d,); None if it does not say.

    Importances of trees, or the mean size of coefficients. Of a pipeline the last step is asked; it must see
    the columns one by one.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.array([[0, 5.0], [1, 5], [2, 5], [3, 5]])
    >>> own_weights(LogisticRegression().fit(X, ["a", "a", "b", "b"])).round(1).tolist()
    [1.0, 0.0]
    """
    last = getattr(estimator, "steps", [(None, estimator)])[-1][1]
    if hasattr(last, "feature_importances_"):
        return np.asarray(last.feature_importances_, np.float64)
    if hasattr(last, "coef_"):
        return np.abs(np.atleast_2d(np.asarray(last.coef_, np.float64))).mean(axis=0)
    wrapped = getattr(last, "estimator_", None)
    return None if wrapped is None else own_weights(wrapped)
