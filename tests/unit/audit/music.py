"""Made-up songs whose faults are known, because they were put there."""

from __future__ import annotations

import numpy as np

SR = 22_050


def song(seed: int, seconds: float = 8.0, sr: int = SR) -> np.ndarray:
    """Random notes with overtones and a little breath: no two seeds sound alike."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(sr * seconds)) / sr
    y = 0.003 * rng.standard_normal(t.size)
    for _ in range(int(9 * seconds)):
        begin, length = rng.uniform(0, seconds), rng.uniform(0.1, 0.6)
        hz = 110 * 2 ** (rng.integers(0, 40) / 12)
        inside = (t >= begin) & (t < begin + length)
        decay = np.exp(-4 * (t[inside] - begin) / length)
        for overtone in range(1, 5):
            y[inside] += decay * np.sin(2 * np.pi * overtone * hz * t[inside]) / overtone
    return (0.5 * y / np.abs(y).max()).astype(np.float32)
