"""What a person or an enemy can hand to training and to bundles: an error that tells, never a traceback."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tunelens.base.errors import BundleError, DataError, ParameterError
from tunelens.data.labels import Labels
from tunelens.data.read import read_dataset
from tunelens.data.tracks import Tracks
from tunelens.models.bundles import Bundle
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe
from tunelens.services.predict import predict
from tunelens.services.train import TrainOptions, train


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2)) + 3 * (np.arange(60) % 2)[:, None]
    labels = Labels("single", ["calm", "wild"] * 30, "mood")
    songs = Tracks("songs", labels, tuple(map(str, range(60))), X=X, feature_names=("tempo", "energy"))
    folder = tmp_path_factory.mktemp("bundles") / "moods"
    return train(songs, folder, recipe="logistic").bundle.folder


@pytest.fixture
def bundle(trained: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "bundle"
    copy.mkdir()
    for file in trained.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    return copy


def signed(folder: Path) -> Path:
    """Let the manifest list the files as they are now, as an enemy would."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for name in manifest["files"]:
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


@pytest.mark.parametrize("name", ["trust.npz", "reference.npz", "model.skops"])
def test_bytes_altered_under_a_new_hash_are_a_bundle_error_or_do_no_harm(bundle: Path, name: str) -> None:
    whole, refused = (bundle / name).read_bytes(), 0
    rng = np.random.default_rng(0)
    for at in rng.integers(0, len(whole), 60):
        altered = bytearray(whole)
        altered[at : at + 8] = rng.bytes(8)
        (bundle / name).write_bytes(altered)
        try:
            Bundle.load(signed(bundle)).predict(np.zeros((1, 2)))
        except BundleError:
            refused += 1
    assert refused > 30  # most of an archive is packed, and its checksum tells


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("lines", np.zeros(0)),
        ("lines", np.zeros((2, 2, 2))),
        ("novelty_mean", np.zeros(7)),
        ("novelty_scale", np.zeros((3, 3))),
        ("novelty_axes", np.zeros((1, 9))),
        ("novelty_variances", np.array("x")),
        ("novelty_held_out", np.zeros(0)),
        ("novelty_held_out", np.zeros((2, 2))),
    ],
)
def test_trust_that_does_not_fit_the_input_is_refused_at_loading(
    bundle: Path, name: str, array: np.ndarray
) -> None:
    with np.load(bundle / "trust.npz") as found:
        arrays = dict(found) | {name: array}
    np.savez(bundle / "trust.npz", **arrays)
    with pytest.raises(BundleError, match=r"trust\.npz"):
        Bundle.load(signed(bundle))


def test_an_archive_packed_otherwise_is_refused(bundle: Path) -> None:
    with zipfile.ZipFile(bundle / "trust.npz", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("facts.npy", b"")
    with pytest.raises(BundleError, match=r"trust\.npz is packed"):
        Bundle.load(signed(bundle))


@pytest.mark.parametrize("cell", ["1e308", "-1e300", "inf", "1e31"])
def test_a_number_whose_square_is_infinite_costs_its_row_and_nothing_else(
    trained: Path, tmp_path: Path, cell: str
) -> None:
    rows = [f"{i % 7},{i % 5},{'xy'[i % 2]}" for i in range(12)]
    table = tmp_path / "songs.csv"
    table.write_text("\n".join(["tempo,energy,label", *rows, f"{cell},1,x"]), "utf-8")
    tracks = read_dataset(table)
    assert (len(tracks), tracks.report.reasons()) == (12, {"unreadable number": 1})
    told = list(predict(trained, table))
    assert [one.error is None for one in told] == [True] * 12 + [False]
    assert "tempo" in told[-1].error.message  # type: ignore[union-attr]


def test_a_huge_number_in_an_array_costs_its_row(tmp_path: Path) -> None:
    X = np.array([[1.0, np.nan], [1e300, 2.0], [3.0, 4.0]])
    np.savez(tmp_path / "songs.npz", X=X, y=np.array(["a", "b", "b"]))
    tracks = read_dataset(tmp_path / "songs.npz")
    assert (len(tracks), tracks.report.reasons()) == (2, {"unreadable number": 1})


def test_one_class_is_named_as_a_person_would() -> None:
    rows = Material(np.zeros((4, 1)), np.array(["摇滚"] * 4), np.arange(4), "single", ("摇滚",))
    with pytest.raises(DataError, match="training rows are '摇滚'; two classes"):
        Recipe("logistic").fit(rows)


@pytest.mark.parametrize("text", ["a,label\n", "a,b,label\n,,x\n,,y\n"])
def test_a_table_without_a_number_is_called_that(tmp_path: Path, text: str) -> None:
    table = tmp_path / "songs.csv"
    table.write_text(text, "utf-8")
    with pytest.raises(DataError, match="no column holds files and none holds numbers"):
        read_dataset(table)


def test_a_place_below_a_file_is_refused_before_anything_is_heard(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    songs = Tracks(
        "songs", Labels("single", ["a", "b"] * 4), tuple("12345678"), paths=tuple(map(Path, "12345678"))
    )
    with pytest.raises(DataError, match="cannot be written"):
        train(songs, tmp_path / "file" / "bundle", recipe="logistic")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused_before_training(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    songs = Tracks("songs", Labels("single", ["a", "b"] * 4), tuple("12345678"), X=np.zeros((8, 1)))
    with pytest.raises(DataError, match="may write to"):
        train(songs, tmp_path / "locked" / "bundle", recipe="logistic")


def test_a_seed_below_nought_is_refused() -> None:
    with pytest.raises(ParameterError, match="seed is -1"):
        TrainOptions(seed=-1)


def test_what_cannot_come_to_anything_is_said_before_a_file_is_heard(home, tmp_path) -> None:
    """One class, or a model of vectors given sequences, was only told after every file had been heard."""
    from tunelens.base.errors import DataError, ParameterError
    from tunelens.services.train import TrainOptions, train

    for i in range(4):
        (tmp_path / "jazz").mkdir(exist_ok=True)
        (tmp_path / "jazz" / f"{i}.wav").write_bytes(b"never read")
    with pytest.raises(DataError, match=r"every row of .* is jazz"):
        train(tmp_path, tmp_path / "b1")
    (tmp_path / "rock").mkdir()
    (tmp_path / "rock" / "4.wav").write_bytes(b"never read")
    with pytest.raises(ParameterError, match="'svm' learns from a vector"):
        train(tmp_path, tmp_path / "b2", recipe="svm", options=TrainOptions(input="logmel"))
