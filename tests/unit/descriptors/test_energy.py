from __future__ import annotations

from math import inf

import numpy as np
import pytest

from tunelens.audio import Clip
from tunelens.features import describe_clip
from tunelens.features.energy import Intensity, energy

MIDDLE = Intensity(-14.0, 0.1)


@pytest.mark.parametrize("more", [Intensity(-8.0, 0.1), Intensity(-14.0, 0.15)])
def test_louder_and_busier_are_each_more_intense(more):
    assert energy(more) > energy(MIDDLE)


@pytest.mark.parametrize("extreme", [Intensity(-inf, 0.0), Intensity(-70.0, 0.0), Intensity(20.0, 1e9)])
def test_stays_between_0_and_1(extreme):
    assert 0 <= energy(extreme) <= 1


def test_silence_has_none():
    assert energy(Intensity(-inf, 0.0)) == 0


def test_a_held_tone_is_calmer_than_a_fast_bright_beat(clicks, rng):
    t = np.arange(10 * 22050) / 22050
    tone = Clip((0.5 * np.sin(2 * np.pi * 220 * t)).astype(np.float32), 22050)
    beat = clicks(180, 10.0)
    bursts = beat.with_y(beat.y + (np.abs(beat.y) > 0.05) * rng.normal(0, 0.3, len(t)).astype(np.float32))
    assert describe_clip(tone).energy < 0.1 < 0.5 < describe_clip(bursts).energy
