"""Energy: how intense a track sounds, from loudness and activity."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf

OFFSET, PER_LU, PER_NOVELTY = -7.05, 0.094, 79.5
_LIMIT = 50.0


@dataclass(frozen=True)
class Intensity:
    """What `energy` looks at.

    Parameters
    ----------
    loudness_lufs : float
        Integrated loudness; -inf for silence.
    activity : float
        Mean of `rhythm.novelty`: how much of the spectrum rises from one frame to the next.
    """

    loudness_lufs: float
    activity: float


def energy(intensity: Intensity) -> float:
    """Return the energy, 0 (calm) to 1 (intense): the estimated probability that listeners find it aroused.

    ``1 / (1 + exp(-(-7.05 + 0.094 loudness + 79.5 activity)))``. Loudness and the rate of events are what
    arousal follows (Gabrielsson & Lindström 2010; Yang & Chen 2012); brightness added nothing. The weights
    are a logistic regression on folds 1 to 3 of the 4-quadrant audio emotion set (Panda, Malheiro & Paiva
    2018), upper against lower arousal: ``python -m bench.fits``. Silence has energy 0.

    Examples
    --------
    >>> round(energy(Intensity(-20.0, 0.05)), 2), round(energy(Intensity(-8.0, 0.14)), 2)
    (0.01, 0.97)
    """
    z = OFFSET + PER_LU * intensity.loudness_lufs + PER_NOVELTY * intensity.activity
    return 0.0 if intensity.loudness_lufs == -inf else 1 / (1 + exp(-min(max(z, -_LIMIT), _LIMIT)))
