from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tunelens.audio import Clip, decode
from tunelens.base.errors import DataError, EmptyAudioError
from tunelens.features import DESCRIPTORS_VERSION, WAVEFORM_NAMES, Descriptors, describe_clip

SR = 22050


@pytest.fixture(scope="module")
def song(data_dir) -> Clip:
    return decode(data_dir / "songs" / "country_music.mp3", duration_s=20, offset_s=10)


@pytest.fixture(scope="module")
def described(song) -> Descriptors:
    return describe_clip(song)


def test_everything_is_there(described):
    assert 40 < described.tempo.bpm < 200
    assert described.key.tonic
    assert -30 < described.loudness_lufs < 0
    assert 0 <= described.energy <= 1
    assert 0 <= described.danceability.value <= 1
    assert tuple(described.waveform) == WAVEFORM_NAMES
    assert described.pooled.values.dtype == np.float32
    assert np.isfinite(described.pooled.values).all()


def test_survives_json(described):
    text = json.dumps(described.to_dict(), allow_nan=False)
    back = Descriptors.from_dict(json.loads(text))
    assert back.to_dict() == described.to_dict()
    assert np.array_equal(back.beats_s, described.beats_s)
    assert np.array_equal(back.pooled.values, described.pooled.values)
    assert (back.tempo, back.key, back.danceability) == (
        described.tempo,
        described.key,
        described.danceability,
    )


def test_stereo_of_equal_channels_is_mono(song, described):
    mono = song.mono()
    stereo = describe_clip(Clip(np.stack([mono.y, mono.y]), song.sr))
    alone = describe_clip(mono)
    assert stereo.tempo == alone.tempo
    assert stereo.key == alone.key
    assert stereo.loudness_lufs == pytest.approx(alone.loudness_lufs + 10 * math.log10(2), abs=1e-3)


@pytest.mark.parametrize("gain", [0.02, 0.3, 3.0])
def test_gain_moves_loudness_only(song, described, gain):
    louder = describe_clip(song.with_y(song.y * np.float32(gain)))
    assert louder.tempo.bpm == pytest.approx(described.tempo.bpm, rel=1e-4)
    assert louder.key.tonic == described.key.tonic
    assert louder.key.confidence == pytest.approx(described.key.confidence, abs=0.01)
    assert louder.danceability.exponent == pytest.approx(described.danceability.exponent, rel=1e-3)
    assert louder.loudness_lufs == pytest.approx(described.loudness_lufs + 20 * math.log10(gain), abs=0.05)
    assert louder.loudness_range_lu == pytest.approx(described.loudness_range_lu, abs=0.1)
    assert np.abs(louder.beats_s - described.beats_s).max() < 0.03


def test_a_delay_moves_the_beats_only(song, described):
    delay_s = 3 * 2048 / SR  # whole frames, so that the same samples meet in each of them
    silence = np.zeros((*song.y.shape[:-1], round(delay_s * song.sr)), np.float32)
    later = describe_clip(song.with_y(np.concatenate([silence, song.y], axis=-1)))
    assert later.duration_s == pytest.approx(described.duration_s + delay_s, abs=1e-3)
    assert later.tempo.bpm == pytest.approx(described.tempo.bpm, rel=0.005)
    assert (later.key.tonic, later.key.mode) == (described.key.tonic, described.key.mode)
    assert later.loudness_lufs == pytest.approx(described.loudness_lufs, abs=0.05)
    assert later.energy == pytest.approx(described.energy, abs=0.02)
    nearest = np.abs(later.beats_s[:, None] - (described.beats_s + delay_s)).min(axis=1)
    assert np.mean(nearest < 0.03) > 0.9


def test_louder_is_not_calmer(song):
    energies = [describe_clip(song.with_y(song.y * np.float32(gain))).energy for gain in (0.05, 0.3, 1.0)]
    assert energies == sorted(energies)


def test_two_runs_agree(song, described):
    assert describe_clip(song).to_dict() == described.to_dict()


def test_silence_is_told_as_silence():
    body = describe_clip(Clip(np.zeros((2, SR * 6), np.float32), SR)).to_dict()
    json.dumps(body, allow_nan=False)
    assert body["tempo"]["bpm"] is None
    assert body["key"]["reason"] == "silence"
    assert body["danceability"]["reason"] == "silence"
    assert body["loudness_lufs"] is body["loudness_range_lu"] is body["dynamic_complexity_db"] is None
    assert body["energy"] == 0
    assert body["beats_s"] == []


@pytest.mark.parametrize("n", [1, 2, 100, 3000])
@pytest.mark.parametrize("sr", [8000, 44100])
def test_tiny_clips_are_described(n, sr, rng):
    body = describe_clip(Clip(rng.normal(0, 0.1, n).astype(np.float32), sr)).to_dict()
    json.dumps(body, allow_nan=False)
    assert body["tempo"]["reason"] == "shorter than 4 s"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_broken_samples_are_an_error(value):
    with pytest.raises(DataError, match="samples"):
        describe_clip(Clip(np.full(5000, value, np.float32), SR))


def test_no_samples_are_an_error():
    with pytest.raises(EmptyAudioError):
        describe_clip(Clip(np.zeros(0, np.float32), SR))


def test_another_version_is_not_read(described):
    body = described.to_dict() | {"version": DESCRIPTORS_VERSION + 1}
    with pytest.raises(DataError, match="version"):
        Descriptors.from_dict(body)


@pytest.mark.parametrize(
    "damage", [{"tempo": None}, {"key": {}}, {"pooled": 3}, {"energy": "loud"}, {"beats_s": [[]]}]
)
def test_damaged_descriptors_are_an_error(described, damage):
    with pytest.raises(DataError, match="no descriptors"):
        Descriptors.from_dict(described.to_dict() | damage)


def test_missing_field_is_an_error(described):
    body = described.to_dict()
    del body["loudness_lufs"]
    with pytest.raises(DataError, match="loudness_lufs"):
        Descriptors.from_dict(body)


@pytest.mark.parametrize("sr", [8000, 11025, 48000, 192_000])
def test_tempo_at_other_rates(clicks, sr):
    from tunelens.audio import resample

    found = describe_clip(resample(clicks(110, 12.0), sr))
    assert found.tempo.bpm == pytest.approx(110, rel=0.01)
    assert found.duration_s == pytest.approx(12, abs=0.01)


@pytest.mark.parametrize("n_channels", [3, 8])
def test_many_channels(clicks, n_channels):
    mono = clicks(110, 8.0)
    found = describe_clip(Clip(np.tile(mono.y, (n_channels, 1)), mono.sr))
    assert found.tempo.bpm == pytest.approx(110, rel=0.01)
    assert found.peak == pytest.approx(float(np.abs(mono.y).max()))


def test_sounds_that_are_no_music_are_described_without_harm(data_dir):
    for path in sorted((data_dir / "noise").glob("*_1.ogg")):
        body = describe_clip(decode(path)).to_dict()
        json.dumps(body, allow_nan=False)
        assert body["tempo"]["bpm"] is not None or body["tempo"]["reason"] == "no pulse", path.name
        assert (body["key"]["tonic"] is None) == (body["key"]["reason"] is not None), path.name
