"""One short song in every format that tags are written to, and a library that knows it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.songs import FORMATS, make_songs

from tunelens.audio import probe
from tunelens.library.analysis import Analysis
from tunelens.library.filetags import formats
from tunelens.library.filetags.containers import kind_of
from tunelens.library.filetags.plan import Plan, Proposal, make_plan
from tunelens.library.identity import FileStamp, sha256_of
from tunelens.library.store import Library
from tunelens.models.prediction import Prediction

SAID = {
    "genre": ("Jazz", "民谣"),
    "mood": ("happy",),
    "bpm": ("128",),
    "key": ("C#m",),
    "energy": ("7",),
}


@pytest.fixture(scope="session")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_songs(tmp_path_factory.mktemp("songs"))


@pytest.fixture(params=FORMATS)
def song(request: pytest.FixtureRequest, songs: Path, tmp_path: Path) -> Path:
    """A copy of the song in one format, under a Chinese name."""
    return copied(songs / request.param, tmp_path / "音乐" / f"两只老虎-{request.param}")


@pytest.fixture
def take(songs: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Copy the song in a format that is named."""
    return lambda name: copied(songs / name, tmp_path / "music" / name)


def copied(song: Path, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(song, to)
    return to


@pytest.fixture
def hold(library: Library, heard) -> Callable[..., int]:
    """Put a file into the library as if it had been analysed."""

    def put(path: Path, predictions: dict[str, Prediction] | None = None) -> int:
        return library.put(
            Analysis(
                path=path,
                stamp=FileStamp.of(path),
                content_sha256=sha256_of(path),
                duration_s=1.0,
                info=probe(path),
                descriptors=heard,
                predictions=predictions or {},
                versions={"descriptors": "1"},
            )
        )

    return put


def plan_of(path: Path, values: dict[str, tuple[str, ...]] | None = None, policy: str = "replace") -> Plan:
    proposals = [Proposal(field, texts, 0.9) for field, texts in (values or SAID).items()]
    return make_plan(path, sha256_of(path), proposals, dict.fromkeys(SAID, policy))


def put_tags(path: Path, values: dict[str, tuple[str, ...]]) -> None:
    formats.write(path, kind_of(path), values)


def read_tags(path: Path) -> dict[str, tuple[str, ...]]:
    return dict(formats.read(path, kind_of(path)).values)


def decoded(path: Path) -> np.ndarray:
    from tunelens.audio.decode import decode

    return decode(path).y
