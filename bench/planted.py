"""Songs that are made up, so that their parts are known to the sample: one chorus returns.

Every part has chords, a melody and drums of its own; instruments and tempo are those of the song. A part that
returns is played anew: at another level, with other noise, with a second voice, a little faster or slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SR = 22050
FORMS = (
    "i v c w c b c",
    "v c w c c",
    "i v p c w p c b c o",
    "c v c w c",
    "v w c x c b c c",
)
"""Letters are parts; the same letter is the same music, and c is the chorus."""

_BARS = {"i": (4, 4), "o": (4, 4), "p": (4, 4), "b": (4, 8)}
_MAJOR = np.array([0, 2, 4, 5, 7, 9, 11])
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Planted:
    """A song and the truth about it.

    Parameters
    ----------
    y : ndarray of float32
        Samples at `SR`.
    parts : tuple of (str, float, float)
        Letter, begin and end of each part, seconds.
    bpm : float
        Its tempo.
    """

    y: NDArray[np.float32]
    parts: tuple[tuple[str, float, float], ...]
    bpm: float

    @property
    def choruses(self) -> tuple[tuple[float, float], ...]:
        """Where the chorus sounds, seconds; what follows itself is one stretch each."""
        return tuple((begin, end) for letter, begin, end in self.parts if letter == "c")


@dataclass(frozen=True, eq=False)
class _Music:
    """What a part consists of: one chord a bar, eight notes a bar (-1 is a rest), strokes of the drums."""

    chords: NDArray[np.int64]
    melody: NDArray[np.int64]
    kick: NDArray[np.bool_]
    snare: NDArray[np.bool_]


@lru_cache(maxsize=8)
def planted(seed: int, *, noise_db: float = -20.0, level_db: float = 6.0, rubato: float = 0.02) -> Planted:
    """Return a song of about two to four minutes.

    Parameters
    ----------
    seed : int
        Another song each.
    noise_db : float
        White noise beside the music, dB; each part has its own.
    level_db : float
        Each part is up to so much louder or softer, dB.
    rubato : float
        Each part is up to so much faster or slower, as a share.
    """
    rng = np.random.default_rng(seed)
    form = FORMS[seed % len(FORMS)].split()
    bpm, tonic = rng.uniform(80, 140), int(rng.integers(0, 12))
    music = {letter: _compose(rng, letter) for letter in dict.fromkeys(form)}
    voices = rng.dirichlet(np.full(6, 0.7), size=3)
    out, parts, at = [], [], 0.0
    for letter in form:
        beat_s = 60 / bpm * (1 + rng.uniform(-rubato, rubato))
        y = _play(rng, music[letter], beat_s, tonic, voices, second=rng.random() < 0.3)
        y *= 10 ** (rng.uniform(-level_db, level_db) / 20)
        y += rng.normal(0, np.sqrt((y**2).mean()) * 10 ** (noise_db / 20), len(y))
        out.append(y)
        parts.append((letter, at, at + len(y) / SR))
        at += len(y) / SR
    joined = np.concatenate(out)
    return Planted((0.7 * joined / np.abs(joined).max()).astype(np.float32), tuple(parts), bpm)


def _compose(rng: np.random.Generator, letter: str) -> _Music:
    bars = int(rng.choice(_BARS.get(letter, (8, 12)))) if letter != "c" else int(rng.choice([8, 12]))
    chords = np.tile(rng.permutation([0, 1, 2, 3, 4, 5])[:4], 3)[:bars]
    phrase = np.cumsum(rng.integers(-2, 3, (4, 8)), axis=1) + 7
    phrase[rng.random(phrase.shape) < 0.25] = -1
    melody = np.tile(np.clip(phrase, -1, 14), (3, 1))[:bars]
    return _Music(chords, melody, rng.random(8) < 0.35, rng.random(8) < 0.25)


def _play(
    rng: np.random.Generator, music: _Music, beat_s: float, tonic: int, voices: Array, *, second: bool
) -> Array:
    eighth = beat_s / 2
    y = np.zeros(round(len(music.chords) * 8 * eighth * SR))
    for bar, chord in enumerate(music.chords):
        start = bar * 8 * eighth
        for third in (0, 2, 4):
            _add(y, start, _note(_pitch(tonic, chord + third) - 12, 8 * eighth, voices[0]), 0.12)
        _add(y, start, _note(_pitch(tonic, chord) - 24, 8 * eighth, voices[1]), 0.25)
        for step in range(8):
            when, degree = start + step * eighth, music.melody[bar, step]
            if degree >= 0:
                _add(y, when, _note(_pitch(tonic, degree), 1.5 * eighth, voices[2]), 0.3)
                if second:
                    _add(y, when, _note(_pitch(tonic, degree + 2), 1.5 * eighth, voices[0]), 0.1)
            _drums(
                rng, y, when, kick=step % 4 == 0 or music.kick[step], snare=step % 4 == 2 or music.snare[step]
            )
    return y


def _pitch(tonic: int, degree: int) -> float:
    return 60 + tonic + 12 * (degree // 7) + float(_MAJOR[degree % 7])


def _note(pitch: float, seconds: float, partials: Array) -> Array:
    t = np.arange(round(seconds * SR)) / SR
    hz = 440 * 2 ** ((pitch - 69) / 12)
    tone = sum(
        a * np.sin(2 * np.pi * hz * (k + 1) * t) for k, a in enumerate(partials) if hz * (k + 1) < SR / 2
    )
    return np.asarray(tone) * np.minimum(t / 0.01, 1) * np.exp(-2 * t / seconds)


def _drums(rng: np.random.Generator, y: Array, when: float, *, kick: bool, snare: bool) -> None:
    t = np.arange(round(0.12 * SR)) / SR
    if kick:
        _add(y, when, np.sin(2 * np.pi * 55 * t) * np.exp(-30 * t), 0.5)
    if snare:
        _add(y, when, rng.normal(0, 1, len(t)) * np.exp(-40 * t), 0.15)
    _add(y, when, np.diff(rng.normal(0, 1, len(t) + 1)) * np.exp(-120 * t), 0.03)


def _add(y: Array, when: float, sound: Array, gain: float) -> None:
    begin = round(when * SR)
    part = y[begin : begin + len(sound)]
    part += gain * sound[: len(part)]
