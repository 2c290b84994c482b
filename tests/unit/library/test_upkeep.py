"""Checks find what is wrong and only that; repairs put right what follows from the rest, and lose nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.libraries import dump, v1

from tunelens.features.chroma_sequence import CHROMA_VERSION
from tunelens.features.landmarks import LANDMARKS_VERSION
from tunelens.library.prints.printer import CHROMA, LANDMARKS
from tunelens.library.store import Library
from tunelens.library.upkeep.census import count
from tunelens.library.upkeep.checks import examine
from tunelens.library.upkeep.compact import vacuum
from tunelens.library.upkeep.repairs import REPAIRS, repair
from tunelens.services import upkeep


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A library of twelve tracks, with lyrics, an event and a list."""
    path = v1(tmp_path / "music.db", copies=4)
    Library.open(path).close()
    harm(
        path,
        "UPDATE texts SET lyrics = 'run tiger run' WHERE rowid = 3",
        "INSERT INTO events (at, kind, source, key, track_id) VALUES (1, 'play', 'test', 'a', 2)",
        "INSERT INTO playlists VALUES (1, 'mine', 'list', NULL, NULL, '', '')",
        "INSERT INTO playlist_items (playlist_id, position, track_id) VALUES (1, 1, 2)",
    )
    return path


def harm(path: Path, *statements: str) -> None:
    """Change a file as no part of Tunelens would."""
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            raw.execute(statement)


def damaged(path: Path, **how: bool) -> set[str]:
    with Library.open(path) as library:
        return {check.name for check in examine(library, **how) if check.ok is False}


def test_a_sound_library_is_sound_and_nothing_is_written(file):
    before = file.read_bytes()
    assert damaged(file) == set()
    assert damaged(file, quick=True) == set()
    assert file.read_bytes() == before


HARMS = {
    "rows without a track": ("DELETE FROM tracks WHERE id = 2", {"references"}),
    "a text too few": ("DELETE FROM texts WHERE rowid = 1", {"full text"}),
    "a text that is old": ("UPDATE texts SET title = 'other' WHERE rowid = 1", {"full text"}),
    "a tag that is new": ("UPDATE tags SET probability = 1 WHERE track_id = 3", {"full text"}),
    "a text too many": ("INSERT INTO texts (rowid, title) VALUES (99, 'nothing')", {"full text"}),
    "words of no text": ("DELETE FROM texts_content WHERE id = 1", {"full text", "index of words"}),
    "a counter put back": ("UPDATE meta SET value = '0' WHERE key = 'revision'", {"counter"}),
    "no counter": ("DELETE FROM meta WHERE key = 'revision'", {"counter"}),
    "a broken document": ("UPDATE analyses SET document = '{' WHERE track_id = 1", {"tracks"}),
    "an empty document": ("UPDATE analyses SET document = '{}' WHERE track_id = 1", {"tracks"}),
    "a document too few": ("DELETE FROM analyses WHERE track_id = 1", {"tracks"}),
    "a short vector": ("UPDATE vectors SET data = x'00' WHERE track_id = 1", {"arrays", "tracks"}),
    "names too few": ("DELETE FROM layouts", {"arrays", "tracks"}),
    "a print that is none": (
        f"INSERT INTO prints VALUES (1, '{LANDMARKS}', '{LANDMARKS_VERSION}', x'0102')",
        {"prints"},
    ),
    "pitch classes that are text": (
        f"INSERT INTO prints VALUES (1, '{CHROMA}', '{CHROMA_VERSION}', 'no')",
        {"prints", "tracks"},
    ),
}
"""What may be wrong: how it is made, and the checks that must tell it."""
FOR_GOOD = {"a broken document", "an empty document", "a document too few", "a short vector", "names too few"}
FOR_GOOD |= {"a print that is none", "pitch classes that are text"}


@pytest.mark.parametrize("wrong", HARMS)
def test_damage_is_found_where_it_is_and_what_can_be_is_rebuilt(file, wrong):
    whole = facts(file)
    how, told = HARMS[wrong]
    harm(file, how)
    assert damaged(file) == told
    health = upkeep.check(file, mend=True)
    assert health.ok == (wrong not in FOR_GOOD)
    if wrong in FOR_GOOD:
        assert (health.repaired, health.kept) == ((), None)
        assert all(one.hint for one in health.checks if one.ok is False)
    elif wrong not in {"rows without a track", "a tag that is new"}:
        assert facts(file) == whole, "repair brings back what was there"


