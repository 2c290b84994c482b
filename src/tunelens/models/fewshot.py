"""A new class from a handful of examples, without training anew what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.data.labels import Task
from tunelens.models.trust.calibration import softmax

Float = NDArray[np.float64]

FEWEST = 3
MOST_OTHERS = 500
"""More of everything else makes the answer no better, and the time is that of the cube of their number."""
STRENGTHS = tuple(10.0**power for power in range(-3, 4))
"""How strongly weights are held down, relative to the mean square of the data; leave-one-out picks one."""


@dataclass(frozen=True, eq=False)
class NewClass:
    """Tells one class from everything else: a ridge classifier on embeddings with calibrated odds.

    Parameters
    ----------
    name : str
        The class.
    mean, scale : ndarray, shape (d,)
        Of the examples of everything else.
    weights : ndarray, shape (d,)
    bias : float
    line : tuple of float
        Slope and shift from score to log odds.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> others, mine = rng.normal(size=(200, 8)), rng.normal(size=(6, 8)) + [4, 0, 0, 0, 0, 0, 0, 0]
    >>> gym = NewClass.fit("my gym music", mine, others)
    >>> gym.proba(np.array([[4.0] + [0] * 7, [0.0] * 8])).round().tolist()
    [1.0, 0.0]
    """

    name: str
    mean: Float
    scale: Float
    weights: Float
    bias: float
    line: tuple[float, float]

    @classmethod
    def fit(cls, name: str, X: NDArray[Any], others: NDArray[Any], *, prior: float = 0.5) -> Self:
        """Learn from few examples.

        Ridge regression on ±1 with both sides weighing the same has its leave-one-out answers in closed form;
        they choose its strength, and the odds are fitted to them, not to the answers for known examples.

        Parameters
        ----------
        name : str
        X : ndarray, shape (n, d)
            Examples of the class, at least 3; 5 to 20 are a good number.
        others : ndarray, shape (m, d)
            Examples of everything else, at least 3.
        prior : float
            How often the class is met, 0 to 1.

        Raises
        ------
        DataError
            There are too few examples, or the columns differ.

        References
        ----------
        Rifkin, Lippert: Notes on Regularized Least Squares. MIT 2007. Platt: Probabilistic Outputs for
        Support Vector Machines. 1999.
        """
        X, others = np.asarray(X, np.float64), np.asarray(others, np.float64)
        if min(len(X), len(others)) < FEWEST:
            raise DataError(
                f"{len(X)} examples of {name!r} and {len(others)} of everything else; "
                f"at least {FEWEST} of each are needed"
            )
        if X.shape[1:] != others.shape[1:]:
            raise DataError(f"examples of {name!r} have {X.shape[1:]} columns, the others {others.shape[1:]}")
        others = others[np.linspace(0, len(others) - 1, min(len(others), MOST_OTHERS)).astype(np.intp)]
        mean, scale = others.mean(axis=0), others.std(axis=0)
        scale = np.where(scale > 1e-12, scale, 1.0)
        Z = (np.concatenate([X, others]) - mean) / scale
        y = np.repeat([1.0, -1.0], [len(X), len(others)])
        share = np.where(y > 0, 0.5 / len(X), 0.5 / len(others))
        weights, bias, left_out = _ridge(Z, y, share)
        return cls(name, mean, scale, weights, bias, _line(left_out, y, share, prior))

    def proba(self, X: NDArray[Any]) -> Float:
        """Return the probability of the class for each row of `X`, shape (n,)."""
        score = ((np.asarray(X, np.float64) - self.mean) / self.scale) @ self.weights + self.bias
        odds: Float = 1 / (1 + np.exp(-(self.line[0] * score + self.line[1])))
        return odds

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays that need no pickle."""
        return {
            "name": np.array(self.name),
            "mean": self.mean.astype(np.float32),
            "scale": self.scale.astype(np.float32),
            "weights": self.weights.astype(np.float32),
            "line": np.array([self.bias, *self.line]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Read what `to_arrays` returned."""
        mean, scale, weights = (np.asarray(arrays[k], np.float64) for k in ("mean", "scale", "weights"))
        bias, slope, shift = (float(value) for value in arrays["line"])
        return cls(str(arrays["name"]), mean, scale, weights, bias, (slope, shift))


class Telling(Protocol):
    """Whatever tells one class from everything else."""

    def proba(self, X: NDArray[Any]) -> Float:
        """Return the probability of the class for each row of `X`, shape (n,)."""


def with_new_classes(proba: NDArray[Any], task: Task, X: NDArray[Any], added: Sequence[Telling]) -> Float:
    """Return `proba` with a column for each class that was added.

    Tags stand beside each other. A single label is one of all classes: what the new ones take, the old ones
    give up in proportion.

    Parameters
    ----------
    proba : ndarray, shape (n, k)
        Of the classes that were there.
    task : {"single", "multi"}
    X : ndarray, shape (n, d)
        What the model was given.
    added : sequence of Telling

    Returns
    -------
    ndarray, shape (n, k + len(added))
    """
    columns = np.stack([new.proba(X) for new in added], axis=1) if added else np.zeros((len(X), 0))
    if task == "multi":
        return np.concatenate([proba, columns], axis=1)
    clipped = np.clip(columns, 1e-9, 1 - 1e-9)
    odds = np.log(clipped) - np.log1p(-clipped)
    shares = softmax(np.concatenate([np.zeros((len(X), 1)), odds], axis=1))
    return np.concatenate([proba * shares[:, :1], shares[:, 1:]], axis=1)


def _ridge(Z: Float, y: Float, share: Float) -> tuple[Float, float, Float]:
    """Return weights, bias, and what each row would be told had it not been there."""
    centre, level = share @ Z, float(share @ y)
    root = np.sqrt(share)[:, None]
    A = root * (Z - centre)
    values, vectors = np.linalg.eigh(A @ A.T)
    values, target = np.maximum(values, 0), root[:, 0] * (y - level)
    unit = values.sum() / len(values)
    best = min((_left_out(values, vectors, target, share, s * unit), s * unit) for s in STRENGTHS)[1]
    told = _told(values, vectors, target, share, best)
    dual = vectors @ (vectors.T @ target / (values + best))
    weights = A.T @ dual
    left_out = (target - (target - told[0]) / (1 - told[1])) / root[:, 0] + level
    return weights, level - float(centre @ weights), left_out


def _told(values: Float, vectors: Float, target: Float, share: Float, strength: float) -> tuple[Float, Float]:
    """Return the fitted values and the leverages, the mean of the rows included."""
    kept = values / (values + strength)
    return vectors @ (kept * (vectors.T @ target)), np.minimum(vectors**2 @ kept + share, 1 - 1e-9)


def _left_out(values: Float, vectors: Float, target: Float, share: Float, strength: float) -> float:
    fitted, leverage = _told(values, vectors, target, share, strength)
    return float((((target - fitted) / (1 - leverage)) ** 2).sum())


def _line(score: Float, y: Float, share: Float, prior: float) -> tuple[float, float]:
    """Return slope and shift of the log odds, fitted to left-out scores; both sides weigh alike."""
    from scipy.optimize import minimize

    weight = share * np.where(y > 0, 2 * prior, 2 * (1 - prior)) * min((y > 0).sum(), 20)

    def loss(line: Float) -> float:
        z = line[0] * score + line[1]
        return float((weight * (np.logaddexp(0, z) - (y > 0) * z)).sum() + 0.01 * (line[0] - 4) ** 2)

    slope, shift = minimize(loss, np.array([4.0, 0.0]), bounds=[(0.5, 20), (-20, 20)]).x
    return float(slope), float(shift)
