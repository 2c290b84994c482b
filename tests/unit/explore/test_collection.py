"""`Collection`."""

from __future__ import annotations

import numpy as np
import pytest

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.explore.collection import Collection


def songs() -> Collection:
    X = np.array([[120.0, 0.3], [90.0, np.nan], [60.0, 0.1]])
    return Collection("toy", ("a", "b", "c"), X, ("tempo", "energy"), facts={"genre": ("jazz", "", "pop")})


def test_rows_are_taken_with_all_that_belongs_to_them() -> None:
    some = songs().take([2, 0])
    assert some.ids == ("c", "a") and some.facts["genre"] == ("pop", "jazz")
    assert some.X[:, 0].tolist() == [60.0, 120.0]
    assert songs().take(np.array([False, True, False])).ids == ("b",)
    assert len(songs().take([])) == 0


def test_what_is_left_out_is_filled() -> None:
    whole = songs()
    assert whole.titles == whole.ids and whole.artists == ("", "", "") and np.isnan(whole.years).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ids": ("a", "a", "c")},
        {"features": ("tempo", "tempo")},
        {"titles": ("only one",)},
        {"facts": {"genre": ("jazz",)}},
        {"X": np.zeros((2, 2))},
    ],
)
def test_columns_that_do_not_fit_are_refused(wrong: dict) -> None:
    given = {"name": "toy", "ids": ("a", "b", "c"), "X": np.zeros((3, 2)), "features": ("tempo", "energy")}
    with pytest.raises(DataError, match="toy"):
        Collection(**{**given, **wrong})


def test_an_unknown_feature_is_named() -> None:
    with pytest.raises(UnknownNameError, match="tempi"):
        songs().only(["tempi"])
