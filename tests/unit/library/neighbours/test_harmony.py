"""Keys against tables that others have printed."""

from __future__ import annotations

import itertools

import pytest

from tunelens.base.errors import ParameterError
from tunelens.features.key import Key
from tunelens.library.neighbours.harmony import KEYS, camelot, compatible, distance, mixable

WHEEL = {  # the wheel as Mixed In Key prints it
    "G# minor": "1A", "B major": "1B", "D# minor": "2A", "F# major": "2B", "A# minor": "3A",
    "C# major": "3B", "F minor": "4A", "G# major": "4B", "C minor": "5A", "D# major": "5B",
    "G minor": "6A", "A# major": "6B", "D minor": "7A", "F major": "7B", "A minor": "8A",
    "C major": "8B", "E minor": "9A", "G major": "9B", "B minor": "10A", "D major": "10B",
    "F# minor": "11A", "A major": "11B", "C# minor": "12A", "E major": "12B",
}  # fmt: skip


def test_the_wheel_is_the_one_that_djs_use():
    assert {key: camelot(key) for key in KEYS} == WHEEL


def test_the_wheel_agrees_with_the_keys_that_are_estimated():
    assert all(camelot(key) == Key(*key.split(), 1.0).camelot for key in KEYS)


def test_distance_is_a_metric_on_24_keys():
    for a, b, c in itertools.product(KEYS, repeat=3):
        assert distance(a, b) == distance(b, a)
        assert (distance(a, b) == 0) == (a == b)
        assert distance(a, c) <= distance(a, b) + distance(b, c)
    assert max(distance(a, b) for a in KEYS for b in KEYS) == 7


def test_every_key_mixes_with_four():
    assert all(len(mixable(key)) == 4 and mixable(key)[0] == key for key in KEYS)
    assert set(mixable("A minor")) == {"A minor", "C major", "D minor", "E minor"}


def test_spellings_of_one_key_are_one_key():
    assert compatible("Db major", "C# major") and distance("Bb minor", "A♯ minor") == 0


@pytest.mark.parametrize("key", ["", "H minor", "A", "Am", "A dorian", "小调"])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(ParameterError, match="no key"):
        camelot(key)
