"""No group on two sides, ever; every row is judged once; the same seed gives the same folds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tunelens.base.errors import DataError, ParameterError
from tunelens.data.labels import Labels
from tunelens.data.splits import (
    PROTOCOLS,
    Fold,
    check_leaks,
    honest_protocol,
    joined,
    known_group,
    transfer_folds,
)
from tunelens.data.tracks import Tracks

NAMES = st.sampled_from(["jazz", "rock", "民谣"])


def tracks_of(labels: Labels, artists: list[str] | None = None, **given) -> Tracks:
    n = len(labels)
    groups = {} if artists is None else {"artist": tuple(artists)}
    ids = tuple(f"{i}.wav" for i in range(n))
    return Tracks("toy", labels, ids, X=np.zeros((n, 1)), feature_names=("x",), groups=groups, **given)


@st.composite
def labels_of(draw, n: int) -> Labels:
    kind = draw(st.sampled_from(["single", "multi", "continuous"]))
    one = {
        "single": NAMES,
        "multi": st.frozensets(NAMES),
        "continuous": st.floats(-1e3, 1e3),
    }[kind]
    return Labels(kind, draw(st.lists(one, min_size=n, max_size=n)))


@st.composite
def grouped(draw) -> tuple[Tracks, int]:
    n = draw(st.integers(4, 40))
    artists = draw(st.lists(st.sampled_from(["", *"ABCDEFGHIJ"]), min_size=n, max_size=n))
    tracks = tracks_of(draw(labels_of(n)), artists)
    n_groups = len(set(tracks.group_ids("artist").tolist()))
    return tracks, draw(st.integers(2, max(2, min(6, n_groups))))


@given(grouped(), st.integers(0, 5))
def test_no_group_stands_on_two_sides(case: tuple[Tracks, int], seed: int) -> None:
    tracks, n_folds = case
    numbers = tracks.group_ids("artist")
    if len(set(numbers.tolist())) < n_folds:
        with pytest.raises(DataError, match="groups"):
            PROTOCOLS["grouped"].folds(tracks, n_folds=n_folds, group="artist")
        return
    folds = PROTOCOLS["grouped"].folds(tracks, n_folds=n_folds, seed=seed, group="artist")
    for fold in folds:
        assert not set(numbers[fold.train]) & set(numbers[fold.test])
        assert not check_leaks(tracks, fold)
        assert fold.train.size and fold.test.size


@given(st.data(), st.sampled_from(["random", "stratified", "grouped"]), st.integers(0, 5))
def test_every_row_is_judged_once(data: st.DataObject, name: str, seed: int) -> None:
    n = data.draw(st.integers(6, 40))
    tracks = tracks_of(data.draw(labels_of(n)), [f"artist {i % 6}" for i in range(n)])
    n_folds = data.draw(st.integers(2, 6))
    folds = PROTOCOLS[name].folds(tracks, n_folds=n_folds, seed=seed)
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(n))
    for fold in folds:
        assert sorted([*fold.train, *fold.test]) == list(range(n))
    again = PROTOCOLS[name].folds(tracks, n_folds=n_folds, seed=seed)
    assert all(np.array_equal(a.test, b.test) for a, b in zip(folds, again, strict=True))


def test_another_seed_gives_other_folds() -> None:
    tracks = tracks_of(Labels("single", ["a", "b"] * 20), [f"{i // 2}" for i in range(40)])
    for name in ("random", "stratified", "grouped"):
        first, second = (PROTOCOLS[name].folds(tracks, seed=seed)[0].test for seed in (0, 1))
        assert not np.array_equal(first, second)


def test_classes_are_in_every_part_in_their_share() -> None:
    labels = Labels("single", ["common"] * 40 + ["rare"] * 10)
    for fold in PROTOCOLS["stratified"].folds(tracks_of(labels)):
        assert Counter(labels.values[i] for i in fold.test) == {"common": 8, "rare": 2}


def test_grouped_folds_share_classes_as_groups_allow() -> None:
    """Twenty artists of one class each, two clips an artist: a perfect split exists."""
    artists = [f"artist {i // 2}" for i in range(40)]
    labels = Labels("single", ["jazz" if (i // 2) % 2 else "rock" for i in range(40)])
    for fold in PROTOCOLS["grouped"].folds(tracks_of(labels, artists), n_folds=5):
        assert Counter(labels.values[i] for i in fold.test) == {"jazz": 4, "rock": 4}


def test_tags_are_shared_too() -> None:
    rows = [{"rare"} if i < 10 else {"common"} for i in range(60)]
    tracks = tracks_of(Labels("multi", rows), [str(i) for i in range(60)])
    for fold in PROTOCOLS["grouped"].folds(tracks, n_folds=5):
        assert sum(i < 10 for i in fold.test) == 2


def test_official_split_as_it_is_given() -> None:
    split = ("train", "test", "valid", "", "train", "test")
    tracks = tracks_of(Labels("single", list("ababab")), split=split)
    [fold] = PROTOCOLS["official"].folds(tracks)
    assert (fold.train.tolist(), fold.test.tolist(), fold.valid.tolist()) == ([0, 4], [1, 5], [2])
    assert honest_protocol(tracks)[0] == "official"


def test_time_never_learns_from_the_future() -> None:
    times = np.array([2000.0, 2019, 2001, np.nan, 2019, 2002, 2003, 2018, 2004, 2005])
    tracks = tracks_of(Labels("single", list("ababababab")), times=times)
    [fold] = PROTOCOLS["time"].folds(tracks)
    assert np.nanmax(times[fold.train]) < np.nanmin(times[fold.test])
    assert fold.test.tolist() == [1, 4] and 3 not in fold.train
    assert fold.name == "from 2019"


def test_leaks_count_what_one_chooses_by() -> None:
    tracks = tracks_of(Labels("single", list("aba")), ["Ann", "Bob", "Ann"])
    [leak] = check_leaks(tracks, Fold("0", np.array([1]), np.array([2]), np.array([0])))
    assert (leak.kind, leak.group, leak.items) == ("artist", "Ann", ("0.wav", "2.wav"))
    unknown = tracks_of(Labels("single", list("ab")), ["", ""])
    assert check_leaks(unknown, Fold("0", np.array([0]), np.array([1]))) == []


def test_the_honest_protocol_keeps_the_first_known_group() -> None:
    labels = Labels("single", list("ab"))
    assert honest_protocol(tracks_of(labels, ["Ann", ""]))[:2] == ("grouped", "artist")
    name, group, why = honest_protocol(tracks_of(labels, ["", ""]))
    assert (name, group) == ("stratified", None) and "unknown" in why


def test_gtzan_is_known_by_its_ids_and_counts() -> None:
    ids = tuple(f"blues.{i:05d}.wav" for i in range(930))
    split = ("train",) * 443 + ("valid",) * 197 + ("test",) * 290
    labels = Labels("single", ["blues", "jazz"] * 465)
    gtzan = Tracks("gtzan", labels, ids, X=np.zeros((930, 1)), feature_names=("x",), split=split)
    assert honest_protocol(gtzan)[0] == "gtzan_filtered"
    assert not PROTOCOLS["gtzan_filtered"].applies(tracks_of(labels, split=split))
    [fold] = PROTOCOLS["gtzan_filtered"].folds(gtzan)
    assert (fold.train.size, fold.valid.size, fold.test.size) == (443, 197, 290)


def test_transfer_learns_from_one_and_is_judged_on_the_other() -> None:
    first = tracks_of(Labels("single", ["rock", "jazz", "polka"]), ["Ann", "Bob", "Cid"])
    second = tracks_of(Labels("single", ["jazz", "rock"]), ["Ann", "Eve"])
    both, [fold] = transfer_folds(first, second)
    assert [both.labels.values[i] for i in fold.train] == ["rock", "jazz"]
    assert [both.labels.values[i] for i in fold.test] == ["jazz", "rock"]
    assert [leak.group for leak in check_leaks(both, fold)] == ["Ann"]
    assert len(set(both.ids)) == 4
    assert len(joined(first, second)) == 5


@pytest.mark.parametrize(
    ("name", "options", "error", "words"),
    [
        ("random", {"n_folds": 1}, ParameterError, "n_folds is 1"),
        ("random", {"n_folds": 9}, DataError, "6 rows; 9 folds"),
        ("grouped", {}, DataError, "names no artist"),
        ("grouped", {"group": "label"}, ParameterError, "no group 'label'"),
        ("official", {}, DataError, "no split"),
        ("time", {}, DataError, "no two times"),
    ],
)
def test_what_cannot_be_cut_is_said(name, options, error, words) -> None:
    with pytest.raises(error, match=words):
        PROTOCOLS[name].folds(tracks_of(Labels("single", list("ababab"))), **options)


def test_datasets_that_share_nothing_are_no_transfer() -> None:
    one, other = (tracks_of(Labels("single", [name] * 3)) for name in ("jazz", "polka"))
    with pytest.raises(DataError, match="share no class"):
        transfer_folds(one, other)
    with pytest.raises(DataError, match="one kind"):
        transfer_folds(one, tracks_of(Labels("continuous", [1.0, 2, 3])))


@st.composite
def entangled(draw) -> Tracks:
    n = draw(st.integers(6, 40))
    columns = [
        tuple(draw(st.lists(st.sampled_from(["", "", "", *"ABCDEFGH"]), min_size=n, max_size=n)))
        for _ in range(2)
    ]
    tracks = tracks_of(draw(labels_of(n)), list(columns[0]))
    return replace(tracks, groups={"artist": columns[0], "cluster": columns[1]})


@given(entangled(), st.integers(0, 5))
def test_no_artist_and_no_copy_stands_on_two_sides(tracks: Tracks, seed: int) -> None:
    numbers = tracks.group_ids("artist+cluster")
    if len(set(numbers.tolist())) < 2:
        return
    for fold in PROTOCOLS["grouped"].folds(tracks, n_folds=2, seed=seed, group="artist+cluster"):
        for values in tracks.groups.values():
            assert not {values[i] for i in fold.train} & {values[i] for i in fold.test} - {""}
        assert not check_leaks(tracks, fold) + check_leaks(tracks, fold, group="artist+cluster")


@given(entangled())
def test_joined_groups_are_connected_components(tracks: Tracks) -> None:
    n = len(tracks)
    links = [
        (i, j) for v in tracks.groups.values() for i in range(n) for j in range(i) if v[i] and v[i] == v[j]
    ]
    a, b = np.array(links, int).reshape(-1, 2).T
    _, expected = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)
    pairs = set(zip(expected.tolist(), tracks.group_ids("artist+cluster").tolist(), strict=True))
    assert len(pairs) == len(set(expected.tolist())) == len({one for _, one in pairs})


def test_what_is_known_is_joined() -> None:
    labels = Labels("single", list("abab"))
    tracks = replace(tracks_of(labels, ["Ann", "", "", "Ann"]), groups={"artist": ("Ann",) * 4})
    assert known_group(tracks) == "artist"
    copied = replace(tracks, groups={**tracks.groups, "cluster": ("", "x", "x", "")})
    assert (known_group(copied), known_group(copied, "album")) == ("artist+cluster", "album+cluster")
    assert known_group(replace(copied, groups={"cluster": ("", "x", "x", "")})) == "cluster"
    with pytest.raises(ParameterError, match="no group 'mood'"):
        copied.group_ids("artist+mood")


def test_transfer_tells_what_it_left_out_and_keeps_times() -> None:
    first = tracks_of(Labels("single", ["rock", "jazz", "polka"]), times=np.array([1.0, 2, 3]))
    second = tracks_of(Labels("single", ["jazz", "rock"]))
    both, _ = transfer_folds(first, second)
    assert (both.report.n_found, both.report.n_kept) == (5, 4)
    assert [(one.item, one.reason) for one in both.report.dropped] == [
        ("toy: 2.wav", "no class that both datasets have")
    ]
    np.testing.assert_array_equal(both.times, [1, 2, np.nan, np.nan])
