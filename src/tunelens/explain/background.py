"""Noise of the colour of a sound: what stands in for the parts that are taken away.

Silence in their place would be a sound such as no model was trained on, and the answer to it would tell more
of that than of the part.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip

Float = NDArray[np.float64]

WINDOW = 2048
PER_OCTAVE = 12
SPAN_OCTAVES = 2
LOWEST_HZ = 30.0


def coloured_noise(clip: Clip, seed: int = 0) -> Clip:
    """Return steady noise with the usual level of each region of frequency in `clip`, and nothing else of it.

    The usual level is a median over time and over two octaves: tones, beats and narrow bands leave no trace.

    Parameters
    ----------
    clip : Clip
        Mono.
    seed : int

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> t = np.arange(44100) / 22050
    >>> hiss = Clip(0.1 * rng.normal(size=t.size) + np.sin(2 * np.pi * 1000 * t), 22050)
    >>> bool(abs(coloured_noise(hiss).y.std() - 0.1) < 0.02)
    True
    """
    white = np.random.default_rng(seed).normal(size=clip.n_samples)
    hz = np.fft.rfftfreq(clip.n_samples, 1 / clip.sr)
    gain = _usual_level(clip.y, clip.sr, hz) / np.maximum(_usual_level(white, clip.sr, hz), 1e-12)
    return clip.with_y(np.fft.irfft(np.fft.rfft(white) * gain, clip.n_samples).astype(np.float32))


def _usual_level(y: NDArray[np.floating], sr: int, hz: NDArray[np.floating]) -> Float:
    """Return the median magnitude around each frequency of `hz`."""
    from scipy.ndimage import median_filter
    from scipy.signal import stft

    n = min(WINDOW, y.size)
    bins, _, spectrum = stft(np.asarray(y, np.float64), fs=sr, nperseg=n)
    level = np.median(np.abs(spectrum), axis=1)
    steps = round(PER_OCTAVE * np.log2(sr / 2 / LOWEST_HZ))
    grid = np.geomspace(LOWEST_HZ, sr / 2, max(steps, 2))
    smooth = median_filter(np.interp(grid, bins, level), PER_OCTAVE * SPAN_OCTAVES + 1, mode="nearest")
    return np.interp(hz, grid, smooth)
