"""Tempo, key, level and energy of the last seconds of a stream, each frame computed once."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.audio.loudness import SEGMENTS_PER_S, integrated_lufs, loudness_range_lu
from tunelens.features import Frames, Grid
from tunelens.features.danceability import BLOCK_S, danceability, levels
from tunelens.features.descriptors import Descriptors
from tunelens.features.dynamics import dynamic_complexity_db
from tunelens.features.energy import Intensity, energy
from tunelens.features.frames import REDUCERS
from tunelens.features.key import Tones, estimate_key, tones_over_time
from tunelens.features.pooling import Pooled
from tunelens.features.rhythm import accents, estimate_tempo, novelty, track_beats
from tunelens.features.summary import SUMMARY_SR
from tunelens.services.live.intake import Beat
from tunelens.services.live.ring import Ring
from tunelens.services.live.tail import Tail

WINDOW_S = 30.0
"""What tempo, key and level look back on; ``python -m bench live`` compares it with shorter ones."""
GRID = Grid(SUMMARY_SR)
_FPS = SUMMARY_SR / GRID.hop_length
_TONES_STEP = 4096
_SILENT_LUFS = -200.0


class _MelFrames(Frames):
    reducers = {"mel": REDUCERS["mel"]}  # noqa: RUF012 - a property of the base class


def _mel(y: NDArray[np.float32]) -> NDArray[np.float32]:
    return _MelFrames(Clip(y, SUMMARY_SR)).mel.T


def _tones(y: NDArray[np.float32]) -> NDArray[np.float32]:
    return tones_over_time(y, SUMMARY_SR)[1]


@dataclass(frozen=True, eq=False)
class Measures:
    """What was measured of the last seconds.

    Parameters
    ----------
    descriptors : Descriptors
        Tempo, beats, key, loudness, energy...; no pooled features and no waveform statistics.
    window_s : float
        How many seconds they rest upon.
    momentary_lufs, short_term_lufs : float or None
        Loudness of the last 400 ms and of the last 3 s (EBU Tech 3341); None for silence.
    """

    descriptors: Descriptors
    window_s: float
    momentary_lufs: float | None
    short_term_lufs: float | None


class Rolling:
    """Keeps of a stream what `Measures` follow from: about 1 MB, however long it goes on.

    Parameters
    ----------
    every_s : float
        Seconds between two beats of the stream.
    """

    def __init__(self, every_s: float) -> None:
        self._mel_tail = Tail(GRID.hop_length, GRID.n_fft // 2, _mel)
        self._tones_tail = Tail(_TONES_STEP, _TONES_STEP // 2, _tones)
        self._width = round(BLOCK_S * SUMMARY_SR)
        self._rest = np.zeros(0, np.float32)
        self._every_s = every_s
        self._mel, self._tones = Ring(WINDOW_S * _FPS), Ring(WINDOW_S * SUMMARY_SR / _TONES_STEP)
        self._levels, self._powers = Ring(WINDOW_S / BLOCK_S), Ring(WINDOW_S * SEGMENTS_PER_S)
        self._peaks = Ring(WINDOW_S / every_s)

    def add(self, beat: Beat) -> None:
        """Hear the next half second."""
        self._mel.add(self._mel_tail.add(beat.y))
        self._tones.add(self._tones_tail.add(beat.y))
        y = np.concatenate([self._rest, beat.y])
        whole = len(y) // self._width * self._width
        self._levels.add(levels(y[:whole], SUMMARY_SR))
        self._rest = y[whole:].copy()
        self._powers.add(beat.powers)
        self._peaks.add(np.array([beat.peak]))

    def measure(self, window_s: float) -> Measures:
        """Return what the last `window_s` seconds are, `WINDOW_S` at most."""
        window_s = min(window_s, WINDOW_S)
        powers = self._powers.last(window_s * SEGMENTS_PER_S)
        curve = novelty(self._mel.last(window_s * _FPS).T)
        loud = accents(curve, _FPS)
        tempo = estimate_tempo(loud, _FPS)
        lufs = integrated_lufs(powers)
        beats_s = np.zeros(0, np.float32) if tempo.bpm is None else track_beats(loud, _FPS, tempo.bpm)
        descriptors = Descriptors(
            duration_s=window_s,
            tempo=tempo,
            beats_s=beats_s,
            key=estimate_key(Tones(self._tones.last(window_s * SUMMARY_SR / _TONES_STEP).sum(axis=0))),
            loudness_lufs=lufs if isfinite(lufs) else None,
            loudness_range_lu=loudness_range_lu(powers) if isfinite(lufs) else None,
            peak=float(self._peaks.last(window_s / self._every_s).max()),
            danceability=danceability(self._levels.last(window_s / BLOCK_S)),
            energy=energy(Intensity(lufs, float(curve.mean(dtype=np.float64)))),
            dynamic_complexity_db=dynamic_complexity_db(powers),
            waveform={},
            pooled=Pooled((), np.zeros(0, np.float32)),
        )
        return Measures(descriptors, window_s, self._lufs(0.4), self._lufs(3.0))

    def _lufs(self, seconds: float) -> float | None:
        powers = self._powers.last(seconds * SEGMENTS_PER_S)
        lufs = -0.691 + 10 * np.log10(max(float(powers.mean()), 1e-20))
        return float(lufs) if lufs > _SILENT_LUFS + 10 else None
