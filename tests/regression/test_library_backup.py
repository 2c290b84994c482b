"""Backups and readers while others write: every state that is seen is a whole one."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.libraries import dump, v1

from tunelens.library.copies import problems_of, prove
from tunelens.library.store import Library
from tunelens.services import upkeep

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals and sets limits")

HEAD = """
import json, resource, sys, time
from dataclasses import replace
from pathlib import Path
from tunelens.base.errors import TunelensError
from tunelens.library.store import Library
from tunelens.services import upkeep

path = Path(sys.argv[1])
"""
WRITE = """
with Library.open(path) as library:
    analysis = library.get(1)
    for number in range(int(sys.argv[2])):
        library.put(replace(analysis, path=Path(f"/scan/{number:06d} 中文.flac")))
        print(number, flush=True)
"""
READ = """
with Library.open(path, create=False) as library:
    seen = []
    while not Path(sys.argv[2]).exists():
        tracks = library.tracks()
        last = max(track.id for track in tracks)
        assert library.get(last).descriptors.pooled.values.size > 100
        assert all(track.tags for track in tracks)
        seen.append(len(tracks))
        print(len(tracks), flush=True)
"""
BACK_UP = """
print("ready", flush=True)
sys.stdin.readline()
upkeep.back_up(path, Path(sys.argv[2]), force=True)
"""
RESTORE = """
print("ready", flush=True)
sys.stdin.readline()
upkeep.restore(Path(sys.argv[2]), path)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library of thirty tracks."""
    path = v1(tmp_path / "library" / "music.db", copies=10)
    Library.open(path).close()
    for copy in path.parent.glob("music.schema-1*"):
        copy.unlink()
    return path


@contextmanager
def running(script: str, *words: object) -> Iterator[subprocess.Popen]:
    """Run a process of its own, ended when the block ends; errors of its own fail the test."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HEAD + script, *map(str, words)]
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    try:
        assert process.stdout.readline(), process.stderr.read()
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen) -> list[int]:
    out, err = process.communicate("\n", timeout=60)
    assert process.returncode == 0, err
    return [int(line) for line in out.split()]


def n_tracks(path: Path) -> int:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT count(*) FROM tracks").fetchone()[0]


def test_backups_made_while_another_process_writes_are_whole_states(path, tmp_path):
    counts = []
    with running(WRITE, path, 100_000) as writer:
        for number in range(5):
            copy = tmp_path / f"{number}.db"
            before = n_tracks(path)
            upkeep.back_up(path, copy)
            assert before <= n_tracks(copy) <= n_tracks(path)
            counts.append(n_tracks(copy))
            assert writer.poll() is None, "the writer was not hindered"
    assert counts == sorted(set(counts)), "each holds what was finished since"
    for number, n in enumerate(counts):
        copy = tmp_path / f"{number}.db"
        assert upkeep.check(copy).ok
        with closing(sqlite3.connect(copy)) as raw:
            assert raw.execute("SELECT max(id) FROM tracks").fetchone() == (n,), "no gap: one moment"


def test_readers_see_only_whole_tracks_while_others_write(path, tmp_path):
    stop = tmp_path / "stop"
    with running(READ, path, stop) as one, running(READ, path, stop) as two:
        with running(WRITE, path, 30) as first, running(WRITE, path, 30) as second:
            ended(first), ended(second)
        stop.touch()
        for reader in (one, two):
            seen = ended(reader)
            assert seen == sorted(seen) and len(set(seen)) > 3
    assert n_tracks(path) == 30 + 30
    assert upkeep.check(path).ok


def test_a_killed_backup_leaves_the_older_one(path, tmp_path):
    copy = tmp_path / "copies" / "copy.db"
    upkeep.back_up(path, copy)
    with Library.open(path) as library:
        library.remove(30)
    before = dump(copy)
    for wait_s in (0.0, 0.005, 0.02):
        with running(BACK_UP, path, copy) as process:
            process.stdin.write("\n")
            process.stdin.flush()
            while len(list(copy.parent.iterdir())) == 2 and process.poll() is None:
                time.sleep(0.0002)
            time.sleep(wait_s)
        prove(copy)
        assert dump(copy) == before or n_tracks(copy) == 29
        for left in copy.parent.glob(".*"):
            left.unlink()


