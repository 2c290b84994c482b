"""What holds for every registered augmentation."""

from __future__ import annotations

import numpy as np
import pytest

from tunelens.audio.clip import Clip
from tunelens.base.errors import EmptyAudioError
from tunelens.data.augment import AUGMENTATIONS, parse_augmentations


@pytest.fixture(params=list(AUGMENTATIONS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def loud(n: int = 16_000, channels: int = 0) -> np.ndarray:
    y = np.random.default_rng(1).uniform(-1, 1, (max(channels, 1), n)).astype(np.float32)
    return y if channels else y[0]


def applied(name: str, y: np.ndarray, sr: int = 16_000, seed: int = 0) -> Clip:
    return AUGMENTATIONS[name].apply(Clip(y, sr), np.random.default_rng(seed))


def test_says_what_it_is(name: str) -> None:
    assert AUGMENTATIONS[name].name == name
    assert AUGMENTATIONS[name].summary
    key = parse_augmentations(name).key
    assert key.startswith(f"{name}:") and parse_augmentations(key).key == key


@pytest.mark.parametrize("sr", [8000, 44_100])
@pytest.mark.parametrize("channels", [0, 2])
def test_finite_not_clipped_same_rate(name: str, sr: int, channels: int) -> None:
    for seed in range(3):
        changed = applied(name, loud(sr // 2, channels), sr, seed)
        assert changed.sr == sr and changed.y.dtype == np.float32
        assert changed.n_channels == max(channels, 1)
        assert np.isfinite(changed.y).all()
        assert np.abs(changed.y).max() <= 1 + 1e-6
        # a clipped signal would sit on its ceiling
        assert (np.abs(changed.y) >= 0.99999).sum() <= 5


@pytest.mark.parametrize("n", [1, 2, 100, 2049])
def test_short_and_silent_clips(name: str, n: int) -> None:
    assert np.isfinite(applied(name, loud(n)).y).all()
    assert applied(name, loud(n)).n_samples >= 1
    assert not applied(name, np.zeros(n, np.float32)).y.any()


def test_the_seed_decides_and_the_clip_stays(name: str) -> None:
    y = 0.2 * loud()
    before = y.copy()
    first, again, *others = (applied(name, y, seed=seed) for seed in (0, 0, 1, 2, 3, 4, 5))
    assert np.array_equal(first.y, again.y)
    assert not all(np.array_equal(first.y, other.y) for other in others)
    assert np.array_equal(y, before)


def test_no_sample_is_an_error(name: str) -> None:
    with pytest.raises(EmptyAudioError):
        applied(name, np.zeros(0, np.float32))
