"""Measured processes: they answer, they stay warm, and their death is told truthfully."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bench.harness import Skip
from bench.peers import process
from bench.peers.process import Listener

WORKER = Path(process.__file__).parent


def script(folder: Path, body: str) -> str:
    path = folder / "peer.py"
    head = f"import sys; sys.path.insert(0, {str(WORKER)!r})\nfrom worker import serve\n"
    path.write_text(head + body, encoding="utf-8")
    return str(path)


@pytest.fixture
def peer_python(monkeypatch: pytest.MonkeyPatch) -> Path:
    python = Path(sys.executable)
    monkeypatch.setattr(process, "PEER_PYTHON", python)
    return python


def test_it_stays_warm_and_keeps_noise_out_of_its_answers(tmp_path: Path, peer_python: Path) -> None:
    body = (
        "count = []\ndef hear(path):\n"
        "    print('noise')\n    count.append(path)\n    sum(range(2_000_000))\n"
        "    return {'n': len(count), 'path': path}\nserve(hear)\n"
    )
    with Listener("echo", script(tmp_path, body), python=peer_python) as listener:
        first, second = listener.hear(Path("a.wav")), listener.hear(Path("两只老虎.wav"))
    assert (first.found["n"], second.found["n"]) == (1, 2)
    assert second.found["path"] == "两只老虎.wav"
    assert first.seconds > 0.001


def test_a_peer_killed_by_a_signal_is_skipped_by_its_name(tmp_path: Path, peer_python: Path) -> None:
    body = "import os, signal\nserve(lambda path: os.kill(os.getpid(), signal.SIGILL))\n"
    with (
        Listener("bliss", script(tmp_path, body), python=peer_python) as listener,
        pytest.raises(Skip, match="bliss dies of SIGILL"),
    ):
        listener.hear(Path("a.wav"))


def test_a_peer_that_raises_is_skipped_with_its_last_words(tmp_path: Path, peer_python: Path) -> None:
    body = "def hear(path):\n    raise ValueError('no such codec')\nserve(hear)\n"
    with (
        Listener("peer", script(tmp_path, body), python=peer_python) as listener,
        pytest.raises(Skip, match="ValueError: no such codec"),
    ):
        listener.hear(Path("a.wav"))


def test_ours_must_not_die(tmp_path: Path) -> None:
    body = "def hear(path):\n    raise ValueError('oops')\nserve(hear)\n"
    with (
        Listener("tunelens", script(tmp_path, body), python=Path(sys.executable)) as listener,
        pytest.raises(RuntimeError, match="oops"),
    ):
        listener.hear(Path("a.wav"))


def test_a_peer_that_is_not_installed_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Skip, match="make bench-peers"):
        Listener("peer", "with_bliss.py", python=tmp_path / "python")
