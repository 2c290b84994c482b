"""Which songs are nearest to each song, and what the axes of a map have to do with features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def nearest(Z: Floats, k: int) -> NDArray[np.intp]:
    """Return the rows of the k nearest of each row, the nearest first, never the row itself.

    Parameters
    ----------
    Z : ndarray of float64, shape (n, p)
        Standardised features; Euclidean distance.
    k : int
        Fewer are returned where there are not so many others.

    Returns
    -------
    ndarray of int, shape (n, min(k, n - 1))

    Examples
    --------
    >>> nearest(np.array([[0.0], [1.0], [5.0], [5.0]]), 2).tolist()
    [[1, 2], [0, 2], [3, 1], [2, 1]]
    """
    from sklearn.neighbors import NearestNeighbors

    n = len(Z)
    k = max(0, min(k, n - 1))
    if k == 0:
        return np.empty((n, 0), np.intp)
    found = NearestNeighbors(n_neighbors=k + 1).fit(Z).kneighbors(Z, return_distance=False)
    is_other = found != np.arange(n)[:, None]
    # of many equal songs the row itself may not be among those found: then the farthest is left out
    is_other[is_other.all(axis=1), -1] = False
    return found[is_other].reshape(n, k)


def correlations(Z: Floats, points: Floats) -> Floats:
    """Return how each feature goes along with each axis of a map, shape (p, 2); 0 where one is constant.

    Examples
    --------
    >>> Z = np.array([[-1.0, 1], [0, -2], [1, 1]])
    >>> correlations(Z, Z).round(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    a, b = Z - Z.mean(axis=0), points - points.mean(axis=0)
    sizes = np.outer(np.linalg.norm(a, axis=0), np.linalg.norm(b, axis=0))
    found: Floats = np.divide(a.T @ b, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    return found
