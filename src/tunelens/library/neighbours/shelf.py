"""What is kept of the space beside the library."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from tunelens.library.neighbours.measures import Float32, Ids, read_measures
from tunelens.library.neighbours.parts import Weights, dimension, places
from tunelens.library.schema import tracks
from tunelens.library.store import Library


@dataclass(frozen=True)
class Shelf:
    """Where places are kept between two runs."""

    library: Library

    @classmethod
    def of(cls, library: Library) -> Shelf:
        """Return the shelf of a library."""
        return cls(library)

    def places(self) -> tuple[Ids, Float32]:
        """Return the tracks, ascending, and their places with the usual weights."""
        with self.library.database.read() as connection:
            ids = np.array(connection.scalars(select(tracks.c.id).order_by(tracks.c.id)).all(), np.int64)
            found = [(some, places(table, Weights())) for some, table in read_measures(connection, ids)]
        if not found:
            return ids, np.zeros((0, dimension()), np.float32)
        return np.concatenate([some for some, _ in found]), np.concatenate([rows for _, rows in found])
