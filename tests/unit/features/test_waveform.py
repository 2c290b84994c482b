"""The 42 waveform statistics beside their definition, written out with scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tunelens.audio.clip import Clip
from tunelens.base.errors import EmptyAudioError
from tunelens.features import WAVEFORM_NAMES, WaveformSums, waveform_statistics
from tunelens.features.waveform import Moments


def by_definition(y: np.ndarray) -> dict[str, float]:
    y = y.astype(np.float64)
    values = {}
    for n in (1, 10, 100, 1000):
        smooth = y[: len(y) // n * n].reshape(-1, n).mean(axis=1)
        for kind, x in (("", smooth), ("d", np.diff(smooth))):
            values[f"amp{n}{kind}mean"] = x.mean()
            values[f"amp{n}{kind}std"] = x.std()
            values[f"amp{n}{kind}skew"] = stats.skew(x)
            values[f"amp{n}{kind}kurt"] = stats.kurtosis(x, fisher=False)
    smooth = y[: len(y) // 5 * 5].reshape(-1, 5).mean(axis=1)
    bands = np.array_split(np.abs(np.fft.rfft(smooth))[2:], 10)
    for k, band in enumerate(bands, 1):
        values[f"power{k}"] = band.sum() / sum(b.sum() for b in bands)
    return values


def sound(rng: np.random.Generator, n: int, offset: float = 0.0) -> np.ndarray:
    t = np.arange(n) / 22050
    y = 0.3 * np.sin(2 * np.pi * 30 * t) + 0.1 * rng.standard_exponential(n) + offset
    return y.astype(np.float32)


@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_the_42_are_their_definition(rng: np.random.Generator, offset: float) -> None:
    y = sound(rng, 5 * 20000, offset)  # 20000 averages: a length that the FFT takes whole
    ours, truth = waveform_statistics(Clip(y, 22050)), by_definition(y)
    assert list(ours) == list(truth) == list(WAVEFORM_NAMES)
    assert len(ours) == 42
    for name, value in truth.items():
        assert ours[name] == pytest.approx(value, rel=2e-3, abs=2e-6), name


def test_bands_leave_out_the_two_lowest_bins(rng: np.random.Generator) -> None:
    n = 5 * 20000
    noise = 0.1 * rng.standard_normal(n)
    slow = 0.5 * np.sin(2 * np.pi * np.arange(n) / n)
    ours, truth = waveform_statistics(Clip((noise + slow).astype(np.float32), 22050)), by_definition(noise)
    for k in range(1, 11):
        assert ours[f"power{k}"] == pytest.approx(truth[f"power{k}"], rel=2e-3)


def test_names_are_those_of_the_definition() -> None:
    assert {"amp1mean", "amp1dmean", "amp1000dkurt", "amp10skew", "power1", "power10"} <= set(WAVEFORM_NAMES)


def test_bands_of_an_awkward_length_hardly_differ(rng: np.random.Generator) -> None:
    y = sound(rng, 5 * 100003)
    ours, truth = waveform_statistics(Clip(y, 22050)), by_definition(y)
    for k in range(1, 11):
        assert ours[f"power{k}"] == pytest.approx(truth[f"power{k}"], rel=0.02)


def test_shares_sum_to_one(rng: np.random.Generator) -> None:
    values = waveform_statistics(Clip(sound(rng, 30000), 22050))
    assert sum(values[f"power{k}"] for k in range(1, 11)) == pytest.approx(1)


@pytest.mark.parametrize("n", [1, 2, 9, 29, 30, 999, 1000, 2000, 5000])
@pytest.mark.parametrize("level", [0.0, 0.1])
def test_constant_sound_has_no_shape(n: int, level: float) -> None:
    values = waveform_statistics(Clip(np.full(n, level, np.float32), 22050))
    assert np.isfinite(list(values.values())).all()
    assert values["amp1mean"] == pytest.approx(level)
    assert all(values[name] == 0 for name in values if name.endswith(("std", "skew", "kurt")))


def test_no_samples_are_refused() -> None:
    with pytest.raises(EmptyAudioError):
        waveform_statistics(Clip(np.zeros(0, np.float32), 22050))


def test_moments_add_up(rng: np.random.Generator) -> None:
    y = sound(rng, 50000)
    joined = Moments.of(y[:1234]) + Moments() + Moments.of(y[1234:20000]) + Moments.of(y[20000:])
    assert joined.statistics() == pytest.approx(Moments.of(y).statistics(), rel=1e-5)


def test_sums_of_windows_add_up(rng: np.random.Generator) -> None:
    y = sound(rng, 128000)
    joined = (WaveformSums.of(y[:64000]) + WaveformSums.of(y[64000:])).statistics()
    for name, value in waveform_statistics(Clip(y, 22050)).items():
        assert joined[name] == pytest.approx(value, rel=0.02, abs=0.02), name
    assert joined["amp1kurt"] == pytest.approx(by_definition(y)["amp1kurt"], rel=1e-4)
