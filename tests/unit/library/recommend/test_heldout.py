from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.library.recommend.heldout import HeldOut, hold_out
from tunelens.library.recommend.listening import Listening

DAYS = ("a", "b", "c", "d", "e", "f")


def held(found: HeldOut, listening: Listening) -> set[tuple[str, str]]:
    who, what = found.wanted.nonzero()
    return {(listening.listeners[i], listening.items[j]) for i, j in zip(who, what, strict=True)}


def test_of_dated_plays_the_item_met_last_is_held_back_with_all_its_plays() -> None:
    rows = [("ann", item, 1, 10 + day) for day, item in enumerate(DAYS)]
    listening = Listening.of([*rows, ("ann", "a", 5, 99), ("ann", "f", 2, 98)])
    found = hold_out(listening, "last")
    assert held(found, listening) == {("ann", "f")}  # a was played later, and was met first
    assert found.train.matrix().toarray()[0].tolist() == [6, 1, 1, 1, 1, 0]
    assert "last" in found.how


def test_of_dated_plays_nothing_after_the_cut_is_learned_from() -> None:
    rows = [(who, f"{item}{day % 4}", 1, 100 * day) for day in range(50) for who in "ab" for item in "xy"]
    late = [("a", "new", 1, 4700), ("b", "new", 1, 4800), ("nobody before", "new", 1, 4900)]
    listening = Listening.of([*rows, *late])
    found = hold_out(listening, "time")
    assert listening.at is not None and found.train.at is not None
    cut = found.train.at.max()
    assert cut == np.quantile(listening.at, 0.8, method="lower")
    assert held(found, listening) == {("a", "new"), ("b", "new")}  # x and y were met before


def test_without_times_it_is_drawn_and_says_so() -> None:
    listening = Listening.of([(who, item, 1, None) for who in "abc" for item in "0123456789"])
    last, share = hold_out(listening, "last"), hold_out(listening, "time")
    assert last.wanted.sum(axis=1).ravel().tolist() == [[1, 1, 1]]
    assert share.wanted.sum(axis=1).ravel().tolist() == [[2, 2, 2]]
    assert "no times are known" in last.how and "no times are known" in share.how
    assert held(hold_out(listening, "last", seed=1), listening) != held(last, listening)
    assert held(hold_out(listening, "last", seed=0), listening) == held(last, listening)


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 12), st.integers(1, 9), st.integers(1, 50)), max_size=150
    ),
    protocol=st.sampled_from(["last", "time"]),
    dated=st.booleans(),
)
def test_nothing_that_is_wanted_was_learned_from(rows: list, protocol: str, dated: bool) -> None:
    listening = Listening.of([(f"u{a}", f"i{b}", c, at if dated else None) for a, b, c, at in rows])
    try:
        found = hold_out(listening, protocol)
    except DataError:
        return
    learned = found.train.matrix()
    assert learned.multiply(found.wanted).nnz == 0
    assert (np.diff(learned.indptr)[found.rows] > 0).all()
    assert found.wanted.nnz == len(held(found, listening)) > 0
    whole = listening.matrix()
    assert (learned - whole).max() <= 0  # no play was made up


def test_what_cannot_be_held_back_is_told() -> None:
    with pytest.raises(DataError, match="nothing can be held back"):
        hold_out(Listening.of([("ann", item, 1, None) for item in "abcd"]))
    with pytest.raises(DataError, match="nothing can be held back"):
        hold_out(Listening.of([]))
    with pytest.raises(UnknownNameError, match="lats"):
        hold_out(Listening.of([("ann", "a", 1, None)]), "lats")
