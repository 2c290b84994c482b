"""The nearest that are admitted, against comparing everything by hand and against scikit-learn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.unit.library.neighbours.conftest import scattered

from tunelens.library.neighbours import search as search_module
from tunelens.library.neighbours.index import Index
from tunelens.library.neighbours.kept import Places
from tunelens.library.neighbours.parts import Weights
from tunelens.library.neighbours.search import Search
from tunelens.library.neighbours.shelf import Shelf
from tunelens.library.neighbours.space import Space

N = 4000


@pytest.fixture(scope="module")
def places() -> Places:
    return scattered(N)


@pytest.fixture(scope="module")
def built(places) -> Index:
    return Index.built(places)


def searches(places: Places, built: Index) -> list[Search]:
    return [Search(Space.of(places)), Search(Space.of(places), built)]


def test_exact_search_agrees_with_scikit_learn(places):
    from sklearn.neighbors import NearestNeighbors

    oracle = NearestNeighbors(n_neighbors=15, metric="cosine", algorithm="brute").fit(places.matrix)
    for query in places.matrix[:20]:
        _, rows = oracle.kneighbors(query[None])
        found = Search(Space.of(places)).nearest(query[None], 15)
        assert set(found.ids.tolist()) == set(places.ids[rows[0]].tolist())


def test_the_index_finds_nearly_all_of_the_nearest(places, built):
    exact, fast = searches(places, built)
    recall = [
        np.isin(exact.nearest(query[None], 10).ids, fast.nearest(query[None], 10).ids).mean()
        for query in scattered(100, seed=5).matrix
    ]
    assert np.mean(recall) >= 0.95


def test_similarities_never_come_from_the_index(places, built):
    query = scattered(1, seed=6).matrix
    found = searches(places, built)[1].nearest(query, 10)
    rows = found.ids - 1
    np.testing.assert_allclose(found.similarities, places.matrix[rows] @ query[0], atol=1e-6)
    assert (np.diff(found.similarities) <= 0).all()


def test_of_several_queries_the_nearest_counts(places, built):
    queries = places.matrix[[10, 20, 30]]
    for search in searches(places, built):
        found = search.nearest(queries, 3)
        assert sorted(found.ids.tolist()) == [11, 21, 31]


@pytest.mark.parametrize("share", [0.5, 0.02, 0.001, 0.0])
def test_filters_do_not_break_recall(places, built, share):
    """However few may be told, those that may are the nearest of them all."""
    rng = np.random.default_rng(3)
    allowed = np.flatnonzero(rng.random(N) < share) + 1
    for query in scattered(10, seed=7).matrix:
        likeness = places.matrix[allowed - 1] @ query
        best = allowed[np.argsort(-likeness)][:10]
        for search in searches(places, built):
            found = search.admitted(query[None], 10, lambda ids: ids[np.isin(ids, allowed)], lambda: allowed)
            assert len(found.ids) == len(best)
            assert np.isin(best, found.ids).sum() >= (0.9 if search.index else 1) * len(best)


def test_what_the_filter_alone_cannot_tell_is_looked_for_farther_down(places):
    """Copies are told once; when a thousand of the nearest are copies, the search goes on."""
    query = places.matrix[:1]
    order = Search(Space.of(places)).nearest(query, N).ids
    copies = set(order[1:3000].tolist())
    found = Search(Space.of(places)).admitted(
        query, 5, lambda ids: np.array([one for one in ids.tolist() if one not in copies]), lambda: places.ids
    )
    assert found.ids.tolist() == [order[0], *order[3000:3004]]


values = st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])


@settings(max_examples=60, deadline=None)
@given(
    table=arrays(np.float32, st.tuples(st.integers(1, 30), st.just(3)), elements=values),
    n=st.integers(1, 35),
)
def test_order_depends_on_likeness_and_number_alone(table, n):
    """Ties, of which there are many here, go to the lower number, whatever the order of the rows."""
    matrix = np.zeros((len(table), 128), np.float32)
    matrix[:, :3] = table
    space = Space(np.arange(len(table)) * 3, matrix)
    found = Search(space).nearest(matrix[:1], n)
    expected = sorted(zip(-(matrix @ matrix[0]).round(6), space.ids.tolist(), strict=True))[:n]
    assert found.ids.tolist() == [number for _, number in expected]


def test_an_index_follows_what_comes_changes_and_goes(tmp_path, home):
    before, other = scattered(2000), scattered(2000, seed=1)
    first = Index.of(tmp_path / "a.db", before)
    ids = np.concatenate([before.ids[:1900], np.arange(5001, 5101)])
    revisions = ids.copy()
    revisions[:50] += 9000
    matrix = np.concatenate([other.matrix[:50], before.matrix[50:1900], other.matrix[100:200]])
    after = Places(9050, ids, revisions, matrix, lineage=before.lineage)
    said: list[str] = []
    index = Index.of(tmp_path / "a.db", after, say=said.append)
    assert not said and first.covers(before) and index.covers(after) and index.n_gone == 150
    for row in (0, 30, 500, 1899, 1950):
        assert index.candidates(matrix[row], 5)[0] == ids[row]
    for query in before.matrix[1900:]:
        assert not np.isin(index.candidates(query, 20), before.ids[1900:]).any()
    assert Index.of(tmp_path / "a.db", after, say=said.append).n_gone == 150 and not said


def test_an_index_of_which_much_has_gone_is_built_anew(tmp_path, home):
    before, said = scattered(1000), []
    Index.of(tmp_path / "a.db", before)
    after = Places(2000, before.ids[:600], before.revisions[:600], before.matrix[:600], lineage="test")
    assert Index.of(tmp_path / "a.db", after, say=said.append).n_gone == 0
    assert said == ["building the index of 600 tracks, once"]


def test_an_index_of_other_places_is_not_used(tmp_path, home):
    """Numbers and revisions agree, the lineage tells that they are of another library."""
    Index.of(tmp_path / "a.db", scattered(1000))
    other, said = scattered(1000, seed=1, lineage="other"), []
    index = Index.of(tmp_path / "a.db", other, say=said.append)
    assert said and index.candidates(other.matrix[7], 3)[0] == 8


@pytest.mark.parametrize("at", [0, 100, 5000, -10])
def test_a_damaged_index_is_built_anew(tmp_path, home, at):
    places, said = scattered(1000), []
    Index.of(tmp_path / "a.db", places)
    path = next(Shelf.of(tmp_path / "a.db").folder.glob("index-*-graph"))
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)
    assert Index.of(tmp_path / "a.db", places, say=said.append).candidates(places.matrix[4], 3)[0] == 5
    assert len(said) == 1


ANSWERS = """
import sys
from pathlib import Path
from tests.unit.library.neighbours.conftest import scattered
from tunelens.library.neighbours.index import Index
from tunelens.library.neighbours.search import Search
from tunelens.library.neighbours.space import Space
places = scattered(3000)
search = Search(Space.of(places), Index.of(Path(sys.argv[1]), places, say=lambda text: print(text)))
for query in scattered(20, seed=8).matrix:
    found = search.nearest(query[None], 10)
    print(found.ids.tolist(), found.similarities.tolist())
"""


def test_answers_are_the_same_after_a_restart(tmp_path, home):
    def answers() -> str:
        command = [sys.executable, "-c", ANSWERS, str(tmp_path / "a.db")]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path.cwd()).stdout

    first = answers()
    assert first.startswith("building the index of 3,000 tracks, once\n[")
    assert answers() == answers() == first.split("\n", 1)[1]


def test_beyond_a_size_an_index_is_used_and_gives_the_same(library, monkeypatch):
    exact = Search.open(library)
    monkeypatch.setattr(search_module, "EXACT_UP_TO", 10)
    fast, forced, own = (
        Search.open(library),
        Search.open(library, exact=True),
        Search.open(library, Weights(rhythm=1)),
    )
    assert fast.index is not None and forced.index is None and own.index is None
    for query in exact.space.matrix:
        assert fast.nearest(query[None], 10).ids.tolist() == exact.nearest(query[None], 10).ids.tolist()


def test_without_the_extra_every_track_is_compared_and_it_is_said(library, monkeypatch):
    monkeypatch.setattr(search_module, "EXACT_UP_TO", 10)
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    search = Search.open(library)
    assert search.index is None and "tunelens[ann]" in search.note
    assert len(search.nearest(search.space.matrix[:1], 5).ids) == 5
