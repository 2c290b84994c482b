"""Real processes on real files: what a person at a terminal would see."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import warm
from tunelens.audio import Clip
from tunelens.audio.write import write_wav

SR = 22050


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Tunelens = Callable[..., Ran]


def pulse(bpm: float, hz: float, seconds: float = 8.0) -> Clip:
    t = np.arange(int(SR * seconds)) / SR
    y = np.sin(2 * np.pi * hz * t) * np.exp(-12 * (t % (60 / bpm)))
    return Clip((0.5 * y).astype(np.float32), SR)


@pytest.fixture
def tunelens(home: Path) -> Tunelens:
    def run(*words: object, **env: str) -> Ran:
        done = warm.run(
            ["-m", "tunelens", *map(os.fspath, map(_word, words))],
            cwd=home,
            env=os.environ | {"TUNELENS_OFFLINE": "1", "COLUMNS": "200"} | env,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run


def _word(word: object) -> str | bytes:
    return word if isinstance(word, (str, bytes)) else str(word)


@pytest.fixture
def music(home: Path) -> Path:
    """Three songs, one of them in 中文, and one file that only pretends to be one."""
    folder = home / "music"
    write_wav(pulse(120, 440), folder / "fast.wav")
    write_wav(pulse(80, 330), folder / "slow.wav")
    write_wav(pulse(100, 262), folder / "中文" / "两只老虎 🐯.wav")
    (folder / "letter.mp3").write_text("Dear listener, this is not music.")
    return folder
