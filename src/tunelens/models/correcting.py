"""A model that a person corrects: its own odds, moved around the examples that the person told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.models.fewshot import with_new_classes
from tunelens.models.trust.calibration import log_of, logit_of, softmax

Float = NDArray[np.float64]
Kind = Literal["single", "multi"]

LEAST_GAIN = 0.4
"""Nats per told track that reaching far must be worth on artists left out; see ``bench corrections``."""
FEWEST_ARTISTS = 3
FEWEST = 3
"""Examples of a label that the base model does not know."""
MOST_FOLDS = 20
MOST_TOLD = 1000
PRIOR = 0.2
"""How often a label of a person's own is met, before anything is known of it."""
MOST_OTHERS = 200


@dataclass(frozen=True)
class Reach:
    """How far and how strongly a correction moves the odds of its neighbourhood.

    Parameters
    ----------
    width : float
        Fall of one cosine at which the pull is down to 1/e.
    strength : float
        Variance of what a correction may add to the log odds.
    """

    width: float
    strength: float

    def pull(self, A: NDArray[Any], B: NDArray[Any]) -> Float:
        """Return how strongly rows of `A` and `B` pull at each other, shape (len(A), len(B))."""
        cosine = np.clip(np.asarray(A, np.float64) @ np.asarray(B, np.float64).T, -1, 1)
        return self.strength * np.exp((cosine - 1) / self.width)


NEAR, FAR, WIDE = Reach(0.3, 1.0), Reach(0.6, 3.0), Reach(1.2, 10.0)
"""What one correction does, what a pattern of them does, and what examples of a new label do."""


@dataclass(frozen=True, eq=False)
class Told:
    """What a person told of some tracks.

    Parameters
    ----------
    X : ndarray, shape (n, d)
        Where they lie, rows of length 1.
    base : ndarray, shape (n, n_base)
        What the base model says of them, probabilities.
    said : ndarray, shape (n, k)
        1 where a label holds, 0 where it does not, NaN where nothing was said; the labels of the base first.
    groups : ndarray, shape (n,)
        Rows of one group, an artist say, are left out together.
    """

    X: Float
    base: Float
    said: Float
    groups: NDArray[Any]

    def take(self, rows: NDArray[Any]) -> Told:
        """Return some rows."""
        return Told(self.X[rows], self.base[rows], self.said[rows], self.groups[rows])


@dataclass(frozen=True, eq=False)
class OwnLabel:
    """Tells a label that no model knows by a few examples, from what else is in the library.

    A Gaussian process whose mean is `PRIOR`. Of the other tracks nobody said that they are not so: all
    together they weigh as much as the examples.

    Parameters
    ----------
    name : str
    anchors : ndarray, shape (n, d)
    dual : ndarray, shape (n,)

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> others = rng.normal(size=(99, 8))
    >>> others /= np.linalg.norm(others, axis=1, keepdims=True)
    >>> gym = OwnLabel.fit("gym", np.eye(8)[[0, 0, 0]], others[:0], others)
    >>> gym.proba(np.eye(8)[:2]).round().tolist()
    [1.0, 0.0]
    """

    name: str
    anchors: Float
    dual: Float

    @classmethod
    def fit(cls, name: str, X: NDArray[Any], denied: NDArray[Any], others: NDArray[Any]) -> Self:
        """Learn from examples `X`, tracks of which it was `denied`, and `others`, all of length 1."""
        others = _evenly(np.asarray(others, np.float64), MOST_OTHERS)
        anchors = np.concatenate([X, denied, others])
        said = np.repeat([1.0, 0.0], [len(X), len(denied) + len(others)])[:, None]
        weight = np.ones((len(anchors), 1))
        weight[len(X) + len(denied) :] = len(X) / max(len(others), 1)
        score = np.full((len(anchors), 1), _odds(PRIOR))
        return cls(name, anchors, _duals(WIDE.pull(anchors, anchors), score, said, "multi", weight)[:, 0])

    def proba(self, X: NDArray[Any]) -> Float:
        """Return the probability of the label for each row of `X`, shape (n,)."""
        return _told_of(_odds(PRIOR) + WIDE.pull(X, self.anchors) @ self.dual, "multi")


def _odds(p: float) -> float:
    return float(np.log(p) - np.log1p(-p))


def _evenly(X: Float, most: int) -> Float:
    return X[np.linspace(0, len(X) - 1, min(len(X), most)).astype(np.intp)]


