"""`tunelens library`: what a person at a terminal sees."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Ran
from tests.libraries import v1
from tunelens.cli.app import app


@pytest.fixture
def tunelens(home: Path):
    """Run the command in this process: starting one takes longer than any of these verbs."""

    def run(*words: object) -> Ran:
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def file(tmp_path: Path, tunelens) -> Path:
    path = v1(tmp_path / "库" / "music.db")
    assert tunelens("library", "stats", "-l", path).code == 0  # brings it up to date
    return path


def names(path: Path, what: str) -> list[Path]:
    return sorted(path.parent.glob(f"{path.stem}.{what}-*.db"))


def test_check_backup_harm_restore(tunelens, file):
    assert tunelens("library", "check", "-l", file).code == 0
    (made,) = tunelens("library", "backup", "-l", file, "--json").objects
    backup = Path(made["path"])
    assert hashlib.sha256(backup.read_bytes()).hexdigest() == made["result"]["sha256"]
    assert backup.with_name(f"{backup.name}.sha256").read_text("utf-8").endswith(f"  {backup.name}\n")
    file.write_bytes(b"\0" * 5000)
    ran = tunelens("list", "-l", file)
    assert ran.code == 3 and f"library restore '{backup}'" in ran.err, "it names what there is to restore"
    done = tunelens("library", "restore", backup, "-l", file)
    assert (done.code, done.out.strip()) == (0, str(file))
    (kept,) = names(file, "before-restore")
    assert str(kept) in done.err and kept.read_bytes() == b"\0" * 5000
    assert len(tunelens("list", "-l", file, "--json").objects) == 3


def test_a_damaged_library_is_told_with_exit_code_3_and_repaired(tunelens, file):
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("DELETE FROM texts WHERE rowid = 1")
    ran = tunelens("library", "check", "-l", file, "--json")
    (told,) = ran.objects
    assert (ran.code, told["result"]["ok"]) == (3, False)
    assert [one["name"] for one in told["result"]["checks"] if one["ok"] is False] == ["full text"]
    mended = tunelens("library", "check", "-l", file, "--repair")
    (kept,) = names(file, "before-repair")
    assert mended.code == 0 and str(kept) in mended.err
    assert tunelens("library", "check", "-l", file).code == 0


def test_stats_and_vacuum_speak_to_people_and_programs(tunelens, file):
    text = tunelens("library", "stats", "-l", file).out
    assert "pcm_16 2, vorbis 1" in text and "1990s 2, unknown 1" in text and "decode 1" in text
    (told,) = tunelens("library", "stats", "-l", file, "--json").objects
    assert told["result"]["whole"]["n_tracks"] == 3
    assert "bytes won" in tunelens("library", "vacuum", "-l", file).out
    (told,) = tunelens("library", "vacuum", "-l", file, "--json").objects
    assert told["result"]["won_bytes"] == 0


def test_nothing_is_written_over_without_force(tunelens, file, tmp_path):
    mine = tmp_path / "mine.db"
    mine.write_text("dear diary")
    ran = tunelens("library", "backup", mine, "-l", file)
    assert ran.code == 2 and "--force" in ran.err
    assert mine.read_text() == "dear diary"
    assert tunelens("library", "backup", mine, "-l", file, "--force").code == 0
    for itself in (file, file.parent / "." / file.name):
        assert tunelens("library", "backup", itself, "-l", file, "--force").code == 2
    assert tunelens("library", "backup", "/dev/null", "-l", file, "--force").code == 2
    assert tunelens("library", "restore", file, "-l", file).code == 2


@pytest.mark.parametrize("verb", ["check", "stats", "vacuum", "backup"])
def test_what_is_no_library_is_refused_and_left_alone(tunelens, tmp_path, verb):
    assert tunelens("library", verb, "-l", tmp_path / "none.db").code == 3
    text, other, empty = tmp_path / "text.db", tmp_path / "other.db", tmp_path / "folder"
    text.write_text("not a database, " * 1000)
    empty.mkdir()
    with closing(sqlite3.connect(other)) as raw, raw:
        raw.execute("CREATE TABLE things (name TEXT)")
    before = text.read_bytes(), other.read_bytes()
    for path in (text, other, empty):
        ran = tunelens("library", verb, "-l", path)
        assert ran.code == 3 and "error:" in ran.err and "Traceback" not in ran.err
    assert (text.read_bytes(), other.read_bytes()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "other.db", "text.db"]


def test_another_programs_file_is_not_restored_over(tunelens, file, tmp_path):
    (made,) = tunelens("library", "backup", "-l", file, "--json").objects
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as raw, raw:
        raw.execute("CREATE TABLE things (name TEXT)")
    before = other.read_bytes()
    ran = tunelens("library", "restore", made["path"], "-l", other)
    assert ran.code == 3 and "not a Tunelens library" in ran.err
    assert other.read_bytes() == before
