"""Scores of tempo and key, checked against values worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.truth import OCTAVES, key_score, mean_key_score, read_excerpts, tempo_accuracy, tempo_hit


@pytest.mark.parametrize(
    ("found", "hit"),
    [(100.0, True), (103.9, True), (104.1, False), (96.1, True), (95.9, False), (None, False)],
)
def test_acc1_allows_four_percent(found: float | None, hit: bool) -> None:
    assert tempo_hit(found, 100.0) is hit


@pytest.mark.parametrize(
    ("found", "hit"),
    [(200.0, True), (50.0, True), (300.0, True), (34.0, True), (150.0, False), (209.0, False), (0.0, False)],
)
def test_acc2_allows_twice_and_thrice(found: float, hit: bool) -> None:
    assert tempo_hit(found, 100.0, OCTAVES) is hit


@pytest.mark.parametrize(
    ("found", "score"),
    [
        ("C major", 1.0),
        ("G major", 0.5),
        ("F major", 0.0),
        ("A minor", 0.3),
        ("C minor", 0.2),
        ("D minor", 0.0),
        (None, 0.0),
    ],
)
def test_key_of_c_major(found: str | None, score: float) -> None:
    assert key_score(found, "C major") == score


def test_key_of_a_minor_and_flats() -> None:
    assert key_score("C major", "A minor") == 0.3
    assert key_score("E minor", "A minor") == 0.5
    assert key_score("Eb minor", "D# minor") == 1.0


def test_means() -> None:
    assert tempo_accuracy([(100.0, 100.0), (50.0, 100.0)]) == 0.5
    assert tempo_accuracy([(100.0, 100.0), (50.0, 100.0)], OCTAVES) == 1.0
    assert mean_key_score([("C major", "C major"), ("C minor", "C major")]) == pytest.approx(0.6)


def test_excerpts_are_read_whole(data_dir: Path) -> None:
    excerpts = read_excerpts(data_dir)
    assert len(excerpts) == 40
    assert all(excerpt.path.is_file() and 40 < excerpt.tempo_bpm < 300 for excerpt in excerpts)
    assert 0 < sum(not excerpt.key for excerpt in excerpts) < 10
    assert all(key_score(excerpt.key, excerpt.key) == 1.0 for excerpt in excerpts if excerpt.key)
