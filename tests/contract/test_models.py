"""What holds for every registered model; registering one enrols it here."""

from __future__ import annotations

import functools
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.base import clone

from tunelens.base.errors import DataError, ParameterError, TunelensError, UnknownNameError
from tunelens.models.catalogue import MODELS, parse_model
from tunelens.models.classic import TRUSTED_TYPES
from tunelens.models.material import Material
from tunelens.models.recipe import Fitted, Recipe

QUICK = {
    "forest": ":n_estimators=10",
    "boosting": ":max_iter=5",
    "hmm": ":n_states=2,n_iter=3",
    "mlp": ":max_iter=90",
    "head": ":C=0.1",
}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
CLASSES = ("rock", "古典", "爵士")
ENSEMBLES = {"vote": "vote(ridge,knn)", "stack": "stack(ridge,tree):folds=2"}


def expression(name: str, task: str = "single") -> str:
    if name in ENSEMBLES:
        return ENSEMBLES[name]
    if name == "head" and task == "continuous":
        return name
    return name + (":max_epochs=2" if MODELS[name].extra == "train" else QUICK.get(name, ""))


def tasks(name: str) -> tuple[str, ...]:
    return ("continuous", "multi", "single") if name in ENSEMBLES else tuple(sorted(MODELS[name].tasks))


def cases(*wanted: str) -> list[tuple[str, str]]:
    return [(name, task) for name in (*MODELS, *ENSEMBLES) for task in tasks(name) if task in wanted]


CASES = cases("single", "multi", "continuous")
SORTING = cases("single", "multi")
SINGLE = [name for name, _ in cases("single")]


