"""`listen`: the windows are the recording, and the measurements are of all of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.sounds import encode, sine, write

from tunelens.audio import decode, integrated_lufs, listen, loudness
from tunelens.base.errors import ParameterError

SR = 44100


@pytest.fixture
def song(tmp_path: Path, rng: np.random.Generator) -> Path:
    y = np.stack([sine(440.0, SR, 14.0), sine(220.0, SR, 14.0)])
    y += (0.05 * rng.standard_normal(y.shape)).astype(np.float32)
    return write(tmp_path / "song.flac", y, SR)


def test_one_window_is_decode(song: Path) -> None:
    listening = listen(song)
    (window,) = listening
    expected = decode(song, sr=22050, mono=True)
    assert window.clip.sr == 22050
    assert window.is_last
    np.testing.assert_allclose(window.clip.y, expected.y, atol=1e-5)
    assert listening.duration_s == pytest.approx(14.0)
    assert window.peak == np.abs(decode(song).y).max()
    assert integrated_lufs(window.loudness_powers) == pytest.approx(loudness(decode(song)), abs=1e-3)


def test_windows_join_without_a_seam(song: Path) -> None:
    (whole,) = listen(song)
    windows = list(listen(song, window_s=3.0))
    assert [w.clip.n_samples for w in windows[:-1]] == [64_000] * (len(windows) - 1)
    assert len(windows) == 5
    assert [w.is_last for w in windows] == [False] * 4 + [True]
    np.testing.assert_array_equal(np.concatenate([w.clip.y for w in windows]), whole.clip.y)
    np.testing.assert_array_equal(np.concatenate([w.loudness_powers for w in windows]), whole.loudness_powers)
    np.testing.assert_allclose([w.clip.start_s for w in windows], np.arange(5) * 64_000 / 22050)
    assert max(w.peak for w in windows) == whole.peak


def test_a_recording_of_exactly_one_window_is_one_window(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", sine(440.0, 22050, 128_000 / 22050), 22050)
    assert [w.clip.n_samples for w in listen(path, window_s=3.0)] == [64_000, 64_000]


def test_excerpt(song: Path) -> None:
    (window,) = listen(song, sr=SR, offset_s=2.0, duration_s=3.0)
    assert window.clip.start_s == 2.0
    np.testing.assert_allclose(window.clip.y, decode(song, mono=True).y[2 * SR : 5 * SR], atol=1e-6)


def test_longest_duration_is_a_warning_not_an_error(song: Path) -> None:
    listening = listen(song, max_duration_s=5.0)
    assert sum(w.clip.duration_s for w in listening) == pytest.approx(5.0, abs=0.01)
    assert listening.warnings == ("long: only the first 5 s were heard",)
    full = listen(song, max_duration_s=60.0)
    list(full)
    assert full.warnings == ()


def test_wrong_parameters(song: Path) -> None:
    for wrong in ({"sr": 10}, {"window_s": 0.0}, {"offset_s": -1.0}, {"max_duration_s": 0.0}):
        with pytest.raises(ParameterError):
            listen(song, **wrong)


PEAK_MB = """
import re, sys
from tunelens.audio import listen
n = sum(w.clip.n_samples for w in listen(sys.argv[1], window_s=float(sys.argv[2])))
print(n / 22050, int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def peak_mb(path: Path, window_s: float) -> tuple[float, float]:
    result = subprocess.run(
        [sys.executable, "-c", PEAK_MB, str(path), str(window_s)], capture_output=True, text=True, check=True
    )
    seconds, megabytes = map(float, result.stdout.split())
    return seconds, megabytes


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
@pytest.mark.parametrize("suffix", ["flac", "m4a"])
def test_memory_does_not_grow_with_length(tmp_path: Path, suffix: str) -> None:
    maker = encode if suffix == "m4a" else write
    minute = np.tile(sine(440.0, 8000, 1.0), 60)
    short = maker(tmp_path / f"short.{suffix}", minute, 8000)
    long = maker(tmp_path / f"long.{suffix}", np.tile(minute, 20), 8000)
    base = peak_mb(short, 30.0)[1]
    seconds, peak = peak_mb(long, 30.0)
    assert seconds == pytest.approx(1200.0, abs=0.2)
    # All of it would be 106 MB more, as float32.
    assert peak < base + 30
