"""How well tracks fit a taste by their sound: near to what is liked, far from what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Rows = NDArray[np.intp]

REACH = 0.2
"""Cosine over which the pull of a liked track falls to 1/e; smaller means that the nearest counts alone."""
DISLIKE = 0.5
"""What a dislike weighs beside a like; 0.25 to 1 do alike where it was measured."""
MOST_ANCHORS = 200
_BATCH = 65_536


@dataclass(frozen=True)
class Taste:
    """What somebody likes and dislikes, by number of the track.

    Parameters
    ----------
    liked, disliked : Mapping of int to float
        How much, above 0.
    """

    liked: Mapping[int, float]
    disliked: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Anchors:
    """Rows of a space that pull or push.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Rows of the space, the heaviest first; at most `MOST_ANCHORS`.
    weights : ndarray of float32, shape (n,)
        Above 0.
    """

    rows: Rows
    weights: Float32

    @classmethod
    def of(cls, rows: Rows, weights: Float32) -> Anchors:
        """Return the heaviest of what is given; where too many weigh the same, some of them."""
        many = len(rows) > MOST_ANCHORS
        order = np.random.default_rng(0).permutation(len(rows)) if many else np.arange(len(rows))
        order = order[np.argsort(-weights[order], kind="stable")][:MOST_ANCHORS]
        return cls(rows[order], weights[order].astype(np.float32))

    def pull(self, matrix: Float32, places: Float32) -> Float32:
        """Return each weight times exp(cosine / `REACH`) at each of `places`, shape (n_places, n)."""
        return self.weights * np.exp((places @ matrix[self.rows].T) / REACH)


def fit(matrix: Float32, liked: Anchors, disliked: Anchors | None = None) -> Float32:
    """Return how well each row of a space fits, shape (n,).

    The logarithm of the pull of what is liked, less `DISLIKE` of that of what is disliked: the odds of two
    kernel densities. Several tastes may stand beside each other; a mean would prefer what lies between them.

    Parameters
    ----------
    matrix : ndarray of float32, shape (n, d)
        Rows of length 1.
    liked, disliked : Anchors

    Examples
    --------
    >>> matrix = np.array([[1, 0], [0, 1], [0.8, 0.6]], np.float32)
    >>> fit(matrix, Anchors.of(np.array([0]), np.ones(1, np.float32))).astype(float).round(1).tolist()
    [1.0, 0.0, 0.8]
    """
    parts = [matrix[start : start + _BATCH] for start in range(0, len(matrix), _BATCH)]
    found = [_density(liked, matrix, part) for part in parts]
    if disliked is not None and len(disliked.rows):
        found = [
            mine - DISLIKE * _density(disliked, matrix, part, floor=1.0)
            for mine, part in zip(found, parts, strict=True)
        ]
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def _density(anchors: Anchors, matrix: Float32, places: Float32, floor: float = 0.0) -> Float32:
    return REACH * np.log(anchors.pull(matrix, places).sum(axis=1) + floor)