@dataclass(frozen=True, eq=False)
class Head:
    """Probabilities of a base model after what a person told.

    The log odds of the base model are the mean of a Gaussian process, what was told is what was seen of it;
    the answer is its mode. With nothing told the answers are those of the base model, and far from everything
    that was told they stay so.

    Parameters
    ----------
    task : {"single", "multi"}
        One label per track, or any number.
    labels : tuple of str
        The labels of the base model, then those that a person added.
    added : tuple of OwnLabel
        What tells the labels that the base model does not know.
    anchors : ndarray, shape (n, d)
        The tracks of which labels of the base model were told.
    dual : ndarray, shape (n, n_base)
        What each adds to each of these labels.
    reach : Reach
        How far it does so.

    References
    ----------
    Rasmussen, Williams: Gaussian Processes for Machine Learning, 2006, chapters 2.7 and 3.4.

    Examples
    --------
    >>> X, base = np.eye(3), np.full((3, 2), 0.5)
    >>> told = Told(X[:1], base[:1], np.array([[0.0, 1.0]]), np.array(["a"]))
    >>> head, _ = fit_head(told, ("rock", "jazz"), "single", X)
    >>> [[round(p, 2) for p in row] for row in head.proba(base, X).tolist()]
    [[0.34, 0.66], [0.49, 0.51], [0.49, 0.51]]
    """

    task: Kind
    labels: tuple[str, ...]
    added: tuple[OwnLabel, ...]
    anchors: Float
    dual: Float
    reach: Reach

    @property
    def n_base(self) -> int:
        """How many labels are those of the base model."""
        return len(self.labels) - len(self.added)

    def proba(self, base: NDArray[Any], X: NDArray[Any]) -> Float:
        """Return the probabilities after what was told, shape (n, k); `base` as in `Told`."""
        proba = np.asarray(base, np.float64)
        if len(self.anchors):
            score = _scores(proba, self.task) + self.reach.pull(X, self.anchors) @ self.dual
            proba = _told_of(score, self.task)
        task = self.task if self.n_base else "multi"
        return with_new_classes(proba, task, X, self.added)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays that need no pickle."""
        arrays = {
            "task": np.array(self.task),
            "labels": np.array(self.labels, np.str_),
            "anchors": self.anchors.astype(np.float32),
            "dual": self.dual.astype(np.float32),
            "reach": np.array([self.reach.width, self.reach.strength]),
        }
        for i, own in enumerate(self.added):
            arrays |= {f"own_{i}_anchors": own.anchors.astype(np.float32), f"own_{i}_dual": own.dual}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Read what `to_arrays` returned; `DataError` when it is something else."""
        try:
            task = str(arrays["task"])
            labels = tuple(str(label) for label in arrays["labels"])
            anchors, dual = (np.asarray(arrays[name], np.float64) for name in ("anchors", "dual"))
            added = tuple(_own(arrays, i, labels) for i in range(len(labels) - dual.shape[1]))
            if task not in ("single", "multi") or len(dual) != len(anchors):
                raise ValueError(f"{task}, {dual.shape}")
            reach = Reach(*(float(value) for value in arrays["reach"]))
            return cls("single" if task == "single" else "multi", labels, added, anchors, dual, reach)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise DataError(f"these arrays are no head: {error!r}") from None


def _own(arrays: Mapping[str, NDArray[Any]], i: int, labels: tuple[str, ...]) -> OwnLabel:
    anchors, dual = (np.asarray(arrays[f"own_{i}_{name}"], np.float64) for name in ("anchors", "dual"))
    if dual.shape != (len(anchors),):
        raise ValueError(dual.shape)
    return OwnLabel(labels[arrays["dual"].shape[1] + i], anchors, dual)


def fit_head(
    told: Told, labels: Sequence[str], task: Kind, others: NDArray[Any], *, reach: Reach | None = None
) -> tuple[Head, Float]:
    """Learn from what a person told, and find out honestly what it is worth.

    Each group of tracks is left out in turn, and told by what the others teach. A correction reaches far only
    where that says so: most corrections are of single mistakes, and reaching far then does harm.

    Parameters
    ----------
    told : Told
        At most 1000 tracks.
    labels : sequence of str
        Columns of `said`; as many as `base` is wide are those of the base model, the rest are new.
    task : {"single", "multi"}
    others : ndarray, shape (m, d)
        Tracks of which nothing was told: what a new label is told from.
    reach : Reach, optional
        Use this and choose none.

    Returns
    -------
    Head
    ndarray, shape (n, k)
        What is said of each told track by what the other groups teach; NaN for a new label that could not be
        learned without it.

    Raises
    ------
    ParameterError
        Shapes do not agree, or there are too many rows.
    """
    n, k = told.said.shape
    if k != len(labels) or len(told.base) != n or told.base.shape[1] > k or n > MOST_TOLD:
        raise ParameterError(f"{n} tracks (at most {MOST_TOLD}) are told {k} labels, not {len(labels)}")
    job = _Fit(tuple(labels), task, np.asarray(others, np.float64))
    folds = list(_folds(told.groups))
    left = {one: job.left_out(told, folds, one) for one in ((reach,) if reach else (NEAR, FAR))}
    chosen = reach or (FAR if _gain(told, left[FAR], task) > LEAST_GAIN else NEAR)
    return job.fit(told, chosen), left[chosen]


