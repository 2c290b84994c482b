"""Killing a comparison: folds that were done are not fitted again, and no half of a report is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")

# every fit is a line of fits.txt; the sixth never ends, as if the machine were lost just then
COMPARE = """
import sys, time
from pathlib import Path
import numpy as np
from tunelens.data.labels import Labels
from tunelens.data.tracks import Tracks
from tunelens.models.recipe import Recipe
from tunelens.services.compare import compare
from tunelens.services.evaluation_report import save_report

fits, stuck, fit = Path("fits.txt"), int(sys.argv[1]), Recipe.fit

def counted(self, material, seed=0, progress=None):
    with fits.open("a") as file:
        print(self.model, len(material), file=file)
    while len(fits.read_text().splitlines()) == stuck:
        time.sleep(0.01)
    return fit(self, material, seed, progress)

Recipe.fit = counted
X = np.random.default_rng(0).normal(size=(40, 2))
labels, ids = Labels("single", ["a", "b"] * 20), tuple(map(str, range(40)))
rows = Tracks("toy", labels, ids, X=X, feature_names=("u", "v"))
save_report(compare(rows, ["logistic", "tree"]), "report.json", force=True)
"""


def test_a_killed_comparison_fits_only_what_is_missing(home: Path) -> None:
    (home / "run.py").write_text(COMPARE, "utf-8")
    (home / "report.json").write_text("an older report")
    fits = home / "fits.txt"

    def start(stuck: int) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, "run.py", str(stuck)], cwd=home)

    process = start(stuck=6)
    deadline = time.monotonic() + 100
    while not fits.exists() or len(fits.read_text().splitlines()) < 6:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert (home / "report.json").read_text() == "an older report"
    before = fits.read_text().splitlines()
    assert [line.split()[0] for line in before] == ["logistic"] * 5 + ["tree"]

    assert start(stuck=-1).wait(100) == 0
    after = fits.read_text().splitlines()[len(before) :]
    assert [line.split()[0] for line in after] == ["tree"] * 5
    assert (home / "report.json").read_text("utf-8").startswith("{")
    assert not [
        path
        for path in home.iterdir()
        if path.name not in ("run.py", "report.json", "fits.txt", "cache", "data")
    ]
