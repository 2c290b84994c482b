"""Where to begin: on a beat that is like the first of a bar."""

from __future__ import annotations

import numpy as np

from tunelens.features.grid import Float64
from tunelens.features.rhythm import accents, estimate_tempo, track_beats
from tunelens.features.structure.heard import Heard

_AROUND_S = 15.0
_FIRST_BEAT_S = 0.3
_BEATS_A_BAR = 4
_EARLY_S = 0.03
_LEAST_CONFIDENCE = 0.3


def on_beat(heard: Heard, start_s: float, duration_s: float) -> tuple[float, float | None]:
    """Move `start_s` to a beat near by; return it, and the tempo; None, and nothing moves, without a pulse.

    The tempo is that of the stretch and 15 seconds on both sides. Of every four beats that one counts as the
    first of a bar at which onsets are strongest on the whole. The nearest beat is taken, and the first of
    a bar where it is hardly further; a little before the onset, so that nothing of it is lost. The stretch
    stays within the recording.
    """
    first = max(0, int((start_s - heard.start_s - _AROUND_S) * heard.fps))
    last = int((start_s - heard.start_s + duration_s + _AROUND_S) * heard.fps)
    curve = accents(heard.onsets[first:last], heard.fps)
    latest_s = heard.end_s - duration_s
    tempo = estimate_tempo(curve, heard.fps)
    if tempo.bpm is None or tempo.confidence < _LEAST_CONFIDENCE:
        return float(np.clip(start_s, heard.start_s, latest_s)), None
    beats = track_beats(curve, heard.fps, tempo.bpm).astype(np.float64)
    times_s = heard.start_s + first / heard.fps + beats
    away_s = np.abs(times_s - start_s)
    away_s[_first_of_bars(curve, beats * heard.fps) :: _BEATS_A_BAR] -= _FIRST_BEAT_S
    beat_s = float(times_s[np.argmin(away_s)]) - _EARLY_S
    return float(np.clip(beat_s, heard.start_s, latest_s)), round(tempo.bpm, 2)


def _first_of_bars(curve: Float64, frames: Float64) -> int:
    """Return which of the first four beats begins bars."""
    at = np.clip(np.round(frames).astype(int), 0, len(curve) - 1)
    # an onset is heard within a frame or two of its beat
    strength = np.max([curve[np.clip(at + shift, 0, len(curve) - 1)] for shift in (-2, -1, 0, 1, 2)], axis=0)
    sums = [strength[beat::_BEATS_A_BAR].mean() for beat in range(min(_BEATS_A_BAR, len(strength)))]
    return int(np.argmax(sums))
