"""`tunelens listen` on real files, pipes and rubbish, as a person at a terminal would see it."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.cli.conftest import Tunelens, pulse
from tunelens.audio.write import write_wav
from tunelens.base.errors import INTERRUPTED
from tunelens.cli.app import app


@pytest.fixture
def song(home: Path) -> Path:
    return write_wav(pulse(120, 440), home / "两只老虎.wav")


def test_a_file_is_told_event_by_event(tunelens: Tunelens, song: Path) -> None:
    ran = tunelens("listen", song, "--fast", "--no-models", "--json")
    assert ran.code == 0, ran.err
    events = [one["result"] for one in ran.objects]
    assert [one["ok"] for one in ran.objects] == [True] * 16
    assert [event["at_s"] for event in events] == [0.5 * (k + 1) for k in range(16)]
    assert events[-1]["tempo"]["bpm"] == pytest.approx(120, rel=0.02)
    assert events[-1]["key"]["tonic"] == "A"
    assert ran.objects[0]["path"].endswith("两只老虎.wav")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["letter.txt"], 3, "not audio"),
        (["http://user:secret@127.0.0.1/x"], 3, "password"),
        (["-"], 2, "--sr"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_heard_is_told(
    tunelens: Tunelens, home: Path, words: list[str], code: int, said: str
) -> None:
    (home / "letter.txt").write_text("Dear listener")
    ran = tunelens("listen", *words, "--no-models")
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert "secret" not in ran.err


def test_sound_that_is_too_short_says_so(tunelens: Tunelens, home: Path) -> None:
    write_wav(pulse(120, 440, 0.2), home / "short.wav")
    ran = tunelens("listen", "short.wav", "--fast", "--no-models")
    assert (ran.code, "less than 0.5 s" in ran.err) == (0, True)


def test_a_person_reads_lines_that_say_something_new(home: Path, song: Path) -> None:
    words = ["listen", str(song), "--fast", "--no-models", "--for", "6"]
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 0, ran.output
    assert "A major" in ran.stdout and "LUFS" in ran.stdout
    assert len(ran.stdout.splitlines()) < 12, "not a line for every event"


def test_a_stream_is_told_while_it_comes_and_ends_by_ctrl_c(home: Path) -> None:
    words = [sys.executable, "-m", "tunelens", "listen", "-", "--sr", "8000", "--no-models", "--json"]
    running = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home
    )
    assert running.stdin is not None and running.stdout is not None
    try:
        running.stdin.write(np.zeros(8000, "<i2").tobytes())
        running.stdin.flush()
        assert b'"silence"' in running.stdout.readline() + running.stdout.readline(), (
            "and stdin is still open"
        )
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == INTERRUPTED
    finally:
        running.kill()
        running.communicate()


def test_a_terminal_shows_a_panel(home: Path, song: Path) -> None:
    leader, follower = pty.openpty()
    words = [sys.executable, "-m", "tunelens", "listen", song, "--fast", "--no-models"]
    env = os.environ | {"COLUMNS": "100", "TERM": "xterm", "LINES": "40"}
    running = subprocess.Popen(words, stdout=follower, stderr=subprocess.DEVNULL, cwd=home, env=env)
    os.close(follower)
    shown, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([leader], [], [], 1.0)[0]:
            continue
        try:
            shown += os.read(leader, 1 << 16)
        except OSError:  # the other end is closed
            break
    assert running.wait(20) == 0
    os.close(leader)
    text = shown.decode("utf-8", "replace")
    assert "两只老虎.wav" in text and "120 BPM" in text and "made in" in text
