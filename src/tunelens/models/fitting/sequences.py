"""Sequences as nets take them: of one length, of finite numbers, standardised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError

Float32 = NDArray[np.float32]


def even(sequence: NDArray[Any], n_frames: int) -> NDArray[Any]:
    """Return `sequence` (t, d) with `n_frames` frames: its middle, or round and round.

    Examples
    --------
    >>> even(np.array([[1], [2], [3], [4], [5]]), 3).ravel().tolist()
    [2, 3, 4]
    >>> even(np.array([[1], [2]]), 5).ravel().tolist()
    [1, 2, 1, 2, 1]
    """
    if len(sequence) == 0:
        raise DataError("a sequence has no frames")
    if len(sequence) < n_frames:
        return np.resize(sequence, (n_frames, *sequence.shape[1:]))
    first = (len(sequence) - n_frames) // 2
    return sequence[first : first + n_frames]


def typical_length(X: Any) -> int | None:
    """Return the middle length of a list of sequences; None for an array, whose rows are of one length."""
    if isinstance(X, np.ndarray) or not isinstance(X, Sequence):
        return None
    lengths = [len(one) for one in X if np.ndim(one) == 2]
    return int(np.median(lengths)) if len(lengths) == len(X) > 0 else None


def as_frames(X: Any, n_frames: int | None = None) -> Float32:
    """Return vectors (n, d) or sequences (n, t, d) as float32.

    Parameters
    ----------
    X : array-like, or list of ndarray of shape (t, d)
        NaN stands for what is not known.
    n_frames : int, optional
        Length to which the sequences of a list are brought, see `even`; rows of an array stay as they are.

    Raises
    ------
    DataError
        It holds no numbers, infinite ones, or is of another shape.
    """
    try:
        if n_frames is not None and not isinstance(X, np.ndarray):
            X = np.stack([even(np.asarray(one, np.float32), n_frames) for one in X])
        with np.errstate(over="ignore"):
            X = np.asarray(X).astype(np.float32, copy=False)
    except (TypeError, ValueError) as error:
        raise DataError(f"X holds something that is no sequence of numbers: {error}") from None
    if X.ndim not in (2, 3) or 0 in X.shape[1:]:
        raise DataError(f"X has shape {X.shape}; (n, d) or (n, t, d) with one column or more is needed")
    if np.isinf(X).any():
        raise DataError(
            "X holds infinite values, or some beyond float32", hint="write NaN where a value is not known"
        )
    return X


@dataclass(frozen=True, eq=False)
class Scale:
    """Mean and spread of training data: of each feature over all frames, or of each column of vectors.

    Parameters
    ----------
    mean, spread : ndarray of float32
        Of shape (d,) for sequences, (d, 1) for vectors, which nets take as sequences of one feature.

    Examples
    --------
    >>> scale = Scale.of(np.array([[1.0, 5.0], [3.0, np.nan]], np.float32))
    >>> scale.apply(np.array([[3.0, np.nan]], np.float32)).tolist()
    [[[1.0], [0.0]]]
    """

    mean: Float32
    spread: Float32

    @classmethod
    def of(cls, X: Float32) -> Self:
        """Read both from what is known."""
        over = tuple(range(X.ndim - 1))
        known = ~np.isnan(X)
        count = np.maximum(known.sum(axis=over), 1)
        mean = np.where(known, X, 0).sum(axis=over, dtype=np.float64) / count
        away = np.where(known, X - mean, 0)
        spread = np.sqrt((away * away).sum(axis=over) / count)
        # what varies by rounding only would be blown up to noise
        spread = np.where(spread > 1e-6 * np.maximum(np.abs(mean), 1e-6), spread, 1.0)
        shape = (-1, 1) if X.ndim == 2 else (-1,)
        return cls(mean.astype(np.float32).reshape(shape), spread.astype(np.float32).reshape(shape))

    def apply(self, X: Float32) -> Float32:
        """Return `X` as standardised sequences (n, t, d); what is not known becomes the mean."""
        X = X[..., None] if X.ndim == 2 else X
        return np.nan_to_num((X - self.mean) / self.spread, nan=0.0)
