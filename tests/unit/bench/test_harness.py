"""The harness tells the truth about ratios, floors, skips and failures."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from bench.__main__ import main
from bench.harness import (
    ROOT,
    THREAD_VARIABLES,
    Outcome,
    Row,
    Skip,
    bench_names,
    best_of,
    data_dir,
    interleaved,
    print_table,
    run_benches,
    write_json,
)


@pytest.fixture
def benches(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken():
        yield Row(name="before", ours=1.0)
        raise ZeroDivisionError("oops")

    def skipping():
        yield Skip("one part is absent")
        yield Row(name="after", ours=2.0)
        raise Skip("the rest is absent")

    for name, run in {"broken": broken, "skipping": skipping}.items():
        module = types.ModuleType(f"bench.{name}")
        module.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"bench.{name}", module)


@pytest.mark.parametrize(
    ("row", "ratio", "ok"),
    [
        (Row.less("t", 2.0, 6.0, floor=3.0), 3.0, True),
        (Row.less("t", 2.0, 6.0, floor=3.1), 3.0, False),
        (Row.more("acc", 0.9, 0.6, floor=1.0), 1.5, True),
        (Row.more("acc", 0.5, 0.6, floor=1.0), 0.5 / 0.6, False),
        (Row.at_most("rss", 300.0, 400.0, unit="MB"), 4 / 3, True),
        (Row.at_most("rss", 500.0, 400.0, unit="MB"), 0.8, False),
        (Row.at_least("acc", 0.7, 0.6), 7 / 6, True),
        (Row.at_least("acc", 0.5, 0.6), 5 / 6, False),
    ],
)
def test_ratio_above_one_is_better(row: Row, ratio: float, ok: bool) -> None:
    assert row.ratio == pytest.approx(ratio)
    assert row.ok is ok


def test_a_floor_is_not_held_by_nothing() -> None:
    assert Row(name="a", ours=1.0).ok
    assert not Row(name="a", ours=1.0, floor=1.0).ok
    assert not Row(name="a", ours=1.0, ratio=math.nan, floor=1.0).ok
    assert not Row.less("a", 0.0, 1.0, floor=1.0).ok


def test_interleaved_takes_turns_and_warms_both() -> None:
    calls: list[str] = []
    pair = interleaved(lambda: calls.append("a"), lambda: calls.append("b"), repeats=3)
    assert calls == ["a", "b"] * 4
    assert pair.ours_s >= 0 and pair.theirs_s >= 0 and pair.ratio > 0


def test_interleaved_sees_which_is_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 1.0, 4.0, 4.0, 6.0, 6.0, 8.0, 8.0, 9.0, 9.0, 14.0])
    monkeypatch.setattr("bench.harness.time.process_time", lambda: next(clock))
    pair = interleaved(lambda: None, lambda: None, repeats=3)
    assert (pair.ours_s, pair.theirs_s, pair.ratio) == (1.0, 3.0, 3.0)
    assert pair.row("speed", floor=2.0).ok


def test_best_of_is_the_minimum(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 3.0, 3.0, 4.0, 4.0, 6.0])
    monkeypatch.setattr("bench.harness.time.process_time", lambda: next(clock))
    assert best_of(lambda: None, repeats=3) == 1.0


def test_data_dir_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNELENS_DATA", str(tmp_path))
    with pytest.raises(Skip, match="research data is absent"):
        data_dir()
    (tmp_path / "README.md").touch()
    assert data_dir() == tmp_path


def test_one_broken_bench_does_not_hide_the_others(benches: None) -> None:
    said: list[str] = []
    outcome = run_benches(["broken", "skipping"], say=said.append)
    assert [(row.bench, row.name) for row in outcome.rows] == [("broken", "before"), ("skipping", "after")]
    assert outcome.skipped == ["skipping: one part is absent", "skipping: the rest is absent"]
    assert outcome.failed == ["broken: ZeroDivisionError: oops"]
    assert "skipped: skipping: the rest is absent" in said
    assert outcome.exit_code == 1


def test_exit_code_follows_the_floors() -> None:
    held = Row.at_most("a", 1.0, 2.0)
    assert Outcome(rows=[held], skipped=["x"]).exit_code == 0
    assert Outcome(rows=[held, Row.at_most("b", 3.0, 2.0)]).exit_code == 1


def test_json_states_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    write_json(Outcome(rows=[Row.at_most("a", 3.0, 2.0)], skipped=["b: absent"]), path)
    body = json.loads(path.read_text("utf-8"))
    assert body["rows"][0]["ok"] is False
    assert body["skipped"] == ["b: absent"]
    assert body["machine"]["python"].startswith(f"{sys.version_info[0]}.")
    assert body["machine"]["packages"]["numpy"] and body["machine"]["cpu"]


def test_table_shows_the_missed_floor(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([Row.at_most("slow thing", 3.0, 2.0), Row.at_most("fast thing", 1.0, 2.0)])
    lines = capsys.readouterr().out.splitlines()
    assert any("slow thing" in line and "MISSED" in line for line in lines)
    assert any("fast thing" in line and "held" in line for line in lines)


def test_names_are_the_benches_and_not_the_harness() -> None:
    assert "peers" in bench_names()
    assert "harness" not in bench_names()


@pytest.mark.parametrize("name", bench_names())
def test_every_bench_is_explained(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "bench" / "README.md").read_text("utf-8")


def test_unknown_name_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["nonsense"])
    assert leaving.value.code == 2
    assert "nonsense" in capsys.readouterr().err


def test_threads_are_pinned_before_numpy_loads() -> None:
    script = (
        "import sys, os, bench.__main__ as b\n"
        "assert 'numpy' not in sys.modules\n"
        "b.pin_threads()\n"
        f"print([os.environ[v] for v in {THREAD_VARIABLES!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(["1"] * len(THREAD_VARIABLES))
