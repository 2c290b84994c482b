"""The pitch curve and the f0 contour beside known tones and librosa."""

from __future__ import annotations

from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile
import soxr

from tunelens.audio.clip import Clip
from tunelens.base.errors import EmptyAudioError, ParameterError
from tunelens.features import f0, pitch_curve

SR = 22050


def cents(ours: np.ndarray, truth: np.ndarray | float) -> np.ndarray:
    return np.abs(1200 * np.log2(ours / truth))


def test_pitch_curve_is_the_definition(rng: np.random.Generator) -> None:
    y = rng.standard_normal(8000 * 3 + 17).astype(np.float32)
    blocks = np.abs(np.fft.rfft(y[:24000].reshape(3, 8000).astype(float), axis=1))
    truth = [np.mean([(k + 1) * x for k, x in enumerate(block)]) for block in blocks]
    np.testing.assert_allclose(pitch_curve(Clip(y, 16000)), truth, rtol=1e-5)


def test_pitch_curve_of_little_and_of_nothing() -> None:
    assert pitch_curve(Clip(np.ones(1, np.float32), SR)).shape == (1,)
    assert pitch_curve(Clip(np.zeros(16000, np.float32), SR)).tolist() == [0, 0]
    with pytest.raises(EmptyAudioError):
        pitch_curve(Clip(np.zeros(0, np.float32), SR))
    with pytest.raises(ParameterError, match="block"):
        pitch_curve(Clip(np.zeros(9, np.float32), SR), block=1)


TONES = [(hz, sr) for hz in (70.0, 110.0, 261.6, 440.0, 1000.0) for sr in (16000, 22050, 44100)]


@pytest.mark.parametrize(("hz", "sr"), [*TONES, (1900.0, 22050), (1900.0, 44100)])
def test_f0_of_a_harmonic_tone(hz: float, sr: int) -> None:
    t = np.arange(sr) / sr
    y = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 6) if hz * k < sr / 2)
    contour = f0(Clip(np.asarray(y, np.float32), sr))
    inner = slice(5, -5)
    assert np.isfinite(contour.f0_hz[inner]).all()
    assert cents(contour.f0_hz[inner], hz).max() < 10
    assert contour.voiced[inner].min() > 0.5


def test_f0_follows_a_glissando() -> None:
    t = np.arange(SR * 4) / SR
    hz = 110 * 2 ** (t / 2)
    y = np.sin(2 * np.pi * np.cumsum(hz) / SR) + 0.5 * np.sin(4 * np.pi * np.cumsum(hz) / SR)
    contour = f0(Clip(y.astype(np.float32), SR))
    truth = 110 * 2 ** (contour.times_s / 2)
    assert cents(contour.f0_hz, truth)[5:-5].max() < 20


def test_f0_finds_a_missing_fundamental() -> None:
    t = np.arange(SR) / SR
    y = sum(np.sin(2 * np.pi * 200 * k * t) for k in (3, 4, 5))
    assert np.nanmedian(f0(Clip(np.asarray(y, np.float32), SR)).f0_hz) == pytest.approx(200, rel=0.01)


def test_silence_and_noise_have_no_pitch(rng: np.random.Generator) -> None:
    silence = f0(Clip(np.zeros(SR, np.float32), SR))
    assert np.isnan(silence.f0_hz).all()
    assert (silence.voiced == 0).all()
    noise = f0(Clip(rng.standard_normal(SR).astype(np.float32), SR))
    assert np.isnan(noise.f0_hz).mean() > 0.9


def test_tone_then_silence_is_voiced_then_not() -> None:
    t = np.arange(SR) / SR
    y = np.concatenate([np.sin(2 * np.pi * 220 * t), np.zeros(SR)]).astype(np.float32)
    contour = f0(Clip(y, SR, start_s=5.0))
    assert contour.times_s[0] == 5.0
    voiced = np.isfinite(contour.f0_hz)
    assert voiced[3:38].all()
    assert not voiced[50:].any()


@pytest.mark.parametrize("n", [1, 2, 100, 3000])
def test_f0_of_short_clips(n: int) -> None:
    contour = f0(Clip(np.full(n, 0.1, np.float32), SR))
    assert contour.f0_hz.shape == contour.times_s.shape == contour.voiced.shape == (1 + n // 512,)


@pytest.mark.parametrize(("fmin", "fmax"), [(5.0, 100.0), (200.0, 100.0), (float("nan"), 100.0)])
def test_f0_range_is_checked(fmin: float, fmax: float) -> None:
    with pytest.raises(ParameterError, match="fmin"):
        f0(Clip(np.zeros(SR, np.float32), SR), fmin=fmin, fmax=fmax)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "overlap", "same"),
    [("sorohanro_-_solo-trumpet-06.ogg", 0.8, 0.95), ("198-209-0000.ogg", 0.5, 0.85)],
)
def test_f0_beside_pyin_on_real_sound(data_dir: Path, name: str, overlap: float, same: float) -> None:
    y, sr = soundfile.read(data_dir / "clips" / name, dtype="float32", frames=44100 * 3, always_2d=True)
    y = soxr.resample(y.mean(axis=1), sr, SR).astype(np.float32)
    theirs, is_voiced, _ = librosa.pyin(y, fmin=65.4, fmax=2093.0, sr=SR)
    ours = f0(Clip(y, SR)).f0_hz
    both = is_voiced & np.isfinite(ours)
    assert both.sum() > overlap * is_voiced.sum()
    assert (cents(ours[both], theirs[both]) < 50).mean() > same
