"""A library of forty songs of four kinds, whose embeddings are known."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.library.conftest import tone

from tunelens.audio import AudioInfo, probe
from tunelens.features.descriptors import Descriptors
from tunelens.features.pooling import Pooled
from tunelens.library.analysis import Analysis
from tunelens.library.identity import FileStamp
from tunelens.library.neighbours.kept import Places
from tunelens.library.neighbours.measures import NET_DIM, NETS
from tunelens.library.neighbours.parts import Weights, dimension, weighted
from tunelens.library.store import Library
from tunelens.models import Tagging

GENRES = ("rock", "jazz", "classical", "electronic")


@pytest.fixture(autouse=True)
def _home(home):
    """Nothing is kept where a person keeps things."""


def taggings(embedding: np.ndarray, tags: dict[str, float]) -> tuple[Tagging, ...]:
    scores = np.array([list(tags.values())], np.float32)
    return tuple(
        Tagging(
            model=kind.split("/")[0],
            version=version,
            tags=tuple(tags),
            scores=scores,
            times_s=np.zeros(1, np.float32),
            patch_s=3.0,
            embeddings={"penultimate": (embedding * (1 + i)).astype(np.float32)},
        )
        for i, (kind, version) in enumerate(NETS.items())
    )


@dataclass(frozen=True)
class Studio:
    """Makes songs without files: of one kind they sound alike."""

    folder: Path
    info: AudioInfo
    heard: Descriptors
    seed: int = 0

    def song(self, number: int, *, bare: bool = False, **given) -> Analysis:
        rng = np.random.default_rng([self.seed, number])
        kind = number % len(GENRES)
        centre = np.random.default_rng(kind).normal(size=NET_DIM)
        named = {"artist": f"Artist {number % 7}", "album": f"Album {number % 5}", "year": 1980 + number}
        tempo, key = given.pop("tempo", 90.0 + number), given.pop("key", "A minor").split()
        pooled = self.heard.pooled
        values = pooled.values * rng.uniform(0.5, 1.5, pooled.values.shape).astype(np.float32)
        described = replace(
            self.heard,
            tempo=replace(self.heard.tempo, bpm=tempo),
            key=replace(self.heard.key, tonic=key[0], mode=key[1]),
            pooled=Pooled(pooled.names, values),
        )
        path = self.folder / f"{self.seed}-{number}.wav"
        return Analysis(
            path=path,
            stamp=FileStamp(1000 + number, self.seed),
            content_sha256=hashlib.sha256(path.name.encode()).hexdigest(),
            duration_s=given.pop("duration_s", 60.0),
            info=replace(self.info, path=path, **(named | given)),
            descriptors=described,
            taggings=() if bare else taggings(centre + 0.3 * rng.normal(size=NET_DIM), {GENRES[kind]: 0.6}),
            versions={"descriptors": "1"},
        )


@pytest.fixture(scope="session")
def studio(tmp_path_factory, heard) -> Studio:
    folder = tmp_path_factory.mktemp("songs")
    return Studio(folder, probe(tone(folder / "one.wav")), heard)


@pytest.fixture(scope="session")
def songs(studio) -> list[Analysis]:
    """Forty songs; in `library` they have the numbers 1 to 40."""
    return [studio.song(number) for number in range(40)]


@pytest.fixture(scope="session")
def _template(songs, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "music.db"
    with Library.open(path) as library:
        for song in songs:
            library.put(song)
    return path


@pytest.fixture
def library(_template, tmp_path):
    """A library of forty songs."""
    shutil.copy(_template, tmp_path / "music.db")
    with Library.open(tmp_path / "music.db") as library:
        yield library


@pytest.fixture
def empty(tmp_path):
    with Library.open(tmp_path / "empty.db") as library:
        yield library


def fresh(library: Library, tmp_path_factory) -> Places:
    """Read all places anew, with nothing kept."""
    from tunelens.base.settings import Settings

    return Places.of(library, Settings(cache_dir=tmp_path_factory.mktemp("cache")))


def scattered(n: int, seed: int = 0, lineage: str = "test") -> Places:
    """Return places of made-up tracks, as unlike each other as songs are."""
    rng = np.random.default_rng(seed)
    decay = 1 / np.sqrt(1 + np.arange(dimension()) % 32)
    matrix = weighted((rng.normal(size=(n, dimension())) * decay).astype(np.float32), Weights())
    ids = np.arange(1, n + 1)
    return Places(n, ids, ids.copy(), matrix, lineage=lineage)
