"""Copies are kept on one side by whatever learns or judges, and a split that tears them apart is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.audit.music import SR, song

from tunelens.audio import Clip, write_wav
from tunelens.base.errors import DataError
from tunelens.base.settings import Settings
from tunelens.data.labels import Labels
from tunelens.data.splits import PROTOCOLS, check_leaks
from tunelens.data.tracks import Tracks
from tunelens.services.clusters import clustered, with_clusters
from tunelens.services.compare import compare
from tunelens.services.evaluate import EvaluateOptions, evaluate
from tunelens.services.train import TrainOptions, train


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), cache_dir=tmp_path / "cache", data_dir=tmp_path / "data")


@pytest.fixture
def songs(tmp_path: Path) -> Tracks:
    """Six songs; the last is the first from 2 s on, softer, and stands on the other side of the split."""
    sounds = [song(i) for i in range(5)]
    sounds.append(0.5 * sounds[0][2 * SR :])
    paths = tuple(write_wav(Clip(y, SR), tmp_path / f"{i}.wav") for i, y in enumerate(sounds))
    return Tracks(
        "歌", Labels("single", ["a", "b"] * 3), tuple(path.name for path in paths), paths=paths,
        split=("train",) * 3 + ("test",) * 3,
    )  # fmt: skip


def table(**given) -> Tracks:
    X = np.random.default_rng(0).normal(size=(40, 2))
    X[1::2] += 2
    X[35] = X[3]
    X[36:38] = np.nan
    ids = tuple(map(str, range(40)))
    labels = Labels("single", ["静", "wild"] * 20)
    return Tracks("toy", labels, ids, X=X, feature_names=("u", "v"), **given)


def test_a_near_copy_across_the_official_split_is_refused_by_name(
    songs: Tracks, settings: Settings, tmp_path: Path
) -> None:
    options = TrainOptions(input="timbre")
    with pytest.raises(DataError, match=r"0\.wav and 5\.wav, one recording, the second (1\.9|2\.0)\d s"):
        train(songs, tmp_path / "b", options=options, engine="inline", settings=settings)
    known = clustered(songs, settings=settings, engine="inline")
    assert known.tracks.groups["cluster"] == ("same as 0.wav", "", "", "", "", "same as 0.wav")
    [fold] = PROTOCOLS["official"].folds(known.tracks)
    assert [leak.kind for leak in check_leaks(known.tracks, fold)] == ["cluster"]


def test_without_fingerprints_only_bytes_count(songs: Tracks, settings: Settings) -> None:
    known = clustered(songs, near=False, settings=settings)
    assert not any(known.tracks.groups["cluster"]) and "--no-clusters" in known.notes[0]
    assert songs.paths is not None
    songs.paths[4].write_bytes(songs.paths[1].read_bytes())
    songs.paths[2].write_bytes(b"no sound")
    known = clustered(songs, near=False, settings=settings)
    assert [(one.a, one.b, one.kind) for one in known.pairs] == [(1, 4, "exact")]
    assert not (settings.cache_dir / "audit").exists()


def test_repeated_rows_of_a_table_are_one_and_unknown_rows_are_not() -> None:
    names = with_clusters(table()).groups["cluster"]
    assert {i: name for i, name in enumerate(names) if name} == {3: "same as 3", 35: "same as 3"}


def test_clusters_that_the_dataset_names_stay_and_grow() -> None:
    given = ["mine" if i in (3, 8) else "" for i in range(40)]
    tracks = with_clusters(table(groups={"cluster": tuple(given)}))
    assert len({tracks.groups["cluster"][i] for i in (3, 8, 35)}) == 1


def test_train_evaluate_and_compare_keep_copies_together(settings: Settings, tmp_path: Path) -> None:
    artists = tuple(f"artist {i // 4}" for i in range(40))
    tracks = table(groups={"artist": artists})
    found = evaluate(tracks, settings=settings)
    assert (found.honest.protocol, found.honest.group) == ("grouped", "artist+cluster")
    assert found.honest.n_leaks == 0
    fold_of = dict(zip(found.honest.oof.rows.tolist(), found.honest.oof.fold_of.tolist(), strict=True))
    assert fold_of[3] == fold_of[35] == fold_of[0]
    judged = compare(tracks, ["logistic"], settings=settings).rows[0].judged
    assert judged is not None and judged.group == "artist+cluster"
    done = train(tracks, tmp_path / "b", settings=settings)
    assert "grouped by artist+cluster" in done.manifest.protocol


def test_leaving_clusters_out_is_told(settings: Settings, tmp_path: Path) -> None:
    found = evaluate(table(), options=EvaluateOptions(clusters=False), settings=settings)
    assert any("--no-clusters" in one for one in found.warnings)
    done = train(table(), tmp_path / "b", options=TrainOptions(clusters=False), settings=settings)
    assert "--no-clusters" in done.bundle.card()


def test_a_table_without_groups_is_not_called_inflated(settings: Settings) -> None:
    tracks = table().take(range(30))
    found = evaluate(tracks, options=EvaluateOptions(beside_random=True), settings=settings)
    assert found.random is not None and not found.random.inflated
    assert "groups are unknown" in found.honest.why and "inflated" not in " ".join(found.warnings)


def test_rows_without_a_time_are_counted(settings: Settings, tmp_path: Path) -> None:
    times = np.arange(40.0)
    times[:7] = np.nan
    tracks = table(times=times).take([i for i in range(40) if i != 35])
    found = evaluate(tracks, options=EvaluateOptions(protocol="time"), settings=settings)
    assert any(one.startswith("7 of 39 rows have no time") for one in found.warnings)
