"""What a stage found comes back as it was, and a work folder calls no code."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunelens.base.errors import DataError, DecodeError
from tunelens.base.table import Table
from tunelens.explore.collection import Collection
from tunelens.services.hits.keeping import from_plain, to_plain

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.frozensets(st.text())
    ),
    max_leaves=12,
)


def there_and_back(value: object) -> object:
    return from_plain(json.loads(json.dumps(to_plain(value))))


@given(PLAIN)
def test_what_is_kept_comes_back(value: object) -> None:
    assert there_and_back(value) == value


@given(st.sampled_from(["<f4", "<f8", "<i8", "|b1", "<U3"]), st.lists(st.integers(0, 1), max_size=6))
def test_arrays_keep_type_shape_and_values(dtype: str, values: list[int]) -> None:
    array = np.array(values).astype(dtype).reshape(-1, 1)
    again = there_and_back(array)
    assert isinstance(again, np.ndarray)
    assert again.dtype == array.dtype and again.shape == array.shape
    assert (again == array).all()
    again[:] = array  # it may be written to


def test_dataclasses_paths_and_errors_come_back() -> None:
    X, paths = np.array([[1.0], [math.nan]]), (Path("夜曲.mp3"), None)
    songs = Collection("热歌", ("1", "2"), X, ("tempo",), paths=paths)
    again, error = there_and_back((songs, DecodeError("no sound", hint="convert it")))
    assert again.paths == songs.paths and again.titles == songs.titles
    assert np.array_equal(again.X, songs.X, equal_nan=True)
    assert isinstance(error, DecodeError) and (error.message, error.hint) == ("no sound", "convert it")
    assert there_and_back(Table("t", ("a",), ((1,),))) == Table("t", ("a",), ((1,),))


@pytest.mark.parametrize(
    "hostile",
    [
        {"~": "object", "name": "os:system", "fields": {"command": "true"}},
        {"~": "object", "name": "tunelens.base.files:check_writable", "fields": {"path": "x"}},
        {"~": "object", "name": "tunelens.base.table:Table", "fields": {"nothing": 1}},
        {"~": "object", "name": "tunelens.no_such_module:Table", "fields": {}},
        {"~": "error", "name": "builtins:SystemExit", "message": "x", "hint": None},
        {"~": "array", "dtype": "|O", "shape": [1], "data": "AAAAAAAAAAA="},
        {"~": "array", "dtype": "<f8", "shape": [7], "data": "AAAAAAAAAAA="},
        {"~": "nothing that is known"},
        {"~": "tuple"},
    ],
)
def test_a_strange_file_calls_nothing(hostile: dict) -> None:
    with pytest.raises(DataError):
        from_plain(hostile)


@pytest.mark.parametrize("value", [object(), lambda: 1, np.array([object()]), open])
def test_what_cannot_be_kept_is_said_at_once(value: object) -> None:
    with pytest.raises(TypeError):
        to_plain(value)
