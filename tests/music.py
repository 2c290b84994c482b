"""Made-up music with a known score: a seed is a work, and the rest says how it is performed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SR = 22050
CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14), (2, 5, 9), (4, 7, 11))
TIMBRES = {"organ": (1.0, 0.5, 0.3, 0.2, 0.1), "reed": (0.6, 0.1, 0.8, 0.1, 0.4), "flute": (1.0, 0.15)}


def performance(
    work: int,
    seconds: float = 40.0,
    *,
    bpm: float = 110.0,
    transpose: int = 0,
    timbre: str = "organ",
    take: int = 0,
) -> NDArray[np.float32]:
    """Play work number `work`: chords and a melody that the seed has written.

    `bpm`, `transpose` (semitones) and `timbre` make it another performance, `take` another recording of one.
    """
    score = np.random.default_rng(work)
    n_bars = 64
    chords = score.integers(0, len(CHORDS), n_bars)
    melody = score.integers(0, 3, (n_bars, 4)) + 3 * score.integers(0, 2, (n_bars, 4))
    beat_s = 60.0 / bpm
    y = np.zeros(int((n_bars * 4 * beat_s + 1) * SR), np.float32)
    human = np.random.default_rng((work, take))
    for bar in range(n_bars):
        chord = CHORDS[chords[bar]]
        for beat in range(4):
            start_s = (bar * 4 + beat) * beat_s + abs(human.normal(0, 0.008))
            if start_s > seconds:
                return _level(y[: round(seconds * SR)])
            degree = melody[bar, beat]
            notes = [48 + chord[0], 72 + chord[degree % 3] + 12 * (degree // 3), *(60 + n for n in chord)]
            for note in notes:
                _add(y, start_s, _note(note + transpose, beat_s * 1.1, timbre, human))
    return _level(y[: round(seconds * SR)])


def _add(y: NDArray[np.float32], start_s: float, note: NDArray[np.float32]) -> None:
    begin = round(start_s * SR)
    note = note[: len(y) - begin]
    y[begin : begin + len(note)] += note


def _note(midi: int, seconds: float, timbre: str, human: np.random.Generator) -> NDArray[np.float32]:
    t = np.arange(round(seconds * SR)) / SR
    hz = 440 * 2 ** ((midi - 69) / 12)
    waves = sum(
        share * np.sin(2 * np.pi * k * hz * t + human.uniform(0, 6))
        for k, share in enumerate(TIMBRES[timbre], 1)
    )
    return (human.uniform(0.7, 1.0) * waves * np.exp(-2.5 * t) * np.minimum(1, t / 0.01)).astype(np.float32)


def _level(y: NDArray[np.float32]) -> NDArray[np.float32]:
    return 0.5 * y / np.abs(y).max()
