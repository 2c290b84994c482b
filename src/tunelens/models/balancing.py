"""What a recipe does about rare classes before it fits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.models.material import Material

Balanced = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any] | None]


def balanced(name: str, material: Material, seed: int) -> Balanced:
    """Return X, y, groups and the weights of examples, or None, after balancing by `name`.

    A row that a balancer made belongs to the group of the row nearest to it, so that inner folds keep it
    on the side of its origin.

    Raises
    ------
    UnknownNameError
        There is no such balancer.
    """
    if name == "none":
        return material.X, material.y, material.groups, None
    from tunelens.data.balance import BALANCERS

    found = BALANCERS[name].resample(material.X, material.y, seed)
    kept = found.X.shape == material.X.shape and np.array_equal(found.X, material.X, equal_nan=True)
    return found.X, found.y, material.groups if kept else _groups(found.X, material), found.sample_weight


def _groups(X: NDArray[Any], material: Material) -> NDArray[np.intp]:
    from sklearn.metrics import pairwise_distances_argmin

    flat = [np.nan_to_num(part.reshape(len(part), -1)) for part in (X, material.X)]
    nearest: NDArray[np.intp] = material.groups[pairwise_distances_argmin(*flat)]
    return nearest
