"""Sound becomes numbers once; a broken file costs itself alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunelens.audio import Clip, decode
from tunelens.audio.write import write_wav
from tunelens.base.errors import DataError, MissingDependencyError, ParameterError, TunelensError
from tunelens.base.settings import Settings
from tunelens.data.labels import Labels
from tunelens.data.tracks import Tracks
from tunelens.models.inputs import INPUTS
from tunelens.models.inputs.heard import HeardInput
from tunelens.services.vectors import Excerpt, material, vectors

SR = 22050


@pytest.fixture
def tracks(tmp_path: Path) -> Tracks:
    paths = []
    for i in range(3):
        t = np.arange(2 * SR) / SR
        y = np.sin(2 * np.pi * (200 + 100 * i) * t) * (0.3 + 0.2 * t)
        paths.append(write_wav(Clip((0.3 * y).astype(np.float32), SR), tmp_path / f"{i}.wav"))
    (tmp_path / "broken.wav").write_bytes(b"no music")
    paths.insert(1, tmp_path / "broken.wav")
    paths.append(tmp_path / "absent.wav")
    labels = Labels("single", ["a", "b", "c", "a", "b"])
    groups = {"artist": ("x", "y", "z", "x", "y")}
    return Tracks("toy", labels, tuple(path.name for path in paths), paths=tuple(paths), groups=groups)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), cache_dir=tmp_path / "cache", data_dir=tmp_path / "data")


def test_rows_that_could_be_heard_keep_labels_and_groups(tracks: Tracks, settings: Settings) -> None:
    found, rows, failures = material(tracks, "timbre", engine="inline", settings=settings)
    assert rows.tolist() == [0, 2, 3]
    assert [path.name for path, _ in failures] == ["broken.wav", "absent.wav"]
    assert {error.code for _, error in failures} == {"decode", "not_found"}
    assert found.y.tolist() == ["a", "c", "a"]
    assert found.groups.tolist() == [0, 1, 0]
    for row, i in zip(found.X, rows, strict=True):
        expected = INPUTS["timbre"].of_clip(decode(tracks.paths[i]))
        np.testing.assert_allclose(row, expected, rtol=1e-3, atol=1e-3)


def test_failed_rows_can_be_kept_as_unknown(tracks: Tracks, settings: Settings) -> None:
    read = material(tracks, "timbre", engine="inline", settings=settings, keep_failed=True)
    assert read.rows.tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(read.material.X[[1, 4]]).all()
    assert len(read.failures) == 2


def test_what_was_computed_is_not_computed_again(
    tracks: Tracks, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = material(tracks, "timbre", engine="inline", settings=settings).material.X

    def never(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(HeardInput, "of_file", never)
    moved = tmp_path / "moved.wav"
    moved.write_bytes(tracks.paths[0].read_bytes())
    (again,) = vectors([Excerpt(moved)], INPUTS["timbre"], engine="inline", settings=settings)
    np.testing.assert_array_equal(again, first[0])
    (part,) = vectors([Excerpt(moved, 0.0, 1.0)], INPUTS["timbre"], engine="inline", settings=settings)
    assert isinstance(part, TunelensError)  # another excerpt is another thing


def test_a_damaged_cache_heals(tracks: Tracks, settings: Settings) -> None:
    first = material(tracks, "timbre", engine="inline", settings=settings).material.X
    kept = sorted((settings.cache_dir / "inputs").rglob("*.npy"))
    assert len(kept) == 3
    kept[0].write_bytes(b"\x93NUMPY rubbish")
    np.save(kept[1], np.array([{"a": 1}], object), allow_pickle=True)
    np.save(kept[2], np.zeros(3, np.float32))
    np.testing.assert_array_equal(
        material(tracks, "timbre", engine="inline", settings=settings).material.X, first
    )


def test_excerpts_are_those_of_the_dataset(tracks: Tracks, settings: Settings) -> None:
    parts = replace(tracks.take([0]), start_s=(0.5,), end_s=(1.5,))
    found = material(parts, "timbre", engine="inline", settings=settings).material.X[0]
    expected = INPUTS["timbre"].of_clip(decode(tracks.paths[0], offset_s=0.5, duration_s=1.0))
    np.testing.assert_allclose(found, expected, rtol=5e-3, atol=5e-3)


def test_copies_are_changed_and_the_same_by_seed(tracks: Tracks, settings: Settings) -> None:
    pytest.importorskip("tunelens.data.augment")
    few = tracks.take([0, 2])
    chain = "gain:db=6+noise:snr_db=20"
    options = {"augment": chain, "copies": 2, "engine": "inline"}
    found = material(few, "timbre", settings=settings, **options).material
    assert found.X_augmented.shape == (2, 2, found.X.shape[1])
    assert not np.allclose(found.X_augmented[:, 0], found.X)
    assert not np.allclose(found.X_augmented[:, 0], found.X_augmented[:, 1])
    elsewhere = replace(settings, cache_dir=settings.cache_dir / "other")
    again = material(few, "timbre", settings=elsewhere, **options).material
    np.testing.assert_array_equal(again.X_augmented, found.X_augmented)
    other = material(few, "timbre", settings=settings, seed=1, **options).material
    assert not np.allclose(other.X_augmented, found.X_augmented)
    louder = material(few, "timbre", settings=settings, **options | {"augment": "gain:db=6"}).material
    assert not np.allclose(louder.X_augmented, found.X_augmented)


def test_workers_give_the_same(tracks: Tracks, settings: Settings) -> None:
    here = material(tracks, "waveform", engine="inline", settings=settings).material.X
    elsewhere = replace(settings, cache_dir=settings.cache_dir / "other")
    there = material(tracks, "waveform", jobs=1, settings=elsewhere)
    np.testing.assert_array_equal(there.material.X, here)
    assert len(there.failures) == 2


def test_nothing_to_hear_is_an_error(tracks: Tracks, settings: Settings) -> None:
    with pytest.raises(DataError, match="none of the 2 files"):
        material(tracks.take([1, 4]), "timbre", engine="inline", settings=settings)
    with pytest.raises(ParameterError, match="no columns"):
        material(tracks, "table")
    with pytest.raises(MissingDependencyError, match="MSD_musicnn"):
        material(tracks, "tags", settings=settings)


def test_columns_are_taken_as_they_are() -> None:
    X = np.array([[1.0, np.nan], [2.0, 3.0]])
    table = Tracks("t", Labels("single", ["a", "b"]), ("1", "2"), X=X, feature_names=("u", "v"))
    read = material(table)
    np.testing.assert_array_equal(read.material.X, X)
    with pytest.raises(ParameterError, match="no sound files"):
        material(table, "mfcc")
    with pytest.raises(ParameterError, match="only sound"):
        material(table, augment="gain", copies=1)
