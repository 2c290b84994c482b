"""The training examples that are most like a clip, as the model hears it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Example:
    """A training example.

    Parameters
    ----------
    id : str
        As the dataset names it.
    label : str
        What it is said to be.
    similarity : float
        Cosine of the angle between both, -1 to 1, after each column was standardised over the training data.
    """

    id: str
    label: str
    similarity: float


def nearest_examples(
    x: NDArray[Any], X: NDArray[Any], ids: Sequence[str], labels: Sequence[str], n: int = 5
) -> list[Example]:
    """Return the `n` rows of `X` most like `x`, most alike first.

    Parameters
    ----------
    x : ndarray, shape (d,)
    X : ndarray, shape (n_examples, d)
    ids, labels : sequence of str, length n_examples
    n : int

    Examples
    --------
    >>> X = np.array([[0.0, 0], [1, 0], [0, 1]])
    >>> nearest_examples(np.array([0.9, 0.1]), X, ("a", "b", "c"), ("jazz", "rock", "jazz"), 1)[0].id
    'b'
    """
    X = np.asarray(X, np.float64)
    mean, scale = X.mean(axis=0), X.std(axis=0)
    scale = np.where(scale > 1e-12, scale, 1.0)
    rows, row = _unit((X - mean) / scale), _unit((np.asarray(x, np.float64)[None] - mean) / scale)[0]
    likeness = rows @ row
    return [Example(ids[i], labels[i], float(likeness[i])) for i in np.argsort(-likeness, kind="stable")[:n]]


def _unit(Z: NDArray[Any]) -> NDArray[np.float64]:
    length = np.linalg.norm(Z, axis=1, keepdims=True)
    return Z / np.where(length > 0, length, 1.0)
