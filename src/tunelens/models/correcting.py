"""A model that a person corrects: its own odds, moved around the examples that the person told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.models.fewshot import FEWEST, NewClass, with_new_classes
from tunelens.models.trust.calibration import log_of, logit_of, softmax

Float = NDArray[np.float64]
Kind = Literal["single", "multi"]

LEAST_GAIN = 0.4
"""Nats per told track that reaching far must be worth on artists left out; see ``bench corrections``."""
FEWEST_ARTISTS = 3
MOST_FOLDS = 20
MOST_TOLD = 1000
PRIOR = 0.2
"""How often a new label is met, before anything is known of it; chosen by ``bench corrections``."""


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


NEAR, FAR = Reach(0.3, 1.0), Reach(0.6, 3.0)


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
    added : tuple of NewClass
        What tells the labels that the base model does not know; learned from the examples alone.
    anchors : ndarray, shape (n, d)
        The tracks that were told.
    dual : ndarray, shape (n, k)
        What each adds to each label.
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
    [[0.33, 0.67], [0.49, 0.51], [0.49, 0.51]]
    """

    task: Kind
    labels: tuple[str, ...]
    added: tuple[NewClass, ...]
    anchors: Float
    dual: Float
    reach: Reach

    @property
    def n_base(self) -> int:
        """How many labels are those of the base model."""
        return len(self.labels) - len(self.added)

    def before(self, base: NDArray[Any], X: NDArray[Any]) -> Float:
        """Return the probabilities before the corrections, labels that were added included, shape (n, k)."""
        if self.added and not self.n_base:
            return np.stack([new.proba(X) for new in self.added], axis=1)
        return with_new_classes(np.asarray(base, np.float64), self.task, X, self.added)

    def proba(self, base: NDArray[Any], X: NDArray[Any]) -> Float:
        """Return the probabilities after them, shape (n, k); `base` as in `Told`."""
        score = _scores(self.before(base, X), self.task)
        if len(self.anchors):
            score = score + self.reach.pull(X, self.anchors) @ self.dual
        return _told_of(score, self.task)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays that need no pickle."""
        arrays = {
            "task": np.array(self.task),
            "labels": np.array(self.labels, np.str_),
            "anchors": self.anchors.astype(np.float32),
            "dual": self.dual.astype(np.float32),
            "reach": np.array([self.reach.width, self.reach.strength]),
        }
        for i, new in enumerate(self.added):
            arrays |= {f"added_{i}_{name}": values for name, values in new.to_arrays().items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Read what `to_arrays` returned; `DataError` when it is something else."""
        try:
            task = str(arrays["task"])
            width, strength = (float(value) for value in arrays["reach"])
            n_added = len({name.split("_")[1] for name in arrays if name.startswith("added_")})
            added = tuple(NewClass.from_arrays(_one(arrays, f"added_{i}_")) for i in range(n_added))
            labels = tuple(str(label) for label in arrays["labels"])
            anchors, dual = (np.asarray(arrays[name], np.float64) for name in ("anchors", "dual"))
            if task not in ("single", "multi") or dual.shape != (len(anchors), len(labels)):
                raise ValueError(f"{task}, {dual.shape}")
            return cls(
                "single" if task == "single" else "multi",
                labels,
                added,
                anchors,
                dual,
                Reach(width, strength),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise DataError(f"these arrays are no head: {error!r}") from None


def _one(arrays: Mapping[str, NDArray[Any]], begin: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(begin): arrays[name] for name in arrays if name.startswith(begin)}


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
    chosen = reach or (FAR if _gain(told, left[FAR], job, folds) > LEAST_GAIN else NEAR)
    return job.fit(told, chosen), left[chosen]


def _gain(told: Told, left: Float, job: _Fit, folds: list[NDArray[np.bool_]]) -> float:
    """Return how much more a track that was left out is told than by the base model, nats per track."""
    if len(folds) < FEWEST_ARTISTS:
        return 0.0
    before = job.left_out(told, folds, None)
    known = np.isfinite(left).all(axis=1) & np.isfinite(before).all(axis=1)
    if not known.any():
        return 0.0
    said = told.said[known]
    return float(
        (_likelihood(left[known], said, job.task) - _likelihood(before[known], said, job.task)).mean()
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    labels: tuple[str, ...]
    task: Kind
    others: Float

    def fit(self, told: Told, reach: Reach | None) -> Head:
        """Return the head of all that was told; without a reach, of new labels alone."""
        n_base = told.base.shape[1]
        columns = range(n_base, len(self.labels))
        added = tuple(self._new(told, column) for column in columns)
        blank = Head(self.task, self.labels, added, told.X[:0], told.said[:0], reach or NEAR)
        if reach is None or not len(told.X):
            return blank
        score = _scores(blank.before(told.base, told.X), self.task)
        return replace(
            blank, anchors=told.X, dual=_duals(reach.pull(told.X, told.X), score, told.said, self.task)
        )

    def _new(self, told: Told, column: int) -> NewClass:
        holds = told.said[:, column] == 1
        others = np.concatenate([self.others, told.X[~holds]])
        return NewClass.fit(self.labels[column], told.X[holds], others, prior=PRIOR)

    def left_out(self, told: Told, folds: list[NDArray[np.bool_]], reach: Reach | None) -> Float:
        """Return what each told track is said to be by what the other groups teach, shape (n, k)."""
        found = np.full(told.said.shape, np.nan)
        for out in folds:
            rest = told.take(~out)
            if self._enough(rest):
                found[out] = self.fit(rest, reach).proba(told.base[out], told.X[out])
        return found

    def _enough(self, told: Told) -> bool:
        holds = (told.said[:, told.base.shape[1] :] == 1).sum(axis=0)
        return bool(((holds >= FEWEST) & (len(self.others) + len(told.X) - holds >= FEWEST)).all())


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


def _likelihood(proba: Float, said: Float, task: Kind) -> Float:
    """Return the log likelihood of what was said of each row."""
    if task == "single":
        return np.log(np.maximum((proba * _allowed(said)).sum(axis=1), 1e-9))
    right = np.where(said == 1, proba, 1 - proba)
    return np.where(np.isfinite(said), np.log(np.maximum(right, 1e-9)), 0).sum(axis=1)


def _duals(pull: Float, score: Float, said: Float, task: Kind) -> Float:
    """Return the mode of what corrections add, as weights of the told rows, shape (n, k)."""
    from scipy.optimize import minimize

    shape = said.shape
    mask = np.isfinite(said)
    allowed = _allowed(said) if task == "single" else said == 1

    def loss(flat: Float) -> tuple[float, Float]:
        dual = flat.reshape(shape)
        shift = pull @ dual
        proba = _told_of(score + shift, task)
        if task == "single":
            kept = proba * allowed
            away = proba - kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-12)
        else:
            away = np.where(mask, proba - allowed, 0)
        value = -_likelihood(proba, said, task).sum() + 0.5 * float((dual * shift).sum())
        return value, (pull @ (away + dual)).ravel()

    start = np.zeros(said.size)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    duals: Float = found.x.reshape(shape)
    return duals
