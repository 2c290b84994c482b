"""`convert`: whole folders, names kept, nothing lost and nothing overwritten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.sounds import encode, frequency_of, sine, write

from tunelens.audio import Clip, loudness
from tunelens.base.errors import DecodeError, NotFoundError, ParameterError
from tunelens.services.convert import convert

SR = 22050


class Watching:
    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []
        self.total = -1
        self.over = False

    def start(self, total: int, what: str) -> None:
        self.total, self.what = total, what

    def advance(self, item: str, ok: bool = True) -> None:
        self.seen.append((Path(item).name, ok))

    def finish(self) -> None:
        self.over = True


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    (folder / "下" / "deep").mkdir(parents=True)
    write(folder / "a.wav", np.stack([sine(440.0, SR, 2.0)] * 2), SR)
    write(folder / "a.flac", sine(550.0, SR, 2.0), SR)
    write(folder / "下" / "b.c.mp3", sine(660.0, SR, 2.0), SR)
    encode(folder / "下" / "deep" / "d.m4a", sine(770.0, SR, 2.0), SR)
    (folder / "broken.mp3").write_text("no music")
    return folder


def test_a_folder_with_its_tree(music: Path, tmp_path: Path) -> None:
    watching = Watching()
    report = convert([music], tmp_path / "out", progress=watching)
    names = {str(target.relative_to(tmp_path / "out")) for _, target in report.done}
    assert names == {"a.wav.wav", "a.flac.wav", "下/b.c.wav", "下/deep/d.wav"}
    assert [(path.name, type(error)) for path, error in report.failed] == [("broken.mp3", DecodeError)]
    assert (watching.total, watching.what, len(watching.seen), watching.over) == (5, "files", 5, True)
    assert [item for item in watching.seen if not item[1]] == [("broken.mp3", False)]
    pitches = {"a.wav": 440.0, "a.flac": 550.0, "b.c.mp3": 660.0, "d.m4a": 770.0}
    for source, target in report.done:
        info = soundfile.info(target)
        assert (info.samplerate, info.channels, info.subtype) == (16_000, 1, "PCM_16")
        assert info.duration == pytest.approx(2.0, abs=0.1)
        y = soundfile.read(target)[0]
        assert frequency_of(y[4000:28_000], 16_000) == pytest.approx(pitches[source.name], abs=0.2)


def test_nothing_is_overwritten_unasked(music: Path, tmp_path: Path) -> None:
    convert([music], tmp_path / "out")
    again = convert([music], tmp_path / "out")
    assert not again.done
    assert sum("exists" in error.message for _, error in again.failed) == 4
    assert len(convert([music], tmp_path / "out", force=True).done) == 4


def test_a_source_is_never_overwritten(music: Path) -> None:
    (music / "a.flac").unlink()
    before = (music / "a.wav").read_bytes()
    report = convert([music / "a.wav"], music, force=True)
    assert "its own conversion" in report.failed[0][1].message
    assert (music / "a.wav").read_bytes() == before


def test_out_below_the_source_is_not_converted_again(music: Path) -> None:
    first = convert([music], music / "wav")
    second = convert([music], music / "wav", force=True)
    assert len(first.done) == len(second.done) == 4


def test_two_folders_with_the_same_names(tmp_path: Path) -> None:
    for name, pitch in (("one", 440.0), ("two", 660.0)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "a.wav", sine(pitch, SR, 1.0), SR)
    report = convert([tmp_path / "one", tmp_path / "two"], tmp_path / "out")
    assert len({target for _, target in report.done}) == 2


def test_excerpt_channels_and_treatment(tmp_path: Path) -> None:
    y = np.concatenate([np.zeros(SR), sine(440.0, SR, 3.0, 0.1), np.zeros(SR)]).astype(np.float32)
    path = write(tmp_path / "a.wav", np.stack([y, y]), SR)
    (cut,) = convert([path], tmp_path / "cut", begin_s=1.5, end_s=2.0, mono=False, sr=44_100).done
    info = soundfile.info(cut[1])
    assert (info.channels, info.samplerate, info.duration) == (2, 44_100, 0.5)
    (loud,) = convert([path], tmp_path / "loud", trim_silence=True, lufs=-20.0).done
    out, sr = soundfile.read(loud[1], dtype="float32")
    assert out.size / sr == pytest.approx(3.0, abs=0.05)
    assert loudness(Clip(out, sr)) == pytest.approx(-20.0, abs=0.1)


def test_what_a_conversion_lacks_is_said(tmp_path: Path, rng: np.random.Generator) -> None:
    path = write(tmp_path / "a.wav", rng.standard_normal(4 * SR).astype(np.float32) * 0.1, SR)
    path.write_bytes(path.read_bytes()[: 4 * SR])
    report = convert([path], tmp_path / "out")
    assert "promises 4.0 s, 2.0 s" in report.warnings[0][1]


def test_wrong_requests(music: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="is a file"):
        convert([music], music / "a.wav")
    with pytest.raises(ParameterError, match="no excerpt"):
        convert([music], tmp_path / "out", begin_s=3.0, end_s=2.0)
    report = convert([tmp_path / "nowhere"], tmp_path / "out")
    assert isinstance(report.failed[0][1], NotFoundError)
