"""`tunelens hook` and `tunelens structure` as a person at a terminal sees them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tunelens.audio import Clip
from tunelens.audio.write import write_wav

SR = 22050


@pytest.fixture
def song(home: Path) -> Path:
    """A B A of eight seconds each, with a beat."""
    t = np.arange(SR * 8) / SR
    a, b = (
        sum(np.sin(2 * np.pi * hz * t) for hz in chord) for chord in ((262, 330, 392), (220, 277, 370, 1400))
    )
    y = 0.2 * np.concatenate([a, b, a]) * np.exp(-6 * (np.arange(3 * len(t)) / SR % 0.5))
    return write_wav(Clip(y.astype(np.float32), SR), home / "music" / "副歌 \x1b[2J.wav")


def test_hooks_are_cut_told_of_and_kept(tunelens, song):
    (song.parent / "broken.mp3").write_text("no music")
    ran = tunelens("hook", "music", "--out", "钩", "--duration", 6, "--sr", 16000, "--jobs", 1)
    assert ran.code == 1
    assert "broken.mp3" in ran.err and "1 cut, 0 there already, 1 failed" in ran.err
    assert "sounds 2 times" in ran.out and "begins on a beat (120 BPM)" in ran.out
    assert "\x1b[2J" not in ran.out + ran.err
    cut = next((song.parents[1] / "钩").glob("*.wav"))
    info = soundfile.info(cut)
    assert (info.samplerate, info.channels, info.duration) == (16000, 1, pytest.approx(6.0, abs=0.01))
    again = tunelens("hook", song, "--out", "钩", "--duration", 6, "--sr", 16000, "--json")
    assert again.code == 0 and again.objects[0]["result"]["kept"]
    result = again.objects[0]["result"]
    assert (result["how"], result["repeats"], len(result["occurrences_s"])) == ("repeated", 2, 2)


def test_one_song_becomes_the_file_that_is_named(tunelens, song):
    ran = tunelens("hook", song, "--out", "一.wav", "--duration", 6, "--json")
    assert ran.code == 0, ran.err
    assert soundfile.info(song.parents[1] / "一.wav").duration == pytest.approx(6.0, abs=0.01)
    assert "exists" in tunelens("hook", song, "--out", "一.wav").err


def test_parts_are_told_and_drawn(tunelens, song):
    ran = tunelens("structure", song, "--of", "chroma", "--out", "图.svg")
    assert ran.code == 0, ran.err
    assert "form: A B A" in ran.out and "again at" in ran.out
    assert "<svg" in (song.parents[1] / "图.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["structure", "none.wav"], 3, "none.wav"),
        (["structure", "music", "--of", "chrome"], 2, "chroma"),
        (["hook", "none.wav"], 3, "does not exist"),
        (["hook", "music", "--duration", "0"], 2, "duration"),
        (["hook", "music", "--out", "one.wav"], 2, "several songs need a folder"),
    ],
)
def test_what_cannot_be_done_is_said(tunelens, song, words, code, message):
    ran = tunelens(*words)
    assert ran.code == code
    assert message in ran.err
