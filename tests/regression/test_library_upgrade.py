"""Bringing a library up to date: killed, twice at once, without room or right to write, nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.libraries import dump, v1

from tunelens.library.copies import problems_of, prove
from tunelens.library.schema import SCHEMA_VERSION
from tunelens.library.store import Library

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals and sets limits")

N_COPIES = 60
OPEN = """
import json, os, resource, sys
from tunelens.base.errors import TunelensError
from tunelens.library.store import Library

Library.open(":memory:").close()  # everything is loaded before the rights to read it may go
print("ready", flush=True)
sys.stdin.readline()
for word in sys.argv[2:]:
    kind, _, number = word.partition("=")
    if kind == "--limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(number), int(number)))
    else:
        os.setuid(int(number))
try:
    with Library.open(sys.argv[1], create=False) as library:
        print(json.dumps({"n": library.count()}))
except TunelensError as error:
    print(json.dumps(error.to_dict()))
"""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of schema 1 whose upgrade takes a while."""
    return v1(tmp_path_factory.mktemp("old") / "music.db", copies=N_COPIES)


@pytest.fixture
def path(old: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(old, tmp_path / "music.db"))


def opening(*words: object) -> subprocess.Popen:
    """Start a process that has loaded everything and waits for a line before it opens the library."""
    command = [sys.executable, "-c", OPEN, *map(str, words)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout.readline() == "ready\n", process.stderr.read()
    return process


def go(process: subprocess.Popen) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


def answer(process: subprocess.Popen) -> dict:
    out, err = process.communicate("\n", timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)


def schema(path: Path) -> int:
    with closing(sqlite3.connect(path)) as raw:
        return int(raw.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()[0])


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob("music.schema-1-*.db"))


MOMENTS = [(".*.db", 0.0), (".*.db", 0.01), *(("*.schema-1-*.db", wait) for wait in (0.0, 0.02, 0.05, 0.1))]
"""When it is killed: so long after a file of this name appeared, seconds."""


@pytest.mark.parametrize(("sign", "wait_s"), MOMENTS)
def test_killed_at_any_moment_it_is_the_old_or_the_new_library(path, sign, wait_s):
    before = dump(path)
    process = opening(path)
    go(process)
    while not any(path.parent.glob(sign)) and process.poll() is None:
        time.sleep(0.0005)
    time.sleep(wait_s)
    process.kill()
    process.communicate()
    assert problems_of(path) == ()
    if wait_s < 0.02:
        assert schema(path) == 1, "it was over before it could be killed: make the library larger"
    assert schema(path) == SCHEMA_VERSION or dump(path) == before
    for copy in copies(path):
        prove_whole(copy, before)
    with Library.open(path) as library:
        assert library.count() == 3 * N_COPIES
        assert library.get(3 * N_COPIES).info.title == "两只老虎"


def prove_whole(copy: Path, before: list[str]) -> None:
    """A copy is whole as soon as it has its name, also when its SHA-256 did not come to be written."""
    prove(copy)
    assert dump(copy) == before


def test_processes_that_open_it_at_once_do_it_once(path):
    processes = [opening(path) for _ in range(3)]
    for process in processes:
        go(process)
    assert [answer(process)["n"] for process in processes] == [3 * N_COPIES] * 3
    assert len(copies(path)) == 1
    assert schema(path) == SCHEMA_VERSION
    assert problems_of(path) == ()


@pytest.mark.parametrize("room", [0.02, 0.5, 0.99])
def test_without_room_for_the_copy_it_stays_as_it_was(path, room):
    before = dump(path)
    told = answer(opening(path, f"--limit={round(room * path.stat().st_size)}"))
    assert told["code"] == "data" and "full" in told["hint"]
    assert schema(path) == 1 and dump(path) == before
    assert [file.name for file in path.parent.iterdir()] == ["music.db"]


def test_without_room_for_what_is_new_it_stays_as_it_was(path):
    with closing(sqlite3.connect(path)) as raw:
        for table in ("vectors", "analyses", "tags"):
            raw.execute(f"DELETE FROM {table}")
        raw.commit()
        raw.execute("VACUUM")
    before = dump(path)
    told = answer(opening(path, f"--limit={round(1.1 * path.stat().st_size)}"))
    assert told["code"] == "data" and "full" in told["hint"]
    assert schema(path) == 1 and dump(path) == before
    prove_whole(copies(path)[0], before)
    with Library.open(path) as library:
        assert library.count() == 3 * N_COPIES


@pytest.fixture
def everyones():
    """A folder that every user can reach, as the test runner's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_where_another_person_may_not_write_it_is_refused_with_advice(old, everyones):
    folder = everyones
    path = Path(shutil.copy(old, folder / "music.db"))
    before = path.read_bytes()
    path.chmod(0o444)
    folder.chmod(0o555)
    try:
        told = answer(opening(path, *([] if os.geteuid() else ["--user=65534"])))  # root may write anywhere
    finally:
        folder.chmod(0o755)
    assert "older Tunelens" in told["message"] and "copy it" in told["hint"]
    assert path.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == ["music.db"]
