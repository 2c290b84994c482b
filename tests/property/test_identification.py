"""Whatever stretch of whatever song is asked for, through whatever loss: found where it is, or not at all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunelens.features.agreement import agreement
from tunelens.features.fingerprint import HOP_S
from tunelens.features.landmarks import Peaks
from tunelens.library.prints.index import LandmarkIndex, Manifest
from tunelens.library.prints.lookup import spots
from tunelens.library.prints.same import same
from tunelens.library.prints.segment import write_segment
from tunelens.library.prints.store import Printed

N_SONGS, SONG_S = 30, 90


def song(number: int) -> Peaks:
    """Peaks as dense as those of music, more of them low than high."""
    rng = np.random.default_rng(number)
    frames = np.sort(rng.integers(0, round(SONG_S / HOP_S), 19 * SONG_S)).astype(np.int32)
    return Peaks(frames, (10 + 409 * rng.beta(1, 3, frames.size)).astype(np.int16))


def harmed(peaks: Peaks, kept: float, rng: np.random.Generator) -> Peaks:
    """Lose a share of the peaks, and add as many of noise."""
    stay = rng.random(len(peaks)) < kept
    n_new = int((~stay).sum())
    frames = np.concatenate([peaks.frames[stay], rng.integers(peaks.frames[0], peaks.frames[-1] + 1, n_new)])
    bins = np.concatenate([peaks.bins[stay], rng.integers(10, 420, n_new)])
    order = np.argsort(frames, kind="stable")
    return Peaks(frames[order].astype(np.int32), bins[order].astype(np.int16))


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    (folder / "one").mkdir()
    write_segment(folder / "one", (Printed(number, 1, song(number)) for number in range(1, N_SONGS + 1)))
    return LandmarkIndex(folder, Manifest(segments=("one",)))


@settings(max_examples=40, deadline=None)
@given(number=st.integers(1, N_SONGS), start_s=st.floats(0, 80), seed=st.integers(0, 999))
def test_a_stretch_is_found_where_it_is(index, number, start_s, seed):
    rng = np.random.default_rng(seed)
    start = round(start_s / HOP_S)
    part = song(number).between(start_s, start_s + 8.0)
    query = harmed(Peaks(part.frames - start, part.bins), 0.7, rng)
    first = spots(index, query.fingerprint())[0]
    assert first.id == number and abs(first.shift - start) <= 1
    told = agreement(query, song(number), first.shift)
    assert told.evidence > 50 and told.n_matched > 0.4 * told.n_peaks


@settings(max_examples=40, deadline=None)
@given(number=st.integers(1, N_SONGS), seed=st.integers(1000, 2000))
def test_what_is_not_there_has_no_evidence(index, number, seed):
    query = song(seed).between(20.0, 28.0)
    best = max(
        (agreement(query, song(spot.id), spot.shift).evidence for spot in spots(index, query.fingerprint())),
        default=0.0,
    )
    assert best < 20


@settings(max_examples=30, deadline=None)
@given(number=st.integers(1, 500), lead_s=st.floats(0, 20), seed=st.integers(0, 999))
def test_same_is_symmetric_and_knows_the_offset(number, lead_s, seed):
    whole = song(number)
    part = whole.between(lead_s, SONG_S)
    start = round(lead_s / HOP_S)
    copy = harmed(Peaks(part.frames - start, part.bins), 0.8, np.random.default_rng(seed))
    there, back = same(whole, copy), same(copy, whole)
    assert there is not None and back is not None
    assert there[0] == pytest.approx(lead_s, abs=0.05) and back[0] == pytest.approx(-there[0])
    assert there[3] == back[3] == ("copy" if lead_s < 12 else there[3])
    assert same(whole, song(number + 1000)) is None
