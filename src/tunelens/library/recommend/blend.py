"""Two opinions made one: by sound, and by what listeners of like taste play."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[Any]
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the collaborative opinion that validation chooses from."""


def standard(scores: Float) -> Float:
    """Return scores with mean 0 and deviation 1; all 0 where they do not differ.

    Examples
    --------
    >>> standard(np.array([1.0, 3.0])).tolist(), standard(np.ones(2)).tolist()
    ([-1.0, 1.0], [0.0, 0.0])
    """
    if not scores.size:
        return scores
    spread = scores.std()
    return (scores - scores.mean()) / (spread if spread > 1e-9 else 1.0)


def blend(content: Float, collaborative: Float, warm: NDArray[np.bool_], weight: float) -> Float:
    """Return both opinions as one, shape (n,).

    Parameters
    ----------
    content : ndarray, shape (n,)
        How well each track fits by its sound.
    collaborative : ndarray, shape (n,)
        How well it fits by what others play; not looked at where not `warm`.
    warm : ndarray of bool, shape (n,)
        Did anybody play it? A cold track gets what its sound lets expect of both opinions: as much as the two
        go together over warm tracks.
    weight : float
        Share of the collaborative opinion, 0 to 1.

    Examples
    --------
    >>> warm = np.array([True, True, False])
    >>> blend(np.array([0.0, 1.0, 0.9]), np.array([1.0, 5.0, 0.0]), warm, 1.0).round(1).tolist()
    [-1.0, 1.0, 0.6]
    """
    by_sound = standard(content)
    if not warm.any() or weight == 0:
        return by_sound
    mixed = standard((1 - weight) * by_sound[warm] + weight * standard(collaborative[warm]))
    told = float(np.mean(standard(by_sound[warm]) * mixed))
    found = max(told, 0.0) * by_sound
    found[warm] = mixed
    return found
