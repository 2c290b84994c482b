"""A small trained model and its bundle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tunelens.models.bundles import Bundle, Facts
from tunelens.models.inputs.table import TableInput
from tunelens.models.trust import Trust

CLASSES = ("民谣", "rock")


@dataclass
class Toy:
    """What `Recipe.fit` gives, as far as a bundle looks at it."""

    estimator: Any
    classes: tuple[str, ...] = CLASSES
    task: str = "single"

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return self.estimator.predict_proba(X)

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.estimator.predict(X)


@pytest.fixture(scope="session")
def rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 80)
    return rng.normal(size=(80, 3)) + 1.5 * y[:, None], np.array(["rock", "民谣"])[y]


@pytest.fixture(scope="session")
def toy(rows: tuple[np.ndarray, np.ndarray]) -> Toy:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(*rows)
    return Toy(fitted, classes=tuple(fitted.classes_.tolist()))


@pytest.fixture(scope="session")
def trust(toy: Toy, rows: tuple[np.ndarray, np.ndarray]) -> Trust:
    return Trust.fit(toy.predict_proba(rows[0]), rows[1], toy.classes, "single", X=rows[0])


@pytest.fixture
def facts() -> Facts:
    return Facts(
        "toy",
        TableInput(("tempo", "danceability", "energy")),
        label="genre",
        recipe="logistic",
        data="made by a test",
        data_id="abc",
        n_train=80,
        protocol="stratified",
        metrics={"accuracy": {"value": 0.8, "low": 0.7, "high": 0.9, "level": 0.95}},
        sources=("nowhere",),
    )


@pytest.fixture
def bundle(
    tmp_path: Path, toy: Toy, trust: Trust, facts: Facts, rows: tuple[np.ndarray, np.ndarray]
) -> Bundle:
    reference = {"X": rows[0], "ids": np.array([str(i) for i in range(80)]), "labels": rows[1]}
    return Bundle.save(tmp_path / "toy", toy, facts, trust, reference=reference)


Edit = Callable[[Callable[[dict[str, Any]], None]], None]


@pytest.fixture
def edit(bundle: Bundle) -> Edit:
    """Change the manifest as somebody with a text editor would."""

    def run(change: Callable[[dict[str, Any]], None]) -> None:
        path = bundle.folder / "manifest.json"
        values = json.loads(path.read_text("utf-8"))
        change(values)
        path.write_text(json.dumps(values), "utf-8")

    return run


@pytest.fixture
def swap(bundle: Bundle, edit: Edit) -> Callable[[str, bytes], None]:
    """Put other content into a file, with the hash that goes with it."""

    def run(name: str, data: bytes) -> None:
        (bundle.folder / name).write_bytes(data)
        edit(lambda m: m["files"].update({name: hashlib.sha256(data).hexdigest()}))

    return run
