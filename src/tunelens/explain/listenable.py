"""An explanation to listen to: the sound, and in it only what mattered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.explain.occlusion import Attribution
from tunelens.explain.sieve import Sieve

Float = NDArray[np.float64]

HARDLY = 0.1
"""Parts that matter less than this share of the most important one fall silent."""


def listenable(clip: Clip, attribution: Attribution) -> Clip:
    """Return `clip` with each segment and band as loud as it spoke for the answer.

    The most important ones keep their loudness; what spoke against the answer is silent.

    Parameters
    ----------
    clip : Clip
        What was explained.
    attribution : Attribution
        What was found in it.

    Examples
    --------
    >>> t = np.arange(22050) / 22050
    >>> tones = Clip(np.sin(2 * np.pi * 200 * t) + np.sin(2 * np.pi * 3000 * t), 22050)
    >>> edges_s, edges_hz = np.array([0, 1.0]), np.array([0.0, 1000, 11025])
    >>> found = Attribution(1, 0, edges_s, np.ones(1), edges_hz, np.array([0, 1.0]))
    >>> y = listenable(tones, found).y[5000:15000]
    >>> bool(np.abs(y - np.sin(2 * np.pi * 3000 * t)[5000:15000]).max() < 0.01)
    True
    """
    sieve = Sieve(clip.mono(), attribution.edges_s, attribution.edges_hz)
    return sieve.keep(_gains(attribution.segments), _gains(attribution.bands))


def _gains(worth: Float) -> Float:
    most = worth.max()
    if most <= 0:
        return np.ones_like(worth)
    gains = np.clip(worth / most, 0, 1)
    return np.where(gains < HARDLY, 0.0, gains)
