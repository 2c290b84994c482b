"""Parts of matrices and songs of which the parts are known."""

from __future__ import annotations

import numpy as np
import pytest
from bench.planted import SR, Planted
from hypothesis import given, settings
from hypothesis import strategies as st

from tunelens.audio import Clip
from tunelens.features.structure import Ssm, find_structure, self_similarity, sequence
from tunelens.features.structure.repeats import along_diagonals
from tunelens.features.structure.segments import letters, stripe


def blocks(form: str, length: int = 20) -> Ssm:
    same = np.repeat(np.array(list(form)), length)
    return Ssm(np.where(same[:, None] == same, 1.0, -0.3), np.arange(len(same) + 1.0))


@pytest.mark.parametrize("form", ["ABAC", "ABCABC", "ABCDA", "AB"])
def test_blocks_are_cut_at_their_edges_and_named(form: str) -> None:
    found = find_structure(blocks(form))
    assert found.form == " ".join(form)
    assert found.boundaries_s.tolist() == [20.0 * k for k in range(1, len(form))]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_parts_are_the_whole_without_gaps(seed: int, n: int) -> None:
    X = np.random.default_rng(seed).standard_normal((4, n))
    ssm = Ssm(np.corrcoef(X.T).reshape(n, n), np.arange(n + 1.0))
    found = find_structure(ssm)
    ends = [segment.end_s for segment in found.segments]
    assert [segment.start_s for segment in found.segments] == [0.0, *ends[:-1]]
    assert ends[-1] == n
    assert found.boundaries_s.tolist() == ends[:-1]
    assert len(found.novelty) == n
    assert found.segments[0].label == "A"


def test_repeats_are_the_labels_that_return() -> None:
    found = find_structure(blocks("ABAC"))
    assert [one.start_s for one in found.repeats["A"]] == [0.0, 40.0]
    assert list(found.repeats) == ["A"]
    assert found.to_dict()["form"] == "A B A C"


def hit_rate(truth: list[float], found: np.ndarray, within_s: float) -> float:
    return float(np.mean([np.abs(found - one).min(initial=np.inf) <= within_s for one in truth]))


def test_parts_of_a_song_are_found_and_named(song: Planted) -> None:
    found = find_structure(self_similarity(sequence(Clip(song.y, SR))))
    truth = [begin for _, begin, _ in song.parts][1:]
    assert hit_rate(truth, found.boundaries_s, 3.0) >= 0.75
    assert hit_rate(truth, found.boundaries_s, 0.5) >= 0.6
    assert len(found.boundaries_s) <= len(truth) + 2
    middles = [(begin + end) / 2 for begin, end in song.choruses]
    labels = {next(s.label for s in found.segments if s.start_s <= at < s.end_s) for at in middles}
    assert len(labels) == 1, "all choruses have one letter"


def test_a_transposed_return_is_another_part() -> None:
    """No invariance to transposition is claimed: harmony is compared as it sounds."""
    t = np.arange(SR * 20) / SR

    def part(semitones: float) -> np.ndarray:
        hz = 220 * 2 ** ((np.array([0, 4, 7])[np.floor(t * 2).astype(int) % 3] + semitones) / 12)
        return 0.3 * np.sin(2 * np.pi * np.cumsum(hz) / SR)

    for semitones, form in ((6, "A B C"), (0, "A B A"), (12, "A B A")):
        y = np.concatenate([part(0), part(3), part(semitones)]).astype(np.float32)
        assert find_structure(self_similarity(sequence(Clip(y, SR), "chroma"))).form == form


@pytest.mark.parametrize("seconds", [60, 150])
def test_noise_and_silence_have_one_part(seconds: int) -> None:
    rng = np.random.default_rng(seconds)
    for y in (rng.normal(0, 0.1, SR * seconds), np.zeros(SR * seconds)):
        assert find_structure(self_similarity(sequence(Clip(y.astype(np.float32), SR)))).form == "A"


@pytest.mark.parametrize("n", [1, 2, 3, 9])
def test_a_moment_of_sound_is_one_part(n: int) -> None:
    found = find_structure(Ssm(np.ones((n, n)), np.arange(n + 1) / 5))
    assert found.form == "A"


def test_a_diagonal_mean_is_that_of_the_shifted_matrices(rng: np.random.Generator) -> None:
    S = rng.standard_normal((6, 6)).astype(np.float32)
    found = along_diagonals(S, 3)
    assert found[2, 3] == pytest.approx((S[1, 2] + S[2, 3] + S[3, 4]) / 3)
    assert found[0, 5] == pytest.approx(S[0, 5])
    assert found[5, 5] == pytest.approx((S[4, 4] + S[5, 5]) / 2)


def test_a_stripe_counts_wherever_it_lies() -> None:
    assert stripe(np.eye(5)) == 1
    assert stripe(np.eye(5, k=1)) == pytest.approx(4 / 5)
    assert stripe(np.eye(5)[::-1]) == pytest.approx(1 / 5)


def test_letters_are_unique() -> None:
    names = [letters(k) for k in range(2000)]
    assert len(set(names)) == 2000
    assert all(name.isalpha() and name.isupper() for name in names)
