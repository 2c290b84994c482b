"""`tunelens select-features` as a person at a terminal sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

QUICK = ("--population", "12", "--generations", "5", "--draws", "20", "--seeds", "2", "--splits", "2")


@pytest.fixture
def numbers(home: Path) -> Path:
    """Twelve songs, two rows each: `tells` says which song it is, the others nothing."""
    lines = ["song,artist,tells,noise,more"]
    for clip in range(2):
        for i in range(12):
            lines.append(
                f"歌{i},艺人{i // 3},{i + 0.1 * clip},{(i * 7 + clip * 5) % 11},{(i * 5 + clip * 3) % 13}"
            )
    path = home / "数 字.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_table_is_told_and_the_choice_kept(tunelens, numbers):
    ran = tunelens(
        "select-features", numbers, *QUICK, "--save", "选择.json", "--out", "报告.html", "--lang", "zh"
    )
    assert ran.code == 0, ran.err
    assert "chosen: tells" in ran.out
    assert "genetic algorithm chose 1 of 3 features; on all 12 songs" in ran.out
    assert "held out by" in ran.out and "artist" in ran.out
    kept = json.loads((numbers.parent / "选择.json").read_text("utf-8"))
    assert kept["features"] == ["tells"] and kept["how"]["lost_where_chosen"] == 0
    assert '<html lang="zh">' in (numbers.parent / "报告.html").read_text("utf-8")


def test_one_object_with_all_that_was_found(tunelens, numbers):
    ran = tunelens("select-features", numbers, "--splits", "2", "--method", "greedy,all", "--json")
    assert ran.code == 0 and ran.err == "", ran.err
    (line,) = ran.objects
    assert line["ok"] and line["path"].endswith("数 字.csv")
    assert [one["method"] for one in line["result"]["selections"]] == ["greedy", "all"]
    assert {one["by"] for one in line["result"]["compared"]["tried"]} == {"song", "artist"}


def test_sound_is_heard_and_a_bad_file_told_of(tunelens, music):
    ran = tunelens("select-features", music, *QUICK, "-j", "1")
    assert ran.code == 1, ran.err
    assert "letter.mp3" in ran.err
    assert "3 songs are too few to hold some out; 8 are needed" in ran.err
    assert "on all 3 songs" in ran.out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--method", "genetics"], 2, "genetics"),
        (["--held-out", "1.5"], 2, "held_out"),
        (["--splits", "1"], 2, "n_splits"),
        (["--out", "report.pdf"], 2, "report.pdf"),
        (["--lang", "xx"], 2, "xx"),
        (["--save", "数 字.csv"], 2, "exists"),
        (["--method", "literature"], 3, "literature"),
        (["--mutation", "2"], 2, "mutation"),
    ],
)
def test_what_cannot_be_is_refused(tunelens, numbers, words, code, message):
    ran = tunelens("select-features", numbers, *words)
    assert ran.code == code, ran.err
    assert message in ran.err
    assert numbers.read_text("utf-8").startswith("song,")


def test_no_such_source_and_no_sound(tunelens, home):
    assert tunelens("select-features", home / "none").code == 3
    (home / "empty").mkdir()
    ran = tunelens("select-features", home / "empty")
    assert ran.code == 3 and "no audio files" in ran.err


def test_a_choice_of_nothing_is_told_and_not_kept(tunelens, home):
    rows = [f"s{i},1,2" for i in range(10) for _ in "ab"]
    (home / "same.csv").write_text("\n".join(["song,a,b", *rows]), "utf-8")
    words = ["select-features", "same.csv", "--method", "greedy,all", "--splits", 2]
    ran = tunelens(*words, "--save", "none.json", "--out", "told.md")
    assert ran.code == 3 and "no feature was chosen" in ran.err
    assert "chosen: none" in ran.out
    assert (home / "told.md").is_file() and not (home / "none.json").exists()
