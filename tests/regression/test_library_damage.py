"""Bytes that change on the disk: every verb tells so and says what to do, and none makes it worse."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from tests.libraries import dump, v1
from typer.testing import CliRunner

from tunelens.base.errors import DataError
from tunelens.cli.app import app
from tunelens.library.copies import back_up, problems_of, prove
from tunelens.library.store import Library
from tunelens.services import upkeep

PAGE = 4096
N_HARMS = 12
READERS = (
    ("list",),
    ("list", "--where", "jazz"),
    ("show", "1"),
    ("export", "--format", "csv", "--force", "--out", "out.csv"),
    ("library", "stats"),
    ("library", "check"),
    ("library", "backup", "--force", "copy.db"),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a library of thirty tracks."""
    path = v1(tmp_path_factory.mktemp("whole") / "music.db", copies=10)
    Library.open(path).close()
    return path.read_bytes()


def harmed(whole: bytes, seed: int) -> bytes:
    """Change a bit at the head of a page, a byte anywhere, or 64 bytes in a row."""
    chance, body = random.Random(seed), bytearray(whole)
    page = chance.randrange(len(whole) // PAGE) * PAGE
    if seed % 3 == 0:
        body[page + chance.randrange(12)] ^= 1 << chance.randrange(8)
    elif seed % 3 == 1:
        body[chance.randrange(len(body))] ^= chance.randrange(1, 256)
    else:
        at = page + chance.randrange(PAGE - 64)
        body[at : at + 64] = chance.randbytes(64)
    return bytes(body)


@pytest.mark.parametrize("verb", READERS, ids=" ".join)
def test_every_reader_tells_and_changes_nothing(whole, home, monkeypatch, verb):
    monkeypatch.chdir(home)
    path, told = home / "music.db", 0
    for seed in range(N_HARMS):
        body = harmed(whole, seed + N_HARMS * READERS.index(verb))
        path.write_bytes(body)
        ran = CliRunner().invoke(app, [*verb, "--library", str(path)])
        assert ran.exception is None or isinstance(ran.exception, SystemExit), (seed, ran.exception)
        assert ran.exit_code in (0, 3), (seed, ran.stderr)
        if ran.exit_code == 3 and verb[:2] != ("library", "check"):
            assert ran.stderr.count("\n") >= 2, (seed, "a hint is missing", ran.stderr)
        told += ran.exit_code == 3
        assert path.read_bytes() == body, seed
        assert not list(home.glob("music.db-*"))
    assert told or verb[1:2] not in (("check",), ("backup",)), "not one harm was seen"


def test_what_sqlite_finds_the_check_finds(whole, tmp_path):
    path, found = tmp_path / "music.db", 0
    for seed in range(N_HARMS):
        path.write_bytes(harmed(whole, seed))
        if not problems_of(path):
            continue
        found += 1
        try:
            assert not upkeep.check(path, quick=False).ok, seed
        except DataError as error:
            assert error.hint
    assert found > N_HARMS / 4


def test_a_writer_on_a_damaged_library_writes_whole_tracks_or_tells(whole, tmp_path):
    path = tmp_path / "music.db"
    path.write_bytes(whole)
    with Library.open(path) as library:
        analysis = replace(library.get(1), path=tmp_path / "new.wav")
    for seed in range(N_HARMS):
        path.write_bytes(harmed(whole, seed))
        try:
            with Library.open(path) as library:
                number = library.put(analysis)
                assert library.get(number).content_sha256 == analysis.content_sha256
        except DataError as error:
            assert error.hint, seed


def test_a_damaged_library_is_neither_vacuumed_nor_repaired_nor_copied(whole, tmp_path):
    path, refused = tmp_path / "music.db", 0
    for seed in range(0, N_HARMS, 3):
        body = harmed(whole, seed)
        path.write_bytes(body)
        if not problems_of(path):
            continue
        refused += 1
        for act in (upkeep.vacuum, upkeep.back_up, lambda file: upkeep.check(file, mend=True)):
            try:
                health = act(path)
                assert act not in (upkeep.vacuum, upkeep.back_up), "it was not refused"
                assert health.repaired == () or health.ok
            except DataError as error:
                assert error.hint
            if not list(tmp_path.glob("*before-repair*")):
                assert path.read_bytes() == body, seed
    assert refused
    assert not list(tmp_path.glob("*backup*"))


def test_no_changed_byte_of_a_backup_goes_unnoticed(whole, tmp_path):
    path, copy = tmp_path / "music.db", tmp_path / "copy.db"
    path.write_bytes(whole)
    back_up(path, copy)
    prove(copy)
    good, before = copy.read_bytes(), path.read_bytes()
    for seed in range(N_HARMS):
        copy.write_bytes(harmed(good, seed))
        with pytest.raises(DataError, match="backup") as caught:
            upkeep.restore(copy, path)
        assert "another backup" in caught.value.hint
    for n_bytes in (0, 100, PAGE, len(good) // 2, len(good) - 1):
        copy.write_bytes(good[:n_bytes])
        with pytest.raises(DataError):
            upkeep.restore(copy, path)
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "copy.db.sha256", "music.db"]


def test_a_backup_comes_back_over_any_damage_which_is_kept(whole, tmp_path):
    path, copy = tmp_path / "music.db", tmp_path / "copy.db"
    path.write_bytes(whole)
    back_up(path, copy)
    tracks = [line for line in dump(copy) if 'INSERT INTO "analyses"' in line]
    for body in (b"", b"\0" * 9000, whole[: len(whole) // 2], *(harmed(whole, seed) for seed in range(12))):
        path.write_bytes(body)
        done = upkeep.restore(copy, path)
        with Library.open(path) as library:
            assert library.count() == 30
        assert [line for line in dump(path) if 'INSERT INTO "analyses"' in line] == tracks
        assert problems_of(done.kept) == () or done.kept.read_bytes() == body
        done.kept.unlink()


def test_a_damaged_library_behind_a_link_is_set_aside_where_it_is(whole, tmp_path):
    path, copy, link = tmp_path / "disk" / "music.db", tmp_path / "copy.db", tmp_path / "link.db"
    path.parent.mkdir()
    path.write_bytes(whole)
    back_up(path, copy)
    path.write_bytes(harmed(whole, 2))
    link.symlink_to(path)
    kept = upkeep.restore(copy, link).kept
    assert link.readlink() == path
    assert kept.parent == path.parent and not kept.is_symlink()
    with Library.open(path) as library:
        assert library.count() == 30


@pytest.mark.parametrize("name", ["tracks", "playlists", "meta"])
def test_a_table_that_goes_on_for_ever_is_not_read(whole, tmp_path, name):
    path = tmp_path / "music.db"
    path.write_bytes(whole)
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT"
    columns = "n AS id, n AS name, n AS key, n AS value FROM r"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"DROP TABLE {name}; CREATE VIEW {name} AS {endless} {columns}")
    with pytest.raises(DataError, match="not a Tunelens library"):
        Library.open(path)


CRAFTED = {
    "text for a number": "UPDATE tracks SET energy = 'abc'",
    "infinity": "UPDATE tracks SET tempo_bpm = 9e999",
    "bytes for text": "UPDATE tracks SET title = x'ff00fe'",
    "a number for text": "UPDATE tracks SET sha256 = x'00'",
    "text for a revision": "UPDATE tracks SET revision = 'q'",
    "words for the counter": "UPDATE meta SET value = 'abc' WHERE key = 'revision'",
    "text for a probability": "UPDATE tags SET probability = 'x'",
    "text for bytes": "UPDATE vectors SET data = 'text'",
    "brackets without end": "UPDATE analyses SET document = replace(hex(zeroblob(50000)), '00', '[')",
}
HARMLESS = {
    "energy below nothing": "UPDATE tracks SET energy = -0.5",
    "a mode that is none": "UPDATE tracks SET mode = 'dorian'",
    "names that are none": "UPDATE layouts SET names = 'nope'",
}
ASKED = (
    ("list",),
    ("search", "--json"),
    ("search", "--sort", "tempo", "--facets", "genre,tempo,year"),
    ("similar", "1"),
    ("library", "stats"),
)


@pytest.mark.parametrize("sql", [*CRAFTED.values(), *HARMLESS.values()], ids=[*CRAFTED, *HARMLESS])
def test_content_that_nobody_here_wrote_is_told_as_damage(whole, tmp_path, sql):
    path = tmp_path / "music.db"
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)
    for verb in ASKED:
        ran = CliRunner().invoke(app, [*verb, "--library", str(path)])
        assert ran.exit_code in (0, 3), (verb, ran.exception)
        assert isinstance(ran.exception, SystemExit | None), (verb, ran.exception)
    checked = CliRunner().invoke(app, ["library", "check", "--library", str(path)])
    assert checked.exit_code == 3 or sql in HARMLESS.values(), checked.output