def material(name: str, task: str, n: int = 36, seed: int = 0) -> Material:
    """Three classes that the first columns tell apart, sequences for who wants them."""
    rng = np.random.default_rng(seed)
    at = np.arange(n) % 3
    sequence = name not in ENSEMBLES and MODELS[name].kind == "sequence"
    X = rng.normal(size=(n, 32, 8) if sequence else (n, 8)).astype(np.float32)
    X[..., :3] += 3 * np.eye(3, dtype=np.float32)[at].reshape((n, 1, 3) if sequence else (n, 3))
    if task == "single":
        return Material(X, np.array(CLASSES)[at], np.arange(n) // 2, "single", CLASSES)
    if task == "multi":
        tags = np.stack([at == 0, at > 0, at == 9, at < 9], axis=1).astype(np.int8)
        return Material(X, tags, np.arange(n) // 2, "multi", ("calm", "loud", "never", "総て"))
    return Material(X, at + 0.1 * rng.normal(size=n), np.arange(n) // 2, "continuous")


def need(name: str) -> None:
    if name in MODELS and MODELS[name].extra == "train" and not (find_spec("torch") and find_spec("skorch")):
        pytest.skip(f"{name} is trained with torch and skorch, which are not installed")
    if name == "hmm" and not find_spec("hmmlearn"):
        pytest.skip("hmm is trained with hmmlearn, which is not installed")


@functools.cache
def learned(name: str, task: str, seed: int = 0) -> tuple[Fitted, Material]:
    need(name)
    rows = material(name, task)
    return Recipe(expression(name, task)).fit(rows, seed), rows


def answers(fitted: Fitted, X: np.ndarray) -> np.ndarray:
    return fitted.predict(X) if fitted.task == "continuous" else fitted.predict_proba(X)


def test_there_are_models() -> None:
    assert len(MODELS) >= 13
    with pytest.raises(UnknownNameError, match="model 'florest'") as caught:
        parse_model("vote(svm,florest)")
    assert "forest" in (caught.value.hint or "")


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tunelens.models.catalogue import MODELS, parse_model;"
        "parse_model('stack(svm:C=1,knn)'); [MODELS[m].summary for m in MODELS];"
        "print([m for m in ('sklearn', 'torch', 'optuna', 'hmmlearn', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", list(MODELS))
def test_says_what_it_is(name: str) -> None:
    from tunelens.models.inputs.registry import INPUTS

    model = MODELS[name]
    assert model.name == name
    assert 20 < len(model.summary) < 120
    assert "\n" not in model.summary
    assert model.tasks
    assert INPUTS[model.default_input].kind == model.kind


@pytest.mark.parametrize(("name", "task"), CASES)
def test_clone_and_params_round_trip(name: str, task: str) -> None:
    need(name)
    estimator = Recipe(expression(name, task)).build(task, seed=3)
    again = clone(estimator)
    before, after = estimator.get_params(), again.get_params()
    assert set(before) == set(after)
    plain = (int, float, str, bool, type(None))
    assert {k: v for k, v in before.items() if isinstance(v, plain)} == {
        k: v for k, v in after.items() if isinstance(v, plain)
    }
    assert not [key for key in vars(again) if key.endswith("_") and not key.startswith("_")]


@pytest.mark.parametrize(("name", "task"), CASES)
def test_learns_what_is_plain(name: str, task: str) -> None:
    fitted, rows = learned(name, task)
    found = fitted.predict(rows.X)
    assert found.shape == rows.y.shape
    if name in MODELS and MODELS[name].extra == "train":
        return  # two rounds teach a net nothing; tests of nets look at that
    if task == "continuous":
        assert np.corrcoef(found, rows.y)[0, 1] > 0.8
    else:
        assert (found == rows.y).mean() > 0.9


@pytest.mark.parametrize(("name", "task"), CASES)
def test_twice_the_same_and_as_the_seed_says(name: str, task: str) -> None:
    fitted, rows = learned(name, task)
    again = Recipe(expression(name, task)).fit(rows, 0)
    np.testing.assert_array_equal(answers(again, rows.X), answers(fitted, rows.X))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_fitting_an_estimator_again_forgets(name: str, task: str) -> None:
    fitted, rows = learned(name, task)
    other = material(name, task, seed=5)
    once = Recipe(expression(name, task)).build(task, 0)
    for part in (other, rows):
        once.fit(part.X, part.y)
    fresh = Recipe(expression(name, task)).build(task, 0).fit(rows.X, rows.y)
    ask = "predict" if task == "continuous" else "predict_proba"
    np.testing.assert_allclose(getattr(once, ask)(rows.X), getattr(fresh, ask)(rows.X), atol=1e-9)
    assert fitted.task == task


@pytest.mark.parametrize(("name", "task"), SORTING)
def test_probabilities_are_probabilities(name: str, task: str) -> None:
    fitted, rows = learned(name, task)
    proba = fitted.predict_proba(rows.X)
    assert proba.shape == (len(rows), len(rows.classes))
    assert proba.dtype == np.float64
    assert proba.min() >= 0
    assert proba.max() <= 1 + 1e-12
    if task == "single":
        np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)
        assert (np.array(fitted.classes)[proba.argmax(axis=1)] == fitted.predict(rows.X)).all()


@pytest.mark.parametrize("name", SINGLE)
def test_the_most_probable_class_is_what_the_estimator_predicts(name: str) -> None:
    fitted, rows = learned(name, "single")
    assert [str(one) for one in fitted.estimator.classes_] == sorted(CLASSES)
    assert fitted.estimator.predict(rows.X).tolist() == fitted.predict(rows.X).tolist()


@pytest.mark.parametrize(("name", "task"), CASES)
def test_one_clip_alone_gets_the_same_answer(name: str, task: str) -> None:
    fitted, rows = learned(name, task)
    np.testing.assert_allclose(answers(fitted, rows.X[4:5]), answers(fitted, rows.X)[4:5], atol=1e-5)
    assert answers(fitted, rows.X[:0]).shape == answers(fitted, rows.X)[:0].shape


@pytest.mark.parametrize(("name", "task"), CASES)
def test_gaps_are_filled_or_refused_by_name(name: str, task: str) -> None:
    rows = learned(name, task)[1]
    X = rows.X.copy()
    X[3, ..., 1] = np.nan
    X[..., 7] = np.nan
    try:
        fitted = Recipe(expression(name, task)).fit(Material(X, rows.y, rows.groups, rows.task, rows.classes))
    except DataError as error:
        assert "NaN" in error.message
    else:
        assert np.isfinite(answers(fitted, X)).all()
    X[2, ..., 0] = np.inf
    with pytest.raises(DataError, match="infinite"):
        Recipe(expression(name, task)).fit(Material(X, rows.y, rows.groups, rows.task, rows.classes))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_other_columns_are_refused(name: str, task: str) -> None:
    fitted, rows = learned(name, task)
    with pytest.raises(TunelensError, match=r"7.*8|8.*7"):
        answers(fitted, rows.X[..., :7])


@pytest.mark.parametrize("name", SINGLE)
def test_one_class_is_refused(name: str) -> None:
    rows = material(name, "single")
    only = rows.take(np.flatnonzero(rows.y == "爵士"))
    with pytest.raises(DataError, match=r"爵士.*two classes"):
        Recipe(expression(name)).fit(only)


@pytest.mark.parametrize("name", SINGLE)
def test_a_class_that_training_lacks_has_no_probability(name: str) -> None:
    need(name)
    rows = material(name, "single")
    fitted = Recipe(expression(name)).fit(rows.take(np.flatnonzero(rows.y != "古典")))
    proba = fitted.predict_proba(rows.X)
    assert fitted.classes == CLASSES
    assert (proba[:, 1] == 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("name", [one for one in SINGLE if one != "stack"])
def test_a_class_with_one_example_is_learned_from(name: str) -> None:
    need(name)
    rows = material(name, "single")
    kept = np.concatenate([np.flatnonzero(rows.y != "爵士"), np.flatnonzero(rows.y == "爵士")[:1]])
    fitted = Recipe(expression(name)).fit(rows.take(kept))
    assert np.isfinite(fitted.predict_proba(rows.X)).all()
    assert "爵士" in [str(one) for one in fitted.estimator.classes_]


@pytest.mark.parametrize("name", [name for name, _ in cases("multi")])
def test_tags_that_none_or_all_have_are_certain(name: str) -> None:
    fitted, rows = learned(name, "multi")
    proba = fitted.predict_proba(rows.X)
    if name in MODELS and MODELS[name].extra == "train":
        assert proba[:, 2].mean() < proba[:, 3].mean()
        return
    assert (proba[:, 2] < 0.05).all()
    assert (proba[:, 3] > 0.95).all()


@pytest.mark.parametrize(("name", "task"), CASES)
def test_kept_without_pickle_and_read_again(name: str, task: str) -> None:
    fitted, rows = learned(name, task)
    if hasattr(fitted.estimator, "to_onnx"):
        import onnxruntime

        session = onnxruntime.InferenceSession(fitted.estimator.to_onnx(), providers=["CPUExecutionProvider"])
        found = session.run(None, {session.get_inputs()[0].name: rows.X.astype(np.float32)})[0]
        np.testing.assert_allclose(
            found.reshape(answers(fitted, rows.X).shape), answers(fitted, rows.X), atol=1e-5
        )
        return
    import skops.io

    again = skops.io.loads(skops.io.dumps(fitted.estimator), trusted=TRUSTED_TYPES)
    read = Fitted(again, fitted.classes, fitted.task)
    np.testing.assert_allclose(answers(read, rows.X), answers(fitted, rows.X), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", list(MODELS))
def test_tuning_looks_where_the_model_can_go(name: str) -> None:
    need(name)
    optuna = pytest.importorskip("optuna")
    model = MODELS[name]
    for seed in range(5):
        sampler = optuna.samplers.RandomSampler(seed=seed)
        trial = optuna.create_study(sampler=sampler).ask()
        found = model.space(trial)
        assert set(found) == set(trial.params)
        assert bool(found) == (name not in ("head", "linear"))
        for task in model.tasks:
            model.build(task, 0, **found)


@pytest.mark.parametrize("name", list(MODELS))
def test_an_unknown_parameter_is_named(name: str) -> None:
    need(name)
    task = sorted(MODELS[name].tasks)[0]
    with pytest.raises(ParameterError, match="no parameter 'warp'"):
        MODELS[name].build(task, 0, warp=9)


@pytest.mark.parametrize("name", list(MODELS))
def test_what_it_cannot_learn_is_refused(name: str) -> None:
    need(name)
    for task in {"single", "multi", "continuous"} - MODELS[name].tasks:
        with pytest.raises(ParameterError, match=task):
            MODELS[name].build(task, 0)


@pytest.mark.parametrize("name", [name for name in MODELS if MODELS[name].kind == "vector"])
def test_models_of_vectors_refuse_sequences(name: str) -> None:
    task = sorted(MODELS[name].tasks)[0]
    rows = material(name, task)
    with pytest.raises(ParameterError, match="one vector per clip"):
        Recipe(name).fit(Material(rows.X[:, None], rows.y, rows.groups, rows.task, rows.classes))
