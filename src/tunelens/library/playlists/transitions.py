"""What it costs the ear to go from one track to the next: tempo, key, energy, sound, the same artist again.

Every part is 0 (as good as can be) to 1. Where a tempo or a key is not sure the part moves towards `NEUTRAL`,
which is also what an unknown value costs. The shapes of the parts are choices, not learned from listeners.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import ParameterError
from tunelens.library.neighbours import harmony
from tunelens.library.neighbours.space import Space
from tunelens.library.track import Track

Floats = NDArray[np.float64]
NEUTRAL = 0.5
FAR_OCTAVES = 0.25
"""Tempi that differ by this much, half and double counting as the same, could not be farther apart."""
OTHER_OCTAVE = 0.1
"""What half or double tempo costs beside the same."""
KEY_COSTS = np.array([0.0, 0.1, 0.5, 0.8, 1.0, 1.0, 1.0, 1.0])
"""By steps on the wheel of keys, see `harmony.distance`."""
FAR_ENERGY = 0.5


@dataclass(frozen=True)
class TransitionWeights:
    """How much each part of a transition counts; 0 leaves it out."""

    tempo: float = 1.0
    key: float = 1.0
    energy: float = 1.0
    similarity: float = 1.0
    artist: float = 1.0

    def __post_init__(self) -> None:
        values = [getattr(self, one.name) for one in fields(self)]
        if not all(0 <= value < 1e6 for value in values) or not any(values):
            raise ParameterError(f"the weights are {values}; none may be negative, and one must be above 0")


@dataclass(frozen=True, eq=False)
class Costs:
    """The cost of every transition among some tracks.

    Parameters
    ----------
    parts : dict of str to ndarray, shape (n, n)
        Each part alone, 0 to 1, symmetric.
    total : ndarray, shape (n, n)
        Their weighted mean, 0 to 1; 0 on the diagonal.
    """

    parts: dict[str, Floats]
    total: Floats

    def along(self, order: Sequence[int]) -> Floats:
        """Return the cost of each step of an order, shape (n - 1,)."""
        rows = np.asarray(order, np.intp)
        return self.total[rows[:-1], rows[1:]]


def costs(tracks: Sequence[Track], space: Space, weights: TransitionWeights | None = None) -> Costs:
    """Return what each transition among `tracks` costs."""
    weights = weights or TransitionWeights()
    parts = {
        "tempo": _tempo(tracks),
        "key": _key(tracks),
        "energy": _energy(tracks),
        "similarity": _sound(tracks, space),
        "artist": _artist(tracks),
    }
    shares = np.array([getattr(weights, name) for name in parts])
    total = np.tensordot(shares / shares.sum(), np.stack(list(parts.values())), 1)
    np.fill_diagonal(total, 0.0)
    return Costs(parts, total)


def _tempo(tracks: Sequence[Track]) -> Floats:
    known = [track.tempo_bpm or np.nan for track in tracks]
    octaves = np.abs(np.subtract.outer(np.log2(known), np.log2(known)))
    doublings = np.round(octaves)
    apart = np.minimum(np.abs(octaves - doublings) / FAR_OCTAVES, 1) + OTHER_OCTAVE * np.minimum(doublings, 1)
    return _as_sure(np.minimum(apart, 1), [track.tempo_confidence for track in tracks])


def _key(tracks: Sequence[Track]) -> Floats:
    keys = sorted({track.key for track in tracks if track.key})
    steps = np.array([[harmony.distance(a, b) for b in keys] for a in keys], np.intp)
    steps = steps.reshape(len(keys), len(keys))
    places = np.array([keys.index(track.key) if track.key else -1 for track in tracks], np.intp)
    known = places >= 0
    apart = np.full((len(tracks), len(tracks)), np.nan)
    apart[np.ix_(known, known)] = KEY_COSTS[steps[np.ix_(places[known], places[known])]]
    return _as_sure(apart, [track.key_confidence for track in tracks])


def _energy(tracks: Sequence[Track]) -> Floats:
    known = [np.nan if track.energy is None else track.energy for track in tracks]
    apart = np.abs(np.subtract.outer(known, known)) / FAR_ENERGY
    return np.nan_to_num(np.minimum(apart, 1), nan=NEUTRAL)


def _sound(tracks: Sequence[Track], space: Space) -> Floats:
    """Return 1 less the cosine; what is nothing alike is as far as what is the opposite."""
    places = space.matrix[[space.row_of(track.id) for track in tracks]].astype(np.float64)
    known = places.any(axis=1)
    apart = np.clip(1 - places @ places.T, 0, 1)
    return np.where(np.logical_and.outer(known, known), apart, NEUTRAL)


def _artist(tracks: Sequence[Track]) -> Floats:
    names = np.array([(track.artist or "").casefold() for track in tracks])
    return (np.equal.outer(names, names) & (names != "")).astype(np.float64)


def _as_sure(apart: Floats, confidences: Sequence[float | None]) -> Floats:
    """Draw costs towards neutral where either value is not sure."""
    sure = np.array([confidence or 0.0 for confidence in confidences])
    both = np.where(np.isnan(apart), 0.0, np.minimum.outer(sure, sure))
    return both * np.nan_to_num(apart) + (1 - both) * NEUTRAL
