"""Probabilities for models that give margins."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from tunelens.models.classic.fitting import fit_with
from tunelens.models.inner import inner_folds

Float = NDArray[np.float64]


class SoftmaxOf(ClassifierMixin, BaseEstimator):
    """The softmax of an estimator's margins times one number, which inner folds by group choose.

    One number and no shift per class: the order of classes stays that of the margins, so that the most
    probable class *is* the predicted one. ``SVC(probability=True)`` breaks that, folds without regard to
    groups and is on its way out of scikit-learn; a calibration with a shift per class overfits rare classes.

    Parameters
    ----------
    estimator : estimator with ``decision_function``
    folds : int
        Inner folds for the number; 0 or 1 leaves it at 1.
    seed : int

    References
    ----------
    Guo et al.: On Calibration of Modern Neural Networks. ICML 2017 (temperature scaling).

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> model = SoftmaxOf(SVC()).fit(X, np.where(X[:, 0] > 0, "high", "low"))
    >>> model.predict(np.array([[3.0, 0.0]])).item(), bool(model.predict_proba(X).sum(axis=1).min() > 0.999)
    ('high', True)
    """

    def __init__(self, estimator: Any, folds: int = 3, seed: int = 0) -> None:
        self.estimator = estimator
        self.folds = folds
        self.seed = seed

    def fit(
        self,
        X: NDArray[Any],
        y: NDArray[Any],
        sample_weight: NDArray[Any] | None = None,
        groups: NDArray[Any] | None = None,
    ) -> Self:
        """Fit the estimator on all rows, and the number on margins for rows that it did not see."""
        y = np.asarray(y)
        self.estimator_ = fit_with(clone(self.estimator), X, y, sample_weight)
        self.classes_ = self.estimator_.classes_
        if hasattr(self.estimator_, "n_features_in_"):
            self.n_features_in_ = self.estimator_.n_features_in_
        self.sharpness_ = self._sharpness(X, y, sample_weight, groups)
        return self

    def _sharpness(self, X: Any, y: Any, weight: Any, groups: Any) -> float:
        seen: list[tuple[Float, NDArray[np.intp]]] = []
        for train, test in inner_folds(y, groups, self.folds, self.seed) if self.folds > 1 else []:
            if len(np.unique(y[train])) < 2:
                continue
            model = fit_with(
                clone(self.estimator), X[train], y[train], None if weight is None else weight[train]
            )
            # a class that the fold lacks has no margin to judge
            judged = test[np.isin(y[test], model.classes_)]
            if len(judged):
                seen.append((_margins(model, X[judged]), np.searchsorted(model.classes_, y[judged])))
        return _best(seen) if seen else 1.0

    def decision_function(self, X: NDArray[Any]) -> Float:
        """Return margins, shape (n, n_classes)."""
        return _margins(self.estimator_, X)

    def predict_proba(self, X: NDArray[Any]) -> Float:
        """Return probabilities, shape (n, n_classes)."""
        proba: Float = np.exp(_log_softmax(self.sharpness_ * self.decision_function(X)))
        return proba

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return the most probable class of each row."""
        chosen: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return chosen


def _margins(model: Any, X: NDArray[Any]) -> Float:
    found = np.asarray(model.decision_function(X), np.float64)
    return np.stack([-found, found], axis=1) / 2 if found.ndim == 1 else found


def _log_softmax(Z: Float) -> Float:
    Z = Z - Z.max(axis=1, keepdims=True)
    result: Float = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return result


def _best(seen: list[tuple[Float, NDArray[np.intp]]]) -> float:
    """Return the factor under which the true classes are most probable; margins have any unit."""
    unit = float(np.mean([np.ptp(Z, axis=1).mean() for Z, _ in seen])) or 1.0

    def loss(power: float) -> float:
        logs = [_log_softmax(np.exp(power) / unit * Z)[np.arange(len(right)), right] for Z, right in seen]
        return -float(np.concatenate(logs).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 5), method="bounded").x)) / unit
