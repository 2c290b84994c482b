from __future__ import annotations

import numpy as np
import pytest

from tunelens.audio import Clip
from tunelens.features import Danceability, describe_clip
from tunelens.features.danceability import danceability, exponents, fluctuation, levels


def test_exponent_of_white_noise_is_a_half(rng):
    assert exponents(rng.normal(size=30_000)).mean() == pytest.approx(0.5, abs=0.06)


def test_exponent_of_brownian_motion_is_one_and_a_half(rng):
    assert exponents(np.cumsum(rng.normal(size=30_000))).mean() == pytest.approx(1.5, abs=0.08)


def test_exponent_of_pink_noise_is_one(rng):
    spectrum = np.fft.rfft(rng.normal(size=32_768))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    assert exponents(np.fft.irfft(spectrum)).mean() == pytest.approx(1.0, abs=0.08)


def test_a_strict_beat_does_not_wander():
    beat = np.zeros(6000)
    beat[::25] = 1.0
    assert exponents(beat).mean() < 0.35


@pytest.mark.parametrize("scale", [7, 50, 333])
def test_fluctuation_is_the_residue_of_a_fitted_line(rng, scale):
    walk = np.cumsum(rng.normal(size=1000))
    x = np.arange(scale)
    parts = [walk[i : i + scale] for i in range(0, 1000 - scale + 1, scale)]
    residues = [part - np.polyval(np.polyfit(x, part, 1), x) for part in parts]
    assert fluctuation(walk, scale) == pytest.approx(np.sqrt(np.mean(np.square(residues))))


def test_exponents_are_slopes_over_scales_as_the_paper_counts_them(rng):
    """Streich & Herrera 2005: a scale of s blocks counts as s + 3."""
    series = rng.random(4000)
    walk = np.cumsum(series - series.mean())
    scales = [31, 34, 37, 41, 45]
    fluctuations = [fluctuation(walk, scale) for scale in scales]
    slopes = [
        np.log(fluctuations[i + 1] / fluctuations[i]) / np.log((scales[i + 1] + 3) / (scales[i] + 3))
        for i in range(4)
    ]
    assert exponents(series)[:4] == pytest.approx(slopes)


def test_levels_are_standard_deviations_of_10_ms(rng):
    y = rng.normal(size=1000).astype(np.float32)
    assert levels(y, 22050) == pytest.approx(y[:880].reshape(4, 220).std(axis=1), rel=1e-4)


def test_gain_does_not_matter(rng):
    series = rng.random(3000).astype(np.float32)
    assert danceability(series * 0.01).exponent == pytest.approx(danceability(series).exponent, rel=1e-4)


def test_noise_and_a_held_tone_do_not_wander_either(rng):
    """No praise, but what docs/descriptors.md warns of."""
    tone = np.sin(2 * np.pi * 440 * np.arange(20 * 22050) / 22050)
    for y in (rng.normal(0, 0.1, 20 * 22050), tone):
        assert describe_clip(Clip(y.astype(np.float32), 22050)).danceability.value > 0.8


def test_beats_dance_more_than_a_swell(clicks):
    t = np.arange(20 * 22050) / 22050
    swell = np.sin(2 * np.pi * 440 * t) * np.sin(2 * np.pi * 0.05 * t) * 0.5
    beat, slow = describe_clip(clicks(120)), describe_clip(Clip(swell.astype(np.float32), 22050))
    assert 0 <= slow.danceability.value < 0.2 < 0.8 < beat.danceability.value <= 1


@pytest.mark.parametrize(("n", "reason"), [(0, "silence"), (1000, "silence")])
def test_silence_has_none(n, reason):
    assert danceability(np.zeros(n, np.float32)) == Danceability(None, None, reason)


def test_too_short_has_none(rng):
    assert danceability(rng.random(50).astype(np.float32)).value is None
    assert danceability(np.ones(5000, np.float32)).value is None
