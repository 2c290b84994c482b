"""Analyses of real sound and real files, with taggings of known content."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tunelens.audio import Clip, probe
from tunelens.features.descriptors import describe_clip
from tunelens.library.analysis import Analysis
from tunelens.library.identity import FileStamp
from tunelens.library.store import Library
from tunelens.models import Tagging

TAGS = ("rock", "Hip-Hop", "jazz", "sad", "happy", "female vocalists")
SR = 22050


@pytest.fixture
def library(tmp_path: Path):
    with Library.open(tmp_path / "music.db") as library:
        yield library


@pytest.fixture(scope="session")
def heard():
    """Descriptors of four seconds of clicks on an A."""
    t = np.arange(4 * SR) / SR
    y = np.sin(2 * np.pi * 440 * t) * np.exp(-20 * (t % 0.5))
    return describe_clip(Clip(y.astype(np.float32), SR))


def tone(path: Path, hz: float = 440.0, seconds: float = 1.0) -> Path:
    """Write a tone; another pitch is another content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    y = 0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * SR)) / SR)
    with path.open("wb") as file:
        soundfile.write(file, y.astype(np.float32), SR, format="WAV")
    return path


def tagging(probabilities: dict[str, float], model: str = "MSD_musicnn", n_patches: int = 3) -> Tagging:
    """A tagging whose mean is `probabilities` and whose arrays are full of digits."""
    rng = np.random.default_rng(len(probabilities))
    mean = np.array(list(probabilities.values()), np.float32)
    wobble = np.array([-1, 0, 1], np.float32)[:n_patches, None] * 0.01
    return Tagging(
        model=model,
        version="1",
        tags=tuple(probabilities),
        scores=np.repeat(mean[None], n_patches, 0) + wobble * (mean > 0.02),
        times_s=np.arange(n_patches, dtype=np.float32) * 3,
        patch_s=3.0,
        embeddings={"mean": rng.random(753, np.float32), "penultimate": rng.random(200, np.float32)},
    )


@pytest.fixture
def make(tmp_path_factory, heard):
    """Make an analysis of a real file: ``make("a.wav", hz=300, title="Blue", tempo=120, tags={...})``."""
    return builder(tmp_path_factory.mktemp("music"), heard)  # tmp_path holds the test's name: filters find it


@pytest.fixture(scope="module")
def make_once(tmp_path_factory, heard):
    """The same, for what the tests of a module share."""
    return builder(tmp_path_factory.mktemp("music"), heard)


def builder(folder: Path, heard):
    """Return what makes analyses of files in `folder`."""

    def build(name: str, *, hz: float = 440.0, tags: dict[str, float] | None = None, **given) -> Analysis:
        path = tone(folder / name, hz)
        described = heard
        if "tempo" in given:
            described = replace(described, tempo=replace(heard.tempo, bpm=given.pop("tempo")))
        if "key" in given:
            tonic, mode = given.pop("key").split()
            described = replace(described, key=replace(heard.key, tonic=tonic, mode=mode))
        if "energy" in given:
            described = replace(described, energy=given.pop("energy"))
        taggings = (tagging(tags),) if tags else ()
        return Analysis(
            path=path,
            stamp=FileStamp.of(path),
            content_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            duration_s=given.pop("duration_s", 1.0),
            info=replace(probe(path), **given),
            descriptors=described,
            taggings=taggings,
            versions={"descriptors": "1", **{one.model: f"{one.version}@3" for one in taggings}},
        )

    return build
