"""`structure`: parts of a file by sound, by a net and by notes, and the picture of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np
import pytest
from PIL import Image
from tests.sounds import write

from tunelens.base.errors import (
    DataError,
    MissingDependencyError,
    ParameterError,
    UnknownNameError,
)
from tunelens.base.language import language
from tunelens.models import BACKBONES
from tunelens.models.ear import Ear, Hearing
from tunelens.models.patches import Cut
from tunelens.services.structure import structure

SR = 22050
PART_S = 10.0


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Three parts, of which the first and the last are one: chords of their own, and a beat."""
    t = np.arange(int(SR * PART_S)) / SR

    def part(*hz: float) -> np.ndarray:
        return sum(0.2 * np.sin(2 * np.pi * one * t) for one in hz) * np.exp(-4 * (t % 0.5))

    a, b = part(262, 330, 392), part(220, 277, 370, 1400)
    return write(tmp_path / "歌.wav", np.concatenate([a, b, a]).astype(np.float32), SR)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A B A C of eight seconds each, exactly."""
    rng = np.random.default_rng(3)
    melodies = {letter: rng.integers(50, 80, 16) for letter in "ABC"}
    track = mido.MidiTrack()
    for letter in "ABAC":
        for note in [int(one) for one in melodies[letter]] * 2:
            track += [mido.Message("note_on", note=note), mido.Message("note_off", note=note, time=240)]
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(track)
    file.save(tmp_path / "谱.mid")
    return tmp_path / "谱.mid"


@pytest.mark.parametrize("of", ["chroma", "both"])
def test_the_parts_of_a_song(song: Path, of: str) -> None:
    found = structure(song, of)
    assert found.structure.form == "A B A"
    np.testing.assert_allclose(found.structure.boundaries_s, [10, 20], atol=1.0)
    body = json.loads(json.dumps(found.to_dict()))
    assert (body["of"], body["metric"], body["out"]) == (of, "cosine", None)
    last = round(found.structure.segments[2].start_s, 3)
    assert [one["start_s"] for one in body["repeats"]["A"]] == [0.0, last]
    assert len(body["novelty"]["values"]) == len(body["novelty"]["times_s"]) == found.structure.ssm.n


def test_the_parts_of_notes_are_exact(notes: Path) -> None:
    found = structure(notes, "midi")
    assert found.structure.form == "A B A C"
    np.testing.assert_allclose(found.structure.boundaries_s, [8, 16, 24], atol=0.4)
    assert found.structure.ssm.metric == "euclidean"


@pytest.mark.parametrize("suffix", [".png", ".svg", ".html"])
def test_the_picture(song: Path, tmp_path: Path, suffix: str) -> None:
    with language("zh"):
        out = structure(song, "chroma", out=tmp_path / f"图{suffix}").out
    assert out is not None
    if suffix == ".png":
        with Image.open(out) as picture:
            assert picture.size[1] > picture.size[0] > 900
    else:
        assert "<svg" in out.read_text("utf-8")
    with pytest.raises(ParameterError, match="exists"):
        structure(song, out=out)


def test_notes_are_drawn_above_their_structure(notes: Path, tmp_path: Path) -> None:
    assert structure(notes, "midi", out=tmp_path / "a.png").out


@pytest.fixture
def net() -> Iterator[None]:
    """A net whose embedding is the spectrum of a patch."""

    def hear(patches: np.ndarray) -> dict[str, np.ndarray]:
        spectrum = np.log1p(np.abs(np.fft.rfft(patches, axis=1))[:, :800:8]).astype(np.float32)
        return {"scores": np.zeros((len(patches), 1), np.float32), "spectrum": spectrum}

    class Net:
        name = "spectrum"

        def listener(self, n_patches: int | None, settings: object) -> Ear:  # noqa: ARG002
            return Ear(Hearing("spectrum", "1", ("music",), Cut(SR, SR, SR), hear), n_patches)

    BACKBONES.register("spectrum", Net())  # type: ignore[arg-type]
    yield
    BACKBONES.unregister("spectrum")


def test_what_a_net_hears_has_parts_too(song: Path, tmp_path: Path, net: None) -> None:
    found = structure(song, "embedding", model="spectrum", out=tmp_path / "a.png")
    assert found.structure.ssm.n == 30
    assert found.structure.form == "A B A"
    np.testing.assert_allclose(found.structure.boundaries_s, [10, 20], atol=1.0)


def test_what_cannot_be_is_refused(song: Path, notes: Path, tmp_path: Path, home: Path) -> None:
    with pytest.raises(UnknownNameError, match="chrome"):
        structure(song, "chrome")
    with pytest.raises(ParameterError, match="bmp"):
        structure(song, out=tmp_path / "a.bmp")
    with pytest.raises(DataError, match="not a MIDI file"):
        structure(song, "midi")
    with pytest.raises(ParameterError, match="no sound"):
        structure(notes, "both")
    with pytest.raises(UnknownNameError):
        structure(song, "embedding", model="nobody")
    with pytest.raises(MissingDependencyError):
        structure(song, "embedding")


def test_real_songs_have_parts(data_dir: Path) -> None:
    """The loud entry of the pop song at 0:33 is heard by anybody."""
    found = structure(data_dir / "songs" / "pop_music.mp3").structure
    assert np.abs(found.boundaries_s - 33.3).min() < 1.5
    assert 3 <= len(found.segments) <= 12


def test_notes_are_not_taken_for_sound(notes: Path) -> None:
    with pytest.raises(ParameterError, match="no sound") as caught:
        structure(notes)
    assert "--of midi" in (caught.value.hint or "")
