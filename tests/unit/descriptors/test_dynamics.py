from __future__ import annotations

import numpy as np
import pytest

from tunelens.features.dynamics import dynamic_complexity_db


def test_steady_sound_has_none():
    assert dynamic_complexity_db(np.full(100, 0.2)) == pytest.approx(0)


def test_gain_does_not_matter(rng):
    powers = 10 ** rng.uniform(-3, 0, 200)
    assert dynamic_complexity_db(powers * 0.1) == pytest.approx(dynamic_complexity_db(powers))


def test_two_levels_by_hand():
    """Half at 0 dB, half at -20 dB: weights 1 and 0.9 ** 20."""
    powers = np.repeat([1.0, 0.01], 50)
    quiet = 0.9**20
    middle = -20 * quiet / (1 + quiet)
    assert dynamic_complexity_db(powers) == pytest.approx((abs(middle) + abs(-20 - middle)) / 2)


def test_loud_moments_count_more():
    """Three quarters at 0 dB, one at -20 dB: the level about which they deviate is not their mean."""
    powers = np.repeat([1.0, 0.01], [150, 50])
    quiet = 0.9**20 / 3
    middle = -20 * quiet / (1 + quiet)
    assert dynamic_complexity_db(powers) == pytest.approx(0.75 * abs(middle) + 0.25 * abs(-20 - middle))


def test_silent_moments_are_left_out():
    powers = np.repeat([0.1, 0.0, 0.1], 20)
    assert dynamic_complexity_db(powers) == pytest.approx(0)


@pytest.mark.parametrize("powers", [np.zeros(0), np.zeros(50)])
def test_silence_has_no_value(powers):
    assert dynamic_complexity_db(powers) is None


def test_one_segment_is_enough():
    assert dynamic_complexity_db(np.array([0.5])) == 0
