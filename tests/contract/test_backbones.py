"""What every registered net must do, whoever made it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tunelens.audio import Clip
from tunelens.base.errors import MissingDependencyError
from tunelens.base.settings import Settings
from tunelens.models import BACKBONES, Backbone, Ear


@pytest.fixture(params=list(BACKBONES))
def backbone(request: pytest.FixtureRequest) -> Backbone:
    return BACKBONES[request.param]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    user = Settings.from_env()
    packages = user.packages or user.cache_dir / "packages"
    return Settings(cache_dir=tmp_path_factory.mktemp("cache"), packages=packages, offline=user.offline)


@pytest.fixture
def ear(backbone: Backbone, settings: Settings) -> Ear:
    try:
        backbone.pull(settings)
    except MissingDependencyError as error:
        pytest.skip(f"{backbone.name} cannot be had here: {error.message}")
    return backbone.listener(2, settings)


def test_says_what_it_is(backbone: Backbone) -> None:
    assert backbone.name in BACKBONES
    assert backbone.version
    assert backbone.licence
    assert backbone.source
    assert 8000 <= backbone.sr <= 192000
    assert 0.1 < backbone.patch_s < 60
    assert len(set(backbone.tags)) == len(backbone.tags)


def test_absent_and_offline_is_a_clear_error(backbone: Backbone, tmp_path: Path) -> None:
    empty = Settings(cache_dir=tmp_path, offline=True)
    assert not backbone.available(empty)
    for attempt in (lambda: backbone.pull(empty), lambda: backbone.listener(1, empty)):
        with pytest.raises(MissingDependencyError) as caught:
            attempt()
        assert caught.value.hint


def test_hears(ear: Ear, backbone: Backbone, rng: np.random.Generator) -> None:
    y = rng.uniform(-0.3, 0.3, int(22050 * 3.5 * backbone.patch_s)).astype(np.float32)
    ear.add(Clip(y, 22050))
    tagging = ear.finish()
    assert (tagging.model, tagging.version) == (backbone.name, backbone.version)
    assert tagging.tags == backbone.tags
    assert tagging.scores.shape == (2, len(backbone.tags))
    assert ((tagging.scores >= 0) & (tagging.scores <= 1)).all()
    assert all(np.isfinite(vector).all() and vector.ndim == 1 for vector in tagging.embeddings.values())


def test_silence_and_one_sample(backbone: Backbone, ear: Ear, settings: Settings) -> None:
    for y in (np.zeros(22050, np.float32), np.ones(1, np.float32)):
        one = backbone.listener(None, settings)
        one.add(Clip(y, 22050))
        assert np.isfinite(one.finish().scores).all()


def test_same_sound_same_answer(
    backbone: Backbone, ear: Ear, settings: Settings, rng: np.random.Generator
) -> None:
    clip = Clip(rng.uniform(-0.3, 0.3, (2, 22050 * 4)).astype(np.float32), 22050)
    again = backbone.listener(2, settings)
    ear.add(clip)
    again.add(clip.mono())
    np.testing.assert_array_equal(ear.finish().scores, again.finish().scores)


@pytest.mark.skipif(find_spec("transformers") is not None, reason="the extra is installed here")
def test_a_hugging_face_net_names_its_extra(tmp_path: Path) -> None:
    with pytest.raises(MissingDependencyError) as caught:
        BACKBONES["CLAP_music"].pull(Settings(cache_dir=tmp_path))
    assert "tunelens[huggingface]" in caught.value.hint
