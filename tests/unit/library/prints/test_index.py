"""The index on disk: it finds what is in it, follows the library, and is never believed blindly."""

import os
import shutil
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.library.prints.conftest import made_up

from tunelens.base.errors import DataError
from tunelens.library.prints import Prints
from tunelens.library.prints import segment as segments
from tunelens.library.prints.index import LandmarkIndex, Manifest, folder_of
from tunelens.library.prints.lookup import spots
from tunelens.library.prints.same import alike
from tunelens.library.prints.segment import Segment, sampled, write_segment
from tunelens.library.store import Library
from tunelens.services.covers import covers


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("segment")
    assert list(write_segment(folder, map(made_up, range(1, 21)))) == []
    return folder


@pytest.fixture
def own(written, tmp_path):
    return shutil.copytree(written, tmp_path / "segment")


def test_a_segment_says_what_a_dictionary_says(written):
    segment = Segment(written)
    truth = defaultdict(set)
    starts = dict(zip(segment.tracks["id"].tolist(), segment.tracks["start"].tolist(), strict=True))
    for number, start in starts.items():
        marks = sampled(made_up(number).peaks.fingerprint())
        for mark, frame in zip(marks.hashes.tolist(), marks.frames.tolist(), strict=True):
            truth[mark].add(start + frame)
    asked = np.array([*truth, 1, 2**24 - 1], np.uint32)
    found = defaultdict(set)
    rows, places = segment.look_up(asked)
    for row, place in zip(rows.tolist(), places.tolist(), strict=True):
        found[int(asked[row])].add(place)
    assert found == truth


def test_what_does_not_fit_is_handed_back(tmp_path, monkeypatch):
    monkeypatch.setattr(segments, "MOST_FRAMES", 12_000)
    rest = list(write_segment(tmp_path, map(made_up, range(1, 9))))
    assert [one.id for one in rest] == [4, 5, 6, 7, 8]
    assert Segment(tmp_path).tracks["id"].tolist() == [1, 2, 3]


def test_a_segment_of_nothing_finds_nothing(tmp_path):
    write_segment(tmp_path, iter(()))
    assert Segment(tmp_path).look_up(np.arange(9, dtype=np.uint32)).places.size == 0


@pytest.mark.parametrize(
    "name", ["keys.npy", "starts.npy", "tracks.npy", "sums.npy", "facts.json", "places.bin"]
)
def test_a_file_that_lacks_its_end_is_noticed(own, name):
    with (own / name).open("rb+") as file:
        file.truncate((own / name).stat().st_size - 4)
    with pytest.raises(DataError, match="damaged"):
        Segment(own)


