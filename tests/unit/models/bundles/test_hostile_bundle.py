"""A bundle that was altered, is of another time, or comes from an enemy is refused, and says why."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tunelens.base.errors import BundleError
from tunelens.models.bundles import Bundle, verify
from tunelens.models.bundles.files import LARGEST

from .conftest import Edit

Swap = Callable[[str, bytes], None]


def refused(bundle: Bundle, match: str) -> None:
    with pytest.raises(BundleError, match=match) as caught:
        Bundle.load(bundle.folder)
    assert caught.value.hint
    assert not all(check.ok for check in verify(bundle.folder))


def set_to(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        for key in path[:-1]:
            manifest = manifest[key]
        manifest[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (set_to("format", value=2), "format 2"),
        (set_to("format", value=True), "format True"),
        (set_to("input", "name", value="tabel"), "tabel"),
        (set_to("input", "version", value="0"), "version '0'"),
        (set_to("input", "names", value=["tempo", "energy", "danceability"]), "other names"),
        (set_to("input", "names_sha256", value="0"), "other names"),
        (set_to("input", "width", value=4), "other names"),
        (set_to("input", "width", value=-1), "no count"),
        (set_to("task", value="double"), "task is 'double'"),
        (set_to("task", value="multi"), "another task"),
        (set_to("classes", value=["a", "a"]), "unique"),
        (set_to("classes", value=["a", "b"]), "classes"),
        (set_to("classes", value=[]), "0 classes"),
        (set_to("classes", value="ab"), "list"),
        (set_to("extra", value=1), "'extra'"),
        (set_to("libraries", "scikit-learn", value="1.2.3"), "scikit-learn 1.2.3"),
        (set_to("libraries", "scikit-learn", value=1), "no text"),
        (set_to("files", "../../etc/passwd", value="0"), "no others"),
        (set_to("files", "/etc/passwd", value="0"), "no others"),
        (set_to("files", "model.onnx", value="0"), "one model"),
        (set_to("files", value={}), "one model"),
        (set_to("files", "card.md", value="0" * 64), "altered"),
        (lambda m: m.pop("task"), "task"),
        (lambda m: m["files"].pop("card.md"), "does not list"),
    ],
    ids=range(24),
)
def test_a_changed_manifest_is_refused(
    bundle: Bundle, edit: Edit, change: Callable[[dict[str, Any]], None], told: str
) -> None:
    edit(change)
    refused(bundle, told)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{", '"format"', "[" * 100_000, '{"format": ' + "9" * 5000 + "}", b"\xff\xfe\x00\xd8"],
    ids=range(8),
)
def test_what_is_no_manifest_is_refused(bundle: Bundle, text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    (bundle.folder / "manifest.json").write_bytes(data)
    refused(bundle, "manifest")


def test_a_huge_manifest_is_not_read(bundle: Bundle) -> None:
    with (bundle.folder / "manifest.json").open("wb") as file:
        file.truncate(LARGEST["manifest.json"] + 1)
    refused(bundle, "larger")


@pytest.mark.parametrize("name", ["model.skops", "trust.npz", "reference.npz", "card.md"])
def test_an_altered_file_is_refused(bundle: Bundle, name: str) -> None:
    data = bytearray((bundle.folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (bundle.folder / name).write_bytes(data)
    refused(bundle, f"{name}.*altered")


@pytest.mark.parametrize("name", ["manifest.json", "model.skops", "trust.npz"])
def test_a_missing_file_is_refused(bundle: Bundle, name: str) -> None:
    (bundle.folder / name).unlink()
    refused(bundle, name)


def test_a_file_beside_is_refused(bundle: Bundle) -> None:
    (bundle.folder / "run me.py").write_text("")
    refused(bundle, "run me.py")


@pytest.mark.parametrize("name", ["manifest.json", "model.skops"])
def test_links_pipes_and_folders_are_refused(bundle: Bundle, tmp_path: Path, name: str) -> None:
    path = bundle.folder / name
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    refused(bundle, "a link")
    path.unlink()
    os.mkfifo(path)
    refused(bundle, "regular")
    path.unlink()
    path.mkdir()
    refused(bundle, "regular")


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_npy", ".npy"), data)
    return buffer.getvalue()


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def too_long() -> bytes:
    data = npy(np.zeros(1))
    return data.replace(b"(1,)", b"(1" + b"0" * 9 + b",)").replace(b" " * 9, b"", 1)


@pytest.mark.parametrize("name", ["trust.npz", "reference.npz"])
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "cannot be read"),
        (b"\x80\x04.", "cannot be read"),
        (zipped(a_npy=npy(np.array([{"a": 1}], object))), "pickled"),
        (zipped(a_npy=npy(np.zeros(20_000_000, np.uint8))), "unpacks"),
        (zipped(a_npy=too_long()), "not as long"),
        (zipped(a_npy=b"\x93NUMPY\x09\x00"), "cannot be read|unknown format"),
        (zipped(a_exe=b"MZ"), "does not belong"),
    ],
    ids=range(7),
)
def test_arrays_that_are_none_are_refused(
    bundle: Bundle, swap: Swap, name: str, data: bytes, told: str
) -> None:
    swap(name, data)
    refused(bundle, told)


def test_trust_that_makes_no_sense_is_refused(bundle: Bundle, swap: Swap) -> None:
    swap("trust.npz", zipped(mean_npy=npy(np.zeros(3))))
    refused(bundle, "no sense")


class Evil:
    """What an attacker would like to have loaded."""

    def __init__(self, call: object) -> None:
        self.call = call


@pytest.mark.parametrize("call", [os.system, subprocess.Popen, Path("/").exists, eval], ids=str)
def test_a_model_that_would_run_something_is_refused(bundle: Bundle, swap: Swap, call: object) -> None:
    import skops.io
    from sklearn.preprocessing import FunctionTransformer

    swap("model.skops", skops.io.dumps(FunctionTransformer(call)))
    refused(bundle, "cannot be loaded|no bundle may hold")


def test_a_model_of_an_unknown_class_is_refused(bundle: Bundle, swap: Swap) -> None:
    import skops.io

    swap("model.skops", skops.io.dumps(Evil(1)))
    refused(bundle, "cannot be loaded")


@pytest.mark.parametrize(
    "schema", ["{}", "[]", "[" * 100_000, '{"__loader__": "MethodNode"}', '{"__loader__": ["ObjectNode"]}']
)
def test_a_model_that_describes_itself_oddly_is_refused(bundle: Bundle, swap: Swap, schema: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", schema)
    swap("model.skops", buffer.getvalue())
    refused(bundle, "model")


def test_a_model_with_pickled_arrays_is_refused(bundle: Bundle, swap: Swap) -> None:
    data = (bundle.folder / "model.skops").read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            evil = npy(np.array([Evil(1)], object)) if name.endswith(".npy") else old.read(name)
            new.writestr(name, evil)
    swap("model.skops", buffer.getvalue())
    refused(bundle, "pickled")


def test_a_model_of_other_classes_or_width_is_refused(bundle: Bundle, swap: Swap, rows: Any) -> None:
    import skops.io
    from sklearn.linear_model import LogisticRegression

    swap("model.skops", skops.io.dumps(LogisticRegression().fit(rows[0][:, :2], rows[1])))
    refused(bundle, "takes 2 numbers")
    swap("model.skops", skops.io.dumps(LogisticRegression().fit(rows[0], rows[1] == "rock")))
    refused(bundle, "classes of the model")


def test_a_net_that_reads_other_files_is_refused(bundle: Bundle, swap: Swap, edit: Edit) -> None:
    import onnx
    from onnx import TensorProto, helper

    weight = onnx.TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[3])
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="/etc/passwd")
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 3])],
        [weight],
    )
    (bundle.folder / "model.skops").unlink()
    edit(lambda m: m["files"].pop("model.skops"))
    swap("model.onnx", helper.make_model(graph).SerializeToString())
    refused(bundle, "other files")
    swap("model.onnx", b"no net at all")
    refused(bundle, "no net")


def test_the_manifest_of_a_bundle_is_plain_json(bundle: Bundle) -> None:
    text = (bundle.folder / "manifest.json").read_text("utf-8")
    assert json.loads(text)["classes"] == list(bundle.classes)
    assert "民谣" in text


def members(data: bytes, change: Callable[[str, np.ndarray], np.ndarray]) -> bytes:
    """Return a skops file with every array changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".npy"):
                content = npy(change(name, np.load(io.BytesIO(content), allow_pickle=False)))
            new.writestr(name, content)
    return buffer.getvalue()


