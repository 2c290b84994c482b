import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import maximum_filter
from tests.music import SR, performance
from tests.sounds import write

from tunelens.audio import Clip, listen
from tunelens.base.errors import DataError
from tunelens.features.fingerprint import APART, BINS, Sieve, compare, fingerprint, highest
from tunelens.features.landmarks import Gatherer, PeakFrames, Peaks, peaks_of


@pytest.mark.parametrize("n_frames", [0, 1, 11, 700])
def test_peaks_are_those_of_a_maximum_filter(n_frames, rng):
    S = rng.random((n_frames, BINS[1] - BINS[0])).astype(np.float32)
    found = highest(S)
    around = maximum_filter(S, size=(2 * APART[1] + 1, 2 * APART[0] + 1), mode="constant") if n_frames else S
    t, f = np.nonzero(around == S) if n_frames else (np.zeros(0), np.zeros(0))
    assert found[:, 0].tolist() == t.tolist()
    assert found[:, 1].tolist() == (f + BINS[0]).tolist()


@pytest.mark.parametrize("sizes", [[1] * 40, [5, 30, 7], [11, 11, 23, 1]])
def test_pieces_of_any_length_give_the_peaks_of_the_whole(sizes, rng):
    S = rng.random((sum(sizes), BINS[1] - BINS[0])).astype(np.float32)
    sieve, ends = Sieve(), np.cumsum(sizes)
    found = [sieve.add(S[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
    assert np.array_equal(np.concatenate([*found, sieve.finish()]), highest(S))


def test_silence_has_no_peaks():
    assert len(highest(np.zeros((50, BINS[1] - BINS[0]), np.float32))) == 0


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write(tmp_path_factory.mktemp("song") / "song.wav", performance(3, 30.0), SR)


def test_windows_give_the_peaks_of_the_whole(song):
    whole, parts = peaks_of(listen(song)), peaks_of(listen(song, window_s=6.0))
    a, b = (set(zip(one.frames.tolist(), one.bins.tolist(), strict=True)) for one in (whole, parts))
    assert len(a & b) >= 0.9 * len(a)  # 11 frames beside each of four seams see less than they would
    assert len(b) <= 1.1 * len(a)


def test_the_shared_spectra_give_what_spectra_of_their_own_give(song):
    gatherer, window = Gatherer(), next(iter(listen(song)))
    gatherer.add(window, PeakFrames(window.clip).peaks)
    assert np.array_equal(gatherer.finish().frames, peaks_of(listen(song)).frames)


def test_they_fit_the_fingerprint_of_the_same_sound(song):
    found = compare(fingerprint(Clip(performance(3, 30.0), SR)), peaks_of(listen(song)).fingerprint())
    assert found.is_same and found.share > 0.8
    assert abs(found.offset_s) < 0.05


def test_a_stretch_keeps_its_times(song):
    peaks = peaks_of(listen(song))
    part = peaks.between(10.0, 20.0)
    assert 0 < len(part) < len(peaks)
    assert part.frames.min() * 256 / 11025 >= 9.98 and part.frames.max() * 256 / 11025 <= 20.02


@given(st.lists(st.tuples(st.integers(0, 2**20), st.integers(BINS[0], BINS[1] - 1)), max_size=50))
def test_packing_loses_nothing(found):
    found.sort()
    peaks = Peaks(np.array([t for t, _ in found], np.int32), np.array([f for _, f in found], np.int16))
    again = Peaks.unpack(peaks.pack())
    assert again.frames.tolist() == peaks.frames.tolist()
    assert again.bins.tolist() == peaks.bins.tolist()


@given(st.binary(max_size=60))
def test_rubbish_is_refused_or_read_within_bounds(data):
    for blob in (data, zlib.compress(data)):
        try:
            peaks = Peaks.unpack(blob)
        except DataError:
            continue
        assert np.all(np.diff(peaks.frames) >= 0)
        assert np.all((peaks.bins >= BINS[0]) & (peaks.bins < BINS[1]))


def test_a_bomb_does_not_fill_the_memory():
    with pytest.raises(DataError, match="damaged"):
        Peaks.unpack(zlib.compress(b"\1" * 60_000_000, 9))
