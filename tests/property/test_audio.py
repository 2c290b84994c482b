"""Properties of decoding and resampling that hold for any sound."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sounds import frequency_of, sine, write

from tunelens.audio import Clip, decode, listen, resample, trim, write_wav

RATES = st.sampled_from([8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 192000])
STEPS = {"PCM_U8": 2**-7, "PCM_16": 2**-15, "PCM_24": 2**-23, "PCM_32": 2**-24, "FLOAT": 0.0, "DOUBLE": 0.0}
few = settings(max_examples=30, deadline=None, derandomize=True)


def noise(seed: int, n_channels: int, n: int) -> np.ndarray:
    y = np.random.default_rng(seed).uniform(-0.99, 0.99, (n_channels, n))
    return np.float32(y[0] if n_channels == 1 else y)


@few
@given(
    seed=st.integers(0, 99),
    sr=RATES,
    n_channels=st.integers(1, 8),
    n=st.integers(1, 5000),
    subtype=st.sampled_from(sorted(STEPS)),
)
def test_written_wav_comes_back(seed: int, sr: int, n_channels: int, n: int, subtype: str) -> None:
    y = noise(seed, n_channels, n)
    with tempfile.TemporaryDirectory() as folder:
        clip = decode(write_wav(Clip(y, sr), Path(folder) / "a.wav", subtype=subtype))
    assert (clip.sr, clip.y.shape) == (sr, y.shape)
    np.testing.assert_allclose(clip.y, y, atol=STEPS[subtype])


@few
@given(
    seed=st.integers(0, 99),
    kind=st.sampled_from(["wav", "flac", "aiff", "ogg"]),
    n_channels=st.integers(1, 2),
    bounds=st.tuples(st.integers(0, 7999), st.integers(1, 8000)),
)
def test_an_excerpt_is_a_slice_of_the_whole(
    seed: int, kind: str, n_channels: int, bounds: tuple[int, int]
) -> None:
    begin, length = bounds
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / f"a.{kind}", noise(seed, n_channels, 8000), 8000)
        whole = decode(path)
        part = decode(path, offset_s=begin / 8000, duration_s=length / 8000)
    expected = whole.y[..., begin : begin + length]
    np.testing.assert_allclose(part.y, expected, atol=1e-6)
    np.testing.assert_array_equal(trim(whole, begin / 8000, (begin + length) / 8000).y, expected)


@few
@given(sr=RATES, target=RATES, share=st.floats(0.02, 0.8))
def test_resampling_keeps_frequency_level_and_length(sr: int, target: int, share: float) -> None:
    freq_hz = share * min(sr, target) / 2
    clip = resample(Clip(sine(freq_hz, sr, 1.0), sr), target)
    assert clip.n_samples == pytest.approx(target, abs=1)
    middle = clip.y[target // 4 : 3 * target // 4]
    assert frequency_of(middle, target) == pytest.approx(freq_hz, rel=1e-3)
    assert np.sqrt(2.0 * np.mean(middle**2)) == pytest.approx(0.5, rel=0.01)


@few
@given(sr=RATES, target=RATES)
def test_resampling_lets_no_alias_through(sr: int, target: int) -> None:
    if target >= sr:
        return
    above = 0.5 * (target / 2 + sr / 2)
    clip = resample(Clip(sine(above, sr, 1.0), sr), target)
    assert np.abs(clip.y[target // 10 : -target // 10]).max() < 1e-3


@few
@given(
    seed=st.integers(0, 99),
    sr=RATES,
    target=st.sampled_from([8000, 16000, 22050]),
    window_s=st.floats(0.1, 20.0),
    duration_s=st.floats(0.01, 12.0),
)
def test_windows_join_to_the_decoded_whole(
    seed: int, sr: int, target: int, window_s: float, duration_s: float
) -> None:
    y = noise(seed, 1, max(1, round(sr * duration_s))) * np.float32(0.3)
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.wav", y, sr, "FLOAT")
        windows = list(listen(path, sr=target, window_s=window_s))
        whole = decode(path, sr=target)
    joined = np.concatenate([window.clip.y for window in windows])
    assert joined.size == pytest.approx(whole.n_samples, abs=1)
    n = min(joined.size, whole.n_samples)
    np.testing.assert_allclose(joined[:n], whole.y[:n], atol=1e-4)
