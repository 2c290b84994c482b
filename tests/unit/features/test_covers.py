"""A work is known again in another key, tempo and timbre; other works are not taken for it."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.music import SR, performance

from tunelens.audio import Clip
from tunelens.base.errors import DataError
from tunelens.features.chroma_sequence import ChromaGatherer, ChromaSequence
from tunelens.features.covers import likeness
from tunelens.services.covers import LEAST


def sequence(y: np.ndarray) -> ChromaSequence:
    gatherer = ChromaGatherer()
    gatherer.add_clip(Clip(y, SR))
    return gatherer.finish()


@pytest.fixture(scope="module")
def originals():
    return {work: sequence(performance(work, 45.0, bpm=105.0)) for work in range(4)}


@pytest.fixture(scope="module")
def versions():
    """Slower by a fifth, in another key and by another instrument."""
    return {
        work: sequence(performance(work, 45.0, bpm=85.0, transpose=2 * work - 5, timbre="reed", take=1))
        for work in range(4)
    }


def test_a_version_is_nearer_than_any_other_work(originals, versions):
    for work, one in originals.items():
        scores = {other: likeness(one, version).score for other, version in versions.items()}
        assert scores[work] > LEAST
        assert scores[work] > 1.5 * max(score for other, score in scores.items() if other != work)


def test_the_transposition_is_told(originals, versions):
    for work, one in originals.items():
        assert likeness(one, versions[work]).transposition == 2 * work - 5
        assert likeness(versions[work], one).transposition == 5 - 2 * work


def test_half_the_rate_ranks_alike(originals, versions):
    for work, one in originals.items():
        scores = [likeness(one, version, step=2).score for version in versions.values()]
        assert int(np.argmax(scores)) == work


@settings(max_examples=20, deadline=None)
@given(shift=st.integers(0, 11), seed=st.integers(0, 99))
def test_any_transposition_scores_alike(shift, seed):
    rng = np.random.default_rng(seed)
    rows = np.repeat(rng.integers(0, 16, (15, 12)), 3, axis=0).astype(np.uint8)
    plain = likeness(ChromaSequence(rows), ChromaSequence(rows))
    moved = likeness(ChromaSequence(rows), ChromaSequence(np.roll(rows, shift, axis=1)))
    assert moved.score == pytest.approx(plain.score, rel=1e-5)
    assert moved.transposition % 12 == shift


def test_silence_and_moments_are_like_nothing(originals):
    silence = ChromaSequence(np.zeros((80, 12), np.uint8))
    assert likeness(silence, originals[0]).score < LEAST
    assert likeness(ChromaSequence(np.zeros((0, 12), np.uint8)), originals[0]).score == 0.0
    assert likeness(ChromaSequence(originals[0].values[:5]), originals[0]).score == 0.0


def test_the_path_is_the_longest_of_all_paths():
    """Qmax cell by cell, as the paper writes it, beside the row by row of ours."""
    from tunelens.features.covers import EXTENSION, ONSET, _longest

    agree = np.random.default_rng(5).random((30, 40)) < 0.25
    Q = np.zeros(agree.shape)
    held = lambda M, i, j: M[i, j] if i >= 0 and j >= 0 else 0.0  # noqa: E731
    for i in range(agree.shape[0]):
        for j in range(agree.shape[1]):
            before = [(i - 1, j - 1), (i - 2, j - 1), (i - 1, j - 2)]
            if agree[i, j]:
                Q[i, j] = max(held(Q, *at) for at in before) + 1
            else:
                price = [ONSET if held(agree, *at) else EXTENSION for at in before]
                Q[i, j] = max(0.0, *(held(Q, *at) - cost for at, cost in zip(before, price, strict=True)))
    assert _longest(agree) == pytest.approx(Q.max())


def test_tuning_does_not_matter(originals):
    y = performance(0, 45.0, bpm=105.0)
    sharp = sequence(np.interp(np.arange(0, len(y), 1.01), np.arange(len(y)), y).astype(np.float32))
    found = likeness(originals[0], sharp)
    assert found.transposition == 0 and found.score > 1.5 * LEAST


def test_windows_give_the_sequence_of_the_whole():
    y = performance(1, 30.0)
    parts = ChromaGatherer()
    for begin in range(0, len(y), 6 * SR):
        parts.add_clip(Clip(y[begin : begin + 6 * SR], SR, start_s=begin / SR))
    whole, joined = sequence(y).values.astype(int), parts.finish().values.astype(int)
    assert len(whole) == pytest.approx(len(joined), abs=1)
    n = min(len(whole), len(joined))
    assert np.abs(whole[:n] - joined[:n]).mean() < 2


@given(st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_packing_loses_nothing(n, seed):
    values = np.random.default_rng(seed).integers(0, 16, (n, 12)).astype(np.uint8)
    assert np.array_equal(ChromaSequence.unpack(ChromaSequence(values).pack()).values, values)


@pytest.mark.parametrize("data", [b"", b"rubbish", zlib.compress(b"12345"), zlib.compress(bytes([99] * 24))])
def test_rubbish_is_refused(data):
    with pytest.raises(DataError, match="damaged"):
        ChromaSequence.unpack(data)
