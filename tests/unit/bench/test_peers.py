"""The comparison itself, with two stand-ins whose speed and findings are known."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bench.harness import Row, Skip
from bench.peers import accuracy, process, speed
from bench.peers.process import Listener
from bench.truth import Excerpt, read_excerpts

WORKER = Path(process.__file__).parent
TRUTH = {"one": (120.0, "C major"), "two": (90.0, "A minor"), "three": (100.0, "")}


def stand_in(folder: Path, name: str, tempo: float, key: str, work: int) -> str:
    script = folder / f"{name}.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(WORKER)!r})\nfrom worker import serve\n"
        f"def hear(path):\n    sum(range({work}))\n"
        f"    return {{'values': 3, 'tempo_bpm': {tempo}, 'key': {key!r}}}\nserve(hear)\n",
        encoding="utf-8",
    )
    return str(script)


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Ours is right about the first excerpt and quick; theirs has half its tempo, its fifth, and is slow."""
    ours = stand_in(tmp_path, "ours", 120.0, "C major", 100_000)
    theirs = stand_in(tmp_path, "theirs", 60.0, "G major", 4_000_000)
    monkeypatch.setattr(process, "PEER_PYTHON", Path(sys.executable))
    monkeypatch.setattr(Listener.__init__, "__kwdefaults__", {"python": Path(sys.executable)})
    monkeypatch.setattr(Listener, "ours", classmethod(lambda cls: cls("tunelens", ours)))
    return ours, theirs


def excerpts(folder: Path) -> list[Excerpt]:
    return [Excerpt(folder / f"{name}.wav", *truth) for name, truth in TRUTH.items()]


def test_speed_says_how_many_times_faster(
    scripts: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rivals = (speed.Rival("slow", (scripts[1],)), speed.Rival("wav", (scripts[1],), wav_only=True))
    monkeypatch.setattr(speed, "RIVALS", rivals)
    rows = list(speed.speed_rows([tmp_path / "a.mp3"], [tmp_path / "a.wav"]))
    names = ["slow: a.mp3", "slow: all 1 files", "wav: a.wav", "wav: all 1 files"]
    assert [row.name for row in rows if isinstance(row, Row)] == names
    assert all(row.ok and row.ratio > 2 and row.ours < row.theirs for row in rows)
    assert [row.floor for row in rows] == [None, 1.0, None, 1.0]


def test_accuracy_counts_what_was_found(
    scripts: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accuracy, "RIVALS", {"peer": (scripts[1],), "gone": (str(tmp_path / "none.py"),)})
    some = excerpts(tmp_path)
    *rows, last = accuracy.accuracy_rows(some, [item.path for item in some])
    figures = {row.name: (row.ours, row.theirs) for row in rows if isinstance(row, Row)}
    assert figures["peer: tempo Acc1"] == pytest.approx((1 / 3, 0))
    assert figures["peer: tempo Acc2"] == pytest.approx((1 / 3, 1 / 3))
    assert figures["peer: key, MIREX"] == pytest.approx(((1 + 0.3) / 2, 0.5 / 2))
    assert isinstance(last, Skip) and "gone does not run here" in str(last)


def test_missing_annotations_are_a_skip(tmp_path: Path) -> None:
    with pytest.raises(Skip, match=r"rhythm\.csv"):
        read_excerpts(tmp_path)
