"""The plugin in the real beets: as a command, at import, and in the files."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.conftest import pulse

from tunelens.audio.write import write_wav
from tunelens.base.errors import DecodeError
from tunelens.library.store import Library
from tunelens.services.advice import Advice

beets = pytest.importorskip("beets.library")

CONFIG = """
plugins: [tunelens]
directory: {home}/Music
library: {home}/beets.db
import: {{copy: no, write: {write}, autotag: no}}
tunelens: {{models: no, min_confidence: 0.3, library: {home}/heard.db, auto: {auto}, force: {force}}}
"""


@dataclass
class Beets:
    home: Path

    def configure(self, *, auto: str = "no", write: str = "no", force: str = "no") -> None:
        text = CONFIG.format(home=self.home, auto=auto, write=write, force=force)
        (self.home / "config.yaml").write_text(text, encoding="utf-8")

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"BEETSDIR": str(self.home), "TUNELENS_OFFLINE": "1"}
        command = [sys.executable, "-m", "beets", *words]
        return subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)

    def items(self) -> list[dict[str, object]]:
        made = beets.Library(str(self.home / "beets.db"), str(self.home / "Music"))
        names = ("title", "bpm", "initial_key", "energy", "genres", "mood")
        found = [{name: item.get(name) for name in names} for item in made.items("path+")]
        made._close()
        return found


@pytest.fixture
def beet(home):
    made = Beets(home)
    for name, bpm, hz in (("one", 120, 440), ("两只老虎", 90, 330)):
        write_wav(pulse(bpm, hz, seconds=6), home / "Music" / f"{name}.wav")
    (home / "Music" / "broken.mp3").write_bytes(b"no sound" * 99)
    made.configure()
    return made


def test_the_command_fills_what_is_empty(beet):
    assert beet("import", "-A", "-q", str(beet.home / "Music")).returncode == 0
    pretended = beet("-v", "tunelens", "-p")
    assert pretended.returncode == 0, pretended.stderr
    assert "bpm = 120" in pretended.stderr
    assert [item["bpm"] for item in beet.items()] == [0, 0], "pretend changes nothing"
    done = beet("tunelens")
    assert done.returncode == 0, done.stderr
    assert sorted(round(int(item["bpm"]), -1) for item in beet.items()) == [90, 120]
    assert all(1 <= int(item["energy"]) <= 10 for item in beet.items())
    with Library.open(beet.home / "heard.db", create=False) as library:
        assert library.count() == 2, "what was heard is kept for the next time"
    beet("modify", "-y", "bpm=7")
    beet("tunelens")
    assert [item["bpm"] for item in beet.items()] == [7, 7]
    beet("tunelens", "-f")
    assert sorted(round(int(item["bpm"]), -1) for item in beet.items()) == [90, 120]


def test_what_is_imported_is_heard_and_written(beet):
    beet.configure(auto="yes", write="yes")
    done = beet("import", "-A", "-q", str(beet.home / "Music"))
    assert done.returncode == 0, done.stderr
    assert sorted(round(int(item["bpm"]), -1) for item in beet.items()) == [90, 120]
    assert not (beet.home / "heard.db").exists(), "files may move while they are imported"
    assert beet("write").returncode == 0
    mutagen = pytest.importorskip("mutagen")
    assert mutagen.File(beet.home / "Music" / "one.wav").tags["TBPM"].text == ["120"]


def test_a_mistake_in_the_configuration_is_told(beet):
    beet("import", "-A", "-q", str(beet.home / "Music"))
    text = (beet.home / "config.yaml").read_text("utf-8")
    (beet.home / "config.yaml").write_text(text.replace("min_confidence: 0.3", "min_confidence: 3"), "utf-8")
    done = beet("tunelens")
    assert done.returncode != 0
    assert "0 to 1 is needed" in done.stderr and "Traceback" not in done.stderr


def test_values_are_as_beets_holds_them(tmp_path):
    from beetsplug.tunelens import _changes

    advice = Advice(
        tmp_path,
        {"genre": ("Jazz", "Soul"), "mood": ("calm",), "bpm": ("119.6",), "key": ("C#m",), "energy": ("6",)},
    )
    item = beets.Item(initial_key="Am")
    assert dict(_changes(item, advice, False)) == {
        "genres": ["Jazz", "Soul"], "mood": ["calm"], "bpm": 120, "energy": 6,
    }  # fmt: skip
    item.update(dict(_changes(item, advice, True)))
    assert (item.genres, item.initial_key, item.bpm) == (["Jazz", "Soul"], "C#m", 120)
    assert dict(_changes(item, Advice(tmp_path, error=DecodeError("x")), True)) == {}
