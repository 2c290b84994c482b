"""The library: round trips, identity, two writers, other people's files."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunelens.base.errors import DataError, DecodeError, NotFoundError, ParameterError, UnknownNameError
from tunelens.library.analysis import Analysis
from tunelens.library.identity import FileStamp, path_to_text, text_to_path
from tunelens.library.schema import SCHEMA_VERSION
from tunelens.library.store import Library

TAGS = {"rock": 0.6, "Hip-Hop": 0.3, "sad": 0.1, "happy": 0.005}


def test_what_was_put_comes_back_whole(library, make):
    analysis = make("a.wav", title="Blue", artist="艺术家", tags=TAGS)
    number = library.put(analysis)
    back = library.get(number)
    assert back.to_dict() == analysis.to_dict()
    assert back.descriptors.pooled.names == analysis.descriptors.pooled.names
    np.testing.assert_array_equal(back.taggings[0].scores, analysis.taggings[0].scores)
    np.testing.assert_array_equal(
        back.taggings[0].embeddings["mean"], analysis.taggings[0].embeddings["mean"]
    )


def test_an_analysis_survives_json(make):
    analysis = make("a.wav", tags=TAGS)
    text = json.dumps(analysis.to_dict(), allow_nan=False)
    assert Analysis.from_dict(json.loads(text)).to_dict() == analysis.to_dict()


def test_the_row_says_what_the_analysis_says(library, make):
    analysis = make("a.wav", title="Blue", artist="Ann", year=1999, tempo=100.0, key="A minor", tags=TAGS)
    track = library.track(library.put(analysis))
    assert (track.title, track.artist, track.year, track.tempo_bpm, track.key) == (
        "Blue", "Ann", 1999, 100.0, "A minor",
    )  # fmt: skip
    assert (track.path, track.sha256) == (analysis.path, analysis.content_sha256)
    assert track.loudness_lufs == analysis.descriptors.loudness_lufs
    assert [tag.tag for tag in track.tags] == ["rock", "Hip-Hop", "sad"], "under 1 % is left out"
    assert track.likely_tags("genre") == ("rock", "Hip-Hop")
    assert track.name == "Ann - Blue"


def test_putting_again_replaces(library, make):
    first = library.put(make("a.wav", title="Old", tags=TAGS))
    second = library.put(make("a.wav", hz=500, title="New"))
    assert first == second
    assert library.count() == 1
    assert library.track(first).title == "New"
    assert library.get(first).taggings == (), "tags of other content must go"


def test_tags_of_models_not_asked_again_are_kept_while_the_content_is_the_same(library, make):
    library.put(make("a.wav", tags=TAGS))
    number = library.put(make("a.wav"))
    kept = library.get(number)
    assert [tagging.model for tagging in kept.taggings] == ["MSD_musicnn"]
    assert kept.versions["MSD_musicnn"] == "1@3"


def test_tags_are_kept_when_the_older_descriptors_are_outdated(library, make, monkeypatch):
    number = library.put(make("a.wav", tags=TAGS))
    monkeypatch.setattr("tunelens.features.descriptors.DESCRIPTORS_VERSION", 2)
    with pytest.raises(DataError, match="version"):
        library.get(number)
    library.put(make("a.wav"))
    assert len(library.get(number).taggings) == 1


@pytest.mark.parametrize("name", ["普通话 歌曲.wav", "emoji 🎵.wav", "a b'\"%_;--.wav", "Ünïcode\u0301.wav"])
def test_names_of_all_kinds_round_trip(library, make, name):
    number = library.put(make(name))
    assert library.track(number).path.name == name
    assert library.get(str(library.track(number).path)).path.name == name


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any byte")
def test_a_name_that_is_not_utf8_round_trips(library, make):
    name = os.fsdecode(b"caf\xe9 \xff.wav")
    number = library.put(make(name))
    track = library.track(number)
    assert track.path.name == name
    assert track.path.exists()
    assert json.dumps(track.to_dict(), ensure_ascii=False).encode("utf-8")
    assert library.get(track.path).path == track.path
    assert track.path in library.known([track.path])


def test_path_text_is_valid_and_unambiguous():
    for name in ("/a/b", "/a/\udcff\udc80b", "/a/udcff", "/\ud83d.mp3"):
        text = path_to_text(name)
        text.encode("utf-8")
        assert text_to_path(text) == Path(name)


def test_known_tells_stamp_content_and_versions(library, make):
    analysis = make("a.wav", tags=TAGS)
    library.put(analysis)
    known = library.known([analysis.path, analysis.path.with_name("other.wav")])
    assert list(known) == [analysis.path]
    assert known[analysis.path].stamp == analysis.stamp
    assert known[analysis.path].versions == {"descriptors": "1", "MSD_musicnn": "1@3"}
    assert library.known([]) == {}


def test_known_takes_more_paths_than_sqlite_takes_values(library, make):
    analysis = make("a.wav")
    library.put(analysis)
    many = [analysis.path.with_name(f"{n}.wav") for n in range(40_000)]
    assert list(library.known([*many, analysis.path])) == [analysis.path]


def test_a_failure_is_remembered_and_forgotten(library, make):
    analysis = make("a.wav")
    error = DecodeError("'a.wav' is not audio", hint="play it")
    library.put_failure(analysis.path, error, analysis.stamp)
    library.put_failure(analysis.path, error, analysis.stamp)
    failure = library.failures([analysis.path])[analysis.path]
    assert (failure.code, failure.message, failure.hint) == ("decode", "'a.wav' is not audio", "play it")
    assert failure.stamp == analysis.stamp
    assert list(library.failures()) == [analysis.path]
    library.put(analysis)
    assert library.failures() == {}


def test_a_failure_removes_the_track_only_if_its_content_is_another(library, make):
    analysis = make("a.wav")
    library.put(analysis)
    library.put_failure(analysis.path, DecodeError("x"), analysis.stamp)
    assert library.count() == 1
    library.put_failure(analysis.path, DecodeError("x"), FileStamp(1, 1))
    assert library.count() == 0


def test_tracks_come_by_path_in_pages(library, make):
    for name in ("c.wav", "a.wav", "b.wav"):
        library.put(make(name))
    names = [track.path.name for track in library.tracks()]
    assert names == ["a.wav", "b.wav", "c.wav"] == [track.path.name for track in library.iterate()]
    assert [track.path.name for track in library.tracks(limit=1, offset=1)] == ["b.wav"]
    assert library.tracks(limit=0) == []
    with pytest.raises(ParameterError, match="negative"):
        library.tracks(limit=-1)


def test_a_track_is_found_by_number_path_digest_title_and_words(library, make):
    analysis = make("deep blue sea.wav", title="Ocean")
    number = library.put(analysis)
    library.put(make("deep red.wav", hz=300))
    refs = [
        number,
        str(number),
        analysis.path,
        str(analysis.path),
        analysis.content_sha256[:8],
        "Ocean",
        "blue",
    ]
    assert {library.track(ref).id for ref in refs} == {number}
    with pytest.raises(ParameterError, match="more than one track"):
        library.track("deep")
    for nothing in ("nowhere", 999, "999", Path("/nowhere.wav"), "", "100%", "\0"):
        with pytest.raises(NotFoundError):
            library.track(nothing)


def test_removing_takes_everything_of_the_track(library, make, tmp_path):
    number = library.put(make("a.wav", tags=TAGS))
    library.remove(number)
    with closing(sqlite3.connect(tmp_path / "music.db")) as raw, raw:
        for table in ("tracks", "analyses", "tags", "vectors"):
            assert raw.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    raw.close()


def test_vectors_of_one_kind_are_one_matrix(library, make):
    analyses = [make(f"{n}.wav", tags=TAGS) for n in range(3)]
    ids = [library.put(analysis) for analysis in analyses]
    vectors = library.vectors("MSD_musicnn/mean")
    assert vectors.ids.tolist() == ids
    np.testing.assert_array_equal(vectors.matrix[1], analyses[1].taggings[0].embeddings["mean"])
    pooled = library.vectors("descriptors")
    assert pooled.names == analyses[0].descriptors.pooled.names
    assert pooled.matrix.shape == (3, len(pooled.names))
    with pytest.raises(UnknownNameError, match="kind of vector"):
        library.vectors("MSD_musicn/mean")


def test_vectors_of_another_version_are_left_out_and_counted(library, make):
    for n in range(3):
        analysis = make(f"{n}.wav")
        library.put(replace(analysis, versions={"descriptors": "1" if n else "0"}))
    vectors = library.vectors("descriptors")
    assert (vectors.version, len(vectors.ids), vectors.left_out) == ("1", 2, 1)
    assert len(library.vectors("descriptors", version="0").ids) == 1


def test_relocate_refuses_a_path_that_another_track_has(library, make):
    first, second = make("a.wav"), make("b.wav", hz=300)
    library.put(first), library.put(second)
    known = library.known([first.path])[first.path]
    assert not library.relocate(known, second.path, second.stamp)
    assert library.relocate(known, first.path.with_name("c.wav"), first.stamp)
    assert {track.path.name for track in library.tracks()} == {"b.wav", "c.wav"}


def test_opening_what_is_not_there_or_not_ours(tmp_path):
    with pytest.raises(NotFoundError, match="no library"):
        Library.open(tmp_path / "none.db", create=False)
    (tmp_path / "text.db").write_text("this is no database, it is text " * 100, encoding="utf-8")
    with pytest.raises(DataError, match="not a database"):
        Library.open(tmp_path / "text.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw, raw:
        raw.execute("CREATE TABLE things (name TEXT)")
    raw.close()
    with pytest.raises(DataError, match="not a Tunelens library"):
        Library.open(tmp_path / "other.db")
    with pytest.raises(DataError):
        Library.open(tmp_path)


def test_a_newer_schema_is_refused_and_left_alone(tmp_path, make):
    with Library.open(tmp_path / "new.db") as library:
        library.put(make("a.wav"))
    raw = sqlite3.connect(tmp_path / "new.db")
    raw.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (str(SCHEMA_VERSION + 1),))
    raw.commit()
    raw.close()
    with pytest.raises(DataError, match="newer Tunelens") as caught:
        Library.open(tmp_path / "new.db")
    assert "upgrade" in caught.value.hint


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(DataError):
        Library.open(folder / "music.db")


def test_damage_is_named(tmp_path, make):
    path = tmp_path / "music.db"
    with Library.open(path) as library:
        for n in range(20):
            library.put(make(f"{n}.wav", tags=TAGS))
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(path.stat().st_size - 4096 * 4))
    with pytest.raises(DataError, match=r"music\.db"), Library.open(path) as library:
        for track in library.tracks():
            library.get(track.id)


def test_a_full_disk_keeps_what_was_there(tmp_path, make):
    with Library.open(tmp_path / "music.db") as library:
        library.put(make("a.wav"))
        with library.database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    small = Library.open(tmp_path / "music.db")
    with small, pytest.raises(DataError, match="full") as caught:
        with small.database.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        for n in range(200):
            small.put(make(f"{n}.wav", tags=TAGS))
    assert "room" in caught.value.hint
    with Library.open(tmp_path / "music.db") as library:
        assert library.get("a.wav").path.name == "a.wav"


def test_readers_see_whole_states_while_another_writes(library, make, tmp_path):
    library.put(make("a.wav"))
    with Library.open(tmp_path / "music.db") as reader:
        seen = reader.iterate()
        first = next(seen)
        library.put(make("b.wav"))
        assert [first.path.name, *(track.path.name for track in seen)] == ["a.wav"]
        assert reader.count() == 2


def test_a_copied_file_set_opens(library, make, tmp_path):
    library.put(make("a.wav"))
    library.close()
    shutil.copy(tmp_path / "music.db", tmp_path / "copy.db")
    with Library.open(tmp_path / "copy.db", create=False) as copy:
        assert copy.count() == 1


def test_a_number_that_is_no_track_is_not_taken_for_part_of_a_name(library, make):
    library.put(make("Symphony 9999.wav"))
    assert library.track("Symphony").id == 1
    with pytest.raises(NotFoundError):
        library.track("9999")
