"""Places that cannot be written or named, and libraries that may only be read."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.sounds import sine, write

from tunelens.audio import Unfound, find_audio
from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.base.files import atomic_path, check_writable
from tunelens.library.copies import reader
from tunelens.library.database import Database
from tunelens.library.export import export
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.convert import convert
from tunelens.services.hear import HearOptions
from tunelens.services.plot import plot
from tunelens.services.report import report

TOO_LONG = "x" * 300


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write(tmp_path / "song.wav", sine(440.0, 8000, 2.0), 8000)


@pytest.fixture
def heard(tmp_path: Path, song: Path) -> Path:
    with Library.open(tmp_path / "music.db") as library:
        analyze_many([song], library, engine="inline", options=HearOptions(models=()))
    return tmp_path / "music.db"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_name_too_long_for_the_disk(tmp_path: Path, song: Path, heard: Path) -> None:
    long = tmp_path / f"{TOO_LONG}.png"
    ways: list[Callable[[], object]] = [
        lambda: plot(song, "waveform", long),
        lambda: check_writable(long) and Library.open(tmp_path / TOO_LONG),
        lambda: _export(heard, long),
    ]
    for way in ways:
        with pytest.raises(DataError, match=r"File name too long|unable to open"):
            way()
    with pytest.raises(NotFoundError):
        Library.open(tmp_path / TOO_LONG, create=False)


def _export(library: Path, out: Path) -> None:
    with Library.open(library) as opened:
        export(opened, out, format="csv")


def test_no_name_is_too_long_to_be_looked_for(tmp_path: Path) -> None:
    (found,) = find_audio([tmp_path / TOO_LONG])
    assert isinstance(found, Unfound) and "does not exist" in found.error.message


def test_a_file_where_a_folder_is_needed(tmp_path: Path, song: Path) -> None:
    with pytest.raises(DataError, match="cannot be written: File exists"):
        plot(song, "waveform", song / "picture.png")
    with pytest.raises(DataError, match="is a folder"):
        Library.open(tmp_path)


def test_an_empty_path_is_not_the_current_folder(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="empty"):
        convert([""], tmp_path / "out")
    with Library.open(tmp_path / "music.db") as library, pytest.raises(ParameterError, match="empty"):
        analyze_many([""], library, options=HearOptions(models=()))


def test_a_write_that_fails_in_the_middle_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "old.bin"
    target.write_bytes(b"old")
    script = (
        "import resource, sys; from pathlib import Path; from tunelens.base.files import atomic_path\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "with atomic_path(Path(sys.argv[1])) as path: path.write_bytes(bytes(9000))"
    )
    ran = subprocess.run([sys.executable, "-c", script, target], capture_output=True, text=True, check=False)
    assert "NoRoomError" in ran.stderr and "cannot be written: File too large" in ran.stderr
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["old.bin"], "no half file stays"


def test_an_error_of_the_writer_goes_through(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), atomic_path(tmp_path / "a"):
        raise ZeroDivisionError
    assert names(tmp_path) == []


def test_a_library_that_may_only_be_read_is_read_and_left_alone(heard: Path) -> None:
    before = names(heard.parent), heard.read_bytes()
    database = Database(heard, read_only=True)
    database.prepare()
    with Library(database) as library:
        assert [track.path.name for track in library.tracks()] == ["song.wav"]
        assert library.get(1).duration_s == 2.0
        with pytest.raises(DataError, match="readonly"):
            library.remove(1)
    assert (names(heard.parent), heard.read_bytes()) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_library_in_a_folder_of_another_person_is_read(heard: Path) -> None:
    heard.chmod(0o444)
    heard.parent.chmod(0o555)
    try:
        with Library.open(heard, create=False) as library:
            assert library.count() == 1
    finally:
        heard.parent.chmod(0o755)


def test_of_a_linked_library_the_log_beside_the_file_is_read(heard: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(heard)
    with closing(sqlite3.connect(heard, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("UPDATE tracks SET title = 'new'")
        with closing(reader(link, frozen=True)) as connection:
            assert connection.execute("SELECT title FROM tracks").fetchall() == [("new",)]


@pytest.mark.parametrize("way", ["as root without its powers", "as itself"])
def test_a_link_to_a_library_in_a_folder_of_another_person_is_read(
    heard: Path, tmp_path_factory: pytest.TempPathFactory, way: str
) -> None:
    powers = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if bool(powers) != (way != "as itself") or (powers and not shutil.which("setpriv")):
        pytest.skip("another user runs the tests, or setpriv is missing")
    link = tmp_path_factory.mktemp("mine") / "link.db"
    link.symlink_to(heard)
    heard.parent.chmod(0o555)
    program = [sys.executable, "-m", "tunelens", "list", "--library", str(link), "--json"]
    try:
        ran = subprocess.run([*powers, *program], capture_output=True, text=True, check=False)
    finally:
        heard.parent.chmod(0o755)
    assert ran.returncode == 0 and "song.wav" in ran.stdout, ran.stderr


@pytest.mark.parametrize(
    "damage",
    [
        "update analyses set document = '{'",
        "update analyses set document = '{}'",
        "update vectors set data = x'00'",
        "update tracks set versions = 'x'",
        "delete from vectors",
    ],
)
def test_a_damaged_row_is_told_and_healed_by_hearing_again(heard: Path, song: Path, damage: str) -> None:
    with closing(sqlite3.connect(heard)) as connection, connection:
        connection.execute(damage)
    with Library.open(heard) as library:
        if "versions" not in damage:
            with pytest.raises(DataError, match="damaged"):
                library.get(1)
        again = analyze_many([song], library, engine="inline", options=HearOptions(models=()), force=True)
        assert again.analyzed == (song,)
        assert library.get(1).duration_s == 2.0


def test_numbers_beyond_those_of_sqlite(heard: Path) -> None:
    with Library.open(heard) as library:
        assert len(library.tracks(limit=10**30)) == 1
        assert library.tracks(offset=10**30) == []
        for number in (10**30, -(10**30)):
            with pytest.raises(NotFoundError):
                library.get(number)


def test_a_net_that_is_named_twice_is_asked_once() -> None:
    assert HearOptions(models=("MSD_musicnn", "MSD_musicnn")).models == ("MSD_musicnn",)


def test_the_report_holds_no_control_characters(tmp_path: Path, heard: Path) -> None:
    with Library.open(heard) as library:
        page = report(library, tmp_path / "r.html", title="\x1b[2J\x9b<b>", pictures=0).read_text("utf-8")
    assert "\ufffd[2J\ufffd&lt;b&gt;" in page
    assert not [char for char in page if unicodedata.category(char) == "Cc" and char not in "\n\t\r"]
