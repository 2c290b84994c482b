from __future__ import annotations

import numpy as np
import pytest

from tunelens.audio import Clip, decode, resample
from tunelens.features import Key, describe_clip
from tunelens.features.chroma import PITCH_CLASSES
from tunelens.features.key import (
    MODES,
    PROFILES,
    Tones,
    estimate_key,
    key_strengths,
    pitch_classes,
    tonality,
    tuning,
)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tonic", range(12))
def test_key_of_a_cadence(cadence, tonic, mode):
    key = estimate_key(Tones.of(cadence(tonic, mode).y, 22050))
    assert (key.tonic, key.mode) == (PITCH_CLASSES[tonic], mode)
    assert key.confidence > 0.4


@pytest.mark.parametrize("a4_hz", [430.0, 435.0, 440.0, 446.0, 452.0])
def test_tuning_is_found_and_does_not_change_the_key(cadence, a4_hz):
    key = estimate_key(Tones.of(cadence(2, "major", a4_hz).y, 22050))
    assert (key.tonic, key.mode) == ("D", "major")
    assert key.tuning_hz == pytest.approx(a4_hz, abs=1.0)


@pytest.mark.parametrize("a4_hz", [430.0, 452.0])
def test_pitch_classes_are_counted_at_the_tuning_of_the_track(cadence, a4_hz):
    weights = [pitch_classes(Tones.of(cadence(2, "major", hz).y, 22050)) for hz in (440.0, a4_hz)]
    tuned, detuned = (each / each.sum() for each in weights)
    assert detuned == pytest.approx(tuned, abs=0.01)


def test_pure_tone_falls_on_its_pitch_class():
    t = np.arange(22050 * 3) / 22050
    for midi in (48, 57, 69, 81):
        y = np.sin(2 * np.pi * 440 * 2 ** ((midi - 69) / 12) * t).astype(np.float32)
        tones = Tones.of(y, 22050)
        assert np.argmax(pitch_classes(tones)) == midi % 12
        assert tuning(tones) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("mode", MODES)
def test_a_profile_is_closest_to_itself(mode):
    strengths = key_strengths(np.roll(PROFILES[mode], 5))
    assert np.argmax(strengths) == 5 + 12 * MODES.index(mode)
    assert strengths.max() == pytest.approx(1)


@pytest.mark.parametrize("sr", [8000, 16000, 44100, 48000])
def test_key_at_other_rates(cadence, sr):
    clip = resample(cadence(7, "minor"), sr)
    key = estimate_key(Tones.of(clip.y, sr))
    assert (key.tonic, key.mode) == ("G", "minor")


def test_silence_has_no_key():
    assert describe_clip(Clip(np.zeros(22050, np.float32), 22050)).key == Key(
        None, None, 0.0, reason="silence"
    )


def test_noise_has_no_key(rng):
    noise = Clip(rng.normal(0, 0.1, 22050 * 15).astype(np.float32), 22050)
    assert describe_clip(noise).key == Key(None, None, 0.0, reason="nothing tonal")


def test_speech_and_rain_are_not_tonal(data_dir):
    for name in ("clips/198-209-0000.ogg", "clips/3436-172162-0000.ogg", "noise/rain_1.ogg"):
        clip = decode(data_dir / name, sr=22050, mono=True)
        assert estimate_key(Tones.of(clip.y, 22050)).tonic is None, name


def test_sugar_plum_fairy_is_in_e_minor(data_dir):
    """Tchaikovsky's score says so."""
    name = "Kevin_MacLeod_-_P_I_Tchaikovsky_Dance_of_the_Sugar_Plum_Fairy.ogg"
    clip = decode(data_dir / "clips" / name, sr=22050, mono=True)
    key = estimate_key(Tones.of(clip.y, 22050))
    assert (key.tonic, key.mode) == ("E", "minor")


def test_windows_add_up(cadence):
    y = cadence(4, "major").y
    half = 4096 * 20
    joined = Tones.of(y[:half], 22050) + Tones.of(y[half:], 22050)
    assert estimate_key(joined).tonic == "E"
    assert tonality(joined) == pytest.approx(tonality(Tones.of(y, 22050)), abs=0.05)


@pytest.mark.parametrize(
    ("tonic", "mode", "camelot"),
    [("C", "major", "8B"), ("A", "minor", "8A"), ("G", "major", "9B"), ("E", "minor", "9A"),
     ("C#", "minor", "12A"),
     ("F", "major", "7B"), ("G#", "minor", "1A"), ("E", "major", "12B"), ("D#", "minor", "2A")],
)  # fmt: skip
def test_camelot_wheel(tonic, mode, camelot):
    assert Key(tonic, mode, 0.5).camelot == camelot


def test_no_key_has_no_place_on_the_wheel():
    assert Key(None, None, 0.0).camelot is None