def test_an_index_that_lags_behind_is_told_and_built_anew(file):
    with closing(sqlite3.connect(file)) as raw, raw:
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tracks_by_size'").fetchone()
    harm(file, "DELETE FROM sqlite_master WHERE name = 'tracks_by_size'")
    harm(file, "UPDATE tracks SET size_bytes = 77 WHERE id = 2")
    index = "CREATE INDEX tracks_by_size ON tracks (size_bytes)"
    harm(file, f"INSERT INTO sqlite_master VALUES ('index', 'tracks_by_size', 'tracks', {page}, '{index}')")
    assert damaged(file) == {"structure"}
    with Library.open(file) as library:
        assert library.known_sizes([77]) == {}, "what the index hides"
    assert upkeep.check(file, mend=True).repaired == ("structure",)
    with Library.open(file) as library:
        assert list(library.known_sizes([77])) == [77]


def facts(path: Path) -> set[str]:
    """Everything in the tables that nothing else tells, and what full text holds."""
    lines = (line for line in dump(path) if line.startswith("INSERT"))
    derived = ('"meta"', '"texts_', "sqlite_master", "sqlite_sequence")
    with closing(sqlite3.connect(path)) as raw:
        words = {
            str(sorted(" ".join(map(str, row)).split())) for row in raw.execute("SELECT rowid, * FROM texts")
        }
    return {line for line in lines if not any(name in line for name in derived)} | words


def test_rows_of_a_track_that_has_gone_go_and_what_people_did_stays(file):
    harm(file, "DELETE FROM tracks WHERE id = 2")
    assert upkeep.check(file, mend=True).ok
    with closing(sqlite3.connect(file)) as raw:
        for table in ("analyses", "tags", "vectors"):
            assert raw.execute(f"SELECT count(*) FROM {table} WHERE track_id = 2").fetchone() == (0,)
        for table in ("events", "playlist_items"):
            assert raw.execute(f"SELECT track_id FROM {table}").fetchall() == [(None,)]


def test_before_a_repair_a_copy_is_kept(file):
    harm(file, "DELETE FROM texts WHERE rowid = 1")
    before = dump(file)
    health = upkeep.check(file, mend=True)
    assert health.repaired == ("full text",)
    assert dump(health.kept) == before


def test_a_sound_library_is_not_repaired(file):
    before = file.read_bytes()
    health = upkeep.check(file, mend=True)
    assert (health.ok, health.repaired, health.kept) == (True, (), None)
    assert file.read_bytes() == before


def test_lyrics_survive_the_building_of_the_index(file):
    harm(file, "DELETE FROM texts_data WHERE id > 10")
    assert "index of words" in damaged(file)
    assert upkeep.check(file, mend=True).ok
    with closing(sqlite3.connect(file)) as raw:
        hit = raw.execute("SELECT rowid FROM texts WHERE texts MATCH 'lyrics: tiger'").fetchall()
    assert hit == [(3,)]


def test_every_repair_belongs_to_a_check(file):
    with Library.open(file) as library:
        assert set(REPAIRS) <= {check.name for check in examine(library)}
        assert repair(library, examine(library)) == ()


def test_files_that_have_gone_are_told_and_are_no_damage(file, tmp_path):
    (tmp_path / "here.wav").touch()
    harm(file, f"UPDATE tracks SET path = '{tmp_path}/here.wav' WHERE id = 1")
    with Library.open(file) as library:
        (files,) = (check for check in examine(library) if check.name == "files")
    assert files.ok is None
    assert files.detail.startswith("11 of 12 have gone: /music/Café 100%_'.wav")


def test_counts_are_those_of_the_tables(file):
    with Library.open(file) as library:
        found = count(library)
    assert (found.whole.n_tracks, found.schema) == (12, 4)
    assert sum(group.n_tracks for group in found.codecs.values()) == 12
    assert sum(group.hours for group in found.codecs.values()) == pytest.approx(found.whole.hours)
    assert found.whole.hours == pytest.approx(12 * 4 / 3600)
    assert found.years == {"1999": 8, "unknown": 4}
    assert found.versions["descriptors"] == {"1": 12}
    assert (found.failures, found.events, found.playlists) == ({"decode": 1}, 1, 1)


def test_counts_do_not_fall_over_a_damaged_version(file):
    harm(file, "UPDATE tracks SET versions = '{' WHERE id = 1")
    with Library.open(file) as library:
        assert count(library).versions["descriptors"] == {"1": 11}


def test_vacuum_tells_what_it_won_and_keeps_everything(file):
    with Library.open(file) as library:
        for number in range(4, 13):
            library.remove(number)
        before = facts(file)
        done = vacuum(library)
        assert done.won_bytes == done.before_bytes - done.after_bytes > 50_000
        assert done.after_bytes == file.stat().st_size
        assert vacuum(library).won_bytes == 0
    assert facts(file) == before
    assert damaged(file) == set()
