"""How alike any two moments of a recording are: the one definition that pictures, parts and hook share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunelens.base.errors import UnknownNameError
from tunelens.features.grid import Float32
from tunelens.features.structure.sequences import Sequence
from tunelens.features.timeline import Floats

METRICS = ("cosine", "euclidean")


@dataclass(frozen=True, eq=False)
class Ssm:
    """A self-similarity matrix: symmetric, with one value on its diagonal.

    Parameters
    ----------
    values : ndarray of float32, shape (n, n)
        Cosine similarity, -1 to 1 and 1 on the diagonal; or Euclidean distance, 0 on the diagonal.
    edges_s : ndarray of float64, shape (n + 1,)
        Where the columns begin and end, seconds.
    metric : {"cosine", "euclidean"}
        What the values are.
    kind : str
        What was compared, see `Sequence`.
    """

    values: Float32
    edges_s: Floats
    metric: str = "cosine"
    kind: str = ""

    @property
    def n(self) -> int:
        """Columns."""
        return len(self.values)

    @property
    def step_s(self) -> float:
        """Mean length of a column, seconds."""
        return float(self.edges_s[-1] - self.edges_s[0]) / self.n

    @property
    def similarity(self) -> Float32:
        """The values as likeness, 1 for the same: cosines as they are, a distance d as 1 - d / mean of d."""
        if self.metric == "cosine":
            return self.values
        usual = float(self.values.mean(dtype=np.float64))
        return 1 - self.values / np.float32(usual or 1.0)


def self_similarity(sequence: Sequence, metric: str = "cosine") -> Ssm:
    """Compare every column with every other.

    Parameters
    ----------
    sequence : Sequence
        n columns; the matrix takes 4 n² bytes.
    metric : {"cosine", "euclidean"}
        Cosine of the angle, or distance. A column of zeros is at right angles to all but itself.

    Raises
    ------
    UnknownNameError
        There is no such metric.

    Examples
    --------
    >>> two = Sequence(np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]]), np.arange(4.0))
    >>> self_similarity(two).values.tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    >>> far = Sequence(np.array([[0.0, 3.0], [4.0, 0.0]]), np.arange(3.0))
    >>> self_similarity(far, "euclidean").values.tolist()
    [[0.0, 5.0], [5.0, 0.0]]
    """
    if metric not in METRICS:
        raise UnknownNameError.among("metric", metric, METRICS)
    compare = _cosine if metric == "cosine" else _euclidean
    return Ssm(compare(sequence.values), sequence.edges_s, metric, sequence.kind)


def _cosine(columns: Floats) -> Float32:
    # squares of what is tiny or huge would be nought or infinite
    largest = np.abs(columns).max(axis=0)
    scaled = columns / np.where(largest > 0, largest, 1)
    length = np.linalg.norm(scaled, axis=0)
    unit = (scaled / np.where(length > 0, length, 1)).astype(np.float32)
    values = np.clip(unit.T @ unit, -1, 1)
    values = np.maximum(values, values.T)
    np.fill_diagonal(values, 1.0)
    return values


def _euclidean(columns: Floats) -> Float32:
    from scipy.spatial.distance import pdist, squareform

    return np.asarray(squareform(pdist(columns.T.astype(np.float64)).astype(np.float32)), np.float32)
