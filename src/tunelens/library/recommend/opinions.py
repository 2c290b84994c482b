"""`Opinions`: what speaks for each track, its sound and a crowd of listeners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, MissingDependencyError
from tunelens.library.recommend.blend import blend, standard
from tunelens.library.recommend.collaborative import FactorOptions
from tunelens.library.recommend.crowd import Crowd, Opinion
from tunelens.library.recommend.given import Given, Ground
from tunelens.library.recommend.listening import Listening

Float = NDArray[np.floating]
CONTENT, COLLABORATIVE, HYBRID = "content", "collaborative", "hybrid"
WAYS = (HYBRID, CONTENT, COLLABORATIVE)


@dataclass(frozen=True, eq=False)
class Opinions:
    """What speaks for each track of a space.

    Parameters
    ----------
    sound : ndarray, shape (n,)
        Deviations above the average track.
    crowd : Opinion or None
        None where no crowd is heeded.
    share : float
        Of the crowd, 0 to 1.
    way : {"hybrid", "content", "collaborative"}
        How it is done.
    notes : tuple of str
        Why no crowd is heeded.
    """

    sound: Float
    crowd: Opinion | None = None
    share: float = 0.0
    way: str = CONTENT
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        ground: Ground,
        given: Given,
        *,
        way: str = HYBRID,
        share: float | None = None,
        table: Listening | None = None,
        seed: int = 0,
    ) -> Opinions:
        """Ask for them.

        Parameters
        ----------
        ground, given
            The library, and the taste.
        way : {"hybrid", "content", "collaborative"}
            Hybrid goes on by content where there is no crowd.
        share : float, optional
            Of the crowd; validation chooses by default.
        table : Listening, optional
            Listeners of artists; by default those of the library.
        seed : int

        Raises
        ------
        DataError, MissingDependencyError
            The way is collaborative, and there is nobody to learn from, or ``implicit`` is not installed.
        """
        sound = standard(given.sound(ground.space))
        if way == CONTENT:
            return cls(sound)
        options = FactorOptions(seed=seed)
        try:
            crowd = _crowd(ground, table)
            opinion = crowd.opinion(given.confidence(), options)
            if way == COLLABORATIVE:
                return cls(sound, opinion, 1.0, way)
            chosen = crowd.mix(ground.space.matrix, options) if share is None else share
            return cls(sound, opinion, chosen, way)
        except (DataError, MissingDependencyError) as error:
            if way == COLLABORATIVE:
                raise
            hint = f" ({error.hint})" if error.hint else ""
            return cls(sound, notes=(f"by content alone: {error.message}{hint}",))

    @property
    def warm(self) -> NDArray[np.bool_]:
        """Did the crowd hear it? Shape (n,)."""
        return np.zeros(len(self.sound), bool) if self.crowd is None else self.crowd.crowd.warm

    def by_crowd(self) -> Float:
        """Return the opinion of the crowd, deviations above the average track; 0 where it has none."""
        found = np.zeros_like(self.sound)
        if self.crowd is not None:
            found[self.warm] = standard(self.crowd.scores[self.warm])
        return found

    def mixed(self) -> Float:
        """Return both as one, shape (n,)."""
        return blend(self.sound, self.by_crowd(), self.warm, self.share)


def _crowd(ground: Ground, table: Listening | None) -> Crowd:
    if table is None:
        return Crowd.of_feedback(ground.interactions, ground.space.ids)
    return Crowd.of_table(table, ground.artists())
