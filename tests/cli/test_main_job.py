"""`analyze` and the verbs that read what it kept."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Tunelens, pulse
from tunelens.audio.write import write_wav

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def heard(tunelens: Tunelens, music: Path) -> Path:
    (music / "letter.mp3").unlink()
    ran = tunelens("analyze", music, "--no-models", "--jobs", "1")
    assert ran.code == 0, ran.err
    return music


def test_a_folder_is_heard_and_the_broken_file_is_told(tunelens: Tunelens, music: Path) -> None:
    ran = tunelens("analyze", music, "--no-models")
    assert ran.code == 1
    assert "letter.mp3" in ran.err
    assert "3 analysed" in ran.err and "1 failed" in ran.err
    assert "两只老虎" in ran.out


def test_a_second_run_skips_what_is_up_to_date(tunelens: Tunelens, heard: Path) -> None:
    again = tunelens("analyze", heard, "--no-models")
    assert again.code == 0
    assert "0 analysed, 3 up to date" in again.err


def test_json_is_one_object_per_input(tunelens: Tunelens, music: Path) -> None:
    ran = tunelens("analyze", music, "--no-models", "--json")
    assert ran.code == 1
    assert [o["ok"] for o in ran.objects].count(True) == 3
    (failed,) = [o for o in ran.objects if not o["ok"]]
    assert failed["error"]["code"] == "decode"
    tempi = {Path(o["path"]).name: o["result"]["descriptors"]["tempo"]["bpm"] for o in ran.objects if o["ok"]}
    assert tempi["fast.wav"] == pytest.approx(120, rel=0.02)


def test_show_finds_a_track_by_path_number_and_part_of_the_name(tunelens: Tunelens, heard: Path) -> None:
    for ref in (heard / "fast.wav", "1", "老虎"):
        shown = tunelens("show", ref)
        assert shown.code == 0, shown.err
        assert "BPM" in shown.out
    assert tunelens("show", "nothing like it").code == 3


def test_list_filters_and_points_at_the_mistake(tunelens: Tunelens, heard: Path) -> None:
    some = tunelens("list", "--where", "tempo:115..125", "--json")
    assert [Path(o["path"]).name for o in some.objects] == ["fast.wav"]
    wrong = tunelens("list", "--where", "tempo:fast")
    assert wrong.code == 2
    assert "tempo" in wrong.err


def test_failures_are_listed_with_their_reason(tunelens: Tunelens, music: Path) -> None:
    tunelens("analyze", music, "--no-models")
    listed = tunelens("list", "--failed", "--json")
    assert listed.code == 0
    assert [Path(o["path"]).name for o in listed.objects] == ["letter.mp3"]


@pytest.mark.parametrize("format", ["csv", "json", "parquet", "spotify"])
def test_export_writes_every_track(tunelens: Tunelens, heard: Path, home: Path, format: str) -> None:
    out = home / f"music.{format}"
    assert tunelens("export", "--format", format, "--out", out).code == 0
    assert _rows(out, format) == 3
    assert tunelens("export", "--format", format, "--out", out).code == 2, "no overwriting without --force"
    assert tunelens("export", "--format", format, "--out", out, "--force").code == 0


def test_export_without_a_file_pours_into_the_pipe(tunelens: Tunelens, heard: Path) -> None:
    ran = tunelens("export", "--format", "json")
    assert ran.code == 0
    assert {Path(track["path"]).name for track in json.loads(ran.out)} >= {"fast.wav", "slow.wav"}


def _rows(path: Path, format: str) -> int:
    if format == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return len(list(csv.DictReader(file)))
    if format == "parquet":
        from pyarrow import parquet

        return parquet.read_table(path).num_rows
    return len(json.loads(path.read_text("utf-8")))


def test_report_is_one_page_without_a_network(tunelens: Tunelens, heard: Path, home: Path) -> None:
    assert tunelens("report", "--out", home / "r.html").code == 0
    page = (home / "r.html").read_text("utf-8")
    assert "两只老虎" in page
    assert 'src="http' not in page and 'href="http' not in page


def test_interrupting_keeps_what_is_finished_and_exits_130(home: Path) -> None:
    for number in range(60):
        write_wav(pulse(90 + number, 200 + number, 20), home / "many" / f"{number:02}.wav")
    words = [sys.executable, "-m", "tunelens", "analyze", "many", "--no-models", "--jobs", "1"]
    process = subprocess.Popen(words, cwd=home, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    library = home / "data" / "library.db"
    deadline = time.monotonic() + 60
    while _tracks(library) == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    kept = _tracks(library)
    assert process.returncode == 130, err
    assert b"interrupted" in err
    assert 0 < kept < 60


def _tracks(library: Path) -> int:
    if not library.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{library}?mode=ro", uri=True)) as connection, connection:
            return connection.execute("select count(*) from tracks").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def test_a_name_in_no_encoding_is_heard_and_printed(tunelens: Tunelens, home: Path) -> None:
    write_wav(pulse(120, 440), home / "x.wav")
    strange = os.fsencode(home) + b"/caf\xe9.wav"
    os.rename(os.fsencode(home / "x.wav"), strange)  # noqa: PTH104
    ran = tunelens("analyze", strange, "--no-models")
    assert ran.code == 0, ran.err
    assert "caf" in ran.out
