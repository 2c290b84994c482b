"""What is kept beside the library: brought up to date, never believed when damaged or another's."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.library.neighbours.conftest import fresh

from tunelens.base.settings import Settings
from tunelens.library.identity import FileStamp
from tunelens.library.neighbours.kept import Places
from tunelens.library.neighbours.shelf import Shelf
from tunelens.library.store import Library


def files(library: Library) -> list[Path]:
    return sorted(Shelf.of(library.path).folder.iterdir())


def same(a: Places, b: Places) -> bool:
    arrays = all(
        np.array_equal(getattr(a, name), getattr(b, name)) for name in ("ids", "revisions", "matrix")
    )
    return arrays and a.revision == b.revision


def test_the_second_time_it_is_mapped(library):
    first, second = Places.of(library), Places.of(library)
    assert isinstance(second.matrix, np.memmap) and same(first, second)
    assert first.lineage == second.lineage


def test_a_long_wait_is_announced(library, monkeypatch):
    monkeypatch.setattr("tunelens.library.neighbours.kept._MANY", 39)
    said: list[str] = []
    Places.of(library, say=said.append)
    Places.of(library, say=said.append)
    assert said == ["reading what was heard in 40 tracks, once"]


def test_it_follows_every_change(library, songs, studio, tmp_path_factory, tmp_path):
    changes = [
        lambda: library.put(studio.song(60)),
        lambda: library.remove(7),
        lambda: library.put(replace(studio, seed=1).song(3)),
        lambda: library.relocate(
            library.known([songs[4].path])[songs[4].path], tmp_path / "moved.wav", FileStamp(1, 1)
        ),
        lambda: [library.remove(number) for number in (1, 40, 20)],
    ]
    lineage = Places.of(library).lineage
    for change in changes:
        change()
        kept = Places.of(library)
        assert same(kept, fresh(library, tmp_path_factory)) and kept.lineage == lineage
        assert same(Places.of(library), kept)


def test_only_what_changed_is_read(library, studio):
    """Rows that did not change come from the file: one that was overwritten there stays as it is there."""
    shelf, kept = Shelf.of(library.path), Places.of(library)
    marked = np.array(kept.matrix)
    marked[5] = 0.25
    Places(kept.revision, kept.ids, kept.revisions, marked, kept.sample, kept.lineage)._keep(shelf)
    library.put(studio.song(61))
    assert (Places.of(library).matrix[5] == 0.25).all()


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone"])
def test_damage_is_noticed_and_mended(library, damage):
    good = Places.of(library)
    for number in range(len(files(library))):
        path = files(library)[number]
        content = bytearray(path.read_bytes())
        if damage == "flip":
            content[len(content) // 2] ^= 0x10
        path.unlink()
        if damage != "gone":
            path.write_bytes(content[: {"flip": None, "cut": len(content) // 2, "empty": 0}[damage]])
        assert same(Places.of(library), good), path.name
        assert same(Places.of(library), good)


@pytest.mark.parametrize(
    "manifest",
    [
        "[]", "null", "{}", '{"format": 1}', '{"format": 1, "facts": {}, "files": []}', "x" * 2_000_000,
        "[" * 100_000,
        '{"format": 1, "facts": {}, "files": {"ids": {"name": "../../secret", "size_bytes": 1, "crc32": 0}}}',
    ],
)  # fmt: skip
def test_a_manifest_of_strangers_is_not_believed(library, manifest):
    good = Places.of(library)
    (Shelf.of(library.path).folder / "places.json").write_text(manifest)
    assert same(Places.of(library), good)


@pytest.mark.parametrize("sample", [[[1, 2], 3], [[{}, 2, "a", "b"]], [["x", 1, "", ""]], 5])
def test_a_sample_of_strangers_is_not_believed(library, sample):
    good = Places.of(library)
    path = Shelf.of(library.path).folder / "places.json"
    manifest = json.loads(path.read_text())
    manifest["facts"]["sample"] = sample
    path.write_text(json.dumps(manifest))
    assert same(Places.of(library), good)


def test_arrays_that_do_not_fit_are_not_believed(library):
    """Checksums are right, and yet the content is not what it should be."""
    good = Places.of(library)
    for matrix in (good.matrix[:, :5], good.matrix[:-1], good.matrix.astype(np.float64)):
        Places(good.revision, good.ids, good.revisions, matrix, good.sample, good.lineage)._keep(
            Shelf.of(library.path)
        )
        assert same(Places.of(library), good)


def test_another_library_in_the_same_place_is_another(library, studio, tmp_path):
    """Numbers and revisions of both are the same; nothing of the one may be told of the other."""
    Places.of(library)
    library.close()
    library.path.unlink()
    with Library.open(tmp_path / "music.db") as other:
        for number in range(40):
            other.put(replace(studio, seed=9).song(number))
        found = Places.of(other)
        assert found.revision == 40
        shutil.rmtree(Shelf.of(other.path).folder)
        assert same(found, Places.of(other))


def test_nothing_can_be_kept_and_it_works_all_the_same(library, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the cache folder should be")
    settings = Settings(cache_dir=blocked)
    assert same(Places.of(library, settings), Places.of(library))


def test_older_files_are_swept_away(library, studio):
    Places.of(library)
    before = files(library)
    orphans = [before[0].with_name(f"places-{digit * 16}-ids") for digit in "ab"]
    for path in orphans:
        path.write_bytes(b"left by a process that was killed")
    os.utime(orphans[0], (0, 0))
    library.put(studio.song(62))
    Places.of(library)
    assert not orphans[0].exists() and orphans[1].exists(), "a young one may be about to be named"
    orphans[1].unlink()
    assert len(files(library)) == len(before) == 4
    named = json.loads((Shelf.of(library.path).folder / "places.json").read_text())["files"]
    assert {one["name"] for one in named.values()} < {path.name for path in files(library)}


def test_many_may_read_while_one_writes(library, studio):
    """Whatever moment a reader comes at, it sees one state of the library, whole."""
    Places.of(library)
    expected = {song: Places.of(library).matrix[song] for song in range(40)}

    def read(_: int) -> bool:
        with Library.open(library.path) as mine:
            found = [Places.of(mine) for _ in range(5)]
        return all(
            len(one.ids) == len(one.matrix) >= 40
            and all(np.array_equal(one.matrix[row], place) for row, place in expected.items())
            for one in found
        )

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read, number) for number in range(8)]
        for number in range(70, 90):
            library.put(studio.song(number))
        assert all(reader.result() for reader in readers)
    assert len(Places.of(library).ids) == 60
