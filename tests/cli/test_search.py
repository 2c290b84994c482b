"""`tunelens search` as a person at a terminal and a pipe see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Tunelens, pulse
from tunelens import Library, analyze_many
from tunelens.audio.write import write_wav
from tunelens.services.hear import HearOptions


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four files, heard once for all tests, and the library beside it."""
    folder = tmp_path_factory.mktemp("shelf") / "music"
    for bpm, name in ((96, "blue moon"), (120, "周杰伦 - 晴天"), (140, "new\nline")):
        write_wav(pulse(bpm, 440, 4), folder / f"{name}.wav")
    (folder / "blue moon.lrc").write_text("[00:01.00]You saw me standing\n[00:02.00]alone [bold]here[/bold]")
    write_wav(pulse(110, 330, 4), folder / "x.wav")
    os.rename(folder / "x.wav", os.fsencode(folder) + b"/caf\xe9.wav")  # noqa: PTH104
    with Library.open(folder.parent / "music.db") as library:
        report = analyze_many([folder], library, engine="inline", options=HearOptions(models=()))
    assert len(report.analyzed) == 4
    return folder


@pytest.fixture
def heard(music: Path, home: Path) -> Path:
    (home / "data").mkdir()
    shutil.copy(music.parent / "music.db", home / "data" / "library.db")
    return music


def test_a_table_says_what_matched(tunelens: Tunelens, heard: Path) -> None:
    ran = tunelens("search", "here | 杰伦")
    assert ran.code == 0
    assert "blue moon.wav" in ran.out
    assert "lyrics: alone [bold]here[/bold]" in ran.out
    assert "晴天" in ran.out
    assert "2 of 2 tracks" in ran.err


def test_words_need_no_quotes_and_more_is_told(tunelens: Tunelens, heard: Path) -> None:
    assert [one["path"][-13:] for one in tunelens("search", "moon", "blue", "--json").objects] == [
        "blue moon.wav"
    ]
    ran = tunelens("search", "-n", "2", "--sort", "-path")
    assert "2 of 4 tracks; --offset 2 shows more" in ran.err
    assert "0 of 0 tracks" in tunelens("search", "nothing").err


def test_what_is_not_wanted_is_no_option(tunelens: Tunelens, heard: Path) -> None:
    names = [
        Path(one["path"]).name for one in tunelens("search", "moon|晴天", "-tempo:<100", "--json").objects
    ]
    assert names == ["周杰伦 - 晴天.wav"]
    assert len(tunelens("search", "-title：moon", '-("blue moon" 晴天)', "-key:Am", "-n", "1").out) > 0
    ran = tunelens("search", "moon", "-standing")
    assert ran.code == 2
    assert "stands after --" in ran.err
    assert "0 of 0 tracks" in tunelens("search", "--", "moon", "-standing").err


def test_json_and_paths(tunelens: Tunelens, heard: Path) -> None:
    hits = tunelens("search", "standing", "--json").objects
    assert hits[0]["ok"]
    assert hits[0]["result"]["matched"] == [{"field": "lyrics", "text": "You saw me standing"}]
    lines = tunelens("search", "moon | 晴天", "--sort", "path", "--paths").out.splitlines()
    assert [Path(line).name for line in lines] == ["blue moon.wav", "周杰伦 - 晴天.wav"]


def test_names_reach_a_pipe_as_they_are(home: Path, tunelens: Tunelens, heard: Path) -> None:
    words = [sys.executable, "-m", "tunelens", "search", "--sort", "random", "--seed", "5", "-0"]
    done = subprocess.run(words, capture_output=True, check=True, timeout=60)
    names = {os.fsencode(path) for path in heard.iterdir() if path.suffix == ".wav"}
    assert set(done.stdout.split(b"\0")) == names | {b""}


def test_counts(tunelens: Tunelens, heard: Path) -> None:
    ran = tunelens("search", "--facets", "codec,mode", "tempo:>0")
    assert ran.code == 0
    assert "pcm_16" in ran.out
    counted = tunelens("search", "--facets", "codec", "--json").objects[0]["result"]
    assert counted["total"] == 4
    assert counted["facets"]["codec"]["counts"] == [
        {"value": "pcm_16", "n_tracks": 4, "term": 'codec:="pcm_16"'}
    ]


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("周杰伦 tempo:快", ["  周杰伦 tempo:快", "               ^"]),
        ("gnre:jazz", ["  gnre:jazz", "  ^", "  did you mean genre?; words go in quotes"]),
        ("(a | b", ["  (a | b", "  ^"]),
    ],
)
def test_mistakes_are_shown_where_they_are(
    tunelens: Tunelens, heard: Path, query: str, lines: list[str]
) -> None:
    ran = tunelens("list", "--where", query) if "(" in query else tunelens("search", query)
    assert ran.code == 2
    assert ran.err.splitlines()[1 : 1 + len(lines)] == lines


def test_other_mistakes(tunelens: Tunelens, home: Path, heard: Path) -> None:
    assert tunelens("search", "x", "--library", home / "none.db").code == 3
    assert "did you mean year" in tunelens("search", "--sort", "yaer").err
    assert "genre" in tunelens("search", "--facets", "gener").err
    error = tunelens("search", "key:H", "--json").objects[0]["error"]
    assert (error["code"], error["position"]) == ("query", 4)
