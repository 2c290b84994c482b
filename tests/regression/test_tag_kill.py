"""Killing the writer of tags, at every step and at random: a file is the old or the new one, whole."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.songs import make_songs

from tunelens.library.filetags.journal import Journal
from tunelens.library.filetags.writer import writing
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions
from tunelens.services.tag import TagOptions, history, tag, undo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")

OPTIONS = TagOptions(fields=("bpm", "energy"), min_confidence={"bpm": 0.0}, policy={"bpm": "replace"})
WORK = """
import os, signal, sys
from tests.regression.test_tag_kill import OPTIONS
from tunelens.library.filetags.writer import writing
from tunelens.library.store import Library
from tunelens.services.tag import tag

database, deed, last = sys.argv[1:]

def step(name):
    if name == last:
        os.kill(os.getpid(), signal.SIGKILL)

with Library.open(database) as library:
    plans = [one.plan for one in tag(library, options=OPTIONS) if one.state == "planned"]
    with writing(library, step) as writer:
        print("ready", flush=True)
        for plan in plans if deed == "write" else []:
            writer.write(plan)
        for entry in writer.journal.entries(states=("written",)) if deed == "undo" else []:
            writer.undo(entry)
"""


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_songs(tmp_path_factory.mktemp("songs"))


def _library(tmp_path: Path, songs: Path, names: tuple[str, ...]) -> tuple[Path, Path]:
    music = tmp_path / "音乐"
    music.mkdir()
    for name in names:
        (music / name).write_bytes((songs / name).read_bytes())
    with Library.open(tmp_path / "l.db") as library:
        analyze_many([music], library, jobs=1, engine="inline", options=HearOptions(models=()))
    return tmp_path / "l.db", music


def _start(database: Path, deed: str, last: str = "") -> subprocess.Popen:
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", WORK, str(database), deed, last],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root)},
    )


def _killed(database: Path, deed: str, last: str) -> None:
    process = _start(database, deed, last)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


def _contents(music: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in music.iterdir()}


@pytest.mark.parametrize(
    ("last", "is_written", "state"),
    [
        ("copied", False, None),
        ("edited", False, None),
        ("checked", False, None),
        ("noted", False, "abandoned"),
        ("swapped", True, "written"),
    ],
)
def test_killed_while_writing(tmp_path: Path, songs: Path, last: str, is_written: bool, state: str | None):
    database, music = _library(tmp_path, songs, ("song.flac",))
    song = music / "song.flac"
    before = song.read_bytes()
    _killed(database, "write", last)
    assert (song.read_bytes() != before) == is_written
    with Library.open(database) as library:
        with writing(library) as writer:
            states = [entry.state for entry in writer.journal.entries()]
        assert states == ([state] if state else [])
        assert {one.state for one in tag(library, options=OPTIONS, write=True)} == {
            "unchanged" if is_written else "written"
        }
        assert {one.state for one in undo(library)} == {"undone"}
        assert library.tracks()[0].sha256 == hashlib.sha256(before).hexdigest()
    assert song.read_bytes() == before
    assert [path.name for path in music.iterdir()] == ["song.flac"], "something was left behind"


@pytest.mark.parametrize(("last", "is_undone"), [("restored", False), ("noted", False), ("swapped", True)])
def test_killed_while_undoing(tmp_path: Path, songs: Path, last: str, is_undone: bool):
    database, music = _library(tmp_path, songs, ("id3v23.mp3",))
    song = music / "id3v23.mp3"
    before = song.read_bytes()
    with Library.open(database) as library:
        list(tag(library, options=OPTIONS, write=True))
    _killed(database, "undo", last)
    assert (song.read_bytes() == before) == is_undone
    with Library.open(database) as library:
        with writing(library) as writer:
            assert [entry.state for entry in writer.journal.entries()] == [
                "undone" if is_undone else "written"
            ]
        assert is_undone or {one.state for one in undo(library)} == {"undone"}
    assert song.read_bytes() == before
    assert [path.name for path in music.iterdir()] == ["id3v23.mp3"]


def test_killed_at_random_moments_every_file_is_whole_and_everything_can_be_undone(
    tmp_path: Path, songs: Path
):
    names = ("id3v24.mp3", "song.wav", "song.flac", "song.ogg", "moov-first.m4a")
    database, music = _library(tmp_path, songs, names)
    before = _contents(music)
    rng = np.random.default_rng(int.from_bytes(os.urandom(4), "little"))
    for _ in range(3):
        process = _start(database, "write")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.1))
        process.kill()
        process.communicate()
        with Library.open(database) as library, writing(library):
            entries = Journal(library).entries()
        after = {entry.path.name: entry.after_sha256 for entry in entries if entry.state == "written"}
        now = {name: digest for name, digest in _contents(music).items() if name in before}
        assert now == before | after, (
            "a file is neither the old nor the new one, or the journal does not know"
        )
    with Library.open(database) as library:
        assert not {one.state for one in tag(library, options=OPTIONS, write=True)} & {"failed"}
        while any(batch.count("written") for batch in history(library)):
            assert {one.state for one in undo(library)} == {"undone"}
    assert _contents(music) == before
