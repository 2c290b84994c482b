"""The whole library in a folder: pyarrow and json read back every row that SQLite holds."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.clusterings import run_of

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.library.clusterings.store import Clusterings, Member
from tunelens.library.corrections.heads import Heads
from tunelens.library.corrections.store import Corrections
from tunelens.library.exchange import whole
from tunelens.library.exchange.whole import export_whole, verify
from tunelens.library.feedback import Event, Feedback
from tunelens.library.playlists.store import Item, Playlists

parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def full(library, make):
    for i, title in enumerate(("Blue", "七里香", None)):
        library.put(make(f"{i}.wav", hz=200 + 50 * i, title=title, tags={"rock": 0.6, "Hip-Hop": 0.3}))
    Feedback(library).add(
        [Event("comment", 5, "cli", text="好听", track_id=2), Event("like", 1, "x", title="z")]
    )
    tracks = library.tracks()
    Playlists(library).create("夜", [Item.of(track) for track in tracks])
    library.put_failure(tracks[0].path.with_name("broken.wav"), DataError("no sound"))
    Clusterings(library).save(run_of("夜", [1, 2]), [Member(track.id, 1, 0.5) for track in tracks])
    Corrections(library).put(tracks[2], "我的", {"夜": True, "rock": False})
    Heads(library).put("我的", {"labels": ["夜"]}, b"\0model", {})
    return library


def rows_of(library, table):
    with closing(sqlite3.connect(library.path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]


@pytest.mark.parametrize("table", [one.name for one in whole.TABLES])
def test_every_table_comes_back_row_by_row(full, tmp_path, table):
    export_whole(full, tmp_path / "out")
    read = parquet.read_table(tmp_path / "out" / f"{table}.parquet").to_pylist()
    held = rows_of(full, table)
    for row in held:
        if table == "vectors":
            row["data"] = np.frombuffer(row["data"], "<f4").tolist()
    key = list(held[0]) if held else []
    order = lambda row: repr([row[name] for name in key[:3]])  # noqa: E731
    assert sorted(read, key=order) == sorted(held, key=order)
    assert len(read) > 0 or table in {"prints"}


def test_no_table_is_forgotten(full):
    with closing(sqlite3.connect(full.path)) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    known = {one.name for one in whole.TABLES}
    left_out = {name for name in names - known if not name.startswith(("sqlite_", "texts"))}
    assert left_out == {"meta", "journal"}, "the manifest tells the schema; undo is of no use elsewhere"


def test_json_says_the_same(full, tmp_path):
    export_whole(full, tmp_path / "out")
    lines = (tmp_path / "out" / "tracks.jsonl").read_text("utf-8").splitlines()
    songs = [json.loads(line) for line in lines]
    assert [song["title"] for song in songs] == ["Blue", "七里香", None]
    assert songs[0]["analysis"]["duration_s"] == 1.0
    assert [tag["tag"] for tag in songs[1]["tags"]] == ["rock", "Hip-Hop"]
    (playlist,) = json.loads((tmp_path / "out" / "playlists.json").read_text("utf-8"))
    assert (playlist["name"], [item["track_id"] for item in playlist["items"]]) == ("夜", [1, 2, 3])


def test_the_manifest_counts_and_hashes_every_file(full, tmp_path):
    told = export_whole(full, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {one["name"] for one in manifest["files"]} == names - {"manifest.json"}
    for one in manifest["files"]:
        content = (tmp_path / "out" / one["name"]).read_bytes()
        assert (one["size_bytes"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert told.rows[one["name"]] == one["rows"]
    assert verify(tmp_path / "out") == []
    (tmp_path / "out" / "tags.parquet").write_bytes(b"x")
    (tmp_path / "out" / "playlists.json").unlink()
    assert verify(tmp_path / "out") == ["playlists.json", "tags.parquet"]


def test_an_empty_library_is_exported_too(library, tmp_path):
    told = export_whole(library, tmp_path / "out")
    assert set(told.rows.values()) == {0}
    assert parquet.read_table(tmp_path / "out" / "tracks.parquet").num_rows == 0


def test_what_is_there_is_not_overwritten(full, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    for force in (False, True):
        with pytest.raises(ParameterError):
            export_whole(full, out, force=force)
    assert [path.name for path in tmp_path.joinpath("out").iterdir()] == ["mine.txt"]


def test_an_older_export_is_replaced_when_asked(full, tmp_path):
    out = tmp_path / "out"
    export_whole(full, out)
    full.remove(1)
    with pytest.raises(ParameterError, match="exists"):
        export_whole(full, out)
    assert export_whole(full, out, force=True).rows["tracks.parquet"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "music.db",
        "music.db-shm",
        "music.db-wal",
        "out",
    ]


def test_a_failure_leaves_nothing_behind(full, tmp_path, monkeypatch):
    before = sorted(path.name for path in tmp_path.iterdir())

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole, "_write_playlists", full_disk)
    with pytest.raises(DataError, match="No space left"):
        export_whole(full, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_older_export_comes_back_when_the_new_one_cannot_take_its_place(full, tmp_path, monkeypatch):
    out = tmp_path / "out"
    export_whole(full, out)
    real = Path.rename

    def refused(path, target):
        if path.name == "new":
            raise OSError(13, "Permission denied")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(DataError, match="Permission denied"):
        export_whole(full, out, force=True)
    assert verify(out) == []


def test_it_is_one_state_of_the_library(full, tmp_path, make, monkeypatch):
    real = whole._write_lyrics

    def meanwhile(*given):
        full.put(make("late.wav", hz=700, title="Late"))
        return real(*given)

    monkeypatch.setattr(whole, "_write_lyrics", meanwhile)
    told = export_whole(full, tmp_path / "out")
    assert told.rows["tracks.parquet"] == told.rows["tracks.jsonl"] == 3
    assert full.count() == 4


def test_a_folder_that_is_no_export_is_told(tmp_path):
    for text in (None, "", "[]", '{"files": [{"name": "x"}]}'):
        if text is not None:
            (tmp_path / "manifest.json").write_text(text)
        with pytest.raises((DataError, NotFoundError)):
            verify(tmp_path)
    (tmp_path / "manifest.json").write_text('{"files": [{"name": "../x", "sha256": "0"}]}')
    assert verify(tmp_path) == ["../x"]
