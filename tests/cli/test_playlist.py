"""`tunelens playlist`, as a person at a terminal meets it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Ran, Tunelens, pulse
from tunelens.audio.write import write_wav
from tunelens.cli.app import app


def run(*words: object) -> Ran:
    """Run in this process: starting one takes longer than what most of these verbs do."""
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    return Ran(done.exit_code, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three songs and their library."""
    folder = tmp_path_factory.mktemp("playlist")
    for name, bpm, hz in (("fast", 120, 440), ("slow", 80, 330), ("中文/两只老虎 🐯", 100, 262)):
        write_wav(pulse(bpm, hz), folder / "music" / f"{name}.wav")
    words = ("analyze", folder / "music", "--no-models", "--library", folder / "l.db", "--engine", "inline")
    assert run(*words).code == 0
    return folder


@pytest.fixture
def tunelens(home: Path) -> Tunelens:
    return run


@pytest.fixture
def library(heard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the library of its own, with the songs where they were."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(heard / "l.db", tmp_path / "l.db"))


def test_a_playlist_goes_out_and_comes_back(tunelens: Tunelens, library: Path, home: Path) -> None:
    made = tunelens("playlist", "create", "夜晚", "两只老虎", "fast", "-l", library)
    assert (made.code, "两只老虎 🐯.wav" in made.out) == (0, True)
    assert "2 items, 0:16" in made.err
    assert tunelens("playlist", "create", "夜晚", "-l", library).code == 2
    for suffix in ("m3u8", "xspf", "jspf"):
        out = home / "lists" / f"a.{suffix}"
        done = tunelens("playlist", "export", "夜晚", "-o", out, "-l", library, "--json")
        assert done.objects[0]["result"] == {"out": str(out), "n_items": 2, "n_absent": 0}
        again = tunelens("playlist", "import", out, "--name", suffix, "-l", library, "--json")
        items = again.objects[0]["result"]["items"]
        assert [Path(item["path"]).stem for item in items] == ["两只老虎 🐯", "fast"]
        assert (again.code, items[0]["track_id"] is None) == (0, False)
    assert "/music/中文/两只老虎 🐯.wav" in (home / "lists" / "a.m3u8").read_text("utf-8")
    assert "\n../" in (home / "lists" / "a.m3u8").read_text("utf-8")
    names = [one["path"] for one in tunelens("playlist", "list", "-l", library, "--json").objects]
    assert names == ["jspf", "m3u8", "xspf", "夜晚"]


def test_lists_are_made_of_what_was_heard(tunelens: Tunelens, library: Path, home: Path) -> None:
    smart = tunelens("playlist", "smart", "slow", "tempo:<110", "--sort", "tempo", "-l", library, "--json")
    stems = [Path(item["path"]).stem for item in smart.objects[0]["result"]["items"]]
    assert stems == ["slow", "两只老虎 🐯"]
    mixed = tunelens("playlist", "mix", "fast", "-d", "0:16", "-s", "two", "-l", library)
    assert (mixed.code, "0:16: +0.0 s beside the 0:16 asked" in mixed.err) == (0, True)
    ordered = tunelens("playlist", "smooth", "two", "--first", "fast", "-l", library, "--json").objects[0][
        "result"
    ]
    assert len(ordered["tracks"]) == 2
    assert set(ordered["transitions"][0]["parts"]) == {"tempo", "key", "energy", "similarity", "artist"}
    lost = tunelens("playlist", "journey", "--from", "sad", "--to", "happy", "-l", library)
    assert (lost.code, "0 tracks have valence and arousal" in lost.err) == (3, True)


def test_mistakes_are_told_and_cost_nothing(tunelens: Tunelens, library: Path, home: Path) -> None:
    (home / "evil.xspf").write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    (home / "mine.m3u").write_bytes("#EXTINF:1,Björk - Jóga\r\n..\\x\\j\xf3ga.mp3".encode("latin-1"))
    found = tunelens("playlist", "import", "mine.m3u", "-l", library)
    assert (found.code, f"not in the library: {home.parent}/x/jóga.mp3" in found.err) == (1, True)
    (home / "good.m3u8").write_text("", "utf-8")
    several = tunelens("playlist", "import", "evil.xspf", "good.m3u8", "-l", library, "--json")
    assert (several.code, [one["ok"] for one in several.objects]) == (1, [False, True])
    for code, words in (
        (2, ["import", "evil.xspf", "good.m3u8", "--name", "both"]),
        (3, ["import", "evil.xspf"]),
        (3, ["import", "none.m3u"]),
        (2, ["import", "music/letter.mp3"]),
        (3, ["show", "nothing"]),
        (2, ["export", "mine", "-o", "a.pls"]),
        (2, ["smart", "bad", "tempo:fast"]),
        (2, ["mix"]),
        (2, ["mix", "fast", "-d", "soon"]),
        (2, ["mix", "fast", "--weight", "loudness=2"]),
        (2, ["remove", "mine", "7"]),
        (2, ["journey", "--from", "2,2", "--to", "sad"]),
    ):
        ran = tunelens("playlist", *words, "-l", library)
        assert (ran.code, ran.out, ran.err[:6]) == (code, "", "error:"), words
    assert len(tunelens("playlist", "list", "-l", library, "--json").objects) == 2
    assert tunelens("playlist", "delete", "mine", "-l", library).code == 0


def test_of_a_very_long_playlist_the_first_are_drawn(tunelens: Tunelens, library: Path, home: Path) -> None:
    (home / "long.m3u8").write_text("".join(f"歌{i}.mp3\n" for i in range(1003)), "utf-8")
    drawn = tunelens("playlist", "import", "long.m3u8", "-l", library)
    assert ("歌999.mp3" in drawn.out, "歌1000.mp3" in drawn.out, "and 3 more" in drawn.out) == (
        True,
        False,
        True,
    )
    assert drawn.err.count("not in the library: ") == 1003
    (whole,) = tunelens("playlist", "show", "long", "-l", library, "--json").objects
    assert len(whole["result"]["items"]) == 1003
