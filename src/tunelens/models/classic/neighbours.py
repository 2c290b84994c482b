"""Nearest neighbours that take weights and stay sensible when there are fewer examples than neighbours."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.metrics import pairwise_distances_chunked

from tunelens.base.errors import ParameterError

Float = NDArray[np.float64]


class _Neighbours(BaseEstimator):
    def __init__(self, n_neighbors: int = 10, metric: str = "cosine", weights: str = "uniform") -> None:
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.weights = weights

    def _keep(self, X: NDArray[Any], sample_weight: NDArray[Any] | None) -> None:
        self._check()
        self.X_ = np.asarray(X, np.float64)
        self.n_features_in_ = self.X_.shape[1]
        self.weight_ = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, np.float64)

    def _check(self) -> None:
        if self.weights not in ("uniform", "distance"):
            raise ParameterError(f"weights is {self.weights!r}; uniform and distance are allowed")
        if self.metric not in ("cosine", "euclidean", "manhattan"):
            raise ParameterError(f"metric is {self.metric!r}; cosine, euclidean and manhattan are allowed")
        if self.n_neighbors < 1:
            raise ParameterError(f"n_neighbors is {self.n_neighbors}; 1 or more is needed")

    def _shares(self, X: NDArray[Any]) -> tuple[NDArray[np.intp], Float]:
        """Return the neighbours of each row and their weights, which sum to 1, each (n, k)."""
        k = min(self.n_neighbors, len(self.X_))

        def nearest(D: Float, _: int) -> tuple[NDArray[np.intp], Float]:
            # a stable order makes equal distances fall the same way everywhere
            at = np.argsort(D, axis=1, kind="stable")[:, :k]
            return at, np.take_along_axis(D, at, axis=1)

        found = list(
            pairwise_distances_chunked(
                np.asarray(X, np.float64), self.X_, metric=self.metric, reduce_func=nearest, working_memory=64
            )
        )
        at, far = (np.concatenate(part) for part in zip(*found, strict=True))
        weight = self.weight_[at] * (1 / np.maximum(far, 1e-9) if self.weights == "distance" else 1.0)
        return at, weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)


class NeighbourClassifier(ClassifierMixin, _Neighbours):
    """The share of each class among the nearest examples.

    Parameters
    ----------
    n_neighbors : int
        All examples, where there are fewer.
    metric : {"cosine", "euclidean", "manhattan"}
    weights : {"uniform", "distance"}
        With ``distance`` the nearer count more.
    """

    def fit(self, X: NDArray[Any], y: NDArray[Any], sample_weight: NDArray[Any] | None = None) -> Self:
        """Keep the examples."""
        self._keep(X, sample_weight)
        self.classes_, self.at_ = np.unique(y, return_inverse=True)
        return self

    def predict_proba(self, X: NDArray[Any]) -> Float:
        """Return probabilities, shape (n, n_classes)."""
        at, share = self._shares(X)
        proba = np.zeros((len(X), len(self.classes_)))
        np.add.at(proba, (np.arange(len(X))[:, None], self.at_[at]), share)
        return proba / proba.sum(axis=1, keepdims=True)

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return the most frequent class among the nearest examples of each row."""
        chosen: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return chosen


class NeighbourRegressor(RegressorMixin, _Neighbours):
    """The mean of the nearest examples; parameters as `NeighbourClassifier`."""

    def fit(self, X: NDArray[Any], y: NDArray[Any], sample_weight: NDArray[Any] | None = None) -> Self:
        """Keep the examples."""
        self._keep(X, sample_weight)
        self.y_ = np.asarray(y, np.float64)
        return self

    def predict(self, X: NDArray[Any]) -> Float:
        """Return numbers, shape (n,)."""
        at, share = self._shares(X)
        result: Float = (self.y_[at] * share).sum(axis=1)
        return result
