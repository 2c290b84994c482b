"""Energy: how intense a track sounds, from loudness, brightness and activity."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp


@dataclass(frozen=True)
class Intensity:
    """What `energy` looks at.

    Parameters
    ----------
    loudness_lufs : float
        Integrated loudness.
    brightness_octaves : float
        Octaves of the mean spectral centroid above 1000 Hz.
    noisiness_db : float
        Mean spectral flatness, dB: 0 for noise, low for tones.
    activity : float
        Mean of the novelty curve: how much of the spectrum is new in each frame.
    """

    loudness_lufs: float
    brightness_octaves: float
    noisiness_db: float
    activity: float


def energy(intensity: Intensity) -> float:
    """Return the energy, 0 (calm) to 1 (intense)."""
    z = (
        0.12 * (intensity.loudness_lufs + 16)
        + 0.8 * intensity.brightness_octaves
        + 0.05 * (intensity.noisiness_db + 25)
        + 20 * (intensity.activity - 0.08)
    )
    return 1 / (1 + exp(-max(-50.0, min(50.0, z))))
