"""`Factors`: what listeners with like tastes have in common, learned from what they played.

Weighted matrix factorisation by alternating least squares, as the library ``implicit`` does it. A taste that
it did not learn from is fitted to its factors, and a recommendation can be traced back to what was played.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.extras import require

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Float32 = NDArray[np.float32]
Columns = NDArray[np.intp]
LARGEST = 10_000.0


@dataclass(frozen=True)
class FactorOptions:
    """How it is learned.

    Parameters
    ----------
    n_factors : int
        Dimensions of a taste, 1 to 512.
    regularization : float
        Pulls factors towards 0; above 0.
    iterations : int
        1 to 500.
    seed : int
        Of the first factors; the same seed gives the same factors.

    Raises
    ------
    ParameterError
        A value is out of range.
    """

    n_factors: int = 32
    regularization: float = 1.0
    iterations: int = 15
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.n_factors <= 512:
            raise ParameterError(f"there are {self.n_factors} factors; 1 to 512 are allowed")
        if not self.regularization > 0:
            raise ParameterError(f"the regularization is {self.regularization}; it must be above 0")
        if not 1 <= self.iterations <= 500:
            raise ParameterError(f"there are {self.iterations} iterations; 1 to 500 are allowed")


@dataclass(frozen=True, eq=False)
class Factors:
    """Tastes and items as vectors; the dot product says how well they fit.

    Parameters
    ----------
    listeners : ndarray of float32, shape (n_listeners, d)
    items : ndarray of float32, shape (n_items, d)
        0 for an item that nobody played.
    options : FactorOptions

    References
    ----------
    .. [1] Hu, Koren & Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008.
    """

    listeners: Float32
    items: Float32
    options: FactorOptions

    @classmethod
    def fit(cls, confidence: csr_matrix[Any], options: FactorOptions | None = None) -> Self:
        """Learn from many listeners.

        Parameters
        ----------
        confidence : csr_matrix, shape (n_listeners, n_items)
            How sure it is that a listener likes an item (above 0) or dislikes it (below 0).
        options : FactorOptions, optional

        Raises
        ------
        MissingDependencyError
            ``implicit`` is not installed.
        DataError
            Nobody likes anything.
        """
        als = require("implicit.als")
        limits = require("threadpoolctl").threadpool_limits
        asked = options or FactorOptions()
        matrix = confidence.astype(np.float32).tocsr()
        if not (matrix.data > 0).any():
            raise DataError("there is nothing to learn from: nobody played or liked anything")
        with limits(1, "blas"):  # implicit runs threads of its own, which those of BLAS would slow down
            model = als.AlternatingLeastSquares(
                factors=asked.n_factors, regularization=asked.regularization, alpha=1.0,
                iterations=asked.iterations, random_state=asked.seed, use_gpu=False,
            )  # fmt: skip
            model.fit(matrix, show_progress=False)
        return cls(np.asarray(model.user_factors), np.asarray(model.item_factors), asked)

    def taste(self, liked: Columns, confidence: Float32) -> Float32:
        """Return the taste of somebody who likes some items, shape (d,).

        Parameters
        ----------
        liked : ndarray of int, shape (n,)
            Items.
        confidence : ndarray, shape (n,)
            How sure that is, as in `fit`.
        """
        some = self.items[liked]
        wanted = np.where(confidence > 0, confidence, 0).astype(np.float32)
        return np.linalg.solve(self._system(some, confidence), some.T @ wanted)

    def scores(self, tastes: Float32) -> Float32:
        """Return how well all items fit tastes of shape (n, d), shape (n, n_items)."""
        return tastes @ self.items.T

    def shares(self, liked: Columns, confidence: Float32, item: int) -> Float32:
        """Return what each liked item adds to the score of `item`, shape (n,); their sum is the score."""
        some = self.items[liked]
        turned = np.linalg.solve(self._system(some, confidence), self.items[item])
        return np.where(confidence > 0, confidence, 0) * (some @ turned)

    def _system(self, some: Float32, confidence: Float32) -> Float32:
        """Return Y'CY + rI: an item counts as much as its confidence, and every other one as 1."""
        base = self.items.T @ self.items + self.options.regularization * np.eye(
            self.items.shape[1], dtype=np.float32
        )
        return base + (some.T * (np.abs(confidence) - 1)) @ some


def confidence_of(plays: csr_matrix[Any]) -> csr_matrix[Any]:
    """Return how sure a like is after so many plays: log2(1 + plays), as `Interactions` has it."""
    found = plays.astype(np.float32)
    found.data = np.log2(1 + np.minimum(found.data, LARGEST)).astype(np.float32)
    return found
