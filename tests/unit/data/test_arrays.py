"""Arrays of numpy as datasets, also hostile ones."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.data.read import read_dataset
from tunelens.data.registry import ReadOptions

X = np.arange(8.0).reshape(4, 2)


def test_all_keys(tmp_path: Path) -> None:
    X_missing = np.where(X == 3, np.nan, X)
    np.savez(
        tmp_path / "d.npz", X=X_missing, y=np.array(["爵士", "rock", "rock", "rock"]),
        names=["tempo", "energy"], ids=list("abcd"), groups=np.array([1, 1, 2, 2]),
        split=["train", "train", "test", ""], times=[1999, 2000, 0, 1],
    )  # fmt: skip
    tracks = read_dataset(tmp_path / "d.npz")
    assert (tracks.ids, tracks.feature_names, tracks.labels.values[0]) == (
        tuple("abcd"),
        ("tempo", "energy"),
        "爵士",
    )
    assert tracks.groups == {"group": ("1", "1", "2", "2")}
    assert tracks.split == ("train", "train", "test", "")
    np.testing.assert_array_equal(tracks.X, X_missing)
    np.testing.assert_array_equal(tracks.times, [1999, 2000, np.nan, np.nan])


def test_names_of_rows_when_there_are_as_many(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", X=X, y=[0, 1, 0, 1], names=list("wxyz"))
    tracks = read_dataset(tmp_path / "d.npz")
    assert (tracks.ids, tracks.feature_names, tracks.labels.classes) == (
        tuple("wxyz"),
        ("0", "1"),
        ("0", "1"),
    )


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (np.array([0.0, 1.0, 1.0, 0.0]), "single"),
        (np.array([0.5, 1, 2, 3]), "continuous"),
        (np.eye(4)[:, :3], "multi"),
    ],
)
def test_labels(tmp_path: Path, y: Any, kind: str) -> None:
    np.savez(tmp_path / "d.npz", X=X, y=y)
    tracks = read_dataset(tmp_path / "d.npz")
    assert tracks.labels.kind == kind
    assert tracks.report.reasons() == ({"empty label": 1} if kind == "multi" else {})


def test_the_last_column_of_a_plain_array_is_the_label(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", np.column_stack([X, [0, 1, 0, 1]]))
    tracks = read_dataset(tmp_path / "d.npy")
    assert tracks.labels.values == ("0", "1", "0", "1")
    np.testing.assert_array_equal(tracks.X, X)
    assert any("'2', the last" in note for note in tracks.report.notes)
    first = read_dataset(tmp_path / "d.npy", options=ReadOptions(label="0", kind="continuous"))
    assert first.labels.values == (0.0, 2.0, 4.0, 6.0) and first.feature_names == ("1", "2")
    with pytest.raises(UnknownNameError):
        read_dataset(tmp_path / "d.npy", options=ReadOptions(label="7"))


def test_a_structured_array(tmp_path: Path) -> None:
    rows = np.array(
        [(120.0, "a", "X"), (90.0, "b", "Y")], [("tempo", "f8"), ("label", "U4"), ("artist", "U4")]
    )
    np.save(tmp_path / "d.npy", rows)
    tracks = read_dataset(tmp_path / "d.npy")
    assert (tracks.feature_names, tracks.labels.values) == (("tempo",), ("a", "b"))
    assert tracks.groups == {"artist": ("X", "Y")}


def test_structured_arrays_without_single_numbers(tmp_path: Path) -> None:
    for fields in ([("a", "U2"), ("label", "U2")], [("a", "f8", (2,)), ("label", "U2")]):
        np.save(tmp_path / "d.npy", np.zeros(3, fields))
        with pytest.raises(DataError, match="single numbers"):
            read_dataset(tmp_path / "d.npy")


def test_column_order_is_kept(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", X=np.asfortranarray(X), y=list("abab"))
    np.testing.assert_array_equal(read_dataset(tmp_path / "d.npz").X, X)


def test_infinite_numbers_cost_their_row(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", X=np.where(X == 0, np.inf, X), y=list("abab"))
    assert read_dataset(tmp_path / "d.npz").report.reasons() == {"unreadable number": 1}


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("/tmp/tunelens-was-unpickled"),)


@pytest.mark.parametrize("name", ["X", "y", "extra"])
def test_pickles_are_refused(tmp_path: Path, name: str) -> None:
    arrays: dict[str, Any] = {
        "X": X,
        "y": np.array(list("abab")),
        name: np.array([Bomb(), 1, 2, 3], dtype=object),
    }
    np.savez(tmp_path / "d.npz", **arrays)
    with pytest.raises(DataError, match="pickled"):
        read_dataset(tmp_path / "d.npz")
    np.save(tmp_path / "d.npy", arrays[name])
    with pytest.raises(DataError, match="pickled"):
        read_dataset(tmp_path / "d.npy")
    assert not Path("/tmp/tunelens-was-unpickled").exists()


def test_a_header_that_promises_more_than_there_is(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**6)}
    )
    (tmp_path / "d.npy").write_bytes(file.getvalue() + b"\0" * 64)
    with pytest.raises(DataError, match="bytes only"):
        read_dataset(tmp_path / "d.npy")


def test_a_zip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tunelens.data.readers.arrays.MOST_BYTES", 1 << 20)
    np.savez_compressed(tmp_path / "d.npz", X=np.zeros((100_000, 2)), y=np.zeros(100_000))
    with pytest.raises(DataError, match="unpacks to more"):
        read_dataset(tmp_path / "d.npz")


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x09\x00\x10\x00", b"\x93NUMPY\x01\x00\x04\x00{}  "],
)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_broken_files(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"d{suffix}"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_dataset(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"'descr'", b"'descr("), (b"False", b"Fals("), (b"'<f8'", b"'zzz'"), (b"(4, 3)", b"(4,-3)"),
     (b"(4, 3)", b"(4L,3)"), (b"{", b"["), (b"'shape'", b"'shapf'")],
)  # fmt: skip
def test_strange_headers(tmp_path: Path, old: bytes, new: bytes) -> None:
    file = io.BytesIO()
    np.save(file, np.column_stack([X, [0, 1, 0, 1]]))
    assert old in file.getvalue() and len(old) == len(new)
    (tmp_path / "d.npy").write_bytes(file.getvalue().replace(old, new))
    if new == b"(4L,3)":  # as Python 2 wrote it
        assert len(read_dataset(tmp_path / "d.npy")) == 4
        return
    with pytest.raises(DataError, match="no array that can be read"):
        read_dataset(tmp_path / "d.npy")


def test_characters_that_do_not_exist(tmp_path: Path) -> None:
    for order in ("<", ">"):
        rows = np.array([(1.0, "rock"), (2.0, "jazz")], [("x", "f8"), ("label", f"{order}U4")])
        np.save(tmp_path / "d.npy", rows)
        assert read_dataset(tmp_path / "d.npy").labels.values == ("rock", "jazz")
        rock = "rock".encode("utf-32-le" if order == "<" else "utf-32-be")
        content = (tmp_path / "d.npy").read_bytes()
        (tmp_path / "d.npy").write_bytes(content.replace(rock, b"\x7f" * 16))
        with pytest.raises(DataError, match="characters that do not exist"):
            read_dataset(tmp_path / "d.npy")


def test_a_broken_member(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as archive:
        archive.writestr("X.npy", b"nothing")
        archive.writestr("y.npy", b"nothing")
    with pytest.raises(DataError):
        read_dataset(tmp_path / "d.npz")


def test_shapes_that_do_not_fit(tmp_path: Path) -> None:
    for arrays in (
        {"X": X, "y": [1, 2]},
        {"X": X[0], "y": [1, 2]},
        {"X": X},
        {"X": X.astype(str), "y": [1] * 4},
    ):
        np.savez(tmp_path / "d.npz", **arrays)
        with pytest.raises(DataError):
            read_dataset(tmp_path / "d.npz")
