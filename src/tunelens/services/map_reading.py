"""How to read a map: what lies near what, what its axes are, how far it is to be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tunelens.base.language import say
from tunelens.explore.nearness import correlations
from tunelens.services.map_columns import SHOWN
from tunelens.services.map_places import Places
from tunelens.services.map_words import label_of

N_ALONG = 3
LEAST_ALONG = 0.3
"""A feature that goes along with an axis less than this says nothing of it."""
_NAMED = 8
_CALLED = {"umap": "UMAP", "tsne": "t-SNE"}


@dataclass(frozen=True)
class Axis:
    """An axis of a map.

    Parameters
    ----------
    share : float
        Of the variance, 0 to 1.
    along : tuple of str
        Features that grow with it (``+tempo_bpm``) or fall (``−energy``), the strongest first.
    """

    share: float
    along: tuple[str, ...]

    def said(self, at: int) -> str:
        """Return what the axis is, in the language of now; `at` is 0 for the first.

        Examples
        --------
        >>> Axis(0.41, ("+tempo_bpm", "−energy")).said(0)
        'PC1 (41% of variance): +Tempo (BPM), −Energy'
        """
        names = say(", ").join(f"{one[0]}{label_of(one[1:])}" for one in self.along)
        return say(
            "PC{n} ({share} of variance): {names}", n=at + 1, share=f"{self.share:.0%}", names=names or "–"
        )


def axes_of(places: Places) -> tuple[Axis, ...]:
    """Return what lies across and upwards; nothing where axes mean nothing."""
    explained = places.projection.explained
    if explained is None:
        return ()
    together = correlations(places.prepared.Z, places.projection.points)
    return tuple(
        Axis(float(explained[at]), _along(together[:, at], places.prepared.features)) for at in range(2)
    )


def _along(together: Any, features: Sequence[str]) -> tuple[str, ...]:
    strongest = np.argsort(-np.abs(together), kind="stable")[:N_ALONG]
    return tuple(
        f"{'+' if together[row] > 0 else '−'}{features[row]}"
        for row in strongest
        if abs(together[row]) >= LEAST_ALONG
    )


def reading(features: Sequence[str], method: str, *, has_others: bool = False) -> list[str]:
    """Return what a reader must know of a map, in the language of now.

    Parameters
    ----------
    features : sequence of str
        By which songs are alike.
    method : str
        One of `PROJECTIONS`.
    has_others : bool
        Are there more groups than colours and shapes?
    """
    shown = say(", ").join(label_of(name) for name in features[:_NAMED])
    shown += "…" if len(features) > _NAMED else ""
    found = [
        say("Songs that are alike by {n} numbers lie near each other: {names}", n=len(features), names=shown),
        _of_method(method),
    ]
    if has_others:
        found.append(say("The {n} commonest groups have a colour and a shape of their own.", n=SHOWN))
    found.append(say("Colours of numbers run from the 1st to the 99th percentile; grey is unknown."))
    return found


def _of_method(method: str) -> str:
    if method == "pca":
        return say("Principal components: distances are as true as two axes can be.")
    name = _CALLED.get(method, method)
    return say(
        "{name}: neighbours mean something; distances between groups and their sizes mean little.", name=name
    )