@pytest.mark.parametrize("name", ["keys.npy", "starts.npy", "tracks.npy", "places.bin"])
def test_a_bit_that_flips_is_noticed(own, name):
    data = bytearray((own / name).read_bytes())
    data[len(data) // 2] ^= 4
    (own / name).write_bytes(data)
    with pytest.raises(DataError, match="damaged"):
        Segment(own).look_up(made_up(7).peaks.fingerprint().hashes)


def test_rows_of_places_are_those_of_their_tracks(written):
    segment = Segment(written)
    middle = (segment.tracks["start"].astype(np.int64) + segment.tracks["end"]) // 2
    assert segment.rows_of(middle).tolist() == list(range(20))
    assert segment.rows_of(segment.tracks["start"].astype(np.int64) - 5).tolist() == list(range(20))


def test_a_damaged_print_is_none_and_stops_nothing(copied, shelf):
    two, three = shelf.ids["two.flac"], shelf.ids["three.flac"]
    with closing(sqlite3.connect(copied.path)) as connection, connection:
        connection.execute("UPDATE prints SET data = x'0102' WHERE track_id = ?", (two,))
    prints = Prints(copied)
    assert set(prints.peaks([two, three])) == set(prints.chroma([two, three])) == {three}
    assert two not in {pair for pairs in alike(copied, shelf.ids.values()) for pair in pairs}
    assert _found(copied, three) == [three]
    assert [one.track.id for one in covers(copied, three, least=0.1).candidates]
    with pytest.raises(DataError, match="no print of track"):
        covers(copied, two)


@pytest.fixture
def copied(shelf, tmp_path):
    with closing(sqlite3.connect(shelf.library.path)) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    with Library.open(tmp_path / "copy.db") as library:
        yield library


def _found(library: Library, number: int, start_s: float = 8.0) -> list[int]:
    stretch = Prints(library).peaks([number])[number].between(start_s, start_s + 8.0)
    return [spot.id for spot in spots(LandmarkIndex.of(library), stretch.fingerprint())[:1]]


def test_it_follows_the_library(copied, shelf):
    two, three = shelf.ids["two.flac"], shelf.ids["three.flac"]
    assert _found(copied, two) == [two]
    before = LandmarkIndex.of(copied)
    assert LandmarkIndex.of(copied).manifest == before.manifest  # nothing changed, nothing written
    analysis = copied.get(three)
    copied.remove(three)
    without = LandmarkIndex.of(copied)
    assert without.n_tracks == before.n_tracks - 1 and without.hours < before.hours
    again = copied.put(analysis)
    assert again != three and _found(copied, again) == [again]
    assert LandmarkIndex.of(copied).n_tracks == before.n_tracks


def test_added_tracks_make_few_segments(copied, shelf):
    analysis = copied.get(shelf.ids["two.flac"])
    for number in range(20):
        copied.put(replace(analysis, path=Path(f"/music/{number}.flac")))
        index = LandmarkIndex.of(copied)
    assert index.n_tracks == 26
    assert len(index.segments) <= 5


def test_another_library_put_in_its_place_is_another(shelf, tmp_path):
    """Both have two tracks of the same numbers and revisions: only what sounds in them differs."""
    analyses = [shelf.library.get(shelf.ids[name]) for name in ("two.flac", "three.flac")]
    for name, given in (("music.db", analyses), ("other.db", analyses[::-1])):
        with Library.open(tmp_path / name) as library:
            assert [library.put(one) for one in given] == [1, 2]
    number = shelf.ids["two.flac"]
    stretch = Prints(shelf.library).peaks([number])[number].between(8.0, 16.0).fingerprint()
    with Library.open(tmp_path / "music.db") as library:
        assert spots(LandmarkIndex.of(library), stretch)[0].id == 1
    for path in tmp_path.glob("music.db*"):
        path.is_dir() or path.unlink()
    (tmp_path / "other.db").rename(tmp_path / "music.db")
    with Library.open(tmp_path / "music.db") as library:
        assert spots(LandmarkIndex.of(library), stretch)[0].id == 2


@pytest.mark.parametrize("harm", ["remove", "garbage", "foreign", "segment"])
def test_a_harmed_index_is_built_anew(copied, shelf, harm):
    two = shelf.ids["two.flac"]
    assert _found(copied, two) == [two]
    folder = folder_of(copied)
    manifest = folder / "manifest.json"
    if harm == "remove":
        shutil.rmtree(folder)
    elif harm == "garbage":
        manifest.write_text("{", encoding="utf-8")
    elif harm == "foreign":
        manifest.write_text(
            '{"state": [1], "segments": ["../../etc"], "gone": [], "layout": "0"}', encoding="utf-8"
        )
    else:
        shutil.rmtree(folder / Manifest.read(folder).segments[0])
    assert _found(copied, two) == [two]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_has_its_index_in_the_cache(copied, shelf, home):
    folder = copied.path.parent
    folder.chmod(0o555)
    try:
        assert _found(copied, shelf.ids["two.flac"]) == [shelf.ids["two.flac"]]
        assert home in folder_of(copied).parents
    finally:
        folder.chmod(0o755)


def test_abandoned_segments_are_swept_up(copied):
    LandmarkIndex.of(copied)
    stray, fresh = folder_of(copied) / "stray", folder_of(copied) / "fresh"
    stray.mkdir()
    fresh.mkdir()
    os.utime(stray, (0, 0))
    copied.remove(1)
    LandmarkIndex.of(copied)
    assert not stray.exists() and fresh.exists()