def _gain(told: Told, left: Float, task: Kind) -> float:
    """Return how much more a track that was left out is told than by the base model, nats per track."""
    n_base = told.base.shape[1]
    rows = np.isfinite(told.said[:, :n_base]).any(axis=1)
    if len(np.unique(told.groups[rows])) < FEWEST_ARTISTS:
        return 0.0
    said, after, before = told.said[rows, :n_base], left[rows, :n_base], told.base[rows]
    return float((_likelihood(after, said, task) - _likelihood(before, said, task)).mean())


@dataclass(frozen=True, eq=False)
class _Fit:
    labels: tuple[str, ...]
    task: Kind
    others: Float

    def fit(self, told: Told, reach: Reach) -> Head:
        """Return the head of all that was told."""
        n_base = told.base.shape[1]
        added = tuple(self._own(told, column) for column in range(n_base, len(self.labels)))
        rows = np.isfinite(told.said[:, :n_base]).any(axis=1)
        X, said = told.X[rows], told.said[rows, :n_base]
        dual = (
            _duals(reach.pull(X, X), _scores(told.base[rows], self.task), said, self.task) if len(X) else said
        )
        return Head(self.task, self.labels, added, X, dual, reach)

    def _own(self, told: Told, column: int) -> OwnLabel:
        said = told.said[:, column]
        others = np.concatenate([told.X[np.isnan(said)], self.others])
        return OwnLabel.fit(self.labels[column], told.X[said == 1], told.X[said == 0], others)

    def left_out(self, told: Told, folds: list[NDArray[np.bool_]], reach: Reach) -> Float:
        """Return what each told track is said to be by what the other groups teach, shape (n, k)."""
        found = np.full(told.said.shape, np.nan)
        for out in folds:
            rest = told.take(~out)
            head = self.fit(rest, reach)
            found[out] = head.proba(told.base[out], told.X[out])
            few = (rest.said == 1).sum(axis=0) < FEWEST - 1
            few[: head.n_base] = False
            found[np.ix_(out, few)] = np.nan
        return found


def _folds(groups: NDArray[Any]) -> Iterator[NDArray[np.bool_]]:
    """Yield which rows are left out together: one group at a time, or several where they are many."""
    names, where = np.unique(groups, return_inverse=True)
    fold = where % min(len(names), MOST_FOLDS)
    return (fold == i for i in range(min(len(names), MOST_FOLDS)))


def _scores(proba: Float, task: Kind) -> Float:
    return log_of(proba) if task == "single" else logit_of(proba)


def _told_of(score: Float, task: Kind) -> Float:
    if task == "single":
        return softmax(score)
    odds: Float = 1 / (1 + np.exp(-np.clip(score, -500, 500)))
    return odds


def _allowed(said: Float) -> NDArray[np.bool_]:
    """Return which labels may be the one that holds: those told to, else those not denied."""
    holds = said == 1
    return np.where(holds.any(axis=1, keepdims=True), holds, said != 0)


def _likelihood(proba: Float, said: Float, task: Kind, weight: Float | float = 1.0) -> Float:
    """Return the log likelihood of what was said of each row."""
    if task == "single":
        return np.log(np.maximum((proba * _allowed(said)).sum(axis=1), 1e-9))
    right = np.where(said == 1, proba, 1 - proba)
    return (weight * np.where(np.isfinite(said), np.log(np.maximum(right, 1e-9)), 0)).sum(axis=1)


def _duals(pull: Float, score: Float, said: Float, task: Kind, weight: Float | float = 1.0) -> Float:
    """Return the mode of what corrections add, as weights of the told rows, shape (n, k)."""
    from scipy.optimize import minimize

    allowed = _allowed(said) if task == "single" else said == 1

    def loss(flat: Float) -> tuple[float, Float]:
        dual = flat.reshape(said.shape)
        shift = pull @ dual
        proba = _told_of(score + shift, task)
        if task == "single":
            kept = proba * allowed
            away = proba - kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-12)
        else:
            away = weight * np.where(np.isfinite(said), proba - allowed, 0)
        value = -_likelihood(proba, said, task, weight).sum() + 0.5 * float((dual * shift).sum())
        return value, (pull @ (away + dual)).ravel()

    start = np.zeros(said.size)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    duals: Float = found.x.reshape(said.shape)
    return duals
