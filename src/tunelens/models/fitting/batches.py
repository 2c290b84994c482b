"""The order of rows and what is done to them, each round told by the seed and its number alone.

Nothing remembers a state, so that training that was killed goes on with the very same batches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.data.augment import mixup, spec_augment

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class BatchPlan:
    """How batches are made.

    Parameters
    ----------
    size : int
        Rows of a batch at most, as long as none is left alone.
    seed : int
    mixup : float
        See `tunelens.data.augment.mixup`; 0 mixes nothing.
    spec_augment : int
        Masks in time and in features, see `tunelens.data.augment.spec_augment`; 0 masks nothing.
    """

    size: int
    seed: int = 0
    mixup: float = 0.0
    spec_augment: int = 0

    def count(self, n: int) -> int:
        """Return the number of batches of `n` rows; batch norms need two rows in each."""
        return max(1, min(-(-n // self.size), n // 2))

    def batches(self, X: Float32, table: Float32, epoch: int) -> Iterator[tuple[Float32, Float32]]:
        """Yield the rows of a round in an order of its own, changed as the plan says."""
        rng = np.random.default_rng([self.seed, epoch])
        for rows in np.array_split(rng.permutation(len(X)), self.count(len(X))):
            frames, told = X[rows], table[rows]
            if self.spec_augment:
                frames = spec_augment(frames, rng, n_masks=self.spec_augment)
            yield mixup(frames, told, rng, self.mixup)

    def in_order(self, X: Float32, table: Float32) -> Iterator[tuple[Float32, Float32]]:
        """Yield all rows as they are."""
        for start in range(0, len(X), self.size):
            yield X[start : start + self.size], table[start : start + self.size]
