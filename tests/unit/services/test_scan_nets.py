"""Scans with a real net: what is asked for decides what is up to date."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tunelens.base.errors import MissingDependencyError
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.models import BACKBONES
from tunelens.services.analyze import analyze, analyze_many
from tunelens.services.hear import HearOptions

NET = "MSD_musicnn"


@pytest.fixture(scope="module")
def two_patches(tmp_path_factory: pytest.TempPathFactory) -> HearOptions:
    """Options with one net in a cache of its own; skipped where its weights are not to be had."""
    user = Settings.from_env()
    settings = replace(
        user,
        cache_dir=tmp_path_factory.mktemp("cache"),
        packages=user.packages or user.cache_dir / "packages",
    )
    try:
        BACKBONES[NET].pull(settings)
    except MissingDependencyError as error:
        pytest.skip(f"the pretrained weights are not to be had: {error.message}")
    return HearOptions(models=(NET,), n_patches=2, settings=settings)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    rng = np.random.default_rng(5)
    path = tmp_path / "noise.wav"
    soundfile.write(path, (0.1 * rng.standard_normal(22050 * 10)).astype(np.float32), 22050)
    return path


@pytest.fixture
def library(tmp_path: Path):
    with Library.open(tmp_path / "music.db") as library:
        yield library


def test_workers_hear_with_nets(two_patches, song, library):
    report = analyze_many([song], library, jobs=2, options=two_patches)
    assert report.failed == ()
    kept, heard = library.get(song), analyze(song, two_patches)
    assert kept.versions[NET] == f"{BACKBONES[NET].version}@2"
    assert kept.taggings[0].scores.shape == (2, 50)
    np.testing.assert_allclose(kept.taggings[0].scores, heard.taggings[0].scores, atol=1e-5)
    assert library.vectors(f"{NET}/mean").matrix.shape == (1, 753)
    top = heard.taggings[0].top(1)[0]
    assert library.tracks(f'tag:"{top[0]}"')[0].path == song


def test_what_is_asked_for_decides_what_is_up_to_date(two_patches, song, library):
    def scan(**asked):
        options = replace(two_patches, **asked)
        return analyze_many([song], library, engine="inline", options=options).analyzed

    assert scan(models=()) == (song,)
    assert scan() == (song,), "a net that is asked for is missing"
    assert scan() == ()
    assert scan(models=()) == (), "descriptors are there already"
    assert scan(n_patches=1) == (), "it was heard more fully"
    assert scan(n_patches=3) == (song,)
    assert library.get(song).taggings[0].scores.shape[0] == 3
    assert scan(n_patches=None) == (song,)
    assert scan() == (), "all patches are more than two"


def test_hearing_again_without_a_net_keeps_its_tags(two_patches, song, library):
    analyze_many([song], library, engine="inline", options=two_patches)
    plain = replace(two_patches, models=())
    assert analyze_many([song], library, engine="inline", options=plain, force=True).analyzed == (song,)
    assert [tagging.model for tagging in library.get(song).taggings] == [NET]
    assert analyze_many([song], library, engine="inline", options=two_patches).skipped == (song,)
