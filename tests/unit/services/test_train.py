"""What training refuses, and what it tells of itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunelens.audio import Clip, decode
from tunelens.audio.write import write_wav
from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.base.settings import Settings
from tunelens.data.labels import Labels
from tunelens.data.tracks import Tracks
from tunelens.models.bundles import Bundle
from tunelens.services.predict import predict, read_rows, windows
from tunelens.services.train import TrainOptions, train

N = 60
SR = 22050


@pytest.fixture(scope="module")
def tracks() -> Tracks:
    rng = np.random.default_rng(0)
    y = np.arange(N) % 2
    X = rng.normal(size=(N, 3)) + 2 * y[:, None]
    X[5, 1] = np.nan
    labels = Labels("single", [("calm", "wild")[k] for k in y], "mood")
    artists = tuple(f"artist {i // 4}" for i in range(N))
    ids = tuple(map(str, range(N)))
    return Tracks(
        "toy", labels, ids, X=X, feature_names=("u", "v", "w"), groups={"artist": artists}, source="dice"
    )


@pytest.fixture(scope="module")
def bundle(tracks: Tracks, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return train(tracks, tmp_path_factory.mktemp("b") / "toy").bundle


def test_it_tells_how_it_was_judged(bundle: Bundle, tracks: Tracks) -> None:
    facts = bundle.manifest
    assert facts.protocol.startswith("grouped by artist")
    assert (facts.n_train, facts.data_id, facts.sources) == (N, tracks.data_id, ("dice",))
    one = facts.metrics["accuracy"]
    assert 0.8 < one["low"] <= one["value"] <= one["high"] <= 1
    assert abs(facts.coverage - 0.9) < 0.1
    for told in ("dice", "grouped by artist", "## Limits", f"measured: {facts.coverage:.1%}"):
        assert told in bundle.card()


def test_a_split_that_leaks_is_refused_unless_allowed(tracks: Tracks, tmp_path: Path) -> None:
    options = TrainOptions(protocol="random")
    with pytest.raises(DataError, match="leaks") as caught:
        train(tracks, tmp_path / "b", options=options)
    assert "--allow-leaks" in (caught.value.hint or "")
    assert list(tmp_path.iterdir()) == []
    done = train(tracks, tmp_path / "b", options=replace(options, allow_leaks=True))
    assert "inflated" in done.warnings[0]
    assert "inflated" in done.bundle.card()


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (Labels("multi", [{"a"} if i % 2 else {"b", "c"} for i in range(N)], "tags"), {"a", "b", "c"}),
        (Labels("continuous", [float(i % 2) for i in range(N)], "valence"), set()),
        (Labels("hierarchical", [("x", "ab"[i % 2]) for i in range(N)], "genre"), {"x > a", "x > b"}),
    ],
    ids=["multi", "continuous", "hierarchical"],
)
def test_every_kind_of_label_can_be_learned(
    tracks: Tracks, tmp_path: Path, labels: Labels, said: set
) -> None:
    model = "ridge" if labels.kind == "continuous" else "logistic"
    done = train(replace(tracks, labels=labels), tmp_path / "b", recipe=model)
    answer = done.bundle.predict(tracks.X[:1] * 0 + 2.0)[0]
    assert set(answer.probabilities) == said
    if labels.kind == "continuous":
        assert answer.interval[0] < answer.value < answer.interval[1]
        assert answer.value == pytest.approx(1, abs=0.3)
    else:
        assert answer.best in {"a", "x > b"}


def test_the_same_seed_gives_the_same_bundle(bundle: Bundle, tracks: Tracks, tmp_path: Path) -> None:
    again = train(tracks, tmp_path / "again").bundle
    X = tracks.X[:20]
    np.testing.assert_array_equal(again.predict_proba(X), bundle.predict_proba(X))
    assert again.manifest.metrics == bundle.manifest.metrics


def test_what_cannot_be_trained_is_told(tracks: Tracks, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no sound files"):
        train(tracks, tmp_path / "b", options=TrainOptions(input="mfcc"))
    with pytest.raises(DataError, match="3 rows"):
        train(tracks.take([0, 1, 2]), tmp_path / "b")
    with pytest.raises(ParameterError, match="no group 'album'"):
        train(tracks, tmp_path / "b", options=TrainOptions(protocol="grouped", group="album"))
    (tmp_path / "taken").write_text("")
    with pytest.raises(ParameterError, match="no bundle"):
        train(tracks, tmp_path / "taken", force=True)


def test_columns_are_found_by_name(bundle: Bundle, tracks: Tracks, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    rows = [f"{w},song {i},{u},x,{v}" for i, (u, v, w) in enumerate(tracks.X[:4])]
    path.write_text("\n".join(["w,title,u,label,v", *rows]).replace("nan", "") + "\n", "utf-8")
    told = list(predict(bundle, path))
    assert [Path(one.item).name for one in told] == [f"表.csv:song {i}" for i in range(4)]
    direct = [one.probabilities for one in bundle.predict(tracks.X[:4])]
    assert [one.prediction.probabilities for one in told] == direct


def test_tables_that_do_not_fit_are_told(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("u,label\n1,x\n", "utf-8")
    with pytest.raises(DataError, match=r"lacks 2 of the 3 columns.*v, w"):
        list(read_rows(tmp_path / "a.csv", ("u", "v", "w")))
    with pytest.raises(NotFoundError):
        list(read_rows(tmp_path / "b.csv", ("u",)))
    (tmp_path / "c.wav").write_bytes(b"RIFF")
    (answer,) = predict(bundle, [tmp_path / "c.wav"])
    assert "no table" in answer.error.message
    with pytest.raises(ParameterError, match="no timeline"):
        predict(bundle, tmp_path / "a.csv", timeline=True)


@pytest.fixture
def songs(tmp_path: Path) -> Tracks:
    """A tone or noise, four times each; the last two are one recording."""
    rng = np.random.default_rng(0)
    paths = []
    for i in range(8):
        t = np.arange(2 * SR) / SR
        y = rng.normal(size=t.size) if i % 2 else np.sin(2 * np.pi * (200 + 30 * i) * t)
        paths.append(write_wav(Clip((0.2 * y).astype(np.float32), SR), tmp_path / f"{i}.wav"))
    labels = Labels("single", ["tone", "noise"] * 4)
    return Tracks("sounds", labels, tuple(path.name for path in paths), paths=tuple(paths))


def test_a_model_of_sound_has_a_timeline(songs: Tracks, tmp_path: Path) -> None:
    settings = replace(Settings(), cache_dir=tmp_path / "cache", data_dir=tmp_path / "data")
    options = TrainOptions(input="timbre", n_folds=2)
    done = train(songs, tmp_path / "b", options=options, engine="inline", settings=settings)
    assert "Artists are unknown" in done.warnings[0]
    y = np.concatenate([decode(songs.paths[0]).y, decode(songs.paths[1]).y, decode(songs.paths[2]).y])
    path = write_wav(Clip(y, SR), tmp_path / "mix.wav")
    (answer,) = predict(done.bundle, path, timeline=True, window_s=2.0, engine="inline", settings=settings)
    assert [(one.start_s, one.end_s) for one in answer.stretches] == [(0, 2), (2, 4), (4, 6)]
    assert [one.prediction.best for one in answer.stretches] == ["tone", "noise", "tone"]
    assert [one["start_s"] for one in answer.to_dict()["timeline"]] == [0, 2, 4]
    (whole,) = predict(done.bundle, path, engine="inline", settings=settings)
    assert whole.prediction.best in {"tone", "noise"}
    with pytest.raises(ParameterError, match="window"):
        predict(done.bundle, path, timeline=True, window_s=0)


def test_one_recording_twice_stays_on_one_side(songs: Tracks, tmp_path: Path) -> None:
    settings = replace(Settings(), cache_dir=tmp_path / "cache")
    for i in (2, 4, 6):
        songs.paths[i].write_bytes(songs.paths[0].read_bytes())
        songs.paths[i + 1].write_bytes(songs.paths[1].read_bytes())
    options = TrainOptions(input="timbre", n_folds=2, protocol="stratified")
    with pytest.raises(DataError, match=r"leaks.*the same bytes"):
        train(songs, tmp_path / "b", options=options, engine="inline", settings=settings)


def test_windows_cover_a_recording() -> None:
    spans = [(one.start_s, one.end_s) for one in windows(Path("a"), 95.0, 30.0)]
    assert spans == [(0, 30), (30, 60), (60, 90)]
    assert len(windows(Path("a"), 0.5, 30.0)) == 1
    with pytest.raises(DataError, match="how long"):
        windows(Path("a"), None, 30.0)
    with pytest.raises(DataError, match="windows"):
        windows(Path("a"), 1e9, 1.0)
