"""The textbook experiments run, on a few rows, as a person runs them."""

from __future__ import annotations

import importlib.util
import re
import runpy
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples"
SHARED = {"textbook"}
EXPERIMENTS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in SHARED)
QUICK = {"decision_tree", "logistic_regression"}
"""Run with every test; the others hear sound or train nets, and run by ``make test-slow``."""
NEEDS = {
    "cnn1d": ("torch", "skorch"),
    "cnn2d": ("torch", "skorch"),
    "lstm": ("torch", "skorch"),
    "hmm": ("hmmlearn",),
}


@pytest.fixture
def stage(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an experiment finds what lies beside it, and may leave what it makes."""
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.chdir(home)
    monkeypatch.setenv("TUNELENS_JOBS", "1")
    return home


def play(name: str, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", [f"{name}.py", *words])
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")


def test_there_are_experiments_and_each_has_its_section() -> None:
    page = (FOLDER.parent / "docs" / "textbook.md").read_text("utf-8")
    assert len(EXPERIMENTS) >= 7
    assert not [name for name in EXPERIMENTS if f"python examples/{name}.py" not in page]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in EXPERIMENTS]
)
def test_an_experiment_tells_honest_beside_inflated_beside_guess(
    name: str,
    stage: Path,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TUNELENS_DATA", str(data_dir))
    for library in NEEDS.get(name, ()):
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{name} needs {library}, which is not installed")
    play(name, monkeypatch, "--quick")
    told = capsys.readouterr().out
    grouped = re.findall(r"grouped by artist\S* +accuracy (\d\.\d{3}) \((\d\.\d{3}) to (\d\.\d{3})\)", told)
    assert grouped and all(float(low) <= float(value) <= float(high) for value, low, high in grouped)
    assert len(re.findall(r"random folds +accuracy .* inflated", told)) == len(grouped)
    assert len(re.findall(r"always '.+' +accuracy 0\.250", told)) == len(grouped), (
        "--quick takes as many of each"
    )
    assert "\nLearn: " in told
    if name == "hmm":
        check_counts(told, stage / "genre_counts.png")


def check_counts(told: str, picture: Path) -> None:
    lines = told.split("songs without labels:")[1]
    counts = {name: int(count) for name, count in re.findall(r"^  (\w+) +(\d+)  ", lines, re.M)}
    assert sum(counts.values()) == 12
    assert set(counts) <= {"classical", "electronic", "pop", "rock", "unknown"}
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_without_the_data_an_experiment_says_so(
    stage: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUNELENS_DATA", str(stage))
    with pytest.raises(SystemExit) as ended:
        play("decision_tree", monkeypatch)
    assert ended.value.code == 0
    assert "skipped: " in (told := capsys.readouterr().out) and "TUNELENS_DATA" in told
