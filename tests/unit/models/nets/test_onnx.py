"""A trained net as ONNX: the same answers, for any number of rows and frames, and without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from tunelens.base.errors import MissingDependencyError
from tunelens.models.bundles.estimators import pack, unpack
from tunelens.models.fitting.estimators import NetClassifier, NetRegressor
from tunelens.models.nets.catalogue import FAMILIES

NETS = list(FAMILIES)


def trained(name: str, task: str, vectors: bool = False) -> tuple[Any, np.ndarray]:
    rng = np.random.default_rng(0)
    X = (40 * rng.normal(size=(24, 20, 7)) - 300).astype(np.float32)
    X[3, 2:5, 1] = np.nan
    if vectors:
        X = X[:, 0]
    options: dict[str, Any] = {"width": 16, "n_layers": 2, "max_epochs": 2, "lr": 0.01}
    if task == "continuous":
        return NetRegressor(name, **options).fit(X, 100 + 9 * rng.normal(size=24)), X
    y = rng.choice(["爵士", "rock", "pop"], 24) if task == "single" else rng.integers(0, 2, (24, 4))
    return NetClassifier(name, **options).fit(X, y), X


def said(estimator: Any, X: np.ndarray) -> np.ndarray:
    return estimator.predict(X) if isinstance(estimator, NetRegressor) else estimator.predict_proba(X)


def by_onnx(data: bytes, X: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: X})[0]


@pytest.mark.parametrize("task", ["single", "multi", "continuous"])
@pytest.mark.parametrize("name", NETS)
def test_onnx_says_what_torch_says(name: str, task: str) -> None:
    fitted, X = trained(name, task)
    data = fitted.to_onnx()
    onnx.checker.check_model(data, full_check=True)
    assert said(fitted, X).std() > 0
    for rows in (X[:1], X[:5], X):
        scale = 100 if task == "continuous" else 1
        np.testing.assert_allclose(by_onnx(data, rows), said(fitted, rows), atol=1e-5 * scale, rtol=0)
    if FAMILIES[name].any_length:
        for t in (1, 3, 20):
            np.testing.assert_allclose(
                by_onnx(data, X[:2, :t]), said(fitted, X[:2, :t]), atol=1e-5 * scale, rtol=0
            )
    [dims] = [one.type.tensor_type.shape.dim for one in onnx.load_from_string(data).graph.input]
    free = [bool(dim.dim_param) for dim in dims]
    assert free == [True, FAMILIES[name].any_length, False]


@pytest.mark.parametrize("name", NETS)
def test_vectors_go_in_as_they_are(name: str) -> None:
    fitted, X = trained(name, "single", vectors=True)
    np.testing.assert_allclose(by_onnx(fitted.to_onnx(), X), fitted.predict_proba(X), atol=1e-5)
    answering = unpack(*pack(fitted), "single", fitted.classes_.tolist(), 7)
    np.testing.assert_allclose(answering.proba(X), fitted.predict_proba(X), atol=1e-5)


def test_the_same_net_gives_the_same_bytes() -> None:
    fitted, _ = trained("gru", "single")
    again, _ = trained("gru", "single")
    assert fitted.to_onnx() == again.to_onnx()


def test_without_torch_the_estimator_asks_onnxruntime(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted, X = trained("lstm", "single")
    wanted = fitted.predict_proba(X)
    bare, kept = NetClassifier(), NetClassifier()
    state = fitted.__getstate__()
    kept.__dict__.update(state)
    bare.__dict__.update({**state, "onnx_": None})
    monkeypatch.setitem(sys.modules, "torch", None)
    np.testing.assert_allclose(kept.predict_proba(X), wanted, atol=1e-5)
    with pytest.raises(MissingDependencyError) as caught:
        bare.predict_proba(X)
    assert caught.value.hint == "pip install 'tunelens[train]'"


def test_a_process_that_has_no_torch_predicts(tmp_path: Path) -> None:
    fitted, X = trained("crnn", "single")
    name, data = pack(fitted)
    (tmp_path / name).write_bytes(data)
    np.savez(tmp_path / "rows.npz", X=X, wanted=fitted.predict_proba(X))
    code = """
import sys
for name in ("torch", "skorch", "onnxscript"):
    sys.modules[name] = None
from pathlib import Path
import numpy as np
from tunelens.models.bundles.estimators import unpack
folder = Path(sys.argv[1])
rows = np.load(folder / "rows.npz")
found = unpack("model.onnx", (folder / "model.onnx").read_bytes(), "single", ["pop", "rock", "x"], 7)
print(abs(found.proba(rows["X"]) - rows["wanted"]).max())
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1e-5
