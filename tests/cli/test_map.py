"""`tunelens map` as a person at a terminal sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Tunelens, pulse
from tests.unit.map.test_page import Map
from tunelens import HearOptions, Library, analyze_many
from tunelens.audio.write import write_wav
from tunelens.services.clustering import ClusterOptions, run_clusters

SONGS = [(120, 440), (80, 330), (100, 262), (140, 200), (90, 500), (70, 150)]


@pytest.fixture
def heard(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six songs in the library, and a table of forty."""
    monkeypatch.chdir(home)
    for i, (bpm, hz) in enumerate(SONGS):
        write_wav(pulse(bpm, hz, 4.0), home / "music" / f"歌 {i}.wav")
    with Library.open() as library:
        analyze_many(["music"], library, jobs=1, engine="inline", options=HearOptions(models=()))
    return table(home)


def table(folder: Path) -> Path:
    """Write a table of songs."""
    lines = ["title,artist,tempo,energy,genre,year"]
    for i in range(40):
        genre = "rock" if i % 3 else "民谣"
        lines.append(f"Song {i},=cmd|A{i},{80 + 7 * i % 50},{i % 10 / 10},{genre},{2000 + i % 20}")
    (folder / "songs.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_the_library_becomes_a_page_that_plays(tunelens: Tunelens, heard: Path) -> None:
    ran = tunelens("map", "--projection", "pca", "--snippets", 2, "--json")
    assert ran.code == 0, ran.err
    (line,) = ran.objects
    told = line["result"]
    assert line["ok"] and (told["n_songs"], told["n_snippets"], told["projection"]) == (6, 2, "pca")
    page = Map(heard / "map.html")
    assert sorted(page.column("urls")) == sorted(f"music/%E6%AD%8C%20{i}.wav" for i in range(6))


def test_songs_that_join_move_nothing_and_clusters_that_are_kept_give_colours(heard: Path) -> None:
    assert asked("--projection", "pca")["n_new"] == 0
    write_wav(pulse(110, 600, 4.0), heard / "music" / "new.wav")
    with Library.open() as library:
        analyze_many(["music"], library, jobs=1, engine="inline", options=HearOptions(models=()))
    run_clusters("library", options=ClusterOptions(k=2), name="two")
    again = asked("--projection", "pca")
    assert (again["n_songs"], again["n_new"], again["colour"]) == (7, 1, "cluster")
    assert asked("--projection", "pca", "--fresh")["n_new"] == 0
    assert asked("--projection", "pca", "--colour", "cluster:two")["colour"] == "cluster:two"
    for n in range(5):
        run_clusters("library", options=ClusterOptions(k=2), name=f"later {n}")
    assert asked("--projection", "pca", "--colour", "cluster:two")["colour"] == "cluster:two"
    some = asked("tempo:<135", "--projection", "pca")
    assert 4 <= some["n_songs"] < 7


def asked(*words: str) -> dict:
    """Draw a map in this process and return what is told of it."""
    import json

    from tunelens.cli.app import app

    ran = CliRunner().invoke(app, ["map", *words, "--force", "--json"])
    assert ran.exit_code == 0, ran.output
    return dict(json.loads(ran.stdout.splitlines()[0])["result"])


def test_a_table_becomes_a_page_in_chinese(tunelens: Tunelens, home: Path) -> None:
    table(home)
    ran = tunelens("map", "songs.csv", "-p", "pca", "-c", "tempo", "--lang", "zh", "--out", "地图.html")
    assert ran.code == 0 and ran.out.strip() == "地图.html", ran.err
    assert "40 songs by pca, trustworthiness" in ran.err and "coloured by tempo_bpm" in ran.err
    names = {one["name"] for one in Map(home / "地图.html").about["columns"]}
    assert names >= {"genre", "year", "tempo_bpm", "energy"}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--out", "map.pdf"], 2, ".svg"),
        (["--projection", "mercator"], 2, "mercator"),
        (["--projection", "pca", "--colour", "genra"], 2, "genre"),
        (["--lang", "fr"], 2, "fr"),
        (["--snippets", "501"], 2, "0 to 500"),
        (["--out", "songs.csv"], 2, ".csv"),
        (["--projection", "pca", "--bundle", "genre4"], 2, "no song has a file"),
    ],
)
def test_mistakes_are_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, message: str
) -> None:
    from tunelens.cli.app import app

    monkeypatch.chdir(table(home))
    ran = CliRunner().invoke(app, ["map", "songs.csv", *words])
    assert ran.exit_code == code and message in ran.output
    assert not (home / "map.html").exists()
