"""Many tags at once: one model each."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from tunelens.models.classic.fitting import fit_with


class PerTag(ClassifierMixin, BaseEstimator):
    """One classifier per tag; a tag that no row or every row has keeps that share as its probability.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.array([[-1.0], [-2.0], [1.0], [2.0]])
    >>> model = PerTag(LogisticRegression()).fit(X, np.array([[0, 1], [0, 1], [1, 1], [1, 1]]))
    >>> model.predict(np.array([[3.0], [-3.0]])).tolist()
    [[1, 1], [0, 1]]
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(
        self,
        X: NDArray[Any],
        y: NDArray[Any],
        sample_weight: NDArray[Any] | None = None,
        groups: NDArray[Any] | None = None,
    ) -> Self:
        """Fit one classifier per column of `y`; weights are of shape (n,) or (n, n_tags)."""
        y = np.asarray(y)
        self.classes_ = np.arange(y.shape[1])
        self.n_features_in_ = X.shape[-1]
        self.shares_ = y.mean(axis=0)
        weights = [_column(sample_weight, i) for i in range(y.shape[1])]
        self.estimators_ = [
            fit_with(clone(self.estimator), X, y[:, i], weights[i], groups) if 0 < share < 1 else None
            for i, share in enumerate(self.shares_)
        ]
        return self

    def predict_proba(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Return the probability of each tag by itself, shape (n, n_tags)."""
        columns = [
            np.full(len(X), share) if model is None else model.predict_proba(X)[:, 1]
            for model, share in zip(self.estimators_, self.shares_, strict=True)
        ]
        return np.stack(columns, axis=1).astype(np.float64)

    def predict(self, X: NDArray[Any]) -> NDArray[np.int8]:
        """Return the tags that are more probable than not, shape (n, n_tags)."""
        return (self.predict_proba(X) >= 0.5).astype(np.int8)


def _column(weight: NDArray[Any] | None, i: int) -> NDArray[Any] | None:
    return weight if weight is None or weight.ndim == 1 else weight[:, i]
