"""What happens to numbers before any classic model sees them."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from tunelens.base.errors import DataError

Float = NDArray[np.float64]


class Standard(TransformerMixin, BaseEstimator):
    """Fills gaps with the mean of their column and, if asked, standardises; vectors and sequences alike.

    Everything is float64 from here on, so that a model says the same of a float32 and a float64 array.

    Parameters
    ----------
    scale : bool
        Subtract the mean and divide by the standard deviation of each column.

    Examples
    --------
    >>> Standard().fit_transform(np.array([[1.0, 5.0], [3.0, np.nan]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """

    def __init__(self, scale: bool = True) -> None:
        self.scale = scale

    def fit(self, X: NDArray[Any], y: Any = None) -> Self:  # noqa: ARG002
        """Read mean and spread of each of the last axis' columns from what is known."""
        X = checked(X)
        self.n_features_in_ = X.shape[-1]
        known = ~np.isnan(X)
        over = tuple(range(X.ndim - 1))
        count = np.maximum(known.sum(axis=over), 1)
        self.mean_ = np.where(known, X, 0).sum(axis=over) / count
        away = np.where(known, X - self.mean_, 0)
        spread = np.sqrt((away * away).sum(axis=over) / count)
        # what varies by rounding only would be blown up to noise
        self.scale_ = np.where(spread > 1e-9 * np.maximum(np.abs(self.mean_), 1e-6), spread, 1.0)
        return self

    def transform(self, X: NDArray[Any]) -> Float:
        """Return `X` without gaps, float64.

        Raises
        ------
        DataError
            The number of columns is another, or a value is infinite.
        """
        X = checked(X)
        if X.shape[-1] != self.n_features_in_:
            raise DataError(f"X has {X.shape[-1]} columns; the model was trained on {self.n_features_in_}")
        away = np.nan_to_num(X - self.mean_, nan=0.0)
        return away / self.scale_ if self.scale else away + self.mean_


def checked(X: NDArray[Any]) -> Float:
    """Return `X` as float64.

    Raises
    ------
    DataError
        It is no table or stack of tables of numbers, or a value is infinite.
    """
    try:
        X = np.asarray(X, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"X holds something that is no number: {error}") from None
    if X.ndim not in (2, 3) or 0 in X.shape[1:]:
        raise DataError(f"X has shape {X.shape}; (n, d) or (n, t, d) with one column or more is needed")
    if np.isinf(X).any():
        raise DataError("X holds infinite values", hint="write NaN where a value is not known")
    return X
