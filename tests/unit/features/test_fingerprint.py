"""Fingerprints know a recording again in another codec, cut or level, and take no other for it."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from tests.sounds import encode, write
from tests.unit.audit.music import SR, song

from tunelens.audio import Clip, decode, resample
from tunelens.base.errors import EmptyAudioError
from tunelens.features.fingerprint import Fingerprint, compare, fingerprint, of_peaks, peaks
from tunelens.features.fingerprint_index import candidates, same_recordings


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip(song(1), SR)


@pytest.mark.parametrize("suffix", [".mp3", ".ogg", ".m4a", ".opus", ".flac"])
def test_a_codec_leaves_it_the_same(clip: Clip, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    lossy = suffix in {".m4a", ".opus"}
    full = resample(clip, 48_000)
    other = decode((encode if lossy else write)(path, full.y, full.sr), mono=True)
    found = compare(fingerprint(clip), fingerprint(other))
    assert found.is_same
    assert abs(found.offset_s) < 0.08, "encoders put some ms of silence in front"


@pytest.mark.parametrize("begin_s", [0.0, 1.0, 2.345])
def test_a_cut_is_found_where_it_was_made(clip: Clip, begin_s: float) -> None:
    cut = Clip(0.03 * clip.y[round(begin_s * SR) : round((begin_s + 5) * SR)], SR)
    whole, part = fingerprint(clip), fingerprint(cut)
    assert compare(whole, part).is_same
    assert compare(whole, part).offset_s == pytest.approx(begin_s, abs=0.03)
    assert compare(part, whole).offset_s == pytest.approx(-begin_s, abs=0.03)


def test_other_songs_are_other_songs() -> None:
    prints = [fingerprint(Clip(song(seed), SR)) for seed in range(12)]
    matches = [compare(a, b) for a, b in combinations(prints, 2)]
    assert not any(match.is_same for match in matches)
    assert same_recordings(prints) == []


def test_gain_changes_nothing(clip: Clip) -> None:
    quiet = fingerprint(Clip(clip.y / 256, SR))  # a power of two: float32 keeps every digit
    assert np.array_equal(quiet.hashes, fingerprint(clip).hashes)


def test_hashes_say_frequency_and_distance() -> None:
    found = of_peaks(np.array([[5, 100, 1.0], [12, 90, 0.5], [500, 100, 1.0]]))
    assert found.frames.tolist() == [5], "the third is too far away"
    (hash_,) = found.hashes.tolist()
    assert (hash_ >> 15, (hash_ >> 6 & 511) - 127, hash_ & 63) == (100, -10, 7)


def test_no_peaks_no_landmarks() -> None:
    silence = fingerprint(Clip(np.zeros(SR, np.float32), SR))
    assert len(silence) == 0
    assert not compare(silence, silence).is_same
    assert same_recordings([silence, silence]) == []
    assert same_recordings([]) == []
    with pytest.raises(EmptyAudioError):
        fingerprint(Clip(np.zeros(0, np.float32), SR))


def test_sound_shorter_than_a_frame_has_a_spectrum() -> None:
    assert peaks(np.ones(10, np.float32)).shape[1] == 3


def made_up(rng: np.random.Generator, n: int = 600) -> Fingerprint:
    hashes = (rng.integers(10, 420, n) << 15 | rng.integers(0, 255, n) << 6 | rng.integers(1, 64, n)).astype(
        np.uint32
    )
    return Fingerprint(hashes, np.sort(rng.integers(0, 400, n)).astype(np.int32))


def test_the_index_finds_what_comparing_all_pairs_finds(rng: np.random.Generator) -> None:
    prints = [made_up(rng) for _ in range(40)]
    for one in prints[:8]:
        kept = rng.random(len(one)) < 0.35
        prints.append(Fingerprint(one.hashes[kept], one.frames[kept] - 30))
    by_index = {(pair.a, pair.b) for pair in same_recordings(prints)}
    by_all = {(a, b) for a, b in combinations(range(48), 2) if compare(prints[a], prints[b]).is_same}
    assert by_index == by_all == {(i, 40 + i) for i in range(8)}


def test_many_copies_of_one_song_stay_linked(rng: np.random.Generator) -> None:
    one = made_up(rng)
    linked = {0}
    for pair in same_recordings([one] * 100):
        assert pair.match.share == 1.0
        linked |= {pair.a, pair.b}
    assert linked == set(range(100))


def test_the_same_hash_everywhere_does_not_make_all_pairs_candidates() -> None:
    everywhere = np.full(50, 12345 << 6, np.uint32)
    rng = np.random.default_rng(1)
    prints = [Fingerprint(everywhere, rng.integers(0, 100_000, 50).astype(np.int32)) for _ in range(200)]
    assert len(candidates(prints)) < 200
