"""`tunelens hits` as a person at a terminal sees it."""

from __future__ import annotations

import html
from pathlib import Path

from tests.unit.hits.conftest import write_tables

SKIP = "cluster,compare"


def test_a_table_gives_a_report_that_may_be_written_again(tunelens, home: Path) -> None:
    chart, reference = write_tables(home, 24)
    words = (
        "hits",
        chart.name,
        "--against",
        reference.name,
        "--lang",
        "zh",
        "--out",
        "报告.html",
        "--skip",
        SKIP,
    )
    first = tunelens(*words, "--json")
    assert first.code == 0, first.err
    (told,) = first.objects
    assert told["ok"] and told["path"] == "报告.html"
    page = home / "报告.html"
    assert told["result"]["bytes"] == page.stat().st_size
    assert [one["state"] for one in told["result"]["stages"]].count("done") == 3
    assert (home / "热歌榜.hits" / "stages").is_dir()
    again = tunelens(*words)
    assert again.code == 0, again.err
    assert "kept from an earlier run" in again.err and "报告.html" in again.out


def test_exit_codes_tell_the_truth(tunelens, home: Path) -> None:
    chart, _ = write_tables(home, 12)
    (home / "songs").mkdir()
    assert tunelens("hits", chart.name, "--audio", "songs", "--skip", SKIP).code == 1, "no song has a file"
    assert tunelens("hits", "absent.csv", "--out", "a.html").code == 3
    assert tunelens("hits", chart.name, "--lang", "xx", "--out", "c.html").code == 2
    assert tunelens("hits", chart.name, "--k", "many").code == 2
    assert tunelens("hits", chart.name, "--skip", "acquire").code == 2
    (home / "mine.html").write_text("mine")
    refused = tunelens("hits", chart.name, "--out", "mine.html")
    assert refused.code == 2 and "--force" in refused.err
    assert (home / "mine.html").read_text() == "mine"
    (home / "empty.csv").write_text("title,artist\n")
    assert tunelens("hits", "empty.csv", "--out", "b.html").code == 3


def test_a_column_that_no_name_tells_can_be_named(tunelens, home: Path) -> None:
    rows = [f"歌{i},{90 + i}" for i in range(12)]
    (home / "榜.csv").write_text("\n".join(["曲儿,tempo", *rows]), encoding="utf-8")
    skip = ("--skip", "describe,select,cluster,classify,structure,compare", "--json")
    assert tunelens("hits", "榜.csv", *skip).code == 3
    named = tunelens("hits", "榜.csv", "--field", "title=曲儿", *skip)
    assert named.code == 0, named.err
    page = html.unescape((home / "report.html").read_text("utf-8"))
    assert "--field 'title=曲儿'" in page, "the command that does it again"
    assert tunelens("hits", "榜.csv", "--field", "曲儿", *skip, "--force").code == 2
