"""A real server as a person starts it: its address, its end, its refusals, and what a kill leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tunelens.api.keys import Keys

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")


class Server:
    """A process that serves; `ask` speaks to it."""

    def __init__(self, home: Path, *words: object) -> None:
        command = [
            sys.executable,
            "-m",
            "tunelens",
            "serve",
            "--port",
            "0",
            "--no-open",
            "--json",
            *map(str, words),
        ]
        self.process = subprocess.Popen(
            command,
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"TUNELENS_OFFLINE": "1"},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()
        self.address = json.loads(line)["result"]["address"]

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}/api/v1{path}", data, {"content-type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)["result"]

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


Start = Callable[..., Server]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    running: list[Server] = []

    def begin(*words: object) -> Server:
        running.append(Server(home, *words))
        return running[-1]

    yield begin
    for one in running:
        one.process.kill()
        one.process.communicate()


def refused(*words: object) -> tuple[int, str]:
    """Run the verb in this process, which is no slower than the server is, and return its code and words."""
    from typer.testing import CliRunner

    from tunelens.cli.app import app

    ran = CliRunner().invoke(app, ["serve", "--no-open", "--port", "0", *map(str, words)])
    return ran.exit_code, ran.stderr + ran.stdout


def test_a_server_answers_works_alone_and_ends_as_it_is_told(start: Start) -> None:
    server = start()
    assert server.ask("/health")["well"]
    code, said = refused()
    assert (code, "another server" in said) == (3, True), said
    code, err = server.end(signal.SIGINT)
    assert code == 130, err
    assert "Traceback" not in err
    with pytest.raises(OSError, match="refused"):
        server.ask("/health")


def test_a_taken_port_is_told(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refused("--port", port)
    assert code == 2
    assert f"port {port} of 127.0.0.1 is taken" in said


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--host", "0.0.0.0"), 2, "a token is needed"),
        (("--token", "short"), 2, "5 characters"),
        (("--root", "no such folder"), 2, "no folder"),
        (("--host", "no.such.host.invalid", "--token", "x" * 20), 2, "cannot listen"),
        (("--allow-origin", "*"), 2, "no origin"),
        (("--users", "none.txt"), 3, "no file of users"),
        (("--users", "a", "--token", "x" * 20), 2, "together"),
        (("--add-user", "anna"), 2, "--users"),
        (("--library", "."), 3, "a folder"),
    ],
)
def test_what_cannot_be_served_is_told(home: Path, words: tuple[str, ...], code: int, told: str) -> None:
    ended, said = refused(*words)
    assert (ended, told in said) == (code, True), said


def test_the_token_of_a_new_user_is_told_once(home: Path) -> None:
    path = home / "users.txt"
    code, said = refused("--users", path, "--add-user", "安娜", "--json")
    assert code == 0
    token = json.loads(said)["result"]["token"]
    assert token not in path.read_text("utf-8")
    assert Keys.of_file(path).user_of(token) == "安娜"


def test_a_kill_loses_no_job_and_no_track(start: Start, music: Path, home: Path) -> None:
    """Killed in the middle of hearing: the next server ends the job, and every file is heard once."""
    server = start("--root", music)
    job = server.ask("/jobs/analyze", {"paths": ["."], "models": []})
    until = time.monotonic() + 30
    while not server.ask("/tracks")["total"] and time.monotonic() < until:
        time.sleep(0.01)
    server.end(signal.SIGKILL)
    again = start("--root", music)
    while (now := again.ask(f"/jobs/{job['id']}"))["state"] not in ("done", "failed"):
        assert time.monotonic() < until + 30
        time.sleep(0.05)
    assert now["state"] == "done", now
    assert now["attempts"] == 2 or now["result"]["n_analyzed"] == 3
    assert now["result"]["n_analyzed"] + now["result"]["n_skipped"] == 3
    assert now["result"]["n_failed"] == 1
    assert again.ask("/tracks")["total"] == 3
    assert again.end(signal.SIGTERM)[0] == 0
