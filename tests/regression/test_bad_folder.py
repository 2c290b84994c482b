"""The whole zoo in one folder, heard by the command line: nothing is hidden and nothing is made up."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.sounds import encode, sine, write

from tunelens.audio import probe
from tunelens.base.errors import TunelensError
from tunelens.library.identity import text_to_path

SR = 22050
HEARD, EMPTY, NO_AUDIO, UNREADABLE = "heard", "empty_audio", "decode", "audio"
EXPECTED = {
    "empty.mp3": EMPTY,
    "text.mp3": NO_AUDIO,
    "cut.mp3": HEARD,
    "cut.flac": HEARD,
    "cut.m4a": NO_AUDIO,
    "lie.wav": HEARD,
    "zero samples.wav": EMPTY,
    "silence.wav": HEARD,
    "nan.wav": NO_AUDIO,
    "inf.wav": NO_AUDIO,
    "one sample.wav": HEARD,
    "eight channels.wav": HEARD,
    "wrong.mp3": HEARD,
    "x.mp3/inside.wav": HEARD,
    "loop a.wav": UNREADABLE,
    "loop b.wav": UNREADABLE,
    "两只老虎 🎵.wav": HEARD,
    "caf//dce9.wav": HEARD,
}


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zoo")
    rng = np.random.default_rng(5)
    tone, noise = sine(440.0, SR, 5.0), (0.1 * rng.standard_normal((2, 10 * SR))).astype(np.float32)
    (folder / "empty.mp3").touch()
    (folder / "text.mp3").write_text("To be, or not to be, that is the question.\n" * 500)
    for name, maker in (("cut.mp3", write), ("cut.flac", write), ("cut.m4a", encode)):
        whole = maker(folder / name, noise, SR).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])
    _write_lie(folder / "lie.wav", tone)
    write(folder / "zero samples.wav", np.empty((1, 0), np.float32), SR)
    write(folder / "silence.wav", np.zeros(5 * SR, np.float32), SR)
    for value in (np.nan, np.inf):
        broken = tone.copy()
        broken[SR] = value
        write(folder / f"{value}.wav", broken, SR, "FLOAT")
    soundfile.write(folder / "one sample.wav", np.array([0.5], np.float32), SR)
    write(folder / "eight channels.wav", np.stack([tone] * 8), SR)
    write(folder / "w.wav", tone, SR).rename(folder / "wrong.mp3")
    (folder / "x.mp3").mkdir()
    write(folder / "x.mp3" / "inside.wav", tone, SR)
    (folder / "x.mp3" / "up").symlink_to(folder)
    (folder / "loop a.wav").symlink_to(folder / "loop b.wav")
    (folder / "loop b.wav").symlink_to(folder / "loop a.wav")
    write(folder / "两只老虎 🎵.wav", tone, SR)
    write(folder / "c.wav", tone, SR).rename(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.wav"))
    return folder


def probed(path: Path) -> str:
    try:
        return HEARD if probe(path).sr == SR else "another rate"
    except TunelensError as error:
        return error.code


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any byte")
def test_every_file_can_be_probed_or_is_refused_alike(zoo: Path) -> None:
    told = {name: probed(zoo / text_to_path(name)) for name in EXPECTED}
    later = {"nan.wav": HEARD, "inf.wav": HEARD}  # a probe reads the beginning, and the damage lies after it
    assert told == EXPECTED | later


def _write_lie(path: Path, tone: np.ndarray) -> None:
    data = bytearray(write(path, tone, SR, "PCM_16").read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", 0x7FFFFF00)
    path.write_bytes(data)


def analyze(zoo: Path, home: Path) -> tuple[int, dict[str, Any], str]:
    """Exit code, objects by name within the zoo, and what was said."""
    done = subprocess.run(
        [sys.executable, "-m", "tunelens", "analyze", str(zoo), "--no-models", "--json", "--jobs", "2"],
        capture_output=True,
        cwd=home,
        timeout=120,
        check=False,
    )
    objects = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    return (
        done.returncode,
        {o["path"].removeprefix(f"{zoo}/"): o for o in objects},
        done.stderr.decode("utf-8"),
    )


def kind(told: dict[str, Any]) -> str:
    return HEARD if told["ok"] else told["error"]["code"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any byte")
def test_every_file_is_heard_or_refused_by_name(zoo: Path, home: Path) -> None:
    code, told, said = analyze(zoo, home)
    assert {name: kind(one) for name, one in told.items()} == EXPECTED
    assert code == 1
    assert "Traceback" not in said
    for name, one in told.items():
        assert one["ok"] or (name in one["error"]["message"] and one["error"]["hint"] != ""), one
    facts = {name: one["result"] for name, one in told.items() if one["ok"]}
    assert all("promises" in facts[name]["warnings"][0] for name in ("cut.mp3", "cut.flac", "lie.wav"))
    assert facts["lie.wav"]["duration_s"] == pytest.approx(5.0, abs=0.01)
    assert facts["one sample.wav"]["duration_s"] == pytest.approx(1 / SR)
    silence = facts["silence.wav"]["descriptors"]
    assert silence["tempo"]["bpm"] is silence["key"]["tonic"] is silence["loudness_lufs"] is None
    again, told_again, _ = analyze(zoo, home)
    assert (again, {name: kind(one) for name, one in told_again.items()}) == (1, EXPECTED)
