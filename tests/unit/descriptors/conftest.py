"""Signals whose tempo and key are known because we make them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tunelens.audio import Clip

SR = 22050
DEGREES = {
    "major": ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)),
    "minor": ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7)),
}


def make_clicks(bpm: float, duration_s: float = 20.0, first_s: float = 0.25) -> Clip:
    """Decaying tones at a steady tempo."""
    t = np.arange(round(duration_s * SR)) / SR
    since = np.mod(t - first_s, 60 / bpm)
    y = 0.5 * np.sin(2 * np.pi * 1000 * since) * np.exp(-60 * since) * (t >= first_s)
    return Clip(y.astype(np.float32), SR)


def make_tone(midi: float, duration_s: float, a4_hz: float) -> np.ndarray:
    t = np.arange(round(duration_s * SR)) / SR
    f0 = a4_hz * 2 ** ((midi - 69) / 12)
    return sum(np.sin(2 * np.pi * f0 * k * t) / k**2 for k in range(1, 6)) * np.exp(-1.5 * t)


def make_cadence(tonic: int, mode: str, a4_hz: float = 440.0) -> Clip:
    """I IV V I (minor: i iv V i) with octave basses, twice, one chord per second."""
    chords = [
        sum(make_tone(60 + tonic + note, 1.0, a4_hz) for note in chord)
        + make_tone(48 + tonic + chord[0], 1.0, a4_hz)
        for chord in DEGREES[mode]
    ]
    return Clip((0.1 * np.concatenate(chords * 2)).astype(np.float32), SR)


@pytest.fixture
def clicks() -> Callable[..., Clip]:
    return make_clicks


@pytest.fixture
def cadence() -> Callable[..., Clip]:
    return make_cadence
