"""Bundles are asked about what was heard anyway; what is no music has neither genre nor mood."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tunelens.audio import Clip
from tunelens.audio.write import write_wav
from tunelens.base.errors import ParameterError
from tunelens.features.descriptors import describe_clip
from tunelens.library.store import Library
from tunelens.models.bundles import Bundle, Facts
from tunelens.models.inputs import parse_input
from tunelens.models.inputs.table import TableInput
from tunelens.models.material import Material
from tunelens.models.prediction import Prediction
from tunelens.models.recipe import Recipe
from tunelens.services.analyze import analyze, analyze_many
from tunelens.services.ask import ask, asked_bundles
from tunelens.services.hear import HearOptions

SR = 22050


def sound(fast: bool, seed: int) -> Clip:
    """Clicks, fast or slow."""
    t = np.arange(6 * SR) / SR
    every = 0.25 if fast else 0.8
    y = np.sin(2 * np.pi * (300 + seed) * t) * np.exp(-20 * (t % every))
    return Clip((0.5 * y).astype(np.float32), SR)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Bundle:
    heard = parse_input("descriptors")
    y = np.array(["快", "slow"] * 5)
    X = np.array([heard.of_clip(sound(label == "快", i)) for i, label in enumerate(y)])
    fitted = Recipe("logistic").fit(Material(X, y, np.arange(10), "single", ("slow", "快")))
    return Bundle.save(tmp_path_factory.mktemp("b") / "mood", fitted, Facts("mood", heard), sample=X)


def test_analyze_says_what_a_bundle_says_and_keeps_it(bundle: Bundle, home: Path) -> None:
    song = write_wav(sound(True, 70), home / "song.wav")
    options = HearOptions(models=(), bundles=(str(bundle.folder),))
    assert analyze(song, options).predictions["mood"].label == "快"
    with Library.open(home / "library.db") as library:
        assert len(analyze_many([song], library, jobs=1, engine="inline", options=options).analyzed) == 1
        assert library.count("mood:快") == 1 and library.count("mood:slow") == 0
        again = analyze_many([song], library, jobs=1, engine="inline", options=options)
        assert len(again.skipped) == 1
        plain = analyze_many(
            [song], library, jobs=1, engine="inline", options=HearOptions(models=(), bundles=())
        )
        assert len(plain.skipped) == 1


def test_a_bundle_that_hears_with_other_nets_is_refused_by_name(bundle: Bundle, home: Path) -> None:
    tags = parse_input("tags")
    X = np.random.default_rng(0).normal(size=(8, len(tags.names)))
    fitted = Recipe("logistic").fit(Material(X, np.array(["a", "b"] * 4), np.arange(8), "single", ("a", "b")))
    other = Bundle.save(home / "other", fitted, Facts("other", tags), sample=X)
    with pytest.raises(ParameterError, match="'other' hears 'tags'"):
        HearOptions(models=(), bundles=(str(other.folder),)).versions()


def test_a_bundle_of_tables_is_refused_and_one_written_anew_is_read_anew(bundle: Bundle, home: Path) -> None:
    def saved(names: tuple[str, str]) -> Path:
        X = np.random.default_rng(0).normal(size=(8, 2))
        material = Material(X, np.array(names * 4), np.arange(8), "single", names)
        facts = Facts("t", TableInput(("tempo", "energy")))
        return Bundle.save(home / "t", Recipe("logistic").fit(material), facts, sample=X, force=True).folder

    with pytest.raises(ParameterError, match="'t' hears 'table'"):
        HearOptions(models=(), bundles=(str(saved(("a", "b"))),)).versions()
    copy = home / "copy"
    shutil.copytree(bundle.folder, copy)
    options = HearOptions(models=(), bundles=(str(copy),))
    before = options.versions()
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    (copy / "manifest.json").write_text(json.dumps(manifest | {"notes": ["new"]}), "utf-8")
    assert options.versions() != before


def test_shipped_bundles_need_their_nets(home: Path) -> None:
    assert asked_bundles(None, (), HearOptions().settings) == {}
    assert set(HearOptions(models=()).versions()) == {"descriptors", "prints"}


def test_what_is_no_music_has_no_mood() -> None:
    class Says:
        def __init__(self, said: Prediction) -> None:
            self.said, self.input = said, parse_input("descriptors")

        def predict(self, _: np.ndarray) -> list[Prediction]:
            return [self.said]

    mood = Prediction("single", label="calm", labels=("calm",), probabilities={"calm": 1.0})
    descriptors = describe_clip(sound(True, 1))
    for label, known in (("music", True), ("not music", False)):
        music = Prediction("single", label=label, labels=(label,), probabilities={label: 1.0})
        said = ask({"mood": Says(mood), "music": Says(music)}, descriptors, ())  # type: ignore[dict-item]
        assert said["mood"].known is known and said["music"].label == label
        assert said["mood"].label == ("calm" if known else None)
