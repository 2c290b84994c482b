"""`tunelens tag` as a person uses it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.songs import make_songs
from tunelens.cli.app import app
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

ANY = ("--min-confidence", "0")


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_songs(tmp_path_factory.mktemp("songs"))


@pytest.fixture
def music(home: Path, songs: Path) -> Path:
    """Two songs that are heard, one of them in 中文."""
    folder = home / "music"
    (folder / "中文").mkdir(parents=True)
    (folder / "one.mp3").write_bytes((songs / "id3v23.mp3").read_bytes())
    (folder / "中文" / "两只老虎.flac").write_bytes((songs / "song.flac").read_bytes())
    with Library.open() as library:
        analyze_many([folder], library, jobs=1, engine="inline", options=HearOptions(models=()))
    return folder


def here(*words: object) -> Any:
    """Run the verb in this process, which is quicker."""
    return CliRunner().invoke(app, ["tag", *map(str, words)])


def objects(ran: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


def bytes_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_shows_then_writes_then_takes_back(tunelens, music: Path):
    before = bytes_of(music)
    shown = tunelens("tag", music, *ANY)
    assert shown.code == 0
    assert "中文/两只老虎.flac" in shown.out
    assert re.search(r"energy\s+\+ \d", shown.out)
    assert "genre     left out: the bundle 'genre' was not asked" in shown.out
    assert "--write does it" in shown.err
    assert bytes_of(music) == before

    written = tunelens("tag", *ANY, "--write")
    assert written.code == 0
    assert "tunelens tag --undo 1 takes it back" in written.err
    assert all(path.read_bytes() != old for path, old in before.items())
    assert "2 up to date" in tunelens("analyze", music, "--no-models").err

    assert "两只老虎.flac" in tunelens("tag", "--history").out
    undone = tunelens("tag", "--undo", "1")
    assert (undone.code, undone.out.count("restored")) == (0, 2)
    assert bytes_of(music) == before
    assert tunelens("tag", "--undo").code == 3


def test_json_has_an_object_per_file(music: Path):
    planned = objects(here(*ANY, "--json", "--field", "energy"))
    assert [one["result"]["state"] for one in planned] == ["planned", "planned"]
    assert planned[0]["result"]["format"] == "ID3v2.3"
    (change,) = planned[1]["result"]["changes"]
    assert (change["field"], change["action"], change["before"]) == ("energy", "write", [])
    assert here(*ANY, "--write", "--json").exit_code == 0
    (batch,) = objects(here("--history", "--json"))
    assert (batch["result"]["batch"], batch["result"]["written"]) == (1, 2)


def test_what_could_not_be_written_is_shown_and_told(music: Path):
    (music / "one.mp3").chmod(0o444)
    ran = here(*ANY, "--field", "energy")
    assert (ran.exit_code, ran.stdout.count("energy"), "write-protected" in ran.stderr) == (1, 2, True)
    assert "1 value would be written into 1 file" in ran.stderr


def test_a_bad_file_costs_itself_and_exit_code_1(music: Path):
    (music / "one.mp3").chmod(0o444)
    ran = here(*ANY, "--write")
    assert ran.exit_code == 1
    assert "write-protected" in ran.stderr
    (batch,) = objects(here("--history", "--json"))
    assert batch["result"]["written"] == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--policy", "genre=clobber"], 2, "unknown policy 'clobber'"),
        (["--policy", "tempo=fill"], 2, "unknown field 'tempo'"),
        (["--min-confidence", "high"], 2, "a number from 0 to 1"),
        (["--min-confidence", "bpm=70"], 2, "0 to 1 is needed"),
        (["--min-confidence", "nan"], 2, "0 to 1 is needed"),
        (["--from", "my-genres"], 2, "names no field"),
        (["--where", "gnre:jazz"], 2, "unknown field 'gnre'"),
        (["--undo", "last"], 2, "is no batch"),
        (["--undo", "7"], 3, "nothing of batch 7"),
        (["no such song"], 3, "no track"),
        (["--library", "/no/such/library.db"], 3, "there is no library"),
    ],
)
def test_what_is_wrong_is_told(home: Path, words: list[str], code: int, said: str):
    Library.open().close()
    ran = here(*words)
    assert (ran.exit_code, said in ran.stderr) == (code, True), ran.stderr


def test_without_mutagen_it_says_what_to_install(tunelens, home: Path, tmp_path: Path):
    Library.open().close()
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "mutagen.py").write_text("raise ImportError('not here')")
    ran = tunelens("tag", PYTHONPATH=str(shadow))
    assert ran.code == 4
    assert "pip install 'tunelens[tags]'" in ran.err
