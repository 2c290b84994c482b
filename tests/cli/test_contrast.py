"""`tunelens contrast`, as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.unit.services.test_contrast import table
from tunelens.cli.app import app

runner = CliRunner()


@pytest.fixture
def tables(home: Path) -> tuple[str, str]:
    return str(table(home / "热歌.csv", tempo=20)), str(table(home / "b.csv", seed=1))


def test_a_table_with_bars_and_words(tables: tuple[str, str]) -> None:
    found = runner.invoke(app, ["contrast", *tables, "--draws", "100"])
    assert found.exit_code == 0, found.output
    (line,) = [line for line in found.stdout.splitlines() if line.startswith("tempo_bpm")]
    assert "█" in line.split("│")[1]
    assert line.rstrip().endswith("strongly different")
    assert "热歌 (40 songs, 40 artists)" in found.stdout


def test_json_is_one_object_and_a_report_is_written(tables: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "对比.html"
    found = runner.invoke(
        app, ["contrast", *tables, "--json", "--draws", "100", "--lang", "zh", "--out", str(out)]
    )
    assert found.exit_code == 0, found.output
    (line,) = found.stdout.splitlines()
    assert json.loads(line)["result"]["contrasts"][0]["a"] == "热歌"
    assert "速度" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "code"),
    [(["--by", "genre"], 2), (["--correction", "hope"], 2), (["--out", "x.exe"], 2), (["--lang", "xx"], 2),
     (["--level", "7"], 2), (["--features", "beauty"], 2), (["--draws", "3"], 2)],
)  # fmt: skip
def test_wrong_use_is_two(tables: tuple[str, str], more: list[str], code: int) -> None:
    assert runner.invoke(app, ["contrast", *tables, *more]).exit_code == code


def test_what_is_not_there_is_three(tables: tuple[str, str]) -> None:
    found = runner.invoke(app, ["contrast", tables[0], "nowhere.csv"])
    assert (found.exit_code, "nowhere.csv" in found.output) == (3, True)
