"""Self-similarity and novelty against scipy, hand values, and what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from tunelens.audio import Clip
from tunelens.base.errors import DataError, EmptyAudioError, ParameterError, UnknownNameError
from tunelens.features.structure import KINDS, Sequence, Ssm, novelty, self_similarity, sequence, sequence_of
from tunelens.features.structure.checkerboard import checkerboard

SR = 22050
COLUMNS = arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 12)),
    elements=st.floats(-100, 100, width=32).filter(lambda x: x == 0 or abs(x) > 1e-3),
)


def columns(values: np.ndarray) -> Sequence:
    return Sequence(values, np.arange(values.shape[1] + 1.0))


def noise(seconds: float = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, int(SR * seconds)).astype(np.float32)


def music(seconds: float = 12) -> np.ndarray:
    t = np.arange(int(SR * seconds)) / SR
    hz = 220 * 2 ** (np.floor(t) % 5 / 6)
    return (0.4 * np.sin(2 * np.pi * np.cumsum(hz) / SR) + 0.01 * noise(seconds)).astype(np.float32)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_it_is_what_scipy_says(rng: np.random.Generator, metric: str) -> None:
    X = rng.standard_normal((7, 40)).astype(np.float32)
    found = self_similarity(columns(X), metric).values
    expected = cdist(X.T.astype(float), X.T.astype(float), metric)
    np.testing.assert_allclose(found if metric == "euclidean" else 1 - found, expected, atol=2e-6)


@settings(deadline=None)
@given(COLUMNS)
def test_it_is_symmetric_with_one_value_on_the_diagonal(X: np.ndarray) -> None:
    alike, far = self_similarity(columns(X)), self_similarity(columns(X), "euclidean")
    for matrix, diagonal in ((alike.values, 1.0), (far.values, 0.0)):
        np.testing.assert_array_equal(matrix, matrix.T)
        np.testing.assert_array_equal(np.diag(matrix), diagonal)
        assert np.isfinite(matrix).all()
    assert np.abs(alike.values).max() <= 1
    assert far.values.min() >= 0


def test_distances_become_likeness_in_the_same_order() -> None:
    ssm = self_similarity(columns(np.array([[0.0, 1.0, 3.0]])), "euclidean")
    assert ssm.similarity[0, 0] == 1
    assert ssm.similarity[0, 1] > ssm.similarity[1, 2] > ssm.similarity[0, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_gain_changes_nothing(kind: str) -> None:
    loud, soft = (sequence(Clip(gain * music(), SR), kind).values for gain in (1.0, 0.1))
    np.testing.assert_allclose(loud, soft, atol=0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_standardised(kind: str) -> None:
    values = sequence(Clip(music(), SR), kind).values
    np.testing.assert_allclose(values.mean(axis=1), 0, atol=1e-4)
    np.testing.assert_allclose(values.std(axis=1), 1, atol=1e-4)


def test_harmony_is_told_by_chroma_and_timbre_by_mfcc() -> None:
    t = np.arange(SR * 6) / SR

    def tone(hz: float, octaves: int) -> np.ndarray:
        return 0.2 * sum(np.sin(2 * np.pi * hz * 2**k * t) for k in range(octaves))

    dull_a, rich_a, dull_e = tone(220, 1), tone(220, 5), tone(311.13, 1)
    y = np.concatenate([dull_a, rich_a, dull_e])
    for kind, (i, j), (k, m) in (("chroma", (0, 1), (0, 2)), ("mfcc", (0, 2), (0, 1))):
        ssm = self_similarity(sequence(Clip(y.astype(np.float32), SR), kind)).values
        third = len(ssm) // 3
        block = {(a, b): ssm[a * third + 5 : (a + 1) * third - 5, b * third + 5 : (b + 1) * third - 5].mean()
                 for a, b in ((i, j), (k, m))}  # fmt: skip
        assert block[i, j] > block[k, m] + 0.5, kind


def test_pieces_and_channels_are_one_recording() -> None:
    y = music()
    whole = sequence(Clip(y, SR)).values
    pieces = sequence(Clip(part, SR) for part in np.array_split(y, 7)).values
    stereo = sequence(Clip(np.stack([y, y]), SR)).values
    np.testing.assert_allclose(pieces, whole, atol=2e-3)
    np.testing.assert_allclose(stereo, whole, atol=2e-3)


def test_long_sound_has_no_more_columns() -> None:
    hour = (Clip(noise(60, seed), SR) for seed in range(12))
    found = sequence(hour, "chroma", limit=200)
    assert found.n <= 201
    assert found.edges_s[-1] == pytest.approx(720)


def test_silence_is_like_itself_alone() -> None:
    ssm = self_similarity(sequence(Clip(np.zeros(SR * 5, np.float32), SR)))
    np.testing.assert_array_equal(ssm.values, np.eye(ssm.n))


@pytest.mark.parametrize(
    ("values", "edges"),
    [([[1.0, np.nan]], [0, 1, 2]), ([[1.0, 2.0]], [0, 1]), ([[1.0, 2.0]], [0, 2, 1]), ([1.0, 2.0], [0, 1, 2]),
     (np.zeros((3, 0)), [0])],
)  # fmt: skip
def test_what_is_no_sequence_is_refused(values: object, edges: list[float]) -> None:
    with pytest.raises(DataError):
        sequence_of(np.array(values), np.array(edges, float), "embedding")


def test_wrong_names_and_nothing_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="chrome"):
        sequence(Clip(noise(1), SR), "chrome")
    with pytest.raises(UnknownNameError, match="metric"):
        self_similarity(columns(np.ones((1, 2))), "manhattan")
    with pytest.raises(EmptyAudioError):
        sequence(Clip(np.zeros(0, np.float32), SR))
    with pytest.raises(ParameterError):
        novelty(self_similarity(columns(np.ones((1, 2)))), 0)


def test_novelty_is_the_kernel_laid_on_the_matrix(rng: np.random.Generator) -> None:
    S = rng.standard_normal((9, 9))
    S = (S + S.T) / 2
    found = novelty(Ssm(S, np.arange(10.0)), kernel_s=6)
    padded = np.pad(S, 3)
    expected = [(checkerboard(3) * padded[i : i + 6, i : i + 6]).sum() for i in range(9)]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_novelty_by_hand() -> None:
    S = np.array([[1.0, 0.5, -1.0], [0.5, 1.0, 0.0], [-1.0, 0.0, 1.0]])
    # kernel [[1, -1], [-1, 1]] / 4 on [[S11, S12], [S21, S22]] and so on
    assert novelty(Ssm(S, np.arange(4.0)), kernel_s=2).tolist() == [0.25, 0.25, 0.5]
