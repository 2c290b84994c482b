"""A Gaussian hidden Markov model per class: hmmlearn trains, numpy alone answers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from tunelens.base.errors import ParameterError
from tunelens.base.extras import require

Float = NDArray[np.float64]
TINY = 1e-12
LEAST_VARIANCE = 1e-2
"""Of standardised frames; a state that sits on a few equal frames would be infinitely sure."""
CLIPS_AT_ONCE = 64


class HmmClassifier(ClassifierMixin, BaseEstimator):
    """How well each class's hidden Markov model explains the frames of a clip.

    What is fitted are arrays: `log_start_` (classes, states), `log_move_` (classes, states, states),
    `means_` and `variances_` (classes, states, d), so that hmmlearn is needed for training only.

    Parameters
    ----------
    n_states : int
        Hidden states of each class; fewer where a class has fewer frames.
    n_iter : int
        Rounds of expectation maximisation at most.
    random_state : int

    References
    ----------
    Rabiner: A Tutorial on Hidden Markov Models. Proc. IEEE 77(2), 1989.
    """

    def __init__(self, n_states: int = 4, n_iter: int = 15, random_state: int = 0) -> None:
        self.n_states = n_states
        self.n_iter = n_iter
        self.random_state = random_state

    def fit(self, X: NDArray[Any], y: NDArray[Any]) -> Self:
        """Train one model per class on `X` (n, t, d); (n, t) is taken as (n, t, 1)."""
        if self.n_states < 1 or self.n_iter < 1:
            raise ParameterError(f"n_states is {self.n_states}, n_iter {self.n_iter}; 1 or more is needed")
        X, y = _frames(X), np.asarray(y)
        self.classes_ = np.unique(y)
        trained = [self._train(X[y == name]) for name in self.classes_.tolist()]
        self.log_start_, self.log_move_, self.means_, self.variances_ = (
            np.stack(part) for part in zip(*trained, strict=True)
        )
        return self

    def _train(self, X: Float) -> tuple[Float, Float, Float, Float]:
        frames = X.reshape(-1, X.shape[2])
        states = min(self.n_states, len(np.unique(frames, axis=0)))
        model = require("hmmlearn.hmm").GaussianHMM(
            states, n_iter=self.n_iter, min_covar=LEAST_VARIANCE, random_state=self.random_state
        )
        with _quiet():
            model.fit(frames, [X.shape[1]] * len(X))
        return _padded(model, self.n_states)

    def decision_function(self, X: NDArray[Any]) -> Float:
        """Return the log-likelihood per frame under each class, shape (n, n_classes)."""
        X = _frames(X)
        parts = [self._log_likelihood(X[i : i + CLIPS_AT_ONCE]) for i in range(0, len(X), CLIPS_AT_ONCE)]
        result: Float = np.concatenate(parts) / X.shape[1]
        return result

    def _log_likelihood(self, X: Float) -> Float:
        models = zip(self.log_start_, self.log_move_, self.means_, self.variances_, strict=True)
        return np.stack([log_forward(X, *model) for model in models], axis=1)

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return the class that explains each clip best."""
        chosen: NDArray[Any] = self.classes_[self.decision_function(X).argmax(axis=1)]
        return chosen


def log_forward(X: Float, log_start: Float, log_move: Float, means: Float, variances: Float) -> Float:
    """Return the log-likelihood of each clip, all paths through the states together.

    Parameters
    ----------
    X : ndarray, shape (n, t, d)
    log_start : ndarray, shape (s,)
    log_move : ndarray, shape (s, s)
        From the state of the row to that of the column.
    means, variances : ndarray, shape (s, d)

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> one_state = np.zeros(1), np.zeros((1, 1)), np.zeros((1, 1)), np.ones((1, 1))
    >>> log_forward(np.zeros((1, 2, 1)), *one_state).round(6).tolist()  # two frames: -log(2 pi)
    [-1.837877]
    """
    emitted = _log_density(X, means, variances)
    alpha = log_start + emitted[:, 0]
    move = np.exp(log_move)
    for t in range(1, X.shape[1]):
        top = alpha.max(axis=1, keepdims=True)
        alpha = top + np.log(np.exp(alpha - top) @ move + 1e-300) + emitted[:, t]
    top = alpha.max(axis=1)
    result: Float = top + np.log(np.exp(alpha - top[:, None]).sum(axis=1))
    return result


def _log_density(X: Float, means: Float, variances: Float) -> Float:
    constant = np.log(2 * np.pi * variances).sum(axis=1)
    squares = [
        (((X - mean) ** 2) / variance).sum(axis=-1) for mean, variance in zip(means, variances, strict=True)
    ]
    density: Float = -0.5 * (np.stack(squares, axis=-1) + constant)
    return density


def _padded(model: Any, states: int) -> tuple[Float, Float, Float, Float]:
    """Return the arrays of `model`; states that it lacks cannot be reached."""
    missing = states - len(model.startprob_)
    start = np.pad(_clean(model.startprob_), (0, missing))
    move = np.pad(_clean(model.transmat_), ((0, missing), (0, missing)))
    variances = np.maximum(np.diagonal(model.covars_, axis1=1, axis2=2), LEAST_VARIANCE)
    return (
        np.log(np.maximum(start, TINY)),
        np.log(np.maximum(move, TINY)),
        np.pad(model.means_, ((0, missing), (0, 0))),
        np.pad(variances, ((0, missing), (0, 0)), constant_values=1.0),
    )


def _clean(P: Float) -> Float:
    """Return rows that sum to 1; one of a state that is left at the last frame only has no sum."""
    P = np.nan_to_num(P)
    total = P.sum(axis=-1, keepdims=True)
    clean: Float = np.where(total > 0, P / np.where(total > 0, total, 1), 1 / P.shape[-1])
    return clean


def _frames(X: NDArray[Any]) -> Float:
    X = np.asarray(X, np.float64)
    return X[..., None] if X.ndim == 2 else X


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep hmmlearn from writing a line per class that has few frames; evaluation says what that costs."""
    log = logging.getLogger("hmmlearn")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
