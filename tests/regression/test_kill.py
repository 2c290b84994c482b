"""Killing a scan: at random moments, again and again, nothing finished is lost and nothing is damaged."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from tunelens.library.store import Library

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")

N_FILES = 16
SCAN = """
import json, sys
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

if __name__ == "__main__":
    with Library.open(sys.argv[1]) as library:
        report = analyze_many([sys.argv[2]], library, jobs=2, options=HearOptions(models=()))
    counts = {name: len(getattr(report, name)) for name in ("analyzed", "skipped", "moved", "failed")}
    print(json.dumps(counts | {"interrupted": report.interrupted}))
"""


@pytest.fixture
def music(tmp_path: Path, home: Path) -> Path:
    """Short files that differ."""
    rng = np.random.default_rng(11)
    folder = tmp_path / "music"
    folder.mkdir()
    for number in range(N_FILES):
        y = 0.3 * np.sin(np.arange(22050 * 10) * 2 * np.pi * (220 + 20 * number) / 22050)
        noise = 0.01 * rng.standard_normal(y.size)
        soundfile.write(folder / f"tone {number:02d}.wav", (y + noise).astype(np.float32), 22050)
    return folder


@pytest.fixture
def scan(tmp_path: Path, music: Path):
    """Start a scan as a person would: a process of its own."""
    script = tmp_path / "scan.py"
    script.write_text(SCAN, encoding="utf-8")
    command = [sys.executable, str(script), str(tmp_path / "music.db"), str(music)]
    return lambda: subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen) -> dict:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)


def kept(database: Path) -> set[str]:
    """Names of the tracks in the library, after checking that it is sound and each track is whole."""
    if not database.exists():
        return set()
    with closing(sqlite3.connect(database)) as raw, raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()
    with Library.open(database) as library:
        tracks = library.tracks()
        for track in tracks:
            analysis = library.get(track.id)
            assert analysis.descriptors.pooled.values.size > 100
            assert np.isfinite(analysis.descriptors.pooled.values).all()
        return {track.path.name for track in tracks}


def test_kill_at_random_moments_loses_no_finished_track(scan, music, tmp_path):
    rng = np.random.default_rng(int.from_bytes(os.urandom(4), "little"))
    database, done, kills = tmp_path / "music.db", set(), 0
    while len(done) < N_FILES and kills < 6:
        process = scan()
        if kills < 2:  # at any moment from the start on: while the file is being made, before the first track
            time.sleep(rng.uniform(0.1, 0.6))
        else:
            _wait_for_a_new_track(database, len(done), process)
            time.sleep(rng.uniform(0.0, 0.08))
        process.kill()
        process.communicate()
        kills += 1
        now = kept(database)
        assert done <= now, "a finished track was lost"
        done = now
    assert kills >= 3, "the scan was over before it could be killed: make the files longer"
    report = finish(scan())
    assert report["skipped"] == len(done)
    assert report["analyzed"] == N_FILES - len(done)
    assert report["failed"] == 0
    assert kept(database) == {path.name for path in music.iterdir()}


def _wait_for_a_new_track(database: Path, before: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline and _n_tracks(database) <= before:
        time.sleep(0.01)


def _n_tracks(database: Path) -> int:
    if not database.exists():
        return 0
    raw = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return raw.execute("SELECT count(*) FROM tracks").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        raw.close()


def test_ctrl_c_keeps_what_is_finished_and_stops_the_workers(scan, tmp_path):
    process = scan()
    _wait_for_a_new_track(tmp_path / "music.db", 0, process)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    report = finish(process)
    assert report["interrupted"]
    assert len(kept(tmp_path / "music.db")) >= report["analyzed"] >= 1
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert alive == []


def test_two_processes_on_one_folder_neither_damage_nor_duplicate(scan, music, tmp_path):
    reports = [finish(process) for process in [scan(), scan()]]
    assert all(report["failed"] == 0 for report in reports)
    assert all(report["analyzed"] + report["skipped"] == N_FILES for report in reports)
    assert kept(tmp_path / "music.db") == {path.name for path in music.iterdir()}
    assert _n_tracks(tmp_path / "music.db") == N_FILES
