"""A class added from a few examples: the old answers stay in proportion, the new one is found."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from tunelens.base.errors import BundleError, DataError, ParameterError
from tunelens.models.bundles import Bundle, Facts, extend
from tunelens.models.inputs.table import TableInput
from tunelens.models.material import Material
from tunelens.models.prediction import Prediction
from tunelens.models.recipe import Recipe
from tunelens.models.trust import Trust

CENTRES = {"calm": (0, 0, 0, 0, 0, 0), "wild": (4, 0, 0, 0, 0, 0), "健身": (0, 5, 5, 0, 0, 0)}


def rows(name: str, n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(CENTRES[name], size=(n, 6))


def probable(said: Prediction) -> list[str]:
    """What it says, sure or not: the likeliest class, or every tag that is more likely than not."""
    if said.task == "single":
        return [said.best or ""]
    return [tag for tag, p in said.probabilities.items() if p >= 0.5]


@pytest.fixture(params=["single", "multi"])
def bundle(request, tmp_path: Path) -> Bundle:
    X = np.concatenate([rows("calm", 60), rows("wild", 60, 1)])
    y = np.repeat(["calm", "wild"], 60)
    if request.param == "multi":
        y = np.stack([y == "calm", y == "wild"], axis=1).astype(np.int8)
    material = Material(X, y, np.arange(120), request.param, ("calm", "wild"))
    fitted = Recipe("logistic").fit(material)
    trust = Trust.fit(fitted.predict_proba(X), y, ("calm", "wild"), request.param, X=X)
    facts = Facts("toy", TableInput(tuple("abcdef")))
    reference = {"X": X, "ids": np.arange(120).astype(str), "labels": np.repeat(["calm", "wild"], 60)}
    return Bundle.save(tmp_path / "toy", fitted, facts, trust, reference=reference)


def test_the_new_class_is_found_and_the_old_ones_stay(bundle: Bundle, tmp_path: Path) -> None:
    started = time.perf_counter()
    wider = extend(bundle, "健身", rows("健身", 8, 2), tmp_path / "wider")
    assert time.perf_counter() - started < 1
    assert wider.classes == ("calm", "wild", "健身")
    said = wider.predict(np.concatenate([rows(name, 20, 9) for name in CENTRES]))
    told = [probable(one) for one in said]
    assert np.mean(["健身" in one for one in told[40:]]) > 0.9
    assert np.mean(["健身" in one for one in told[:40]]) < 0.1
    right = [name in one for one, name in zip(told, np.repeat(list(CENTRES), 20), strict=True)]
    assert np.mean(right) > 0.9
    old = bundle.trust.calibrate(bundle.predict_proba(rows("calm", 5)))
    new = wider.predict_proba(rows("calm", 5))
    if bundle.manifest.task == "single":
        assert new.sum(axis=1) == pytest.approx(np.ones(5))
        assert new[:, 0] / new[:, 1] == pytest.approx(old[:, 0] / old[:, 1])
    else:
        assert new[:, :2] == pytest.approx(old)
    assert "健身" in wider.card() and "健身" in wider.manifest.notes[-1]


def test_a_class_upon_a_class_and_back_from_disk(bundle: Bundle, tmp_path: Path) -> None:
    once = extend(bundle, "健身", rows("健身", 8, 2), tmp_path / "once")
    twice = extend(once, "wilder", rows("wild", 5, 3) + 3, tmp_path / "twice")
    again = Bundle.load(tmp_path / "twice")
    assert again.classes == ("calm", "wild", "健身", "wilder")
    X = rows("健身", 9, 4)
    assert again.predict_proba(X) == pytest.approx(twice.predict_proba(X))
    assert all("健身" in probable(one) for one in again.predict(X))


def test_without_training_vectors_those_it_would_find_usual_stand_in(bundle: Bundle, tmp_path: Path) -> None:
    (bundle.folder / "reference.npz").unlink()
    manifest = json.loads((bundle.folder / "manifest.json").read_text("utf-8"))
    del manifest["files"]["reference.npz"]
    (bundle.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    wider = extend(Bundle.load(bundle.folder), "健身", rows("健身", 8, 2), tmp_path / "wider")
    found = ["健身" in probable(one) for one in wider.predict(rows("健身", 20, 5))]
    assert sum(found) >= 18


def test_an_altered_class_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    wider = extend(bundle, "健身", rows("健身", 8, 2), tmp_path / "wider")
    manifest = json.loads((wider.folder / "manifest.json").read_text("utf-8"))
    manifest["classes"][-1] = "other"
    (wider.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(BundleError, match="other classes"):
        Bundle.load(wider.folder)


def test_what_cannot_be_added_is_said(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="there already"):
        extend(bundle, "calm", rows("calm", 5), tmp_path / "x")
    with pytest.raises(DataError, match="2 examples"):
        extend(bundle, "new", rows("calm", 2), tmp_path / "x")
    with pytest.raises(ParameterError, match="exists"):
        extend(bundle, "new", rows("健身", 5), bundle.folder)
    assert not (tmp_path / "x").exists()
