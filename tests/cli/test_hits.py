"""`tunelens hits` as a person at a terminal sees it."""

from __future__ import annotations

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
