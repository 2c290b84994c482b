"""`Tagging`: what one net heard in one recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.models.taxonomy import GROUPS, group_of

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Tagging:
    """Tags with probabilities, patch by patch, and the embeddings behind them.

    A probability is the net's own, for the tag as its training data used it; it is not calibrated for
    other music, and tags do not exclude each other.

    Parameters
    ----------
    model, version : str
        Which net.
    tags : tuple of str
        Its vocabulary.
    scores : ndarray of float32, shape (n_patches, n_tags)
        Probabilities, 0 to 1.
    times_s : ndarray of float32, shape (n_patches,)
        Where each patch begins, seconds.
    patch_s : float
        Length of a patch, seconds.
    embeddings : mapping of str to ndarray of float32, shape (d,)
        Means over the patches, by layer.

    Raises
    ------
    DataError
        The shapes do not agree.

    Examples
    --------
    >>> scores = np.array([[0.2, 0.5], [0.4, 0.7]], np.float32)
    >>> heard = Tagging("net", "1", ("rock", "sad"), scores, np.array([0, 3], np.float32), 3.0)
    >>> [(tag, round(p, 2)) for tag, p in heard.top(1)], list(heard.grouped())
    ([('sad', 0.6)], ['genre', 'mood'])
    """

    model: str
    version: str
    tags: tuple[str, ...]
    scores: Float32
    times_s: Float32
    patch_s: float
    embeddings: Mapping[str, Float32] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tags", tuple(self.tags))
        object.__setattr__(self, "scores", np.asarray(self.scores, np.float32))
        object.__setattr__(self, "times_s", np.asarray(self.times_s, np.float32))
        if self.times_s.ndim != 1 or self.scores.shape != (self.times_s.size, len(self.tags)):
            raise DataError(
                f"scores of shape {self.scores.shape} do not fit {self.times_s.size} patches "
                f"and {len(self.tags)} tags"
            )
        if not self.times_s.size:
            raise DataError(f"{self.model} heard no patch; at least one is needed")

    @property
    def mean(self) -> Float32:
        """Mean probability of each tag over the patches, shape (n_tags,)."""
        return self.scores.mean(axis=0)

    def top(self, n: int = 5) -> list[tuple[str, float]]:
        """Return the `n` likeliest tags with their mean probabilities, likeliest first."""
        mean = self.mean
        return [(self.tags[i], float(mean[i])) for i in np.argsort(-mean, kind="stable")[:n]]

    def grouped(self) -> dict[str, list[tuple[str, float]]]:
        """Return tags with mean probabilities by group, likeliest first; groups without tags are left out."""
        groups: dict[str, list[tuple[str, float]]] = {group: [] for group in GROUPS}
        for tag, p in self.top(len(self.tags)):
            groups[group_of(tag)].append((tag, p))
        return {group: listed for group, listed in groups.items() if listed}

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "model": self.model,
            "version": self.version,
            "tags": list(self.tags),
            "scores": self.scores.tolist(),
            "times_s": self.times_s.tolist(),
            "patch_s": self.patch_s,
            "embeddings": {name: vector.tolist() for name, vector in self.embeddings.items()},
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Tagging:
        """Read what `to_dict` wrote."""
        arrays = {name: np.asarray(vector, np.float32) for name, vector in values["embeddings"].items()}
        return cls(**{**values, "embeddings": arrays})
