"""Who made each of many tracks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from tunelens.library.matching import plain_name
from tunelens.library.neighbours.measures import listed
from tunelens.library.schema import tracks
from tunelens.library.store import Library


def artists_of(library: Library, ids: NDArray[np.int64]) -> tuple[str, ...]:
    """Return the artist of each of the tracks `ids` as `plain_name` writes it; "" where nobody knows."""
    plain: dict[str, str] = {}
    found: dict[int, str] = {}
    with library.database.read() as connection:
        rows = connection.execution_options(yield_per=10_000).execute(
            select(tracks.c.id, tracks.c.artist, tracks.c.album_artist).where(tracks.c.id.in_(listed(ids)))
        )
        for row in rows:
            name = row.artist or row.album_artist or ""
            if name not in plain:
                plain[name] = plain_name(name)
            found[row.id] = plain[name]
    return tuple(found.get(id, "") for id in ids.tolist())


def numbered(names: tuple[str, ...]) -> NDArray[np.int64]:
    """Return a number for each name, the same for the same name, and -1 for "".

    Examples
    --------
    >>> numbered(("b", "", "a", "b")).tolist()
    [2, -1, 1, 2]
    """
    _, number = np.unique(np.array(names, dtype=np.str_), return_inverse=True)
    return np.where([name != "" for name in names], number, -1).astype(np.int64)
