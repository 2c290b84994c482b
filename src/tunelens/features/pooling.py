"""Pooling: what remains of a feature when time is summed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tunelens.base.errors import ParameterError
from tunelens.features.grid import Float32

PERCENTILES = (5, 25, 50, 75, 95)
STATISTICS = ("mean", "std", "skew", "kurt", *(f"p{p}" for p in PERCENTILES))


@dataclass(frozen=True, eq=False)
class Pooled:
    """Statistics over time.

    Parameters
    ----------
    names : tuple of str
        "<row>.<statistic>", for example "mfcc_3.std".
    values : ndarray of float32, shape (n,)
        Their values, all finite.
    """

    names: tuple[str, ...]
    values: Float32

    def to_dict(self) -> dict[str, float]:
        """Return name and value pairs."""
        return dict(zip(self.names, self.values.tolist(), strict=True))


def pool(matrix: Float32, names: Sequence[str]) -> Pooled:
    """Return mean, standard deviation, skewness, kurtosis and percentiles of each row of `matrix`.

    Parameters
    ----------
    matrix : ndarray of float32, shape (d, t)
        Features over time, t at least 1.
    names : sequence of str
        Name of each row.

    Returns
    -------
    Pooled
        9 values per row. Kurtosis is 3 for a normal distribution; skewness and kurtosis of a row that
        does not vary are 0. Percentiles are interpolated linearly.

    Raises
    ------
    ParameterError
        When shapes do not fit.

    Examples
    --------
    >>> pooled = pool(np.array([[1, 2, 3, 4, 5]], np.float32), ["x"])
    >>> pooled.to_dict()["x.mean"], pooled.to_dict()["x.p25"]
    (3.0, 2.0)
    """
    if matrix.ndim != 2 or matrix.shape[0] != len(names) or matrix.shape[1] == 0:
        raise ParameterError(f"matrix has shape {matrix.shape}; ({len(names)}, at least 1) is needed")
    columns = np.concatenate([_moments(matrix), _percentiles(matrix)])
    return Pooled(
        tuple(f"{name}.{what}" for name in names for what in STATISTICS),
        np.ascontiguousarray(columns.T, np.float32).ravel(),
    )


def _moments(matrix: Float32) -> Float32:
    mean = matrix.mean(axis=1, dtype=np.float64)
    away = matrix - mean.astype(np.float32)[:, None]
    square = away * away
    variance = square.mean(axis=1, dtype=np.float64)
    third = np.einsum("dt,dt->d", square, away, dtype=np.float64) / matrix.shape[1]
    fourth = np.einsum("dt,dt->d", square, square, dtype=np.float64) / matrix.shape[1]
    # below this the deviations are rounding of equal float32 values
    varies = variance > np.maximum((1e-6 * mean) ** 2, 1e-30)
    safe = np.where(varies, variance, 1.0)
    return np.stack([mean, np.sqrt(varies * variance), varies * third / safe**1.5, varies * fourth / safe**2])


def _percentiles(matrix: Float32) -> Float32:
    ordered = np.sort(matrix, axis=1)
    place = np.array(PERCENTILES) / 100 * (matrix.shape[1] - 1)
    below = place.astype(int)
    above = np.minimum(below + 1, matrix.shape[1] - 1)
    low = ordered[:, below]
    return (low + (ordered[:, above] - low) * (place - below)).T
