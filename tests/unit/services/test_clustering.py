"""Clustering a library: names, songs that come later, refits that keep numbers, tables that are not kept."""

from __future__ import annotations

import pytest
from tests.clusterings import made_up

from tunelens.base.errors import NotFoundError, ParameterError, QueryError
from tunelens.library.clusterings.store import Clusterings
from tunelens.library.store import Library
from tunelens.services import clustering as service
from tunelens.services.clustering import ClusterOptions, run_clusters, update_run
from tunelens.services.clustering_report import displays, save_clusters

NAMES = {"jazz": "quiet, danceable, slow", "rock": "hard to dance to", "electronic": "fast, energetic, loud"}


@pytest.fixture
def path(tmp_path):
    return made_up(tmp_path / "music.db", 90)


def numbers(path, name):
    with Library.open(path) as library:
        return {one.track_id: one.number for one in Clusterings(library).members(name)}


def run(path, name="three", **options):
    return run_clusters(options=ClusterOptions(**{"k": 3, **options}), name=name, library=path)


def test_clusters_are_the_planted_ones_and_named_by_what_sets_them_apart(path):
    report = run(path)
    found = report.found
    genres = found.collection.facts["genre"]
    for label, one in enumerate(found.clusters):
        (genre,) = {genres[i] for i in found.members(label)}
        assert one.size == 30
        assert NAMES[genre].split(", ")[0] in one.name, one.name
    told = report.to_dict()
    assert sorted(one for cluster in told["clusters"] for one in cluster["members"]) == sorted(
        found.collection.ids
    )
    assert len(report.tables()[-1]) == 90


def test_songs_that_come_are_placed_and_nobody_moves(path):
    before_names = run(path).found.names
    before = numbers(path, "three")
    made_up(path, 30, start=90, seed=1)
    done = update_run(path, "three")
    after = numbers(path, "three")
    assert sum(done.placed.values()) == 30 and not done.refitted
    assert {one: after[one] for one in before} == before
    kind = {before[one]: (one - 1) % 3 for one in before}
    assert all(kind[number] == (one - 1) % 3 for one, number in after.items())
    with Library.open(path) as library:
        shown = service.show_run(library, "three")
        assert tuple(one.name for one in shown.run.clusters) == before_names
        assert sum(one.came_later for one in shown.members) == 30
    assert update_run(path, "three").placed == {}


def test_hdbscan_leaves_out_a_song_that_is_like_no_other(path):
    run(path, "dense", method="hdbscan", k=None)
    made_up(path, 3, start=90, seed=1)
    with Library.open(path) as library, library.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE tracks SET tempo_bpm = 400, energy = 9 WHERE path LIKE '%歌92.wav'"
        )
    assert 0 in update_run(path, "dense").placed


def test_a_refit_keeps_the_numbers_of_clusters_that_go_on(path):
    run(path)
    before = numbers(path, "three")
    made_up(path, 60, start=90, seed=2)
    with Library.open(path) as library:  # the order by size becomes another: the numbers must not follow it
        for number in [one for one in before if before[one] == 1][:15]:
            library.remove(number)
    done = update_run(path, "three", refit=True)
    after = numbers(path, "three")
    assert done.refitted and done.agreement == 1.0 and done.n_moved == 0
    assert all(after[one] == before[one] for one in after if one in before)
    assert (done.new_clusters, done.gone_clusters) == ((), ())


def test_a_number_that_has_gone_is_not_given_again(path):
    run(path)
    with Library.open(path) as library:
        for number, cluster in numbers(path, "three").items():
            if cluster == 3:
                library.remove(number)
    first = update_run(path, "three", refit=True)
    assert first.gone_clusters == (3,) and first.new_clusters == (4,)
    assert set(numbers(path, "three").values()) == {1, 2, 4}
    second = update_run(path, "three", refit=True)
    assert second.n_moved == 0


def test_two_runs_are_compared_on_the_tracks_of_both(path):
    run(path)
    run(path, "two", k=2)
    with Library.open(path) as library:
        library.remove(1)
        found = service.compare_runs(library, "three", "two")
        same = service.compare_runs(library, "three", "three")
    assert found.n == 89 and same.agreement == 1.0
    assert 0.3 < found.agreement < 0.8
    cells = [cell for row in found.table.rows for cell in row[1:]]
    assert sum(cells) == 89


def test_tracks_that_were_heard_otherwise_are_told_of(path):
    run(path)
    with Library.open(path) as library:
        assert service.show_run(library, "three").notes == ()
        with library.database.write() as connection:
            connection.exec_driver_sql(
                """UPDATE tracks SET versions = '{"descriptors": "4"}' WHERE id <= 5"""
            )
        assert service.show_run(library, "three").notes[0].startswith("5 tracks")


def test_a_query_or_a_table_can_be_clustered_and_a_table_is_not_kept(path, tmp_path):
    some = run_clusters("genre:jazz", options=ClusterOptions(k=2), library=path)
    assert set(some.found.collection.facts["genre"]) == {"jazz"} and some.saved is None
    table = tmp_path / "chart.csv"
    rows = [f"s{i},a{i},{100 + i % 2 * 40},{i % 2 * 0.5 + i / 1000}" for i in range(20)]
    table.write_text("title,artist,tempo,energy\n" + "\n".join(rows), encoding="utf-8")
    found = run_clusters(str(table), options=ClusterOptions(k=2)).found
    assert set(found.names) == {"slow, calm", "fast, energetic"}
    with pytest.raises(ParameterError, match="is a table"):
        run_clusters(str(table), name="kept", library=path)


def test_what_cannot_be_kept_is_refused_before_the_work(path):
    run(path)
    for name, words in (("three", "already"), ("a/b", "slash"), (" ", "1 to 200")):
        with pytest.raises(ParameterError, match=words):
            run_clusters("nothing:here", name=name, library=path)


def test_bad_questions_are_told(path):
    with pytest.raises(QueryError):
        run_clusters("(genre:jazz", library=path)
    with pytest.raises(NotFoundError):
        run_clusters("genre:polka", library=path)
    run(path)
    with Library.open(path) as library, pytest.raises(NotFoundError, match="1, 2, 3 and 0"):
        service.show_run(library, "three", 9)


def test_files_hold_every_song_and_pages_load_nothing(path, tmp_path):
    report = run(path, None)
    assert set(displays(report)) == {"map", "silhouettes", "scree", "loadings"}
    for suffix in (".html", ".csv", ".json", ".png"):
        for lang in ("en", "zh"):
            out = save_clusters(report, tmp_path / f"{lang}{suffix}", lang=lang)
            assert out.stat().st_size > 1000
    page = (tmp_path / "zh.html").read_text("utf-8")
    assert "首歌曲" in page and "http://" not in page.replace("http://www.w3.org", "") and "歌 17" in page
    lines = (tmp_path / "zh.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 91 and lines[0].startswith("编号,")
    with pytest.raises(ParameterError, match="allowed"):
        save_clusters(report, tmp_path / "x.doc")
    with pytest.raises(ParameterError, match="exists"):
        save_clusters(report, tmp_path / "en.csv")


def test_a_formula_in_a_title_runs_in_no_spreadsheet(path, tmp_path):
    with Library.open(path) as library, library.database.write() as connection:
        connection.exec_driver_sql("UPDATE tracks SET title = '=1+1<script>' WHERE id = 1")
    report = run(path, None)
    assert "'=1+1" in save_clusters(report, tmp_path / "x.csv").read_text("utf-8-sig")
    assert "<script>" not in save_clusters(report, tmp_path / "x.html").read_text("utf-8")
