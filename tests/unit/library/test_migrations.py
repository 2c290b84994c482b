"""A library of schema 1, as it was made before schema 2 existed, is brought up to date and a copy kept."""

import sqlite3
from contextlib import closing

import pytest

from tunelens.base.errors import DataError
from tunelens.library.database import Database
from tunelens.library.schema import SCHEMA_VERSION
from tunelens.library.store import Library

SINCE_2 = ("album_artist", "recording_mbid", "added_at", "valence", "arousal", "revision")
NEW_TABLES = ("prints", "events", "playlists", "playlist_items", "journal", "texts")


@pytest.fixture
def old(tmp_path, make):
    """A library as schema 1 had it: what schema 2 brought is taken away again."""
    path = tmp_path / "music.db"
    with Library.open(path) as library:
        library.put(make("周杰伦.wav"))
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DROP TRIGGER track_goes")
        raw.execute("DROP INDEX tracks_by_revision")
        for table in NEW_TABLES:
            raw.execute(f"DROP TABLE {table}")
        for column in SINCE_2:
            raw.execute(f"ALTER TABLE tracks DROP COLUMN {column}")
        raw.execute("DELETE FROM meta WHERE key = 'revision'")
        raw.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
    return path


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


def test_tracks_keep_their_rows_and_are_found_by_full_text(old):
    with Library.open(old) as library:
        (track,) = library.tracks()
        assert (track.id, track.path.name, track.added_at) == (1, "周杰伦.wav", track.analyzed_at)
        assert library.get(1).content_sha256 == track.sha256
        assert library.revision() == 1
        with library.database.read() as connection:
            hit = connection.exec_driver_sql(
                "SELECT rowid FROM texts WHERE texts MATCH ?", ('"杰 伦"',)
            ).all()
        assert hit == [(1,)]


def test_a_copy_of_the_old_library_is_kept(old):
    with closing(sqlite3.connect(old)) as raw:
        before = list(raw.iterdump())
    Library.open(old).close()
    (copy,) = old.parent.glob("music.schema-1-*.db")
    with closing(sqlite3.connect(copy)) as raw:
        assert list(raw.iterdump()) == before


def test_a_migration_that_fails_changes_nothing(old, monkeypatch):
    monkeypatch.setattr("tunelens.library.migrations._read_documents", lambda _: 1 / 0)
    before = _layout(old)
    with pytest.raises(ZeroDivisionError):
        Library.open(old)
    monkeypatch.undo()
    assert _layout(old) == before
    Library.open(old).close()
    assert _layout(old) != before


def test_where_nothing_may_be_written_an_old_library_is_refused(old):
    with pytest.raises(DataError, match="older Tunelens") as caught:
        Database(old, read_only=True).prepare()
    assert "copy it" in caught.value.hint


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
    assert SCHEMA_VERSION == 2
