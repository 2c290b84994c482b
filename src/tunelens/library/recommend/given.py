"""`Ground` and `Given`: what a library knows, and what tells the taste."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.library.feedback import Feedback, Interactions
from tunelens.library.neighbours.choice import all_admitted
from tunelens.library.neighbours.space import Space
from tunelens.library.query import condition_in
from tunelens.library.recommend.artists import artists_of
from tunelens.library.recommend.content import Anchors, fit
from tunelens.library.recommend.taste import LIKE, Listener, listener_of
from tunelens.library.store import Library

Float32 = NDArray[np.float32]
Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Ground:
    """What a library knows.

    Parameters
    ----------
    library : Library
    space : Space
        Where its tracks lie.
    interactions : Interactions
        Who likes what.
    listener : Listener
        For whom it is.
    """

    library: Library
    space: Space
    interactions: Interactions
    listener: Listener

    @classmethod
    def of(cls, library: Library, listener: str = "", recent_days: float = 0.0) -> Self:
        """Read a library; see `listener_of` for the listener.

        Raises
        ------
        DataError
            The library is empty.
        NotFoundError
            No such listener.
        """
        space = Space.load(library)
        if not len(space):
            raise DataError("the library is empty", hint="tunelens analyze FOLDER fills it")
        interactions = Feedback(library).interactions()
        who = listener_of(library, interactions, listener, recent_days=recent_days)
        return cls(library, space, interactions, who)

    def artists(self, rows: Rows | None = None) -> tuple[str, ...]:
        """Return the artists of some rows, or of all; see `artists_of`."""
        return artists_of(self.library, self.space.ids if rows is None else self.space.ids[rows])

    def rows(self, ids: Iterable[int]) -> Rows:
        """Return the rows of tracks, ascending; those that have gone are left out."""
        return self.space.rows_of(np.array(sorted(ids), np.int64))

    def found(self, where: str) -> Rows:
        """Return the rows of what a filter finds.

        Raises
        ------
        ParameterError
            It cannot be read.
        DataError
            It finds nothing.
        """
        with self.library.database.read() as connection:
            wanted = condition_in(connection, where)
        rows = self.space.rows_of(all_admitted(self.library, wanted))
        if not len(rows):
            raise DataError(f"no track matches {where!r}", hint="tunelens search shows what a filter finds")
        return rows

    def anchors(self, weights: Mapping[int, float]) -> Anchors:
        """Return tracks with their weights as rows that pull."""
        rows = self.rows(weights)
        return Anchors.of(rows, np.array([weights[id] for id in self.space.ids[rows].tolist()], np.float32))


@dataclass(frozen=True, eq=False)
class Given:
    """What tells the taste.

    Parameters
    ----------
    kind : {"seed", "liked", "filter"}
        Tracks that were named, feedback, or what a filter finds.
    liked, disliked : Anchors
        The first is empty for a filter.
    middle : ndarray of float32, shape (d,), or None
        Of what the filter finds.
    name : str
        The filter.
    """

    kind: Literal["seed", "liked", "filter"]
    liked: Anchors
    disliked: Anchors
    middle: Float32 | None = None
    name: str = ""

    @classmethod
    def of(cls, ground: Ground, ids: Iterable[int], like: str = "", where: str = "") -> Self:
        """Find what tells the taste: tracks, else what `like` finds, else feedback, else what `where` finds.

        Raises
        ------
        ParameterError, DataError
            A filter cannot be read or finds nothing, or nothing is given.
        """
        taste = ground.listener.taste
        most = max((*taste.liked.values(), *taste.disliked.values()), default=1.0)
        liked, disliked = (
            {id: weight / most for id, weight in one.items()} for one in (taste.liked, taste.disliked)
        )
        seeds = set(ids)
        if like:
            seeds |= set(ground.space.ids[ground.found(like)].tolist())
        if seeds:
            return cls("seed", ground.anchors(dict.fromkeys(seeds, 1.0)), ground.anchors(disliked))
        if liked:
            return cls("liked", ground.anchors(liked), ground.anchors(disliked))
        if not where:
            raise ParameterError(
                "nothing tells what is liked",
                hint="name a track, use --like or --where, or keep feedback: tunelens feedback",
            )
        middle = _middle(ground.space.matrix[ground.found(where)])
        return cls("filter", ground.anchors({}), ground.anchors(disliked), middle, where)

    def sound(self, space: Space) -> Float32:
        """Return how well each track fits by its sound, shape (n,)."""
        if self.middle is not None:
            return space.similarities(self.middle)
        return fit(space.matrix, self.liked, self.disliked)

    def confidence(self) -> dict[int, float]:
        """Return how sure it is that rows of the space are liked; below 0 for those that are not."""
        found: dict[int, float] = {}
        for anchors, sign in ((self.liked, 1), (self.disliked, -1)):
            pairs = zip(anchors.rows.tolist(), anchors.weights.tolist(), strict=True)
            found |= {row: sign * LIKE * weight for row, weight in pairs}
        return found


def _middle(places: Float32) -> Float32:
    mean = places.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length > 0 else mean