def test_a_backup_without_room_leaves_the_older_one(path, tmp_path):
    copy = tmp_path / "copies" / "copy.db"
    upkeep.back_up(path, copy)
    before = {file.name: file.read_bytes() for file in copy.parent.iterdir()}
    limited = "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n" + BACK_UP
    with running(limited, path, copy) as process:
        _, err = process.communicate("\n", timeout=60)
    assert "DataError" in err and process.returncode
    assert {file.name: file.read_bytes() for file in copy.parent.iterdir()} == before


def test_a_restore_shows_readers_the_old_or_the_new_state(path, tmp_path):
    copy, stop = tmp_path / "copy.db", tmp_path / "stop"
    upkeep.back_up(path, copy)
    with Library.open(path) as library:
        for number in range(20, 31):
            library.remove(number)
    with running(READ, path, stop) as reader:
        done = upkeep.restore(copy, path)
        reader.stdout.readline(), reader.stdout.readline()
        stop.touch()
        assert set(ended(reader)) <= {19, 30}
    assert (n_tracks(path), n_tracks(done.kept)) == (30, 19)
    assert upkeep.check(path).ok


def test_a_killed_restore_leaves_the_old_or_the_new_library(path, tmp_path):
    copy = tmp_path / "copy.db"
    upkeep.back_up(path, copy)
    with Library.open(path) as library:
        library.remove(30)
    whole = path.read_bytes()
    for wait_s in (0.0, 0.01, 0.04, 0.12):
        for file in path.parent.iterdir():
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        path.write_bytes(whole)
        with running(RESTORE, path, copy) as process:
            process.stdin.write("\n")
            process.stdin.flush()
            while len(list(path.parent.iterdir())) == 1 and process.poll() is None:
                time.sleep(0.0005)
            time.sleep(wait_s)
        assert problems_of(path) == ()
        assert n_tracks(path) in (29, 30)
        with Library.open(path) as library:
            assert library.get(29).info is not None


def test_a_restore_without_room_changes_nothing(path, tmp_path):
    copy = tmp_path / "copy.db"
    upkeep.back_up(path, copy)
    with Library.open(path) as library:
        library.remove(30)
    before = dump(path)
    for limit in (100_000, 600_000):
        limited = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n" + RESTORE
        with running(limited, path, copy) as process:
            _, err = process.communicate("\n", timeout=60)
        assert "DataError" in err and process.returncode
        assert dump(path) == before
        assert [file.name for file in path.parent.iterdir()] == ["music.db"]


def test_what_was_restored_is_new_to_whoever_keeps_an_index(path, tmp_path):
    copy = tmp_path / "copy.db"
    upkeep.back_up(path, copy)
    with Library.open(path) as library:
        library.remove(1)
        now = library.revision()
    upkeep.restore(copy, path)
    with Library.open(path) as library:
        restored = library.revision()
        assert restored > now
        with library.database.read() as connection:
            oldest = connection.exec_driver_sql("SELECT min(revision) FROM tracks").scalar()
        assert oldest == restored
    upkeep.restore(copy, path)
    with Library.open(path) as library:
        assert library.revision() >= restored


def test_an_old_backup_comes_back_in_the_schema_of_today(path, tmp_path):
    old = v1(tmp_path / "old.db")
    before = dump(old)
    upkeep.restore(old, path)
    with Library.open(path) as library:
        assert [track.id for track in library.tracks_by_id([1, 2, 3, 4])] == [1, 2, 3]
    assert upkeep.check(path).ok
    assert dump(old) == before


def test_a_backup_needs_no_other_file_and_no_right_to_write(path, tmp_path):
    copy = tmp_path / "copy.db"
    upkeep.back_up(path, copy)
    copy.chmod(0o444)
    assert json.dumps(upkeep.stats(copy).to_dict())
    assert sorted(file.name for file in tmp_path.glob("copy*")) == ["copy.db", "copy.db.sha256"]
    fresh = tmp_path / "elsewhere" / "new.db"
    assert upkeep.restore(copy, fresh).kept is None
    assert n_tracks(fresh) == 30