def outside(field: str, value: int) -> Callable[[str, np.ndarray], np.ndarray]:
    """Return what lets the first node of a tree point elsewhere."""

    def change(_: str, array: np.ndarray) -> np.ndarray:
        if array.dtype.names and field in array.dtype.names:
            array = array.copy()
            array[field][0] = value
        return array

    return change


@pytest.mark.parametrize(
    ("model", "change", "told"),
    [
        ("tree", outside("left_child", 10**9), "no such child"),
        ("tree", outside("right_child", 0), "no such child"),
        ("forest:n_estimators=2", outside("feature", 99), "no such number"),
        ("boosting", outside("left", 10**9), "no such child"),
        ("boosting", outside("feature_idx", 99), "no such number"),
        ("svm", lambda _, a: a[:-1] if a.ndim == 2 and a.shape[1] == 3 else a, "do not fit"),
    ],
    ids=["left", "circle", "feature", "boosting left", "boosting feature", "svm"],
)
def test_a_model_that_points_outside_of_itself_is_refused(
    bundle: Bundle, swap: Swap, rows: Any, model: str, change: Any, told: str
) -> None:
    from tunelens.models.bundles import estimators
    from tunelens.models.material import Material
    from tunelens.models.recipe import Recipe

    material = Material(rows[0], rows[1], np.arange(len(rows[0])), "single", bundle.classes)
    name, data = estimators.pack(Recipe(model).fit(material).estimator)
    swap(name, data)
    assert Bundle.load(bundle.folder).predict(rows[0][:1])
    swap(name, members(data, change))
    refused(bundle, told)


