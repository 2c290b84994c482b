"""A real library of a dozen made-up songs, and the app over it: made once, shared by all tests of the API.

Whoever writes (playlists, likes, uploads) uses names of their own, and leaves the tracks alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from tests.music import SR, performance
from tunelens.api.app import create_app
from tunelens.api.options import ServeOptions
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

with warnings.catch_warnings():  # it would rather have another client, which is not packaged widely yet
    warnings.simplefilter("ignore", UserWarning)
    from fastapi.testclient import TestClient

ADDRESS = "http://127.0.0.1:8765"
SECONDS = 9.0
SONGS = (  # file, work, beats per minute, title, artist, album, genre, year
    ("夜曲.flac", 1, 92, "夜曲", "周杰伦", "十一月的萧邦", "Pop", "2005"),
    ("night, again.flac", 1, 92, "Nocturne (copy)", "周杰伦", "十一月的萧邦", "Pop", "2005"),
    ("jazz/blue.flac", 2, 120, "Blue in Two", "The Trio", "Blue", "Jazz", "1959"),
    ("jazz/green.flac", 3, 118, "Green", "The Trio", "Blue", "Jazz", "1959"),
    (
        "jazz/red <b>.flac",
        4,
        140,
        "Red <script>alert(1)</script>",
        'Quote "Q" & Sons',
        "Blue",
        "Jazz",
        "1961",
    ),
    ("rock/one.ogg", 5, 128, "One", "Loud", "Numbers", "Rock", "1991"),
    ("rock/two.ogg", 6, 130, "Two", "Loud", "Numbers", "Rock", "1991"),
    ("rock/three.ogg", 7, 150, "Three", "Loud", "Numbers", "Rock", "1994"),
    ("folk.wav", 8, 80, "", "", "", "", ""),
    ("slow.wav", 9, 60, "", "", "", "", ""),
    ("mp3/hit.mp3", 10, 100, "Hit", "Star", "Hits", "Pop", "2020"),
    ("mp3/miss.mp3", 11, 104, "Miss", "Star", "Hits", "Pop", "2021"),
)


def make_song(path: Path, work: int, bpm: float, *tags: str, seconds: float = SECONDS) -> Path:
    """Write one song, with title, artist, album, genre and year where they are given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    y = performance(work, seconds, bpm=bpm)
    with path.open("wb") as raw, soundfile.SoundFile(raw, "w", SR, 1, format=path.suffix[1:].upper()) as file:
        for name, text in zip(("title", "artist", "album", "genre", "date"), tags, strict=False):
            if text:
                setattr(file, name, text)
        for begin in range(0, y.size, 4096):
            file.write(y[begin : begin + 4096])
    return path


@pytest.fixture(scope="session")
def api_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of no machine: an empty home, and nothing is fetched."""
    home = tmp_path_factory.mktemp("api home")
    return Settings(data_dir=home / "data", cache_dir=home / "cache", offline=True, jobs=1)


@pytest.fixture(scope="session")
def api_music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the songs: the root of the server under test."""
    folder = tmp_path_factory.mktemp("api") / "音乐"
    for name, work, bpm, *tags in SONGS:
        make_song(folder / name, work, bpm, *tags)
    (folder / "letter.mp3").write_text("Dear listener, this is not music.", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def api_library(api_music: Path, api_settings: Settings) -> Path:
    """The library of the songs, heard with descriptors alone."""
    path = api_music.parent / "music.db"
    options = HearOptions(models=(), settings=api_settings)
    with Library.open(path) as library:
        report = analyze_many([api_music], library, options=options, engine="inline")
        assert len(report.analyzed) == len(SONGS), report.failed
        assert len(report.failed) == 1
    return path


@pytest.fixture(scope="session")
def client(api_library: Path, api_music: Path, api_settings: Settings) -> Iterator[TestClient]:
    """What asks the app as the page does: from this machine, without a token."""
    options = ServeOptions(library=api_library, roots=(api_music,), settings=api_settings)
    with TestClient(create_app(options), base_url=ADDRESS) as running:
        yield running
