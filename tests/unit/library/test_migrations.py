"""A library that Tunelens 0.1.0 wrote in schema 1 is brought up to date, and a proved copy is kept."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from tests.libraries import dump, v1, v2, v3

from tunelens.base.errors import DataError
from tunelens.library.copies import prove
from tunelens.library.corrections.store import Corrections
from tunelens.library.database import Database
from tunelens.library.rows import UPPER
from tunelens.library.schema import SCHEMA_VERSION
from tunelens.library.store import Library
from tunelens.models.prediction import Prediction


@pytest.fixture
def old(tmp_path):
    return v1(tmp_path / "music.db")


def _layout(path):
    with closing(sqlite3.connect(path)) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {name: {row[1:4] for row in raw.execute(f"PRAGMA table_info({name})")} for name in tables}
        others = raw.execute("SELECT type, name FROM sqlite_master WHERE type IN ('index', 'trigger')")
        return columns, set(others)


def test_an_old_library_gets_the_layout_of_a_new_one(old, tmp_path):
    Library.open(old).close()
    Library.open(tmp_path / "new.db").close()
    assert _layout(old) == _layout(tmp_path / "new.db")


def test_every_row_of_the_old_library_is_in_the_new_one(old):
    before = {line for line in dump(old) if line.startswith("INSERT") and '"meta"' not in line}
    Library.open(old).close()
    with closing(sqlite3.connect(old)) as raw, raw:  # take away what is new, and compare what SQLite dumps
        for name in ("tracks_by_revision", "tracks_in_numbers"):
            raw.execute(f"DROP INDEX IF EXISTS {name}")
        for row in list(raw.execute("PRAGMA table_info(tracks)"))[28:]:
            raw.execute(f"ALTER TABLE tracks DROP COLUMN {row[1]}")
    assert before <= set(dump(old))


def test_what_was_heard_is_read_as_before_and_found_by_full_text(old):
    with Library.open(old) as library:
        assert [track.id for track in library.tracks()] == [2, 1, 3]
        assert all(track.added_at == track.analyzed_at for track in library.tracks())
        song = library.get("两只老虎")
        assert (song.info.artist, song.tagging("MSD_musicnn").scores.shape[1]) == ("艺术家", 50)
        assert library.failures()
        assert library.revision() == 3
        with library.database.read() as connection:
            sought = "SELECT rowid FROM texts WHERE texts MATCH ?"
            assert connection.exec_driver_sql(sought, ('"只 老"',)).all() == [(3,)]
            assert connection.exec_driver_sql(sought, ("oberg",)).all() == [(1,)]


def test_numbers_that_bundles_said_become_columns(old):
    with closing(sqlite3.connect(old)) as raw, raw:
        (text,) = raw.execute("SELECT document FROM analyses WHERE track_id = 1").fetchone()
        said = Prediction("single", probabilities={UPPER["valence"]: 0.25})
        document = json.loads(text) | {"predictions": {"valence": said.to_dict()}}
        raw.execute("UPDATE analyses SET document = ? WHERE track_id = 1", (json.dumps(document),))
        raw.execute("UPDATE analyses SET document = '{' WHERE track_id = 2")  # damage is not spread
    with Library.open(old) as library:
        assert [track.valence for track in library.tracks_by_id([1, 2, 3])] == [0.25, None, None]


def test_a_proved_copy_of_the_old_library_is_kept_and_never_written_over(old):
    before = dump(old)
    Library.open(old).close()
    (copy,) = old.parent.glob("music.schema-1-*.db")
    prove(copy)
    assert dump(copy) == before
    v1(old.with_name("again.db")).replace(old)
    Library.open(old).close()
    assert len(list(old.parent.glob("music.schema-1-*.db"))) == 2


def test_a_migration_that_fails_changes_nothing(old, monkeypatch):
    monkeypatch.setattr("tunelens.library.migrations._read_documents", lambda _: 1 / 0)
    before = dump(old)
    with pytest.raises(ZeroDivisionError):
        Library.open(old)
    monkeypatch.undo()
    assert dump(old) == before
    Library.open(old).close()
    assert dump(old) != before


def test_a_damaged_library_is_not_migrated(old):
    with old.open("r+b") as file:
        file.seek(4096 * 6)
        file.write(b"\xff" * 4096 * 3)
    before = old.read_bytes()
    with pytest.raises(DataError) as caught:
        Library.open(old)
    assert "library check" in caught.value.hint
    assert old.read_bytes() == before
    assert [path.name for path in old.parent.iterdir()] == ["music.db"]


def test_where_nothing_may_be_written_an_old_library_is_refused(old):
    with pytest.raises(DataError, match="older Tunelens") as caught:
        Database(old, read_only=True).prepare()
    assert "copy it" in caught.value.hint


def test_a_library_of_schema_2_gets_room_for_clusters_and_loses_nothing(tmp_path):
    path = v2(tmp_path / "music.db")
    before = {line for line in dump(path) if line.startswith("INSERT") and '"meta"' not in line}
    with Library.open(path) as library:
        assert (library.count(), library.count("playlist:两只"), library.count("liked:yes")) == (3, 2, 1)
        assert library.count("has:cluster") == 0
        assert library.track(1).valence == 0.25
    Library.open(tmp_path / "new.db").close()
    assert _layout(path) == _layout(tmp_path / "new.db")
    assert before <= set(dump(path))
    (copy,) = tmp_path.glob("music.schema-2-*.db")
    prove(copy)
    assert {line for line in dump(copy) if line.startswith("INSERT") and '"meta"' not in line} == before


def test_a_library_of_schema_3_gets_room_for_corrections_and_loses_nothing(tmp_path):
    path = v3(tmp_path / "music.db")
    before = {line for line in dump(path) if line.startswith("INSERT") and '"meta"' not in line}
    with Library.open(path) as library:
        assert (library.count("has:cluster"), library.count("liked:yes")) == (1, 1)
        assert (library.count("has:label"), Corrections(library).all()) == (0, [])
    assert before <= set(dump(path))
    Library.open(tmp_path / "new.db").close()
    assert _layout(path) == _layout(tmp_path / "new.db")
    with Library.open(path) as library:
        Corrections(library).put(library.track(1), "genre", {"爵士": True})
        assert library.count("label:爵士") == 1
    (copy,) = tmp_path.glob("music.schema-3-*.db")
    prove(copy)
    assert {line for line in dump(copy) if line.startswith("INSERT") and '"meta"' not in line} == before


def test_a_new_library_knows_its_schema_and_counts_changes(tmp_path, make):
    with Library.open(tmp_path / "music.db") as library:
        assert library.revision() == 0
        number = library.put(make("a.wav"))
        first = library.revision()
        library.put(make("a.wav"))
        second = library.revision()
        library.remove(number)
        assert 0 < first < second < library.revision()
        with library.database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM texts").scalar() == 0
    assert SCHEMA_VERSION == 4
