"""`tunelens cluster`, as a person at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Ran
from tests.clusterings import made_up
from tunelens.cli.app import app


@pytest.fixture
def library(home: Path) -> Path:
    return made_up(home / "l.db", 60)


def tunelens(*words: object) -> Ran:
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})
    return Ran(done.exit_code, done.stdout, done.stderr)


def test_a_run_is_made_listed_shown_asked_compared_updated_and_deleted(home: Path, library: Path) -> None:
    of = ("-l", library)
    made = tunelens("cluster", "run", "--k", 3, "--name", "三", *of)
    assert made.code == 0 and "60 songs in 3 clusters" in made.out and "cluster:三/1" in made.err
    assert tunelens("cluster", "run", "--k", 2, "--name", "三", *of).code == 2
    assert tunelens("cluster", "run", "--k", 2, "--name", "two", "--method", "bisecting", *of).code == 0
    listed = tunelens("cluster", "list", "--json", *of)
    assert [one["path"] for one in listed.objects] == ["two", "三"]
    assert "bisecting" in tunelens("cluster", "list", *of).out
    (shown,) = tunelens("cluster", "show", "三", "--json", *of).objects
    assert shown["ok"] and sum(one["size"] for one in shown["result"]["clusters"]) == 60
    assert tunelens("cluster", "show", "三", "-c", 2, *of).out.count("歌") == 20
    assert "20" in tunelens("search", "cluster:三/2", *of).err
    compared = tunelens("cluster", "compare", "三", "two", *of)
    assert "adjusted Rand index" in compared.out
    made_up(library, 6, start=60)
    (updated,) = tunelens("cluster", "update", "三", "--json", *of).objects
    assert sum(updated["result"]["placed"].values()) == 6
    assert "clustered anew" in tunelens("cluster", "update", "三", "--refit", *of).out
    assert tunelens("cluster", "delete", "三", *of).code == 0
    gone = tunelens("cluster", "show", "三", *of)
    assert gone.code == 3 and "no clustering" in gone.err


def test_a_table_is_clustered_into_a_file(home: Path) -> None:
    rows = [f"歌{i},a{i},{100 + i % 2 * 40},{i % 2 * 0.5 + i / 1000}" for i in range(24)]
    table = home / "榜单.csv"
    table.write_text("歌名,歌手,tempo,energy\n" + "\n".join(rows), encoding="utf-8")
    out = home / "out.json"
    done = tunelens("cluster", "run", table, "--k", 2, "--out", out, "--lang", "zh")
    assert done.code == 0
    assert len(json.loads(out.read_text("utf-8"))["clusters"]) == 2
    assert tunelens("cluster", "run", table, "--k", 2, "--out", out).code == 2  # it exists


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--k", "many"), 2), (("--k", "1"), 2), (("--method", "voronoi"), 2), (("--features", "smell"), 2),
     (("genre:polka",), 3), (("(x",), 2), (("gone.csv",), 3), (("--out", "x.pdf"), 2),
      (("--lang", "tlh"), 2)],
)  # fmt: skip
def test_what_cannot_be_done_is_told_with_its_code(
    home: Path, library: Path, words: tuple[str, ...], code: int
) -> None:
    done = tunelens("cluster", "run", *words, "-l", library)
    assert (done.code, "error" in done.err) == (code, True), done.err


def test_nothing_is_clustered_yet(library: Path) -> None:
    done = tunelens("cluster", "show", "-l", library)
    assert done.code == 3 and "tunelens cluster run" in done.err


def test_where_nothing_is_dense_no_parts_are_told_of(home: Path) -> None:
    table = home / "even.csv"
    rows = [f"s{i},a{i},{100 + i % 8},{i // 8 / 8}" for i in range(64)]
    table.write_text("title,artist,tempo,energy\n" + "\n".join(rows), encoding="utf-8")
    done = tunelens("cluster", "run", table, "--method", "hdbscan")
    assert done.code == 0 and "No clusters among 64 songs." in done.out


def test_what_a_reader_noted_is_chinese_on_a_chinese_page(home: Path) -> None:
    table = home / "songs.csv"
    rows = [f"s{i},a{i},{100 + i % 8},{i // 8 / 8}" for i in range(24)]
    table.write_text("title,artist,tempo,energy\n" + "\n".join(rows), encoding="utf-8")
    for verb in (("cluster", "run", "--k", 2), ("map", "--projection", "pca")):
        page = home / f"{verb[0]}.html"
        assert tunelens(*verb, table, "--out", page, "--lang", "zh").code == 0
        text = page.read_text("utf-8")
        assert "24 行没有编号" in text and "rows have no id" not in text
    assert "tempo_bpm" not in (home / "cluster.html").read_text("utf-8")


def test_a_wrong_name_is_not_called_that_of_a_playlist(library: Path) -> None:
    refused = tunelens("cluster", "run", "--name", "", "-l", library)
    assert refused.code == 2 and "the name of a clustering" in refused.err
