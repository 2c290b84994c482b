"""Killing the way from a chart to a report at random moments: run again it ends, with the same report."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.music import SR, performance

from tunelens.services.hits.work import Work

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")

N = 12
WAY = """
import sys
from tunelens.services.hits import hits

if __name__ == "__main__":
    chart, audio, work, out = sys.argv[1:]
    report = hits(chart, audio=audio, work=work, how="first", k=2, jobs=1, skip="select,structure")
    report.save(out, force=True)
"""


@pytest.fixture
def way(tmp_path: Path, home: Path):
    """Start a run as a person would: a process of its own."""
    songs = tmp_path / "songs"
    songs.mkdir()
    with (tmp_path / "热歌.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["歌名", "歌手", "热度"])
        for i in range(N):
            soundfile.write(songs / f"歌手{i} - 歌{i}.wav", performance(i, 18.0, bpm=90 + 4 * i), SR)
            rows.writerow([f"歌{i}", f"歌手{i}", 10 * i])
    script = tmp_path / "way.py"
    script.write_text(WAY, encoding="utf-8")

    def start(work: str) -> subprocess.Popen:
        words = [script, tmp_path / "热歌.csv", songs, tmp_path / work, tmp_path / f"{work}.json"]
        environment = os.environ | {"TUNELENS_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, *map(str, words)]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)

    return start


def ended(process: subprocess.Popen) -> None:
    _, err = process.communicate(timeout=240)
    assert process.returncode == 0, err


def told(path: Path) -> dict:
    # Sums in a threaded library may end in another last digit from run to run.
    held = json.loads(path.read_text("utf-8"), parse_float=lambda number: float(f"{float(number):.10g}"))
    return {
        name: table["rows"] for name, table in held["tables"].items() if name not in ("stages", "failures")
    }


def test_killed_at_random_moments_it_ends_with_the_same_report(way, tmp_path):
    began = time.monotonic()
    ended(way("calm"))
    whole_s = time.monotonic() - began
    rng = np.random.default_rng(int.from_bytes(os.urandom(4), "little"))
    for share in (0.4, 0.85):
        process = way("killed")
        try:
            process.communicate(timeout=whole_s * rng.uniform(share - 0.3, share))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        for kept in (tmp_path / "killed" / "stages").glob("[!.]*.json"):
            stage, _, _ = kept.stem.rpartition("-")
            assert Work(tmp_path / "killed").load(stage, json.loads(kept.read_text())["key"]) is not None
    ended(way("killed"))
    calm, killed = told(tmp_path / "calm.json"), told(tmp_path / "killed.json")
    assert calm == killed
    assert len(calm["songs"]) == N
