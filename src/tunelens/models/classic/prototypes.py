"""One mean example per class."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from tunelens.base.errors import ParameterError

Float = NDArray[np.float64]


class Prototypes(ClassifierMixin, BaseEstimator):
    """The nearer a row lies to the mean example of a class, the larger that class's margin.

    Parameters
    ----------
    metric : {"cosine", "euclidean"}

    References
    ----------
    Snell, Swersky, Zemel: Prototypical Networks for Few-shot Learning. NeurIPS 2017.

    Examples
    --------
    >>> model = Prototypes().fit(np.array([[1.0, 0.1], [0.0, 1.0], [0.1, 2.0]]), np.array(["a", "b", "b"]))
    >>> model.predict(np.array([[9.0, 0.0]])).tolist()
    ['a']
    """

    def __init__(self, metric: str = "cosine") -> None:
        self.metric = metric

    def fit(self, X: NDArray[Any], y: NDArray[Any], sample_weight: NDArray[Any] | None = None) -> Self:
        """Average the examples of each class."""
        if self.metric not in ("cosine", "euclidean"):
            raise ParameterError(f"metric is {self.metric!r}; cosine and euclidean are allowed")
        weight = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, np.float64)
        self.classes_, at = np.unique(y, return_inverse=True)
        self.n_features_in_ = X.shape[1]
        share = np.eye(len(self.classes_))[at] * weight[:, None]
        self.means_ = self._unit(share.T @ self._unit(X) / share.sum(axis=0)[:, None])
        return self

    def _unit(self, X: NDArray[Any]) -> Float:
        if self.metric == "euclidean":
            return np.asarray(X, np.float64)
        length = np.linalg.norm(X, axis=1, keepdims=True)
        unit: Float = X / np.where(length > 0, length, 1)
        return unit

    def decision_function(self, X: NDArray[Any]) -> Float:
        """Return minus half the squared distance to each prototype, shape (n, n_classes)."""
        X = self._unit(X)
        # the term of the row alone is the same for all classes
        margins: Float = X @ self.means_.T - (self.means_**2).sum(axis=1) / 2
        return margins

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return the class of the nearest prototype."""
        chosen: NDArray[Any] = self.classes_[self.decision_function(X).argmax(axis=1)]
        return chosen
