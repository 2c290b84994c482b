"""What can still be read of a damaged library comes over whole, and nothing that is not so."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.libraries import dump, v1

from tunelens.base.errors import DataError
from tunelens.library.store import Library
from tunelens.services import upkeep

PAGE = 4096
N_TRACKS = 30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = v1(tmp_path / "music.db", copies=10)
    Library.open(path).close()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE texts SET lyrics = 'run tiger run' WHERE rowid = 3")
        raw.execute("INSERT INTO playlists VALUES (1, '我的', 'list', NULL, NULL, '', '')")
        raw.execute("INSERT INTO clusterings VALUES (7, '聚类', 'kmeans', '{}', x'00', '', '')")
        raw.executemany(
            "INSERT INTO memberships VALUES (7, ?, 1, 0.5, 0)", [(n,) for n in range(1, N_TRACKS + 1)]
        )
        for number in range(1, 200):
            values = (number, f"key {number}", 1 + number % N_TRACKS)
            raw.execute(
                "INSERT INTO events (at, kind, source, key, track_id) VALUES (?, 'play', 't', ?, ?)", values
            )
    return path


def told(path: Path) -> dict[int, dict]:
    with Library.open(path) as library:
        return {track.id: library.get(track.id).to_dict() for track in library.tracks()}


def test_of_a_sound_library_everything_comes(path, tmp_path):
    done = upkeep.rescue(path, tmp_path / "new.db")
    assert (done.n_tracks, done.n_lost) == (N_TRACKS, 0)
    assert done.others["events"] == 199
    assert told(done.path) == told(path)
    assert done.others["memberships"] == N_TRACKS  # rows without a rowid cannot be walked
    tables = ("tracks", "tags", "vectors", "analyses", "events", "playlists", "failures", "texts_content",
              "clusterings", "memberships")  # fmt: skip

    def rows(file: Path) -> set[str]:
        return {
            line for line in dump(file) if line.startswith(tuple(f'INSERT INTO "{name}"' for name in tables))
        }

    assert rows(done.path) == rows(path)
    assert upkeep.check(done.path).ok


@pytest.mark.parametrize("seed", range(8))
def test_of_a_damaged_library_whole_tracks_come(path, tmp_path, seed):
    whole, chance = told(path), random.Random(seed)
    body = bytearray(path.read_bytes())
    for page in chance.sample(range(2, len(body) // PAGE), 3):
        body[page * PAGE : page * PAGE + 2000] = chance.randbytes(2000)
    path.write_bytes(body)
    try:
        done = upkeep.rescue(path, tmp_path / "new.db")
    except DataError as error:
        assert "tables" in error.message or error.hint
        assert not (tmp_path / "new.db").exists()
        return
    assert path.read_bytes() == body, "the damaged one is left alone"
    assert upkeep.check(done.path).ok
    found = told(done.path)
    assert len(found) == done.n_tracks
    assert len(found) >= N_TRACKS / 3 or done.n_lost
    for number, one in found.items():
        assert one.keys() == whole[number].keys()


def test_a_library_of_an_older_schema_is_rescued_too(tmp_path):
    old = v1(tmp_path / "old.db")
    before = dump(old)
    done = upkeep.rescue(old, tmp_path / "new.db")
    assert (done.n_tracks, done.n_lost, done.others["failures"]) == (3, 0, 1)
    assert dump(old) == before
    assert upkeep.check(done.path).ok
    with Library.open(done.path) as library:
        assert all(track.added_at for track in library.tracks())
