"""`Space`: where every track lies, ready for a dot product."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.library.analysis import Analysis
from tunelens.library.neighbours.kept import Places
from tunelens.library.neighbours.measures import Float32, Ids, measures_of
from tunelens.library.neighbours.parts import Weights, dimension, places, spans, weighted
from tunelens.library.store import Library


@dataclass(frozen=True, eq=False)
class Space:
    """Where every track lies.

    Parameters
    ----------
    ids : ndarray of int64, shape (n,)
        The tracks, ascending.
    matrix : ndarray of float32, shape (n, d)
        Their places: rows of length 1, or 0 for a track of which nothing is known. May be mapped from a
        file, and must not be written to.
    weights : Weights
        How much each part counts in it.

    Examples
    --------
    >>> space = Space(np.array([3, 8]), np.eye(2, dimension(), dtype=np.float32))
    >>> space.row_of(8), space.similarities(space.matrix[1]).tolist()
    (1, [0.0, 1.0])
    """

    ids: Ids
    matrix: Float32
    weights: Weights = field(default_factory=Weights)

    @classmethod
    def load(cls, library: Library, weights: Weights | None = None) -> Self:
        """Return the places of all tracks of `library`.

        What is kept beside the library is brought up to date first: only tracks that came or changed since
        are read. With the usual weights the matrix is mapped and not copied.

        Raises
        ------
        DataError
            The library cannot be read.
        """
        return cls.of(Places.known(library), weights)

    @classmethod
    def of(cls, kept: Places, weights: Weights | None = None) -> Self:
        """Return a space of places that are at hand."""
        usual = Weights()
        if weights is None or weights == usual:
            return cls(kept.ids, kept.matrix)
        return cls(kept.ids, weighted(kept.matrix, weights, before=usual), weights)

    def __len__(self) -> int:
        return len(self.ids)

    def has(self, part: str) -> bool:
        """Is a part known of any track?"""
        return any(block.any() for block in np.array_split(self.matrix[:, spans()[part]], 16))

    def row_of(self, id: int) -> int:
        """Return the row of a track.

        Raises
        ------
        NotFoundError
            It is not in the library.
        """
        row = int(np.searchsorted(self.ids, id))
        if row == len(self.ids) or self.ids[row] != id:
            raise NotFoundError(f"track {id} is not in the library")
        return row

    def rows_of(self, ids: Ids) -> NDArray[np.intp]:
        """Return the rows of many tracks; those that are not in the library are left out."""
        rows = np.searchsorted(self.ids, ids)
        there = rows < len(self.ids)
        there[there] = self.ids[rows[there]] == ids[there]
        return rows[there]

    def vector_of(self, analysis: Analysis) -> Float32:
        """Return where a file outside the library would lie, shape (d,)."""
        return places(measures_of(analysis), self.weights)[0]

    def similarities(self, vector: Float32) -> Float32:
        """Return how alike each track is to a place, -1 to 1, shape (n,).

        Parameters
        ----------
        vector : ndarray, shape (d,)
            A place, of length 1.

        Raises
        ------
        ParameterError
            It has another shape.
        """
        if np.shape(vector) != (dimension(),):
            raise ParameterError(f"the vector has shape {np.shape(vector)}; ({dimension()},) is needed")
        return self.matrix @ np.asarray(vector, np.float32)


def likeness_of_parts(a: Float32, b: Float32) -> dict[str, float]:
    """Return the cosine of two places in each part that both have, -1 to 1."""
    found = {}
    for name, span in spans().items():
        lengths = float(np.linalg.norm(a[span]) * np.linalg.norm(b[span]))
        if lengths > 0:
            found[name] = float(np.clip(np.dot(a[span], b[span]) / lengths, -1, 1))
    return found
