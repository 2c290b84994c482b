"""Runs of clustering in a library: kept, asked for in queries, and gone without a trace."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.clusterings import made_up, run_of

from tunelens.base.errors import DataError, NotFoundError, ParameterError, QueryError
from tunelens.base.language import language
from tunelens.library.clusterings.run import Model, Run
from tunelens.library.clusterings.store import Clusterings, Member
from tunelens.library.store import Library


@pytest.fixture
def library(tmp_path):
    with Library.open(made_up(tmp_path / "music.db", 8)) as library:
        yield library


@pytest.fixture
def kept(library):
    """Two runs: `old` has 1, 2 in cluster 1 and 3 in cluster 4; `new` has 1 in 1, 2 in 2, and 3 in none."""
    kept = Clusterings(library)
    kept.save(
        run_of("old", [1, 4], ["fast, loud", "calm"]), [Member(1, 1, 0.2), Member(2, 1, 0.1), Member(3, 4, 0)]
    )
    kept.save(run_of("New 夜", [1, 2]), [Member(1, 1, 0), Member(2, 2, 0), Member(3, 0, None)])
    return kept


def change_document(connection, text):
    connection.exec_driver_sql("UPDATE clusterings SET document = ? WHERE name = 'old'", (text,))


def found(library, query):
    return sorted(track.id for track in library.tracks(query))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("cluster:1", [1]), ("cluster:2", [2]), ("cluster:noise", [3]), ("cluster:0", [3]),
        ("cluster:any", [1, 2]),
        ("cluster:old/1", [1, 2]), ("cluster:OLD/4", [3]), ('cluster:"old/fast, loud"', [1, 2]),
        ("cluster:old/类4", [3]), ("cluster:old/calm", [3]), ("cluster:old", [1, 2, 3]),
        ("cluster:old/noise", []),
        ('cluster:"new 夜/2"', [2]), ("cluster:1|2", [1, 2]), ("-cluster:old", [4, 5, 6, 7, 8]),
        ("has:cluster", [1, 2, 3]), ("missing:cluster", [4, 5, 6, 7, 8]), ("cluster:old/1 genre:jazz", [1]),
    ],
)  # fmt: skip
def test_a_query_finds_the_members_of_a_cluster(library, kept, query, ids):
    assert found(library, query) == ids


@pytest.mark.parametrize("value", ["3", "lod", "old/2", "old/", "/1", "-1", "%", "new"])
def test_a_cluster_that_is_not_there_is_refused_and_the_place_is_named(library, kept, value):
    with pytest.raises(QueryError) as caught:
        library.count(f'cluster:"{value}"')
    assert caught.value.position == 9


def test_where_nothing_is_clustered_it_says_what_to_do(library):
    with pytest.raises(QueryError, match="nothing is clustered") as caught:
        library.count("cluster:1")
    assert "cluster run" in caught.value.hint
    assert found(library, "has:cluster") == []


def test_what_is_kept_comes_back(library, kept):
    run = kept.get("old")
    made = run_of("old", [1, 4], ["fast, loud", "calm"])
    assert run.document() == made.document() and run.method == "kmeans"
    np.testing.assert_array_equal(run.model.anchors, made.model.anchors)
    assert [(one.track_id, one.number) for one in kept.members("old")] == [(2, 1), (1, 1), (3, 4)]
    assert [one.track_id for one in kept.members("old", 4)] == [3]
    with language("zh"):
        assert run.clusters[0].name == "类1"


def test_a_list_counts_clusters_songs_and_noise(kept):
    new, old = kept.all()
    assert (old.name, old.n_clusters, old.n_songs, old.n_noise) == ("old", 2, 3, 0)
    assert (new.n_clusters, new.n_songs, new.n_noise, new.n_later) == (2, 3, 1, 0)
    assert kept.get().name == new.name


def test_a_name_that_is_taken_needs_force(kept):
    with pytest.raises(ParameterError, match="already"):
        kept.save(run_of("old", [1]), [])
    kept.save(run_of("old", [1]), [Member(5, 1, 0.0)], replace=True)
    assert [one.track_id for one in kept.members("old")] == [5]
    assert kept.get().name == "old"  # a run that is made again is the latest


def test_tracks_that_come_later_move_nobody(kept):
    kept.add("old", [Member(4, 1, 0.5, True), Member(3, 1, 0.0, True), Member(999, 1, 0.0, True)])
    numbers = {one.track_id: (one.number, one.came_later) for one in kept.members("old")}
    assert numbers == {1: (1, False), 2: (1, False), 3: (4, False), 4: (1, True)}


def test_a_track_that_goes_leaves_its_clusters(library, kept):
    library.remove(3)
    assert [one.track_id for one in kept.members("old")] == [2, 1]


def test_a_run_that_is_deleted_takes_its_members_along(library, kept):
    kept.delete("old")
    with library.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM memberships").scalar() == 3
    assert library.count() == 8
    with pytest.raises(NotFoundError, match="old"):
        kept.get("old")


@pytest.mark.parametrize(
    "change", [{"document": "{"}, {"document": "[]"}, {"document": "null"}, {"document": "{}"},
               {"model": b"PK"},
               {"model": b""}, {"document": '{"clusters": [{"number": "x"}]}'}],
)  # fmt: skip
def test_a_damaged_run_is_told_and_no_query_falls_over_it(library, kept, change):
    run = kept.get("old")
    held = {"document": run.document(), "model": run.model.to_bytes()} | change
    with pytest.raises(DataError, match="damaged"):
        Run.read("old", "kmeans", **held)
    with library.database.write() as connection:
        change_document(connection, held["document"])
    assert found(library, "cluster:1") == [1]


def test_a_model_is_not_unpickled():
    import io

    held = io.BytesIO()
    objects = np.array([{}], object)
    np.savez(held, anchors=objects, numbers=objects, radii=objects)
    with pytest.raises(DataError, match="damaged"):
        Model.from_bytes(held.getvalue())


def test_a_model_places_a_song_at_the_nearest_anchor_within_its_radius():
    model = replace(run_of("x", [3, 7]).model, radii=np.array([0.4, np.inf]))
    numbers, distances = Model.from_bytes(model.to_bytes()).place(np.array([[0.3], [0.45], [5.0]]))
    assert numbers.tolist() == [3, 0, 7]
    np.testing.assert_allclose(distances, [0.3, 0.45, 4.0])


def test_a_document_is_plain_json(kept):
    assert json.loads(kept.get("old").document())["clusters"][0]["names"] == {"en": "fast, loud", "zh": "类1"}
