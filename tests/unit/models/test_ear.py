"""Patches: where they lie, what they hold, and that windows leave no trace."""

from __future__ import annotations

from pathlib import Path

import librosa
import numpy as np
import pytest

from tunelens.audio import Clip, resample
from tunelens.base.errors import DataError, EmptyAudioError, ParameterError
from tunelens.base.settings import Settings
from tunelens.models import Tagging, onnx_backbone
from tunelens.models.backbones.musicnn import FEATURES, MSD_TAGS, MTT_TAGS
from tunelens.models.patches import Tape
from tunelens.models.taxonomy import group_of, words

PATCH_S = FEATURES.cut.patch_s


def heard(net: Path, y: np.ndarray, sr: int, n_patches: int | None, window: int | None = None) -> Tagging:
    ear = onnx_backbone(net).listener(n_patches, Settings())
    step = window or len(y)
    for start in range(0, len(y), step):
        ear.add(Clip(y[start : start + step].astype(np.float32), sr, start_s=start / sr))
    return ear.finish()


def test_log_mel_is_librosas(rng: np.random.Generator) -> None:
    y = librosa.chirp(fmin=50, fmax=7500, sr=16000, duration=3).astype(np.float32)
    y += 0.01 * rng.standard_normal(y.size).astype(np.float32)
    mel = librosa.feature.melspectrogram(y=y, sr=16000, n_fft=512, hop_length=256, n_mels=96)
    np.testing.assert_allclose(FEATURES(y), np.log10(10000 * mel + 1).T, atol=2e-4)


def test_patches_are_cut_from_the_spectrogram_of_the_whole(tiny_net: Path, rng: np.random.Generator) -> None:
    y = rng.uniform(-1, 1, 16000 * 10).astype(np.float32) * np.linspace(0, 1, 160000, dtype=np.float32)
    whole = librosa.feature.melspectrogram(y=y, sr=16000, n_fft=512, hop_length=256, n_mels=96)
    expected = np.log10(10000 * whole + 1).T[: 3 * 187].reshape(3, -1).mean(axis=1)
    tagging = heard(tiny_net, y, 16000, None)
    np.testing.assert_allclose(tagging.scores[:, 0], expected, atol=1e-3)
    np.testing.assert_allclose(tagging.times_s, [0, PATCH_S, 2 * PATCH_S], atol=1e-6)


@pytest.mark.parametrize("sr", [8000, 16000, 22050, 44100, 44101])
@pytest.mark.parametrize("n_patches", [2, None])
def test_windows_leave_no_trace(
    tiny_net: Path, rng: np.random.Generator, sr: int, n_patches: int | None
) -> None:
    y = rng.uniform(-0.5, 0.5, int(13.3 * sr))
    whole = heard(tiny_net, y, sr, n_patches)
    for window in (int(0.77 * sr), 5 * sr + 1):
        parts = heard(tiny_net, y, sr, n_patches, window)
        np.testing.assert_array_equal(parts.times_s, whole.times_s)
        np.testing.assert_allclose(
            parts.scores, whole.scores, rtol=1e-6
        )  # batches of other sizes round otherwise


@pytest.mark.parametrize("sr", [8000, 22050, 44101])
def test_a_patch_is_resampled_as_in_the_whole(rng: np.random.Generator, sr: int) -> None:
    clip, cut = Clip(rng.uniform(-0.5, 0.5, 12 * sr).astype(np.float32), sr), FEATURES.cut
    whole = resample(clip, cut.sr).y
    tape = Tape(cut, sr)
    tape.add(clip)
    for index in (1, 2):
        begin = index * cut.step - cut.context
        there = tape.take(index).samples(cut)
        np.testing.assert_allclose(there, whole[begin : begin + cut.length], atol=1e-5)


@pytest.mark.parametrize("minutes", [0.5, 1, 4, 11])
def test_a_few_patches_are_evenly_spaced(tiny_net: Path, minutes: float) -> None:
    n, sr = 6, 8000
    times = heard(tiny_net, np.zeros(int(minutes * 60 * sr)), sr, n).times_s
    spacing = minutes * 60 / n
    ideal = (np.arange(n) + 0.5) * spacing - PATCH_S / 2
    assert times.size == n
    assert np.abs(times - ideal).max() <= max(PATCH_S, 0.5 * spacing)  # each in its own part of the recording


def test_short_sounds_go_round(tiny_net: Path) -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(8000) / 16000)
    short, long = heard(tiny_net, tone, 16000, 4), heard(tiny_net, np.tile(tone, 8), 16000, 1)
    assert short.scores.shape == (1, 2)
    np.testing.assert_allclose(short.scores, long.scores, rtol=0.01)


@pytest.mark.parametrize(
    "y", [np.zeros(1), np.ones(1), np.zeros(48000 * 4), np.ones(48000)], ids=["0", "1", "silence", "dc"]
)
def test_odd_sounds_are_heard(tiny_net: Path, y: np.ndarray) -> None:
    tagging = heard(tiny_net, y, 48000, 3)
    assert len(tagging.scores) == 1
    assert np.isfinite(tagging.scores).all()
    assert (tagging.scores[0, 0] == 0) == (not y.any())


def test_no_samples_and_a_changed_rate_are_errors(tiny_net: Path) -> None:
    ear = onnx_backbone(tiny_net).listener(1, Settings())
    with pytest.raises(EmptyAudioError):
        ear.finish()
    ear.add(Clip(np.zeros(10, np.float32), 8000))
    with pytest.raises(ParameterError, match="sr changed"):
        ear.add(Clip(np.zeros(10, np.float32), 16000))
    with pytest.raises(ParameterError, match="n_patches"):
        onnx_backbone(tiny_net).listener(0, Settings())


def test_taggings_survive_json(tiny_net: Path, rng: np.random.Generator) -> None:
    import json

    tagging = heard(tiny_net, rng.uniform(-1, 1, 60000), 16000, None)
    again = Tagging.from_dict(json.loads(json.dumps(tagging.to_dict())))
    assert again.to_dict() == tagging.to_dict()
    assert again.embeddings["level"].dtype == np.float32


def test_shapes_that_disagree_are_refused() -> None:
    with pytest.raises(DataError):
        Tagging("net", "1", ("a", "b"), np.zeros((2, 3)), np.zeros(2), 3.0)


def test_every_tag_has_exactly_one_group() -> None:
    assert not [tag for tag in (*MSD_TAGS, *MTT_TAGS) if group_of(tag) == "other"]
    listed = [word for _, word in words()]
    assert len(listed) == len(set(listed))
    assert set(listed) == {tag.lower() for tag in (*MSD_TAGS, *MTT_TAGS)}
