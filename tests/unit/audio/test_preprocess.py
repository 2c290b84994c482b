"""Trimming, loudness normalisation and denoising of sounds with a known answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from tests.sounds import sine

from tunelens.audio import (
    Clip,
    decode,
    denoise,
    loudness,
    normalize_loudness,
    trim,
    trim_silence,
    write_wav,
)
from tunelens.base.errors import DataError, EmptyAudioError, ParameterError

SR = 16_000


def test_trim_silence_finds_the_sound() -> None:
    y = np.zeros((2, 4 * SR), np.float32)
    y[1, SR : 3 * SR] = sine(440.0, SR, 2.0)
    clip = trim_silence(Clip(y, SR))
    assert clip.start_s == pytest.approx(1.0, abs=0.02)
    assert clip.duration_s == pytest.approx(2.0, abs=0.04)


def test_trim_silence_leaves_what_is_quiet_but_within_reach() -> None:
    y = np.concatenate([sine(440.0, SR, 1.0, 0.5 * 10 ** (-40 / 20)), sine(440.0, SR, 1.0, 0.5)])
    assert trim_silence(Clip(y, SR), top_db=60).duration_s == 2.0
    assert trim_silence(Clip(y, SR), top_db=30).duration_s == pytest.approx(1.0, abs=0.02)


def test_silence_is_not_trimmed_to_nothing() -> None:
    for y in (np.zeros(SR, np.float32), np.empty(0, np.float32)):
        with pytest.raises(EmptyAudioError):
            trim_silence(Clip(y, SR))
    with pytest.raises(ParameterError, match="top_db"):
        trim_silence(Clip(np.ones(SR, np.float32), SR), top_db=0)


def test_trim_refuses_what_is_no_excerpt() -> None:
    clip = Clip(np.ones(SR, np.float32), SR)
    for begin_s, end_s in ((-1.0, 1.0), (2.0, 1.0), (1.0, 1.0)):
        with pytest.raises(ParameterError):
            trim(clip, begin_s, end_s)
    with pytest.raises(EmptyAudioError, match=r"lasts 1\.00 s"):
        trim(clip, 5.0)


@pytest.mark.parametrize("lufs", [-30.0, -23.0, -16.0])
def test_normalized_loudness_by_another_meter(rng: np.random.Generator, lufs: float) -> None:
    y = (0.02 * rng.standard_normal((2, 48_000 * 5))).astype(np.float32)
    out = normalize_loudness(Clip(y, 48_000), lufs, peak_db=0.0)
    meter = pyloudnorm.Meter(48_000, filter_class="DeMan")
    assert meter.integrated_loudness(out.y.T.astype(np.float64)) == pytest.approx(lufs, abs=0.1)


def test_the_peak_guard_holds_the_gain_back() -> None:
    y = np.zeros(5 * SR, np.float32)
    y[::SR] = 0.5
    y += sine(440.0, SR, 5.0, 0.001)
    out = normalize_loudness(Clip(y, SR), -10.0, peak_db=-1.0)
    assert 20 * np.log10(np.abs(out.y).max()) == pytest.approx(-1.0, abs=1e-3)
    assert loudness(out) < -10.0


def test_silence_has_no_loudness_to_set() -> None:
    with pytest.raises(DataError, match="silent"):
        normalize_loudness(Clip(np.zeros(SR, np.float32), SR))
    with pytest.raises(ParameterError, match="-70 to 0"):
        normalize_loudness(Clip(np.ones(SR, np.float32), SR), 3.0)


def test_denoise_turns_noise_down_and_keeps_the_sound(rng: np.random.Generator) -> None:
    noise = (0.01 * rng.standard_normal(4 * SR)).astype(np.float32)
    tone = np.zeros(4 * SR, np.float32)
    tone[SR : 3 * SR] = sine(1000.0, SR, 2.0, 0.3)
    out = denoise(Clip(np.stack([tone + noise, noise]), SR))
    assert out.y.shape == (2, 4 * SR)
    quiet, loud = out.y[0, : SR // 2], out.y[0, 3 * SR // 2 : 5 * SR // 2]
    assert 20 * np.log10(quiet.std() / noise[: SR // 2].std()) < -12
    assert loud.std() == pytest.approx(0.3 / np.sqrt(2), rel=0.03)
    error = (out.y[0] - tone)[3 * SR // 2 : 5 * SR // 2]
    assert error.std() < 0.5 * noise.std()


@pytest.mark.parametrize("n", [1, 100, 5000])
def test_denoise_of_short_sound_keeps_its_length(n: int) -> None:
    assert denoise(Clip(np.ones(n, np.float32), SR)).n_samples == n


def test_denoise_parameters() -> None:
    with pytest.raises(ParameterError):
        denoise(Clip(np.ones(SR, np.float32), SR), noise_quantile=0.0)
    with pytest.raises(EmptyAudioError):
        denoise(Clip(np.empty(0, np.float32), SR))


def test_write_wav(tmp_path: Path) -> None:
    path = write_wav(Clip(np.array([2.0, -2.0, 0.5], np.float32), SR), tmp_path / "new" / "a.wav")
    assert soundfile.info(path).subtype == "PCM_16"
    assert np.abs(decode(path).y) == pytest.approx([1.0, 1.0, 0.5], abs=2**-14)
    with pytest.raises(ParameterError, match="exists"):
        write_wav(Clip(np.zeros(3, np.float32), SR), path)
    write_wav(Clip(np.zeros(3, np.float32), SR), path, force=True)
    assert not decode(path).y.any()
    with pytest.raises(EmptyAudioError):
        write_wav(Clip(np.empty(0, np.float32), SR), tmp_path / "b.wav")
    with pytest.raises(ParameterError, match="PCM_16"):
        write_wav(Clip(np.zeros(3, np.float32), SR), tmp_path / "b.wav", subtype="MP3")
    with pytest.raises(DataError, match="cannot be written"):
        write_wav(Clip(np.zeros(3, np.float32), SR), path / "b.wav")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.wav", "new"]
