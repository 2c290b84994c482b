"""`tunelens chart` as a person at a terminal sees it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chart_server import Server, plain, running, silent, status, tone

TABLE = '排名,歌名,歌手,使用量,时长\n2,晴天,周杰伦,"1,234",4:29\n1,夜曲\x1b[2J,周杰伦,1.2万,3:46\n,,x,,\n'


@pytest.fixture
def table(home: Path) -> Path:
    path = home / "热歌榜.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as one:
        yield one


def test_sources(tunelens) -> None:
    objects = tunelens("chart", "sources", "--json").objects
    assert [one["result"]["name"] for one in objects] == ["http", "json", "csv"]


def test_show(tunelens, table: Path) -> None:
    ran = tunelens("chart", "show", str(table), "--top", "2")
    assert ran.code == 0, ran.err
    lines = [line.split() for line in ran.out.splitlines()]
    assert lines[0] == ["rank", "title", "creator", "uses", "seconds"]
    assert lines[1] == ["1", "夜曲\\x1b[2J", "周杰伦", "12,000", "3:46"]
    assert lines[2] == ["2", "晴天", "周杰伦", "1,234", "4:29"]
    assert "\x1b" not in ran.out and "left out, no title, id or audio: line 4" in ran.err


def test_show_as_json_and_saved(tunelens, table: Path, home: Path) -> None:
    ran = tunelens("chart", "show", str(table), "--json", "-o", str(home / "hot.json"))
    assert ran.code == 0, ran.err
    assert ran.objects[0]["result"] == json.loads((home / "hot.json").read_text("utf-8"))
    again = tunelens("chart", "show", str(home / "hot.json"), "-o", str(home / "hot.json"))
    assert again.code == 2 and "--force" in again.err


def test_what_is_wrong_is_told_with_its_code(tunelens, table: Path, home: Path) -> None:
    assert tunelens("chart", "show", "nowhere.csv").code == 3
    wrong = tunelens("chart", "show", str(table), "--field", "titel=歌名")
    assert wrong.code == 2 and "did you mean title" in wrong.err
    assert tunelens("chart", "show", str(table), "--top", "0").code == 2
    (home / "p.toml").write_text('name = "x"\nurl = "http://x"\n[headers]\nCookie = "a=b"')
    secret = tunelens("chart", "fetch", str(home / "p.toml"), "-o", "a.json")
    assert secret.code == 2 and "TUNELENS_CHART_TOKEN" in secret.err


def test_fetch_and_download(tunelens, home: Path, server: Server) -> None:
    good = server.on("/good", tone(), "audio/wav")
    bad = server.on("/bad", plain(b"<html>", "text/html"))
    server.on("/top", {"songs": [{"title": "夜曲", "play_url": good}, {"title": "x", "play_url": bad}]})
    (home / "p.toml").write_text(f'name = "hot"\nurl = "{server.url}/top"\n')
    chart, folder = home / "hot.json", home / "audio"
    refused = tunelens("chart", "fetch", str(home / "p.toml"), "-o", str(chart))
    assert refused.code == 3 and "--allow-private" in refused.err and not chart.exists()
    ran = tunelens("chart", "fetch", str(home / "p.toml"), "-o", str(chart), "--allow-private")
    assert ran.code == 0 and ran.out.strip() == str(chart), ran.err

    ran = tunelens(
        "chart", "download", str(chart), "-o", str(folder), "--allow-private", "--per-second", "50"
    )
    assert ran.code == 1 and "of type 'text/html'" in ran.err and "1 of 2 songs are there" in ran.err
    assert [path.suffix for path in sorted(folder.iterdir())] == [".csv", ".wav"]
    again = tunelens("chart", "download", str(chart), "-o", str(folder), "--allow-private", "--json")
    told = again.objects[0]["result"]
    assert (again.code, told["n_kept"], told["n_failed"]) == (1, 1, 1)
    server.on("/bad", tone(220), "audio/wav")
    assert tunelens("chart", "download", str(chart), "-o", str(folder), "--allow-private").code == 0


def test_when_nothing_came_the_code_says_so(tunelens, home: Path, server: Server) -> None:
    server.on("/bad", status(404))
    (home / "a.csv").write_text(f"title,audio_url\na,{server.url}/bad\n")
    ran = tunelens("chart", "download", str(home / "a.csv"), "-o", str(home / "audio"), "--allow-private")
    assert ran.code == 3 and "the server says 404" in ran.err


def test_match(tunelens, table: Path, home: Path) -> None:
    (home / "music").mkdir()
    for name in ("周杰倫 - 晴天.mp3", "other.mp3"):
        (home / "music" / name).write_bytes(b"")
    ran = tunelens("chart", "match", str(table), "music", "--json")
    told = ran.objects[0]["result"]
    assert ran.code == 1 and [pair["how"] for pair in told["pairs"]] == ["name"]
    assert [Path(path).name for path in told["without_entry"]] == ["other.mp3"] and len(
        told["without_file"]
    ) == 1


def test_an_interruption_keeps_what_came(home: Path, server: Server) -> None:
    server.on("/0", tone(), "audio/wav")
    server.on("/1", silent)
    rows = "".join(f"{i},song {i},{server.url}/{i}\n" for i in range(3))
    (home / "a.csv").write_text("id,title,audio_url\n" + rows)
    words = "-m tunelens chart download a.csv -o audio --allow-private --per-second 50"
    child = subprocess.Popen(
        [sys.executable, *words.split()], cwd=home, env=os.environ.copy(), stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 30
    while len(server.asked) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, told = child.communicate(timeout=30)
    assert child.returncode == 130 and b"interrupted" in told
    assert sorted(path.name for path in (home / "audio").iterdir()) == ["manifest.csv", "song 0 [0].wav"]
