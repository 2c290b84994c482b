"""What holds for every registered feature; registering one enrols it here."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tunelens.audio.clip import Clip
from tunelens.base.errors import UnknownNameError
from tunelens.features import FEATURES, TABLE, Frames

SR = 22050
HOP = 512


def music(seconds: float = 2.0, sr: int = SR, seed: int = 3) -> np.ndarray:
    """Return a chord with a pulse and some noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * sr)) / sr
    y = sum(np.sin(2 * np.pi * hz * t) / 4 for hz in (220.0, 277.2, 329.6))
    y = y * (0.6 + 0.4 * np.sin(2 * np.pi * 2 * t)) + 0.05 * rng.standard_normal(len(t))
    return (0.5 * y).astype(np.float32)


def compute(name: str, y: np.ndarray, sr: int = SR) -> np.ndarray:
    return np.atleast_2d(FEATURES[name].compute(Frames(Clip(y, sr))))


@pytest.fixture(params=list(FEATURES))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def test_there_are_features() -> None:
    assert len(FEATURES) >= 17
    assert set(TABLE) <= set(FEATURES)
    with pytest.raises(UnknownNameError, match="feature 'chromo'"):
        FEATURES["chromo"]


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tunelens.features import FEATURES; print(len(list(FEATURES)));"
        "print([m for m in sys.modules if m.split('.')[0] in ('scipy', 'matplotlib', 'soundfile', 'av')"
        " or m == 'tunelens.features.frames'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, heavy = done.stdout.splitlines()
    assert int(count) == len(FEATURES)
    assert heavy == "[]"


def test_says_what_it_is(name: str) -> None:
    feature = FEATURES[name]
    assert feature.name == name
    assert feature.unit
    assert feature.source
    assert feature.definition.endswith(".")
    assert feature.gain in {"invariant", "linear", "square", "level"}


def test_shape_type_and_range(name: str) -> None:
    values = compute(name, music())
    assert values.dtype == np.float32
    assert values.shape == (FEATURES[name].dims, 1 + int(2 * SR) // HOP)
    low, high = FEATURES[name].limits
    assert values.min() >= low
    assert values.max() <= high
    assert np.ptp(values) > 0


def test_silence_is_finite(name: str) -> None:
    assert np.isfinite(compute(name, np.zeros(SR, np.float32))).all()


@pytest.mark.parametrize("n", [1, 2, 511, 512, 513, 2047, 2049, 4095])
def test_short_clips_are_finite(name: str, n: int) -> None:
    values = compute(name, music()[5000 : 5000 + n])
    assert values.shape == (FEATURES[name].dims, 1 + n // HOP)
    assert np.isfinite(values).all()


@pytest.mark.parametrize("sr", [8000, 11025, 44100, 192000])
def test_any_sample_rate(name: str, sr: int) -> None:
    values = compute(name, music(0.5, sr), sr)
    assert values.shape[0] == FEATURES[name].dims
    assert np.isfinite(values).all()


def test_stereo_is_the_mean_and_equal_channels_are_each(name: str) -> None:
    left, right = music(seed=1), music(seed=2)
    np.testing.assert_array_equal(compute(name, np.stack([left, right])), compute(name, (left + right) / 2))
    np.testing.assert_array_equal(compute(name, np.stack([left, left])), compute(name, left))


def test_gain(name: str) -> None:
    before, after = compute(name, music()), compute(name, music() * np.float32(0.25))
    if FEATURES[name].gain == "level":
        # a gain moves the level of every frame alike
        change = after - before
        assert np.ptp(change, axis=1).max() < 1e-2
        assert np.abs(change).max() > 10
        return
    factor = {"invariant": 1, "linear": 0.25, "square": 0.0625}[FEATURES[name].gain]
    np.testing.assert_allclose(after, before * factor, rtol=1e-4, atol=1e-4 * factor * np.abs(before).max())


def test_delay_by_whole_hops_is_a_delay(name: str) -> None:
    y, hops, margin = music(12.0), 7, 200
    late = np.concatenate([np.zeros(hops * HOP, np.float32), y])
    before = compute(name, y)[:, margin:-margin]
    after = compute(name, late)[:, margin + hops : -margin]
    np.testing.assert_allclose(after, before, rtol=1e-3, atol=1e-4 * np.abs(before).max())


def test_deterministic(name: str) -> None:
    np.testing.assert_array_equal(compute(name, music()), compute(name, music()))


def test_order_of_asking_does_not_matter(name: str) -> None:
    frames = Frames(Clip(music(), SR))
    for other in reversed(list(FEATURES)):
        FEATURES[other].compute(frames)
    np.testing.assert_array_equal(np.atleast_2d(FEATURES[name].compute(frames)), compute(name, music()))
