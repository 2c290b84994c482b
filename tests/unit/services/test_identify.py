"""Songs are found in excerpts, in noise, at other speeds and in mixes; what is not there is not found."""

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.music import SR, performance
from tests.sounds import encode, write

from tunelens.audio import Clip, resample
from tunelens.base.errors import DataError, ParameterError
from tunelens.library.prints.index import LandmarkIndex, folder_of
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions
from tunelens.services.identify import identify, speeds, stretches

WORKS = {1: 110.0, 2: 97.0, 3: 124.0, 4: 84.0}


@lru_cache
def song(work: int, seconds: float = 60.0) -> np.ndarray:
    return performance(work, seconds, bpm=WORKS[work], timbre=("organ", "reed")[work % 2])


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Works 1 to 3; nobody knows work 4."""
    folder = tmp_path_factory.mktemp("songs")
    for work in (1, 2, 3):
        write(folder / f"work{work}.flac", song(work), SR)
    with Library.open(folder / "music.db") as library:
        analyze_many([folder], library, jobs=1, engine="inline", options=HearOptions(models=(), bundles=()))
        yield library


def _cut(work: int, start_s: float, end_s: float) -> np.ndarray:
    return song(work)[round(start_s * SR) : round(end_s * SR)]


def _noisy(y: np.ndarray, below_db: float) -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal(y.size).astype(np.float32)
    return 0.3 * (y + noise * np.std(y) * 10 ** (-below_db / 20))


def _one(library, path: Path, **options):
    return next(identify(library, path, **options))


@pytest.mark.parametrize(("work", "start_s"), [(1, 3.7), (2, 20.0), (3, 41.3)])
def test_five_seconds_in_noise_are_found_with_their_position(library, tmp_path, work, start_s):
    clip = write(tmp_path / "切.wav", _noisy(_cut(work, start_s, start_s + 5.0), 6.0), SR)
    found = _one(library, clip)
    assert [one.track.path.name for one in found.sightings] == [f"work{work}.flac"]
    sighting = found.sightings[0]
    assert sighting.position_s - sighting.start_s == pytest.approx(start_s, abs=0.06)
    assert sighting.confidence > 0.95 and sighting.speed == 1.0


@pytest.mark.parametrize("speed", [0.96, 0.985, 1.02, 1.05])
def test_other_speeds_are_found_and_told(library, tmp_path, speed):
    y = resample(Clip(_cut(3, 10.0, 20.0), SR), round(SR / speed)).y
    clip = write(tmp_path / "fast.wav", y, SR)
    found = _one(library, clip)
    assert [one.track.path.name for one in found.sightings] == ["work3.flac"]
    assert found.sightings[0].speed == pytest.approx(speed, abs=0.0051)


def test_a_speed_that_is_not_tried_is_not_found(library, tmp_path):
    clip = write(tmp_path / "fast.wav", resample(Clip(_cut(3, 10.0, 20.0), SR), round(SR / 1.04)).y, SR)
    assert not _one(library, clip, speed=0.0).sightings


def test_what_is_not_there_is_not_found(library, tmp_path, rng):
    unknown = write(tmp_path / "unknown.wav", song(4, 20.0), SR)
    noise = write(tmp_path / "noise.wav", 0.1 * rng.standard_normal(20 * SR).astype(np.float32), SR)
    silence = write(tmp_path / "silence.wav", np.zeros(5 * SR, np.float32), SR)
    blip = write(tmp_path / "blip.wav", _cut(1, 5.0, 5.2), SR)
    for found in identify(library, [unknown, noise, silence, blip]):
        assert found.error is None and found.sightings == () and found.matched_s == 0.0


def test_the_songs_of_a_mix_have_their_intervals(library, tmp_path):
    parts = [_cut(2, 5.0, 30.0), song(4, 25.0), _cut(1, 12.0, 52.0), _cut(3, 0.0, 20.0)]
    mix = encode(tmp_path / "mix.m4a", np.concatenate(parts), SR)
    found = _one(library, mix)
    told = [(one.track.path.name, one.start_s, one.end_s, one.position_s) for one in found.sightings]
    truth = [("work2.flac", 0, 25, 5), ("work1.flac", 50, 90, 12), ("work3.flac", 90, 110, 0)]
    assert [name for name, *_ in told] == [name for name, *_ in truth]
    for (_, start, end, position), (_, wanted_start, wanted_end, wanted_position) in zip(
        told, truth, strict=True
    ):
        assert start == pytest.approx(wanted_start, abs=2.0)
        assert end == pytest.approx(wanted_end, abs=2.0)
        assert position - start == pytest.approx(wanted_position - wanted_start, abs=0.1)
    assert found.matched_s == pytest.approx(85, abs=3)
    assert found.to_dict()["sightings"][0]["track"]["path"].endswith("work2.flac")


def test_a_file_that_cannot_be_heard_is_told_and_does_not_stop_the_rest(library, tmp_path):
    broken = tmp_path / "broken.mp3"
    broken.write_text("no music")
    good = write(tmp_path / "good.wav", _cut(1, 5.0, 13.0), SR)
    missing, bad, found = identify(library, [tmp_path / "missing.wav", broken, good])
    assert missing.error is not None and bad.error is not None
    assert found.error is None and len(found.sightings) == 1


def test_an_index_damaged_while_it_is_open_is_built_anew(library, tmp_path):
    clip = write(tmp_path / "clip.wav", _cut(2, 5.0, 13.0), SR)
    assert len(_one(library, clip).sightings) == 1
    index = LandmarkIndex.of(library)
    places = folder_of(library) / index.manifest.segments[0] / "places.bin"
    places.write_bytes(bytes(places.stat().st_size))
    assert len(_one(library, clip).sightings) == 1
    assert LandmarkIndex.of(library).manifest.segments != index.manifest.segments


def test_options_out_of_range_and_empty_libraries_are_refused(library, tmp_path):
    with pytest.raises(ParameterError, match="speed is 60"):
        identify(library, "a.wav", speed=60)
    with pytest.raises(ParameterError, match="least confidence is 0"):
        identify(library, "a.wav", least=0)
    with Library.open(tmp_path / "empty.db") as empty, pytest.raises(DataError, match="no track"):
        identify(empty, "a.wav")


def test_stretches_cover_everything():
    for seconds in (3.0, 10.0, 12.0, 31.0):
        clip = Clip(np.zeros(round(seconds * SR), np.float32), SR, start_s=300.0)
        parts = list(stretches(clip))
        assert parts[0].start_s == 300.0
        assert parts[-1].start_s + parts[-1].duration_s == pytest.approx(300 + seconds)
        assert all(b.start_s - a.start_s <= 5.001 for a, b in pairwise(parts))


def test_speeds_begin_with_the_likeliest():
    assert speeds(0.0) == (1.0,)
    assert speeds(1.4) == (1.0, 1.01, 0.99)
    assert len(speeds(5.0)) == 11
