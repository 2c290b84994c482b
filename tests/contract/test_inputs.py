"""What holds for every registered input; registering one enrols it here."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tunelens.audio import Clip, decode, write_wav
from tunelens.base.errors import EmptyAudioError, ParameterError
from tunelens.base.settings import Settings
from tunelens.models import BACKBONES
from tunelens.models.inputs import INPUTS, Input, parse_input
from tunelens.services.hear import HearOptions, hear

SR = 22050
OF_SOUND = [name for name in INPUTS if name != "table"]
HEARD = ("waveform", "descriptors", "mfcc", "timbre", "tags", "embedding", "hearing", "mfcc+tags")


def ready(name: str) -> Input:
    found = parse_input(name)
    missing = [net for net in found.nets if not BACKBONES[net].available(Settings.from_env())]
    if missing:
        pytest.skip(f"the nets {missing} are not on this machine")
    return found


def music(seconds: float, sr: int = SR, channels: int = 1) -> Clip:
    rng = np.random.default_rng(3)
    t = np.arange(int(seconds * sr)) / sr
    y = np.sin(2 * np.pi * 220 * t) * np.exp(-6 * (t % 0.5)) + 0.02 * rng.standard_normal((channels, t.size))
    return Clip((0.5 * (y[0] if channels == 1 else y)).astype(np.float32), sr)


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tunelens.models.inputs import INPUTS; print(len(list(INPUTS)));"
        "print([m for m in sys.modules if m.split('.')[0] in ('sklearn', 'torch', 'onnxruntime')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(INPUTS)), "[]"]


@pytest.mark.parametrize("name", list(INPUTS))
def test_says_what_it_is(name: str) -> None:
    found = INPUTS[name]
    assert (found.name, bool(found.summary), bool(found.version)) == (name, True, True)
    assert len(set(found.names)) == len(found.names)
    assert bool(found.names) == (name != "table")
    assert pickle.loads(pickle.dumps(found)).names == found.names  # it travels to worker processes


@pytest.mark.parametrize("name", OF_SOUND)
def test_shape_type_and_determinism(name: str) -> None:
    heard = ready(name)
    one, two = heard.of_clip(music(4.0)), heard.of_clip(music(4.0))
    assert one.dtype == np.float32
    assert one.shape[-1] == len(heard.names)
    assert one.ndim == (1 if heard.kind == "vector" else 2)
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", OF_SOUND)
@pytest.mark.parametrize("seconds", [0.05, 35.0])
def test_any_length_gives_one_shape(name: str, seconds: float) -> None:
    heard = ready(name)
    assert heard.of_clip(music(seconds)).shape == heard.of_clip(music(2.0)).shape


@pytest.mark.parametrize("name", OF_SOUND)
def test_silence_is_no_error_and_nothing_is_one(name: str) -> None:
    heard = ready(name)
    assert not np.isinf(heard.of_clip(Clip(np.zeros(SR, np.float32), SR))).any()
    with pytest.raises(EmptyAudioError):
        heard.of_clip(Clip(np.zeros(0, np.float32), SR))


@pytest.mark.parametrize("name", OF_SOUND)
def test_a_file_is_as_its_clip(name: str, tmp_path: Path) -> None:
    path = tmp_path / "歌.wav"
    write_wav(music(6.0, 44100, channels=2), path)
    heard = ready(name)
    whole = heard.of_clip(decode(path))
    np.testing.assert_allclose(heard.of_file(path), whole, rtol=2e-3, atol=2e-3 * np.nanmax(np.abs(whole)))
    part = heard.of_clip(decode(path, offset_s=1.0, duration_s=3.0))
    excerpt = heard.of_file(path, 1.0, 4.0)
    np.testing.assert_allclose(excerpt, part, rtol=5e-3, atol=2e-3 * np.nanmax(np.abs(part)))


def test_sound_has_no_columns() -> None:
    with pytest.raises(ParameterError, match="reads columns"):
        INPUTS["table"].of_clip(music(1.0))


@pytest.fixture(scope="module")
def analyses(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> list:
    """Nine real seconds of two recordings."""
    ready("hearing")
    folder = tmp_path_factory.mktemp("real")
    found = []
    for source in (
        sorted((data_dir / "songs").glob("*.mp3"))[0],
        sorted((data_dir / "emotify").glob("*.opus"))[0],
    ):
        path = write_wav(decode(source, offset_s=3, duration_s=9), folder / f"{source.stem}.wav")
        found.append(hear(path, HearOptions()))
    return found


@pytest.mark.parametrize("name", HEARD)
def test_what_analyze_heard_is_what_the_clip_gives(name: str, analyses: list) -> None:
    heard = parse_input(name)
    for analysis in analyses:
        taggings = {tagging.model: tagging for tagging in analysis.taggings}
        of_heard = heard.of_heard(analysis.descriptors, taggings)
        np.testing.assert_array_equal(of_heard, heard.of_file(analysis.path))
        of_clip = heard.of_clip(decode(analysis.path))
        spread = np.maximum(np.abs(of_clip), 0.05 * np.nanmax(np.abs(of_clip)))
        assert np.nanmax(np.abs(of_heard - of_clip) / spread) < 0.02


def test_a_third_net_is_heard_with_when_it_is_asked_for(analyses: list, tmp_path: Path) -> None:
    heard = ready("embedding+texture")
    assert heard.nets == ("MSD_musicnn", "MTT_musicnn", "MSD_vgg")
    assert heard.of_heard(analyses[0].descriptors, {t.model: t for t in analyses[0].taggings}) is None
    path = write_wav(music(7.0), tmp_path / "曲.wav")
    analysis = hear(path, HearOptions(models=heard.nets, bundles=()))
    of_heard = heard.of_heard(analysis.descriptors, {t.model: t for t in analysis.taggings})
    np.testing.assert_array_equal(of_heard, heard.of_file(path))


def test_without_a_net_that_heard_there_is_nothing(analyses: list) -> None:
    one = {tagging.model: tagging for tagging in analyses[0].taggings[:1]}
    assert parse_input("tags").of_heard(analyses[0].descriptors, one) is None
    assert parse_input("mfcc+tags").of_heard(analyses[0].descriptors, one) is None
    assert parse_input("logmel").of_heard(analyses[0].descriptors, one) is None
