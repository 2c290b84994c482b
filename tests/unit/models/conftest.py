"""Nets for tests: the real ones where they can be had, a tiny one always."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunelens.base.errors import MissingDependencyError
from tunelens.base.packages import fetch
from tunelens.base.settings import Settings
from tunelens.models import BACKBONES, DEFAULT_BACKBONES
from tunelens.models.backbones.folder import Manifest, write_net
from tunelens.models.backbones.graph import Graph
from tunelens.models.backbones.musicnn import FEATURES, PACKAGE


@pytest.fixture(scope="session")
def musicnn_package() -> Path:
    """The package file with the weights, from $TUNELENS_PACKAGES, the user's cache or the index."""
    try:
        return fetch(PACKAGE, Settings.from_env())
    except MissingDependencyError as error:
        pytest.skip(f"the pretrained weights are not to be had: {error.message}")


@pytest.fixture(scope="session")
def models(musicnn_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose cache holds both default nets."""
    cache = tmp_path_factory.mktemp("models-cache")
    settings = replace(Settings.from_env(), cache_dir=cache, packages=musicnn_package.parent, offline=True)
    for name in DEFAULT_BACKBONES:
        BACKBONES[name].pull(settings)
    return settings


@pytest.fixture(scope="session")
def tiny_net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a net of two tags: the mean of the patch and 0; ``level`` is the mean per band."""
    graph = Graph()
    level = graph.add("ReduceMean", "patches", axes=[1], keepdims=0)
    mean = graph.add("ReduceMean", level, axes=[1], keepdims=1)
    graph.rename(graph.add("Concat", mean, graph.add("Mul", mean, np.zeros(1, np.float32)), axis=1), "scores")
    graph.rename(level, "level")
    net = graph.to_bytes({"patches": ["batch", 187, 96]}, {"scores": ["batch", 2], "level": ["batch", 96]})

    def manifest(sha256: str) -> Manifest:
        return Manifest("tiny", "1", "CC0", "made by a test", ("loud", "silent"), FEATURES, sha256)

    return write_net(tmp_path_factory.mktemp("nets") / "tiny", manifest, net)
