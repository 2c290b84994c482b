"""What holds for the bundle of every registered model; registering one enrols it here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tunelens.models.bundles import Bundle, Facts, verify
from tunelens.models.catalogue import MODELS, kinds, parse_model
from tunelens.models.inputs import INPUTS
from tunelens.models.inputs.table import TableInput
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe

QUICK = {
    "forest": "forest:n_estimators=20",
    "mlp": "mlp:max_iter=40",
    **{name: f"{name}:max_epochs=2" for name in ("cnn1d", "cnn2d", "crnn", "lstm", "gru", "ast")},
}
ENSEMBLES = ("vote(logistic,knn)", "stack(tree,logistic)")
CASES = [
    (QUICK.get(name, name), task)
    for name in [*MODELS, *ENSEMBLES]
    for task in ("single", "multi", "continuous")
]
N, T = 36, 24

AFRESH = """
import sys
class Bare:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in ('torch', 'skorch', 'hmmlearn', 'optuna', 'imblearn', 'onnxscript'):
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Bare())
import numpy as np
from pathlib import Path
from tunelens.models.bundles import Bundle
for folder in sorted(Path(sys.argv[1]).iterdir()):
    if folder.is_dir():
        told = np.load(folder.with_suffix('.npz'), allow_pickle=False)
        found = Bundle.load(folder).predict_proba(told['X'])
        print(folder.name, 'gap', float(np.abs(found - told['said']).max()))
"""


def material(kind: str, task: str) -> Material:
    rng = np.random.default_rng(0)
    k = np.arange(N) % 3
    X = rng.normal(size=(N, 20)) + 2 * k[:, None] * (np.arange(20) < 4)
    if kind == "sequence":
        X = (X[:, None] + rng.normal(size=(N, T, 20))).astype(np.float32)
    y = {
        "single": np.array(["摇滚", "jazz", "folk"])[k],
        "multi": np.stack([k == 0, k == 1, k != 1], axis=1).astype(np.int8),
        "continuous": k + 0.1 * rng.normal(size=N),
    }[task]
    classes = () if task == "continuous" else ("folk", "jazz", "摇滚")
    return Material(X, y, np.arange(N), task, classes)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf")


@pytest.mark.parametrize(("model", "task"), CASES, ids=[f"{model}-{task}" for model, task in CASES])
def test_a_bundle_answers_as_what_was_trained(model: str, task: str, shelf: Path) -> None:
    members = [MODELS[part.name] for part in parse_model(model).walk() if not part.members]
    if not all(task in one.tasks for one in members):
        pytest.skip(f"{model} cannot learn {task} labels")
    sequence = "sequence" in kinds(parse_model(model))
    rows = material("sequence" if sequence else "vector", task)
    heard = INPUTS["mfcc_frames"] if sequence else TableInput(tuple(f"x{i}" for i in range(20)))
    fitted = Recipe(model).fit(rows)
    said = fitted.predict(rows.X) if task == "continuous" else fitted.predict_proba(rows.X)
    name = "".join(char if char.isalnum() else "_" for char in f"{model}-{task}")
    Bundle.save(shelf / name, fitted, Facts(model, heard, recipe=model), sample=rows.X)
    loaded = Bundle.load(shelf / name)
    np.testing.assert_allclose(loaded.predict_proba(rows.X), said, atol=1e-5, rtol=1e-5)
    assert all(check.ok for check in verify(shelf / name))
    assert len(loaded.predict(rows.X[:1])) == 1
    np.savez(shelf / f"{name}.npz", X=rows.X, said=said)


def test_every_bundle_answers_where_nothing_but_the_core_is_installed(shelf: Path) -> None:
    """Needs the bundles that the tests above have put on the shelf."""
    n = sum(path.is_dir() for path in shelf.iterdir())
    if not n:
        pytest.skip("no bundle was saved in this run")
    done = subprocess.run([sys.executable, "-c", AFRESH, str(shelf)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    gaps = [float(line.split()[-1]) for line in done.stdout.splitlines()]
    assert len(gaps) == n
    assert max(gaps) < 1e-5
