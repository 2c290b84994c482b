"""A bundle comes back as it was, is written whole or not at all, and says what it knows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tunelens.base.errors import BundleError, DataError, NotFoundError, ParameterError, UnknownNameError
from tunelens.base.settings import Settings
from tunelens.models.bundles import Bundle, Facts, Manifest, bundles, find_bundle, verify
from tunelens.models.inputs import INPUTS
from tunelens.models.trust import Trust

from .conftest import Toy

Rows = tuple[np.ndarray, np.ndarray]


def test_a_bundle_answers_as_the_model_and_its_trust_do(bundle: Bundle, toy: Toy, rows: Rows, trust) -> None:
    np.testing.assert_allclose(bundle.predict_proba(rows[0]), toy.predict_proba(rows[0]), atol=1e-12)
    said = bundle.predict(rows[0])
    decided = trust.decide(toy.predict_proba(rows[0]), rows[0])
    assert [one.label for one in said] == [one.label for one in decided]
    assert [one.set for one in said] == [one.set for one in decided]
    fair = trust.calibrate(toy.predict_proba(rows[0]))
    assert said[3].probabilities["民谣"] == pytest.approx(fair[3, toy.classes.index("民谣")])
    assert {one.coverage for one in said} == {0.9}


def test_no_file_of_a_bundle_is_pickled(bundle: Bundle) -> None:
    assert {path.name for path in bundle.folder.iterdir()} == {
        "manifest.json", "model.skops", "trust.npz", "reference.npz", "card.md",
    }  # fmt: skip
    for path in bundle.folder.iterdir():
        assert path.read_bytes()[:1] in (b"{", b"P", b"#")  # JSON, zip, Markdown; pickle begins with 0x80


def test_the_same_model_gives_the_same_bytes(
    bundle: Bundle, tmp_path: Path, toy: Toy, facts: Facts, trust
) -> None:
    one = Bundle.save(tmp_path / "one", toy, facts, trust).folder
    two = Bundle.save(tmp_path / "two", toy, facts, trust).folder
    for name in ("trust.npz", "card.md"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_far_from_the_training_data_it_does_not_know(bundle: Bundle) -> None:
    said = bundle.predict(np.full((1, 3), 1e4))[0]
    assert (said.known, said.label, said.novelty) == (False, None, 1.0)
    assert "unlike" in said.why
    assert said.to_dict()["label"] is None


def test_rows_of_another_width_are_refused(bundle: Bundle) -> None:
    with pytest.raises(DataError, match="rows of 3 numbers"):
        bundle.predict(np.zeros((2, 4)))
    assert bundle.predict(np.zeros((0, 3))) == []


def test_without_trust_it_says_what_the_model_says(
    tmp_path: Path, toy: Toy, facts: Facts, rows: Rows
) -> None:
    bundle = Bundle.save(tmp_path / "plain", toy, facts)
    said = bundle.predict(rows[0])
    assert [one.label for one in said] == toy.predict(rows[0]).tolist()
    assert said[0].coverage is None and said[0].set == ()
    assert "Nothing was measured" in bundle.card()


def test_numbers_have_intervals_and_no_classes(tmp_path: Path, facts: Facts, rows: Rows) -> None:
    from sklearn.linear_model import Ridge

    from tunelens.models.trust import Trust

    X = rows[0]
    y = X @ [1.0, 2.0, 3.0] + np.random.default_rng(1).normal(size=len(X))
    toy = Toy(Ridge().fit(X, y), classes=(), task="continuous")
    trust = Trust.fit(toy.predict(X), y, (), "continuous")
    said = Bundle.save(tmp_path / "n", toy, facts, trust, sample=X).predict(X)
    low, high = np.array([one.interval for one in said]).T
    assert 0.85 <= np.mean((low <= y) & (y <= high)) <= 1
    assert said[0].value == pytest.approx(toy.predict(X)[0])
    assert said[0].label is None and said[0].probabilities == {}


def test_too_few_rows_for_an_interval_is_no_crash(tmp_path: Path, facts: Facts, rows: Rows) -> None:
    from sklearn.linear_model import Ridge

    from tunelens.models.trust import Trust

    X, y = rows[0][:6], rows[0][:6, 0]
    toy = Toy(Ridge().fit(X, y), classes=(), task="continuous")
    bundle = Bundle.save(tmp_path / "n", toy, facts, Trust.fit(toy.predict(X), y, (), "continuous"))
    assert bundle.predict(X)[0].interval is None
    json.loads((bundle.folder / "manifest.json").read_text(), parse_constant=pytest.fail)


def test_what_is_there_is_overwritten_by_force_alone(bundle: Bundle, toy: Toy, facts: Facts) -> None:
    with pytest.raises(ParameterError, match="exists") as caught:
        Bundle.save(bundle.folder, toy, facts)
    assert "--force" in (caught.value.hint or "")
    again = Bundle.save(bundle.folder, toy, facts, force=True)
    assert not (again.folder / "trust.npz").exists()
    assert [path.name for path in bundle.folder.parent.iterdir()] == ["toy"]


def test_what_is_no_bundle_is_never_overwritten(
    bundle: Bundle, tmp_path: Path, toy: Toy, facts: Facts
) -> None:
    (bundle.folder / "my thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("more")
    for place in (bundle.folder, tmp_path / "file", tmp_path):
        with pytest.raises(ParameterError, match="no bundle"):
            Bundle.save(place, toy, facts, force=True)
    assert (bundle.folder / "my thesis.txt").read_text() == "years of work"


def test_a_model_that_does_not_come_back_as_it_was_is_not_written(
    tmp_path: Path, toy: Toy, facts: Facts, rows: Rows
) -> None:
    class Liar(Toy):
        def predict_proba(self, X: np.ndarray) -> np.ndarray:
            return super().predict_proba(X) + 1e-4

    with pytest.raises(BundleError, match="otherwise"):
        Bundle.save(tmp_path / "b", Liar(toy.estimator, toy.classes), facts, sample=rows[0])
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_needs_pickle_is_not_written(tmp_path: Path, facts: Facts) -> None:
    class Foreign:
        def __reduce__(self) -> tuple:
            return print, ("never",)

    with pytest.raises(BundleError):
        Bundle.save(tmp_path / "b", Toy(Foreign()), facts)
    assert list(tmp_path.iterdir()) == []


def test_it_is_found_by_path_and_by_name(bundle: Bundle, toy: Toy, facts: Facts, home: Path) -> None:
    settings = Settings.from_env()
    Bundle.save(settings.data_dir / "bundles" / "我的", toy, facts)
    (settings.data_dir / "bundles" / "broken").mkdir()
    (settings.data_dir / "bundles" / "broken" / "manifest.json").write_text("{}")
    assert find_bundle("我的", settings) == settings.data_dir / "bundles" / "我的"
    assert find_bundle(bundle.folder, settings) == bundle.folder
    rows = {row.name: row for row in bundles(settings) if not row.shipped}
    assert (rows["我的"].label, rows["我的"].n_classes, rows["我的"].problem) == ("genre", 2, "")
    assert "format" in rows["broken"].problem
    with pytest.raises(UnknownNameError):
        find_bundle("theirs", settings)
    with pytest.raises(NotFoundError):
        find_bundle(home / "absent", settings)
    with pytest.raises(NotFoundError):
        Bundle.load(home / "absent")


def test_verify_tells_what_is_right(bundle: Bundle) -> None:
    checks = verify(bundle.folder)
    assert [check.name for check in checks] == [
        "manifest", "files", "input", "libraries", "model", "trust", "reference",
    ]  # fmt: skip
    assert all(check.ok for check in checks)


def test_the_card_tells_data_protocol_figures_and_limits(bundle: Bundle) -> None:
    card = bundle.card()
    report = bundle.trust.report
    for told in ("# toy", "民谣", "made by a test", "nowhere", "stratified", "0.800", "0.700 to 0.900 (95%)"):
        assert told in card
    assert f"measured: {report.coverage_measured:.1%}" in card
    assert "## Limits" in card


@pytest.mark.parametrize("grouped", [False, True])
def test_the_card_tells_whether_it_was_known_what_belongs_together(
    toy: Toy, rows: Rows, facts: Facts, tmp_path: Path, grouped: bool
) -> None:
    X, y = rows
    groups = np.arange(len(X)) // (2 if grouped else 1)
    trust = Trust.fit(toy.predict_proba(X), y, toy.classes, "single", groups=groups, X=X)
    card = Bundle.save(tmp_path / "grouped", toy, facts, trust).card()
    assert ("share no group" in card) == grouped and ("drawn at random" in card) != grouped
    assert "unlike anything it was trained on" in card and "99%" in card


def test_a_manifest_comes_back_as_it_was(bundle: Bundle) -> None:
    assert Manifest.read(bundle.folder) == bundle.manifest
    assert bundle.manifest.coverage == bundle.trust.report.coverage_measured


class Exported:
    """A net as the bundle sees it: weights that only its ONNX graph holds."""

    def __init__(self, weights: np.ndarray) -> None:
        self.weights = weights.astype(np.float32)

    def to_onnx(self) -> bytes:
        from onnx import TensorProto, helper, numpy_helper

        sequence = helper.make_tensor_value_info("frames", TensorProto.FLOAT, ["n", "t", "d"])
        graph = helper.make_graph(
            [
                helper.make_node("ReduceMean", ["frames", "axes"], ["mean"], keepdims=0),
                helper.make_node("MatMul", ["mean", "w"], ["logits"]),
                helper.make_node("Softmax", ["logits"], ["proba"], axis=1),
            ],
            "net",
            [sequence],
            [helper.make_tensor_value_info("proba", TensorProto.FLOAT, ["n", 2])],
            [
                numpy_helper.from_array(self.weights, "w"),
                numpy_helper.from_array(np.array([1], np.int64), "axes"),
            ],
        )
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9
        ).SerializeToString()

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        raised = np.exp(X.mean(axis=1) @ self.weights)
        return raised / raised.sum(axis=1, keepdims=True)


def test_a_net_is_kept_as_onnx(tmp_path: Path, rng: np.random.Generator) -> None:
    net = Exported(rng.normal(size=(20, 2)))
    X = rng.normal(size=(40, 7, 20)).astype(np.float32)
    facts = Facts("net", INPUTS["mfcc_frames"], label="genre")
    bundle = Bundle.save(tmp_path / "net", Toy(net), facts, sample=X)
    assert (bundle.folder / "model.onnx").is_file()
    assert bundle.manifest.libraries == {}
    np.testing.assert_allclose(bundle.predict_proba(X), net.predict_proba(X), atol=1e-5)
    assert all(check.ok for check in verify(bundle.folder))
    with pytest.raises(DataError, match="20 numbers"):
        bundle.predict(X[..., :5])
