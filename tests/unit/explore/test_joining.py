from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunelens.base.errors import DataError
from tunelens.explore.collection import Collection
from tunelens.explore.joining import folded, together


def made(names: list[tuple[str, str]], **more: object) -> Collection:
    n = len(names)
    ids = tuple(str(i) for i in range(n))
    titles, artists = (tuple(one[i] for one in names) for i in (0, 1))
    X = np.arange(float(n))[:, None]
    return Collection("toy", ids, X, ("tempo_bpm",), titles=titles, artists=artists, **more)  # type: ignore[arg-type]


def test_a_song_stands_once_with_all_that_is_known_of_it() -> None:
    songs = made(
        [("晴天", "周杰伦"), ("稻香", "周杰伦"), ("晴天", "周杰伦")],
        years=np.array([np.nan, 2008, 2003]),
        facts={"mood": ("", "calm", "sad")},
    )
    once = folded(songs)
    assert once.ids == ("0", "1")
    assert once.years.tolist() == [2003, 2008]
    assert once.facts["mood"] == ("sad", "calm")
    assert "1 song stood more than once" in once.notes[0]


def test_content_tells_a_song_whatever_it_is_called() -> None:
    songs = made([("a", "x"), ("b", "y"), ("c", "z")])
    assert folded(songs, ["h", "h", "k"]).ids == ("0", "2")


def test_songs_without_an_artist_or_without_letters_are_not_one_song() -> None:
    songs = made([("Intro", ""), ("Intro", ""), ("÷", "Ed"), ("×", "Ed")])
    assert len(folded(songs)) == 4


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["", "x", "y"])), max_size=12))
def test_folding_twice_is_folding_once(names: list[tuple[str, str]]) -> None:
    once = folded(made(names))
    assert folded(once).ids == once.ids
    named = {pair for pair in names if pair[1]}
    assert len(once) == len(named) + sum(not pair[1] for pair in names)


def test_only_what_both_have_is_put_together() -> None:
    a = Collection("a", ("1",), np.array([[1.0, 2.0]]), ("u", "v"), facts={"genre": ("pop",)})
    b = Collection("b", ("2",), np.array([[3.0, 4.0]]), ("v", "w"))
    both = together(a, b)
    assert (both.ids, both.features, both.X.tolist()) == (("1", "2"), ("v",), [[2.0], [3.0]])
    assert both.facts["genre"] == ("pop", "")
    with pytest.raises(DataError, match="share no feature"):
        together(a.only(["u"]), b)
