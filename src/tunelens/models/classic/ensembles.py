"""Several models asked as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone

from tunelens.base.errors import DataError
from tunelens.data.labels import Task
from tunelens.models.classic.fitting import aligned, fit_with
from tunelens.models.inner import inner_folds

Float = NDArray[np.float64]
Members = Sequence[tuple[str, Any]]


class _Ensemble(BaseEstimator):
    """What `Vote` and `Stack` share; `_mix` turns the members' answers (n, members, k) into (n, k)."""

    estimators: Members
    task: Task
    classes_: NDArray[Any]

    def _fit_members(self, X: Any, y: Any, weight: Any, groups: Any) -> list[Any]:
        return [fit_with(clone(member), X, y, weight, groups) for _, member in self.estimators]

    def _start(self, X: NDArray[Any], y: NDArray[Any]) -> None:
        self.n_features_in_ = X.shape[-1]
        if self.task == "single":
            self.classes_ = np.unique(y)
        elif self.task == "multi":
            self.classes_ = np.arange(y.shape[1])

    def _ask(self, members: Sequence[Any], X: NDArray[Any]) -> Float:
        return np.stack([self._answer(member, X) for member in members], axis=1)

    def _answer(self, member: Any, X: NDArray[Any]) -> Float:
        if self.task == "continuous":
            return np.asarray(member.predict(X), np.float64).reshape(len(X), 1)
        if self.task == "multi":
            return np.asarray(member.predict_proba(X), np.float64)
        return aligned(member, X, self.classes_)

    def _mix(self, answers: Float) -> Float:
        raise NotImplementedError

    def predict_proba(self, X: NDArray[Any]) -> Float:
        """Return probabilities, shape (n, n_classes)."""
        if self.task == "continuous":
            raise AttributeError("numbers have no probabilities")
        return self._mix(self._ask(self.members_, X))

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return the most probable class, the tags more probable than not, or numbers."""
        mixed = self._mix(self._ask(self.members_, X))
        if self.task == "continuous":
            return mixed[:, 0]
        if self.task == "multi":
            return (mixed >= 0.5).astype(np.int8)
        chosen: NDArray[Any] = self.classes_[mixed.argmax(axis=1)]
        return chosen


class Vote(_Ensemble):
    """The mean of what several models say (soft voting).

    Parameters
    ----------
    estimators : sequence of (str, estimator)
    task : {"single", "multi", "continuous"}
    seed : int
        Unused; every ensemble has one.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array(["a", "a", "b", "b"])
    >>> both = Vote([("one", LogisticRegression()), ("two", DecisionTreeClassifier())]).fit(X, y)
    >>> both.predict(X).tolist()
    ['a', 'a', 'b', 'b']
    """

    def __init__(self, estimators: Members, task: Task = "single", seed: int = 0) -> None:
        self.estimators = estimators
        self.task = task
        self.seed = seed

    def fit(
        self,
        X: NDArray[Any],
        y: NDArray[Any],
        sample_weight: NDArray[Any] | None = None,
        groups: NDArray[Any] | None = None,
    ) -> Self:
        """Fit every member on all rows."""
        self._start(X, y)
        self.members_ = self._fit_members(X, y, sample_weight, groups)
        return self

    def _mix(self, answers: Float) -> Float:
        mean: Float = answers.mean(axis=1)
        return mean


class Stack(_Ensemble):
    """A small model that learns whom to believe, from answers for rows that the members did not see.

    Parameters
    ----------
    estimators : sequence of (str, estimator)
    task : {"single", "multi", "continuous"}
    seed : int
    folds : int
        Inner folds, by group, that give those answers.

    References
    ----------
    Wolpert: Stacked Generalization. Neural Networks 5(2), 1992.
    """

    def __init__(self, estimators: Members, task: Task = "single", seed: int = 0, folds: int = 5) -> None:
        self.estimators = estimators
        self.task = task
        self.seed = seed
        self.folds = folds

    def fit(
        self,
        X: NDArray[Any],
        y: NDArray[Any],
        sample_weight: NDArray[Any] | None = None,
        groups: NDArray[Any] | None = None,
    ) -> Self:
        """Fit the judge on inner folds and every member on all rows.

        Raises
        ------
        DataError
            The rows are of one group, or no inner fold has two classes to learn.
        """
        y = np.asarray(y)
        self._start(X, y)
        rows, answers = self._unseen(X, y, sample_weight, groups)
        self.judge_ = self._judge().fit(self._flat(answers), y[rows])
        self.members_ = self._fit_members(X, y, sample_weight, groups)
        return self

    def _unseen(self, X: Any, y: Any, weight: Any, groups: Any) -> tuple[NDArray[np.intp], Float]:
        rows, answers = [], []
        for train, test in inner_folds(y, groups, self.folds, self.seed):
            if self.task == "single" and len(np.unique(y[train])) < 2:
                continue
            part = [None if one is None else one[train] for one in (weight, groups)]
            rows.append(test)
            answers.append(self._ask(self._fit_members(X[train], y[train], *part), X[test]))
        found = np.concatenate(rows) if rows else np.zeros(0, np.intp)
        if len(found) == 0 or (self.task == "single" and len(np.unique(y[found])) < len(self.classes_)):
            raise DataError(
                f"stack cannot be trained: its inner folds of {len(y)} rows lack groups or classes",
                hint="give more examples, or use vote",
            )
        return found, np.concatenate(answers)

    def _judge(self) -> Any:
        from sklearn.linear_model import LogisticRegression, Ridge

        from tunelens.models.classic.tags import PerTag

        if self.task == "continuous":
            return Ridge(alpha=1.0)
        judge = LogisticRegression(C=1.0, max_iter=1000)
        return PerTag(judge) if self.task == "multi" else judge

    @staticmethod
    def _flat(answers: Float) -> Float:
        return answers.reshape(len(answers), -1)

    def _mix(self, answers: Float) -> Float:
        flat = self._flat(answers)
        if self.task == "continuous":
            return np.asarray(self.judge_.predict(flat), np.float64).reshape(-1, 1)
        return np.asarray(self.judge_.predict_proba(flat), np.float64)