def boosted() -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(n_estimators=2)


def lying_machine() -> Any:
    from sklearn.svm import SVC

    return SVC()


def narrowed() -> Any:
    """Three numbers become one before the tree, which does not say how many it takes."""
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.tree import DecisionTreeClassifier

    return make_pipeline(PCA(1), DecisionTreeClassifier(max_depth=1))


def forget_width(model: Any) -> None:
    del model[-1].n_features_in_


def claim_width(model: Any) -> None:
    model._predictors[0][0].n_features_in_ = 10**6
    model._predictors[0][0].nodes["feature_idx"][0] = 10**5


def swap_method(model: Any) -> None:
    model._validate_X_predict = np.add


def lie_about_kind(model: Any) -> None:
    model._impl = "epsilon_svr"


def precompute(model: Any) -> None:
    model.kernel = "precomputed"


def of_catalogue(name: str) -> Callable[[], Any]:
    def build() -> Any:
        import sklearn.ensemble
        import sklearn.tree

        kinds = {
            "tree": sklearn.tree.DecisionTreeClassifier,
            "boosting": sklearn.ensemble.HistGradientBoostingClassifier,
        }
        return kinds[name]()

    return build


@pytest.mark.parametrize(
    ("build", "change", "told"),
    [
        (boosted, lambda _: None, "GradientBoosting|tree stands|DecisionTree"),
        (narrowed, forget_width, "does not say how many"),
        (of_catalogue("boosting"), claim_width, "no such number"),
        (of_catalogue("tree"), swap_method, "_validate_X_predict"),
        (lying_machine, lie_about_kind, "kind"),
        (lying_machine, precompute, "kind"),
    ],
    ids=["foreign", "no width", "own width", "method", "kind", "kernel"],
)
def test_a_model_that_hides_how_wide_it_reads_is_refused(
    rows: Any, build: Callable[[], Any], change: Callable[[Any], None], told: str
) -> None:
    from tunelens.models.bundles.indices import check_indices

    model = build().fit(*rows)
    if build is not boosted:
        check_indices(model, 3)
    change(model)
    with pytest.raises(BundleError, match=told):
        check_indices(model, 3)


def test_a_tree_that_would_crash_the_process_is_refused(
    bundle: Bundle, swap: Swap, rows: Any, tmp_path: Path
) -> None:
    """What compiled code does with it is tried in another process."""
    from sklearn.tree import DecisionTreeClassifier

    from tunelens.models.bundles import estimators

    name, data = estimators.pack(DecisionTreeClassifier().fit(*rows))
    data = members(data, outside("left_child", -(10**9)))
    (tmp_path / "bad.skops").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path / "bad.skops")], capture_output=True, check=False
    )
    assert done.returncode < 0, done.stderr
    swap(name, data)
    refused(bundle, "no such child")


CRASH = """
import sys, resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import numpy as np, skops.io
model = skops.io.load(sys.argv[1], trusted=["sklearn.tree._tree.Tree"])
model.tree_.children_left.sum()
model.predict(np.random.default_rng(0).normal(size=(50, 3)))
"""
