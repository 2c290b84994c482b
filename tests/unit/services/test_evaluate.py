"""Honest figures first; the inflated ones beside them; reports that can be read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunelens.base.errors import ParameterError
from tunelens.base.settings import Settings
from tunelens.data.labels import Labels
from tunelens.data.read import read_dataset
from tunelens.data.tracks import Tracks
from tunelens.evaluation.metrics import METRICS
from tunelens.models.catalogue import MODELS
from tunelens.services import evaluate as service
from tunelens.services.compare import compare, fitting
from tunelens.services.evaluate import EvaluateOptions, Evaluation, evaluate
from tunelens.services.evaluation_report import page_of, save_report

N = 120


def toy() -> Tracks:
    """Artists who sound like themselves and hardly like their genre."""
    rng = np.random.default_rng(7)
    artist = np.arange(N) // 6
    X = rng.normal(size=(N // 6, 4))[artist] * 3 + rng.normal(size=(N, 4)) * 0.3
    y = [("爵士", "<b>rock</b>")[k % 2] for k in artist]
    groups = {"artist": tuple(f"artist {k}" for k in artist)}
    return Tracks(
        "玩具",
        Labels("single", y, "genre"),
        tuple(map(str, range(N))),
        X=X,
        feature_names=tuple("abcd"),
        groups=groups,
    )


@pytest.fixture
def tracks() -> Tracks:
    return toy()


@pytest.fixture(autouse=True)
def _own_cache(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own; so few draws that intervals are rough, which only the test of GTZAN looks at."""
    monkeypatch.setattr(service, "N_BOOTSTRAP", 40)


def test_random_folds_beside_honest_ones_are_marked_and_far_better(tracks: Tracks) -> None:
    found = evaluate(tracks, "knn:n_neighbors=1", options=EvaluateOptions(beside_random=True))
    assert (found.honest.protocol, found.honest.group, found.honest.inflated) == ("grouped", "artist", False)
    assert found.random is not None
    assert found.random.inflated
    assert found.random.n_leaks > 0 == found.honest.n_leaks
    assert found.random.figures["accuracy"].value > 0.95
    assert found.inflation["accuracy"] > 0.25


def test_a_second_run_fits_nothing(tracks: Tracks) -> None:
    options = EvaluateOptions(seeds=(0, 1))
    first, again = evaluate(tracks, options=options), evaluate(tracks, options=options)
    assert (first.honest.oof.n_cached, again.honest.oof.n_cached) == (0, 10)
    assert first.honest.figures == again.honest.figures
    assert len(again.honest.by_seed["accuracy"]) == 2


def test_one_set_can_be_learned_from_and_another_judged(tracks: Tracks) -> None:
    found = evaluate(tracks.take(range(60)), test_on=tracks.take(range(60, N)))
    assert (found.honest.protocol, found.honest.n_test) == ("transfer", 60)
    with pytest.raises(ParameterError, match="another dataset"):
        evaluate(tracks, test_on=tracks, options=EvaluateOptions(beside_random=True))


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    settings = Settings(cache_dir=tmp_path_factory.mktemp("cache"))
    options = EvaluateOptions(n_folds=3, seeds=(0, 1), beside_random=True, learning=True)
    return evaluate(toy(), options=options, settings=settings)


@pytest.mark.parametrize("suffix", [".html", ".md", ".json"])
def test_reports_hold_figures_and_no_markup_of_others(
    judged: Evaluation, tmp_path: Path, suffix: str
) -> None:
    found = judged
    text = save_report(found, tmp_path / f"r{suffix}").read_text(encoding="utf-8")
    assert "爵士" in text
    assert "inflated" in text
    if suffix == ".json":
        assert (
            json.loads(text)["honest"]["figures"]["accuracy"]["value"]
            == found.honest.figures["accuracy"].value
        )
    else:
        assert "<b>rock" not in text
        assert f"{found.honest.figures['accuracy'].value:.3f}" in text
    with pytest.raises(ParameterError, match="exists"):
        save_report(found, tmp_path / f"r{suffix}")


@pytest.mark.parametrize(
    "labels",
    [
        Labels("multi", [{"a"} if i % 3 else {"b", "c"} for i in range(N)], "tags"),
        Labels("continuous", [float(i % 7) for i in range(N)], "valence"),
    ],
    ids=["multi", "continuous"],
)
def test_tags_and_numbers_are_reported(tracks: Tracks, tmp_path: Path, labels: Labels) -> None:
    model = "ridge" if labels.kind == "continuous" else "logistic"
    found = evaluate(replace(tracks, labels=labels), model)
    assert len(found.mistakes) == 20
    for suffix in (".html", ".md", ".json"):
        assert save_report(found, tmp_path / f"r{suffix}").stat().st_size > 500


def test_a_model_that_fails_is_a_row(tracks: Tracks, tmp_path: Path) -> None:
    found = compare(tracks, ["logistic", "knn:n_neighbors=1", "linear"])
    assert found.rows[-1].model == "linear"
    assert found.rows[-1].error is not None
    assert found.rows[1].behind is not None
    assert save_report(found, tmp_path / "c.html").stat().st_size > 5000


def test_gtzan_is_near_what_was_published(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "N_BOOTSTRAP", 100)
    wanted = ("accuracy", "balanced_accuracy")
    monkeypatch.setattr(service, "metrics_for", lambda *_: [METRICS[name] for name in wanted])
    tracks = read_dataset(f"gtzan_table:{data_dir / 'gtzan_features'}")
    found = evaluate(tracks, "svm", options=EvaluateOptions(n_folds=10, beside_random=True))
    honest = found.honest.figures["accuracy"]
    assert (found.honest.protocol, found.honest.n_test, found.honest.drawn) == (
        "gtzan_filtered",
        290,
        "cluster",
    )
    assert any("single rows" in one for one in found.warnings)
    assert "single rows" in page_of(found).lead
    assert honest.value == pytest.approx(0.534, abs=0.03)
    assert honest.low < 0.534 < honest.high
    assert found.random is not None
    assert found.random.figures["accuracy"].value == pytest.approx(0.74, abs=0.03)


def test_all_leaves_out_what_cannot_take_the_input_and_says_why(tracks: Tracks) -> None:
    work = service.Work.of(tracks, EvaluateOptions(), None)
    fit, left_out = fitting(work)
    assert {"logistic", "tree", "svm", "knn"} <= set(fit)
    why = dict(left_out)
    assert why["hmm"] == "takes a sequence per clip, not a vector"
    assert "single" in why["linear"]
    assert set(fit) | set(why) == set(MODELS)
    given = replace(work, options=EvaluateOptions(input="mfcc_frames"))
    assert dict(fitting(given)[1])["svm"] == "takes a vector per clip, not a sequence"
