"""Songs on one scale: against numbers worked out by hand, and against what a table can hold."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.explore.collection import Collection
from tunelens.explore.prepared import Prepared, prepared


def songs(X, *names):
    X = np.array(X, np.float64)
    return Collection("toy", tuple(map(str, range(len(X)))), X, names)


def test_a_feature_is_in_deviations_from_its_mean():
    ready = prepared(songs([[1.0], [3.0]], "tempo"))
    assert ready.Z[:, 0].tolist() == [-1.0, 1.0]
    assert (ready.mean[0], ready.scale[0]) == (2.0, 1.0)


def test_a_gap_is_filled_with_the_median_and_counted():
    ready = prepared(songs([[1.0], [2.0], [9.0], [np.nan]], "tempo"))
    assert ready.fill[0] == 2.0
    assert ready.Z[3] == ready.Z[1]
    assert ready.notes[0].startswith("1 missing values")


def test_columns_that_say_nothing_are_named_and_dropped():
    X = [[1, 7, np.nan], [2, 7, np.nan], [3, 7, 1.0], [4, 7, np.nan]]
    ready = prepared(songs(X, "tempo", "constant", "rare"))
    assert ready.features == ("tempo",)
    assert "rare" in ready.notes[0] and "constant" in ready.notes[1]


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300, -1e300])
def test_what_cannot_be_summed_counts_as_missing(value):
    ready = prepared(songs([[1.0], [2.0], [3.0], [value]], "tempo"))
    assert np.isfinite(ready.Z).all() and ready.fill[0] == 2.0


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_the_unit_does_not_matter(scale, rng):
    X = rng.normal(size=(20, 2))
    np.testing.assert_allclose(
        prepared(songs(scale * X, "a", "b")).Z, prepared(songs(X, "a", "b")).Z, atol=1e-9
    )


@pytest.mark.parametrize("X", [np.empty((0, 1)), [[1.0], [1.0]], [[np.nan], [np.nan]]])
def test_songs_of_which_nothing_differs_are_refused(X):
    with pytest.raises(DataError, match="toy"):
        prepared(songs(X, "tempo"))


def test_new_songs_are_prepared_with_the_same_numbers_through_json(rng):
    old = songs(rng.normal(5, 3, (30, 2)), "a", "b")
    ready = prepared(old)
    kept = Prepared.from_numbers(json.loads(json.dumps(ready.numbers())))
    np.testing.assert_array_equal(kept.again(old).Z, ready.Z)
    new = kept.again(songs([[np.nan, 5.0]], "a", "b"))
    assert new.Z[0, 0] == pytest.approx((ready.fill[0] - ready.mean[0]) / ready.scale[0])


def test_new_songs_that_lack_a_feature_are_refused(rng):
    ready = prepared(songs(rng.normal(size=(5, 2)), "a", "b"))
    with pytest.raises(UnknownNameError, match="b"):
        ready.again(songs([[1.0]], "a"))


@pytest.mark.parametrize("change", [{"scale": [0.0]}, {"mean": []}, {"fill": "x"}, {"features": None}])
def test_damaged_numbers_are_told(change):
    numbers = {"features": ["a"], "fill": [0.0], "mean": [0.0], "scale": [1.0]}
    with pytest.raises(DataError, match="damaged"):
        Prepared.from_numbers(numbers | change)
