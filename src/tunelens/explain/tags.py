"""What else was heard where it mattered: instruments, voices and moods as the pretrained nets name them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunelens.explain.occlusion import Attribution
from tunelens.models.tagging import Tagging


@dataclass(frozen=True)
class HeardTag:
    """A tag that stood out in the seconds that mattered.

    Parameters
    ----------
    tag : str
    there, elsewhere : float
        Mean probability where it mattered, weighted by how much, and in the whole clip.
    """

    tag: str
    there: float
    elsewhere: float


def tags_where_it_mattered(tagging: Tagging, attribution: Attribution, n: int = 5) -> list[HeardTag]:
    """Return the tags that rise most above the clip's mean in the seconds that spoke for the answer.

    They tell what sounded there, not that the model listened to it.

    Parameters
    ----------
    tagging : Tagging
        Every patch of the clip.
    attribution : Attribution
        What mattered in the clip.
    n : int
        Most tags.

    Examples
    --------
    >>> scores = np.array([[0.9, 0.2], [0.1, 0.2]])
    >>> heard = Tagging("net", "1", ("guitar", "drums"), scores, np.array([0.0, 3.0]), 3.0)
    >>> edges = np.array([0.0, 3.0, 6.0])
    >>> found = Attribution(1, 0, edges, np.array([0.8, 0.0]), np.array([0.0, 1.0]), np.ones(1))
    >>> tags_where_it_mattered(heard, found)
    [HeardTag(tag='guitar', there=0.9, elsewhere=0.5)]
    """
    worth = np.clip(attribution.segments, 0, None)
    middles = tagging.times_s + tagging.patch_s / 2
    where = np.clip(np.searchsorted(attribution.edges_s, middles, side="right") - 1, 0, len(worth) - 1)
    weights = worth[where]
    if weights.sum() <= 0:
        return []
    there, mean = weights @ tagging.scores / weights.sum(), tagging.mean
    order = np.argsort(mean - there, kind="stable")[:n]
    return [
        HeardTag(tagging.tags[i], round(float(there[i]), 4), round(float(mean[i]), 4))
        for i in order
        if there[i] > mean[i]
    ]
