"""Every feature that librosa has, beside librosa on real audio."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile
import soxr

from tunelens.audio.clip import Clip
from tunelens.features import Frames

SR = 22050
FILES = (
    "clips/147793__setuniman__sweet-waltz-0i-22mi.ogg",
    "clips/198-209-0000.ogg",
    "clips/456440__inspectorj__bird-whistling-robin-single-13.ogg",
    "songs/jazz_music.mp3",
    "songs/metal_music.mp3",
)
TOLERANCE = 1e-3


@dataclass
class Pair:
    """Ours and theirs of the same sound, computed once for all tests of a file."""

    y: np.ndarray

    @cached_property
    def ours(self) -> Frames:
        return Frames(Clip(self.y, SR))

    @cached_property
    def theirs(self) -> dict[str, np.ndarray]:
        y, feature = self.y, librosa.feature
        S = np.abs(librosa.stft(y))
        mfcc = feature.mfcc(y=y, sr=SR)
        chroma = feature.chroma_stft(y=y, sr=SR)
        onset_env = librosa.onset.onset_strength(y=y, sr=SR)
        mel = feature.melspectrogram(y=y, sr=SR)
        return {
            "S": S,
            "power": S**2,
            "times_s": librosa.times_like(S, sr=SR),
            "rms": feature.rms(y=y)[0],
            "zcr": feature.zero_crossing_rate(y)[0],
            "centroid": feature.spectral_centroid(y=y, sr=SR)[0],
            "bandwidth": feature.spectral_bandwidth(y=y, sr=SR)[0],
            "rolloff": feature.spectral_rolloff(y=y, sr=SR)[0],
            "flatness": feature.spectral_flatness(y=y)[0],
            "contrast": feature.spectral_contrast(y=y, sr=SR),
            "mel": mel,
            "mel_db": librosa.power_to_db(mel),
            "mfcc": mfcc,
            "mfcc_delta": feature.delta(mfcc),
            "mfcc_delta2": feature.delta(mfcc, order=2),
            "chroma": chroma,
            "tonnetz": feature.tonnetz(chroma=chroma),
            "onset_env": onset_env,
            "tempogram": feature.tempogram(onset_envelope=onset_env, sr=SR),
        }


@pytest.fixture(scope="module", params=FILES)
def pair(request: pytest.FixtureRequest, data_dir: Path) -> Pair:
    y, sr = soundfile.read(data_dir / request.param, dtype="float32", frames=44100 * 8, always_2d=True)
    return Pair(soxr.resample(y.mean(axis=1), sr, SR).astype(np.float32))


NAMES = (
    "S", "power", "times_s", "rms", "zcr", "centroid", "bandwidth", "rolloff", "flatness", "contrast",
    "mel", "mel_db", "mfcc", "mfcc_delta", "mfcc_delta2", "chroma", "tonnetz", "onset_env", "tempogram",
)  # fmt: skip


@pytest.mark.data
@pytest.mark.parametrize("name", NAMES)
def test_agrees(pair: Pair, name: str) -> None:
    ours, theirs = getattr(pair.ours, name), pair.theirs[name]
    assert ours.shape == theirs.shape
    assert np.linalg.norm(theirs) > 0
    assert np.linalg.norm(ours - theirs) <= TOLERANCE * np.linalg.norm(theirs)


@pytest.mark.data
@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"rolloff"}])
def test_agrees_in_every_frame(pair: Pair, name: str) -> None:
    ours, theirs = getattr(pair.ours, name), pair.theirs[name]
    scale = np.sqrt(np.mean(theirs.astype(float) ** 2))
    assert np.abs(ours - theirs).max() <= 10 * TOLERANCE * scale


@pytest.mark.data
def test_rolloff_is_the_same_bin_save_for_ties(pair: Pair) -> None:
    away = np.abs(pair.ours.rolloff - pair.theirs["rolloff"]) / pair.ours.grid.bin_hz
    assert away.max() <= 1.001
    assert (away > 0.001).mean() <= 0.01


@pytest.mark.data
def test_tuning_is_the_same(pair: Pair) -> None:
    assert pair.ours.tuning == pytest.approx(librosa.estimate_tuning(S=pair.theirs["power"], sr=SR), abs=1e-6)


@pytest.mark.data
@pytest.mark.parametrize(
    "settings", [{"n_fft": 1024, "hop_length": 256}, {"n_fft": 4096, "hop_length": 1000}]
)
def test_agrees_at_other_settings(pair: Pair, settings: dict[str, int]) -> None:
    y = pair.y[: 3 * SR]
    ours = Frames(Clip(y, SR), n_mels=64, n_mfcc=13, fmin=50.0, fmax=8000.0, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        theirs = librosa.feature.mfcc(y=y, sr=SR, n_mels=64, n_mfcc=13, fmin=50.0, fmax=8000.0, **settings)
    assert np.linalg.norm(ours.mfcc - theirs) <= TOLERANCE * np.linalg.norm(theirs)
    rms = librosa.feature.rms(y=y, frame_length=settings["n_fft"], hop_length=settings["hop_length"])[0]
    zcr = librosa.feature.zero_crossing_rate(
        y, frame_length=settings["n_fft"], hop_length=settings["hop_length"]
    )[0]
    np.testing.assert_allclose(ours.rms, rms, rtol=TOLERANCE, atol=1e-7)
    np.testing.assert_allclose(ours.zcr, zcr, rtol=0, atol=1e-6)


@pytest.mark.parametrize("sr", [8000, 44100, 192000])
def test_agrees_at_other_rates(sr: int, rng: np.random.Generator) -> None:
    y = rng.standard_normal(sr).astype(np.float32) * 0.1
    ours = Frames(Clip(y, sr))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # librosa warns of empty mel bands at 192 kHz
        mel = librosa.feature.melspectrogram(y=y, sr=sr)
    np.testing.assert_allclose(ours.mel, mel, rtol=TOLERANCE, atol=1e-6 * mel.max())
    np.testing.assert_allclose(
        ours.centroid, librosa.feature.spectral_centroid(y=y, sr=sr)[0], rtol=TOLERANCE
    )
    if sr > 2 * 6400:
        contrast = librosa.feature.spectral_contrast(y=y, sr=sr)
        assert np.linalg.norm(ours.contrast - contrast) <= TOLERANCE * np.linalg.norm(contrast)
