"""`Novelty`: how unlike the training data a clip is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

MOST_COMPONENTS = 48
N_PARTS = 4
KNOWN_UP_TO = 0.99
"""A clip more novel than this share of held-out training clips is unlike anything heard in training."""


@dataclass(frozen=True, eq=False)
class Shape:
    """What makes columns look normal: roots, standardised, of which the tails are drawn in.

    Activations and energies have long tails; as they are, one odd clip of the training data makes every
    strange one look ordinary.
    """

    mean: Float
    scale: Float

    @classmethod
    def fit(cls, X: Float) -> Self:
        """Fit to rows `X`."""
        roots = _root(X)
        scale = roots.std(axis=0)
        return cls(roots.mean(axis=0), np.where(scale > 1e-12, scale, 1.0))

    def apply(self, X: Float) -> Float:
        """Return rows whose tails are drawn in."""
        Z = (_root(X) - self.mean) / self.scale
        drawn_in: Float = np.sign(Z) * np.log1p(np.abs(Z))
        return drawn_in

    def undo(self, Z: Float) -> Float:
        """Return the rows that `apply` makes `Z` of."""
        roots = np.sign(Z) * np.expm1(np.abs(Z)) * self.scale + self.mean
        rows: Float = np.sign(roots) * roots**2
        return rows


def _root(X: Float) -> Float:
    rooted: Float = np.sign(X) * np.sqrt(np.abs(X))
    return rooted


@dataclass(frozen=True, eq=False)
class Normal:
    """A Gaussian with few directions of its own and the same variance in all others (probabilistic PCA).

    References
    ----------
    Tipping, Bishop: Probabilistic Principal Component Analysis. JRSS B 1999.
    """

    mean: Float
    scale: Float
    axes: Float
    variances: Float
    rest: float

    @classmethod
    def fit(cls, X: Float) -> Self:
        """Fit to rows `X`."""
        mean, scale = X.mean(axis=0), X.std(axis=0)
        scale = np.where(scale > 1e-12, scale, 1.0)
        Z = (X - mean) / scale
        n, d = Z.shape
        k = max(1, min(MOST_COMPONENTS, d, (n - 1) // 4))
        _, strengths, axes = np.linalg.svd(Z, full_matrices=False)
        spread = strengths**2 / max(n - 1, 1)
        rest = float(spread[k:].sum() / (d - k)) if d > k else 0.0
        return cls(mean, scale, axes[:k], np.maximum(spread[:k], 1e-9), rest)

    def draw(self, n: int, seed: int = 0) -> Float:
        """Draw `n` rows, shape (n, d)."""
        rng = np.random.default_rng(seed)
        along = rng.normal(size=(n, len(self.axes))) * np.sqrt(self.variances)
        beside = rng.normal(scale=np.sqrt(self.rest), size=(n, self.mean.size))
        beside -= beside @ self.axes.T @ self.axes
        return (along @ self.axes + beside) * self.scale + self.mean

    def distance(self, X: Float) -> Float:
        """Return the mean squared deviation per dimension, in variances; about 1 for rows as in `fit`."""
        Z = (X - self.mean) / self.scale
        along = Z @ self.axes.T
        inside = (along**2 / self.variances).sum(axis=1)
        beside = np.maximum((Z**2).sum(axis=1) - (along**2).sum(axis=1), 0)
        return (inside + beside / max(self.rest, 1e-9) * (self.rest > 0)) / Z.shape[1]


@dataclass(frozen=True, eq=False)
class Novelty:
    """The normal training clip, and how far held-out ones lie from it.

    Parameters
    ----------
    normal : Normal
        Fitted to all training clips, in `shape`.
    held_out : ndarray, shape (n,), sorted
        Distances of training clips from a `Normal` that was fitted without their groups.
    shape : Shape, optional
        Of all training clips; bundles that were written before there was one have none.
    """

    normal: Normal
    held_out: Float
    shape: Shape | None = None

    @classmethod
    def fit(cls, X: NDArray[Any], groups: NDArray[np.intp], seed: int = 0) -> Self:
        """Fit to rows `X`, shape (n, d) or (n, t, d); a sequence counts by its mean and spread over time."""
        flat = flatten(X)
        part = _parts(groups, seed)
        distances = np.zeros(len(flat))
        for i in np.unique(part):
            inside = flat[part != i] if (part != i).any() else flat
            normal, shape = _fitted(inside)
            distances[part == i] = normal.distance(shape.apply(_filled(flat[part == i], inside)))
        normal, shape = _fitted(flat)
        return cls(normal, np.sort(distances), shape)

    def score(self, X: NDArray[Any]) -> Float:
        """Return the share of held-out training clips that are less novel, shape (n,)."""
        flat = flatten(X)
        shaped = flat if self.shape is None else self.shape.apply(flat)
        distance = self.normal.distance(np.where(np.isfinite(shaped), shaped, self.normal.mean))
        return np.searchsorted(self.held_out, distance, side="left") / len(self.held_out)

    def draw(self, n: int, seed: int = 0) -> Float:
        """Draw `n` rows like those of training, shape (n, d)."""
        drawn = self.normal.draw(n, seed)
        return drawn if self.shape is None else self.shape.undo(drawn)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, the large ones in single or half precision."""
        normal = self.normal
        shape = {} if self.shape is None else {"shape_mean": self.shape.mean, "shape_scale": self.shape.scale}
        return {
            **{name: values.astype(np.float32) for name, values in shape.items()},
            "mean": normal.mean.astype(np.float32),
            "scale": normal.scale.astype(np.float32),
            "axes": normal.axes.astype(np.float16),
            "variances": normal.variances,
            "rest": np.array(normal.rest),
            "held_out": self.held_out,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Read what `to_arrays` returned."""

        def exact(name: str) -> Float:
            return np.asarray(arrays[name], np.float64)

        normal = Normal(
            exact("mean"), exact("scale"), exact("axes"), arrays["variances"], float(arrays["rest"])
        )
        shape = Shape(exact("shape_mean"), exact("shape_scale")) if "shape_mean" in arrays else None
        return cls(normal, arrays["held_out"], shape)


def flatten(X: NDArray[Any]) -> Float:
    """Return one row of numbers per clip."""
    X = np.asarray(X, np.float64)
    if X.ndim == 3:
        return np.concatenate([X.mean(axis=1), X.std(axis=1)], axis=1)
    return X


def _fitted(X: Float) -> tuple[Normal, Shape]:
    whole = _filled(X, X)
    shape = Shape.fit(whole)
    return Normal.fit(shape.apply(whole)), shape


def _filled(X: Float, by: Float) -> Float:
    """Return `X` with the mean of `by` where a value is missing."""
    known = np.isfinite(by)
    mean = np.where(known, by, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(np.isfinite(X), X, mean)


def _parts(groups: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    names, where = np.unique(groups, return_inverse=True)
    return (np.random.default_rng(seed).permutation(len(names)) % N_PARTS)[where]
