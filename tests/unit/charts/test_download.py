"""The sound of a chart, from a real server that behaves badly."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.chart_server import (
    Server,
    drip,
    endless,
    in_turn,
    plain,
    redirect,
    reset,
    slowly,
    status,
    tone,
    truncated,
)

from tunelens.audio.info import probe
from tunelens.base.errors import DataError, ParameterError
from tunelens.charts.chart import Chart, Entry
from tunelens.charts.download import Downloaded, DownloadLimits, download
from tunelens.charts.manifest import JOURNAL, NAME, plain_cell, read_manifest
from tunelens.charts.web.limits import WebLimits

QUICK = DownloadLimits(
    WebLimits(body_bytes=500_000, answer_s=0.6, silence_s=0.5, retries=1, longest_wait_s=1, per_second=100)
)


def fetch(chart: Chart, folder: Path, limits: DownloadLimits = QUICK) -> Downloaded:
    return download(chart, folder, limits=limits, allow_private=True)


def one(url: str, title: str = "夜曲", music_id: str = "7") -> Chart:
    return Chart("hot", (Entry(music_id, title, "周杰伦", rank=1, use_count=12_000, audio_url=url),))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_song_becomes_a_file_with_a_manifest(server: Server, tmp_path: Path) -> None:
    done = fetch(one(server.on("/a", tone(), "audio/wav")), tmp_path / "新 folder")
    assert names(done.folder) == ["manifest.csv", "周杰伦 - 夜曲 [7].wav"]
    assert probe(done.folder / "周杰伦 - 夜曲 [7].wav").duration_s == pytest.approx(0.2)
    item = done.items[0]
    assert (item.status, item.rank, item.use_count, item.url) == ("done", 1, 12_000, server.url + "/a")
    assert read_manifest(done.folder) == {"7": item}
    assert (done.folder / NAME).read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("format", "suffix"), [("WAV", ".wav"), ("MP3", ".mp3"), ("FLAC", ".flac"), ("OGG", ".ogg")]
)
def test_the_suffix_is_of_what_came(server: Server, tmp_path: Path, format: str, suffix: str) -> None:
    url = server.on("/a.mp4", tone(format=format), "application/octet-stream")
    assert fetch(one(url), tmp_path).items[0].file.endswith(suffix)


BAD = {
    "html as html": (plain(b"<html>no</html>", "text/html"), "of type 'text/html'"),
    "html as audio": (plain(b"<!DOCTYPE html><html>no</html>", "audio/mpeg"), "text instead of audio"),
    "json as audio": (plain(b'{"error": "gone"}', "audio/mpeg"), "text instead of audio"),
    "noise": (plain(bytes(range(256)) * 40, "audio/mpeg"), "no audio that can be decoded"),
    "nothing": (plain(b"", "audio/mpeg"), "no audio that can be decoded"),
    "truncated": (truncated(tone(), "audio/wav"), "broken or ends early"),
    "endless": (endless("audio/mpeg"), "larger than 500000 bytes"),
    "large": (plain(b"x" * 600_000, "audio/mpeg"), "has 600000 bytes"),
    "slow": (slowly(2, status(200)), "no answer for too long"),
    "dripping": (drip(0.05), "of type 'application/json'"),
    "not found": (status(404), "the server says 404"),
    "broken": (status(500), "the server says 500"),
    "cut": (reset, "connection failed|ends early"),
    "loop": (redirect("/bad"), "more than 5 redirects"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_song_that_fails_stops_nothing(server: Server, tmp_path: Path, kind: str) -> None:
    reply, reason = BAD[kind]
    good = server.on("/good", tone(), "audio/wav")
    bad = server.on("/bad", reply)
    chart = Chart("hot", (Entry("1", "bad", audio_url=bad), Entry("2", "good", audio_url=good)))
    done = fetch(chart, tmp_path)
    assert [item.status for item in done.items] == ["failed", "done"]
    assert names(tmp_path) == ["good [2].wav", "manifest.csv"]  # nothing half is left
    assert [name for name, _ in done.errors] == ["bad"]
    import re

    assert re.search(reason, done.items[0].reason), done.items[0].reason


def test_a_song_without_an_address_has_failed(server: Server, tmp_path: Path) -> None:
    good = server.on("/good", tone(), "audio/wav")
    done = fetch(Chart("hot", (Entry("1", "a"), Entry("2", "b", audio_url=good))), tmp_path)
    assert done.items[0].reason == "no address of audio" and done.n_done == 1
    with pytest.raises(DataError, match="not one of 1 songs has an address"):
        fetch(Chart("hot", (Entry("1", "a"),)), tmp_path / "other")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://x/y", "//x", "javascript:1", "http://me:pw@127.0.0.1/", "http://[::1",
        "http://xn--/", "http://xn--a/", f"http://{'a' * 70}.example/", "http://../",
    ],
)  # fmt: skip
def test_other_addresses_are_not_asked(tmp_path: Path, url: str) -> None:
    done = fetch(one(url), tmp_path)
    assert done.n_done == 0 and "pw" not in (tmp_path / NAME).read_text("utf-8")


def test_this_computer_is_not_asked_unless_allowed(server: Server, tmp_path: Path) -> None:
    done = download(one(server.on("/a", tone(), "audio/wav")), tmp_path, limits=QUICK)
    assert "no address of the public internet" in done.items[0].reason and server.asked == []


def test_what_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    chart = one(server.on("/a", tone(), "audio/wav"))
    first = fetch(chart, tmp_path)
    again = fetch(chart, tmp_path)
    assert len(server.asked) == 1 and again.n_kept == 1 and again.items == first.items


def test_a_file_that_was_changed_is_fetched_beside_it(server: Server, tmp_path: Path) -> None:
    chart = one(server.on("/a", tone(), "audio/wav"))
    path = tmp_path / fetch(chart, tmp_path).items[0].file
    path.write_bytes(path.read_bytes()[:-1] + b"?")  # same size, other content
    again = fetch(chart, tmp_path)
    assert again.n_kept == 0 and again.items[0].file == "周杰伦 - 夜曲 [7] (2).wav"
    assert path.read_bytes().endswith(b"?")


def test_a_song_that_failed_is_tried_again(server: Server, tmp_path: Path) -> None:
    chart = one(server.on("/a", status(404)))
    assert fetch(chart, tmp_path).n_done == 0
    server.on("/a", tone(), "audio/wav")
    assert fetch(chart, tmp_path).n_done == 1


def test_songs_of_one_name_are_kept_apart(server: Server, tmp_path: Path) -> None:
    url = server.on("/a", tone(), "audio/wav")
    ids = ("Ab", "aB", "a/b", "a:b", "x" * 100, "x" * 99 + "y", "..", ".")
    chart = Chart("hot", tuple(Entry(music_id, "Intro", "A", audio_url=url) for music_id in ids))
    files = [item.file for item in fetch(chart, tmp_path).items]
    assert len({name.casefold() for name in files}) == len(ids) == len(list(tmp_path.glob("*.wav")))


def test_files_of_others_are_never_overwritten(server: Server, tmp_path: Path) -> None:
    mine = tmp_path / "周杰伦 - 夜曲 [7].wav"
    mine.write_bytes(b"mine")
    assert fetch(one(server.on("/a", tone(), "audio/wav")), tmp_path).items[0].file.endswith("(2).wav")
    assert mine.read_bytes() == b"mine"


def test_a_second_chart_keeps_the_songs_of_the_first(server: Server, tmp_path: Path) -> None:
    url = server.on("/a", tone(), "audio/wav")
    fetch(one(url), tmp_path)
    fetch(one(url, "晴天", "8"), tmp_path)
    assert set(read_manifest(tmp_path)) == {"7", "8"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "'=1", "＝1", "=cmd|' /C calc'!A0"])
def test_a_spreadsheet_runs_nothing_of_a_manifest(server: Server, tmp_path: Path, text: str) -> None:
    done = fetch(one(server.on("/a", tone(), "audio/wav"), text, text), tmp_path)
    with (tmp_path / NAME).open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))]
    assert read_manifest(tmp_path)[plain_cell(text)] == done.items[0]


def test_a_manifest_leads_nowhere_else(server: Server, tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(tone())
    folder = tmp_path / "songs"
    folder.mkdir()
    rows = "music_id,title,file,status\n7,夜曲,../secret.wav,done\n8,x,/etc/passwd,done\n"
    (folder / NAME).write_text(rows, encoding="utf-8")
    assert read_manifest(folder) == {}
    assert fetch(one(server.on("/a", tone(), "audio/wav")), folder).n_kept == 0
    assert len(server.asked) == 1


def test_another_table_of_that_name_is_left_alone(server: Server, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("path,label\na.wav,jazz\n")
    with pytest.raises(DataError, match="is no manifest of songs"):
        fetch(one(server.on("/a", tone(), "audio/wav")), tmp_path)
    assert (tmp_path / NAME).read_text() == "path,label\na.wav,jazz\n"


def test_all_bytes_together_are_bounded(server: Server, tmp_path: Path) -> None:
    url = server.on("/a", tone(), "audio/wav")
    chart = Chart("hot", tuple(Entry(str(i), "a", audio_url=url) for i in range(4)))
    done = fetch(chart, tmp_path, replace(QUICK, total_bytes=len(tone()) + 1))
    assert done.n_done == 2 and "in all" in done.items[2].reason


def test_all_time_together_is_bounded(server: Server, tmp_path: Path) -> None:
    url = server.on("/a", slowly(0.3, plain(tone(), "audio/wav")))
    chart = Chart("hot", tuple(Entry(str(i), "a", audio_url=url) for i in range(50)))
    start = time.monotonic()
    done = fetch(chart, tmp_path, replace(QUICK, web=replace(QUICK.web, total_s=1.0)))
    assert 1 <= done.n_done < 5 and time.monotonic() - start < 3 and len(done.items) == 50


def test_what_may_pass_is_tried_again(server: Server, tmp_path: Path) -> None:
    good = plain(tone(), "audio/wav")
    assert fetch(one(server.on("/a", in_turn(truncated(tone(), "audio/wav"), good))), tmp_path).n_done == 1


def test_a_kill_loses_no_file_and_leaves_no_half(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "songs"
    urls = [server.on(f"/{i}", tone(200 + i), "audio/wav") for i in range(4)]

    def half(handler) -> None:  # sends half of a song and waits
        handler.head(200, Content_Type="audio/wav", Content_Length=str(len(tone())))
        handler.wfile.write(tone()[:5000])
        handler.wfile.flush()
        handler.server.stopped.wait(30)

    server.on("/2", half)
    chart = Chart("hot", tuple(Entry(str(i), f"song {i}", audio_url=url) for i, url in enumerate(urls)))
    path = chart.save(tmp_path / "chart.json")
    code = (
        "from pathlib import Path; from tunelens.charts.chart import Chart;"
        "from tunelens.charts.download import download;"
        f"download(Chart.load(Path({str(path)!r})), Path({str(folder)!r}), allow_private=True)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], env=os.environ.copy())
    deadline = time.monotonic() + 20
    while len(server.asked) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    assert [name for name in names(folder) if name.endswith(".wav")] == ["song 0 [0].wav", "song 1 [1].wav"]
    server.on("/2", tone(202), "audio/wav")
    done = fetch(chart, folder)
    assert done.n_done == 4 and done.n_kept == 2
    assert server.paths()[3:] == ["/2", "/3"]
    assert names(folder) == ["manifest.csv", *(f"song {i} [{i}].wav" for i in range(4))]


def test_an_interruption_still_writes_the_manifest(server: Server, tmp_path: Path) -> None:
    class Impatient:
        def start(self, total: int, what: str) -> None: ...

        def advance(self, *_: object) -> None:
            raise KeyboardInterrupt

        def finish(self) -> None: ...

    url = server.on("/a", tone(), "audio/wav")
    with pytest.raises(KeyboardInterrupt):
        download(one(url), tmp_path, limits=QUICK, allow_private=True, progress=Impatient())
    assert read_manifest(tmp_path)["7"].is_done and not (tmp_path / JOURNAL).exists()


def test_a_journal_with_half_a_line_is_read(tmp_path: Path) -> None:
    whole = json.dumps({"music_id": "1", "title": "a", "file": "a.wav", "status": "done"})
    (tmp_path / JOURNAL).write_text(whole + "\n" + whole[:20])
    assert list(read_manifest(tmp_path)) == ["1"]


def test_limits_are_checked() -> None:
    with pytest.raises(ParameterError, match="total_bytes"):
        DownloadLimits(total_bytes=0)
    with pytest.raises(ParameterError, match="retries"):
        WebLimits(retries=-1)
    with pytest.raises(ParameterError, match="answer_s"):
        WebLimits(answer_s=float("nan"))
