"""`Descriptors`: what a track is, in numbers that a person can read and one long vector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from tunelens.audio.clip import Clip
from tunelens.audio.listen import Window
from tunelens.audio.loudness import LoudnessMeter, integrated_lufs, loudness_range_lu
from tunelens.audio.resample import resample
from tunelens.base.errors import DataError
from tunelens.features.danceability import Danceability, danceability
from tunelens.features.dynamics import dynamic_complexity_db
from tunelens.features.energy import Intensity, energy
from tunelens.features.grid import Float32, Float64
from tunelens.features.key import Key, estimate_key
from tunelens.features.pooling import Pooled, pool
from tunelens.features.rhythm import Tempo, accents, estimate_tempo, track_beats
from tunelens.features.summary import SUMMARY_SR, Summary

DESCRIPTORS_VERSION = 1
"""Raised whenever a value would come out differently; libraries then analyse anew."""


@dataclass(frozen=True, eq=False)
class Descriptors:
    """What a track is.

    Parameters
    ----------
    duration_s : float
        Length of what was heard, seconds.
    tempo : Tempo
        Beats per minute with confidence and alternatives.
    beats_s : ndarray of float32, shape (n_beats,)
        Times of the beats in the source, seconds, rounded to 1 ms; empty without a tempo.
    key : Key
        Tonic and mode with confidence.
    loudness_lufs : float or None
        Integrated loudness (ITU-R BS.1770-4), LUFS; None for silence.
    loudness_range_lu : float or None
        Loudness range (EBU Tech 3342), LU; None for silence.
    peak : float
        Largest absolute sample, full scale 1.
    danceability : Danceability
        0 to 1, and the exponent it comes from.
    energy : float
        0 (calm) to 1 (intense).
    dynamic_complexity_db : float or None
        Mean deviation of the loudness from its global level, dB; None for silence.
    waveform : Mapping of str to float
        The 42 waveform statistics (see `waveform_statistics`).
    pooled : Pooled
        Mean, standard deviation, skewness, kurtosis and percentiles of every frame feature.
    """

    duration_s: float
    tempo: Tempo
    beats_s: Float32
    key: Key
    loudness_lufs: float | None
    loudness_range_lu: float | None
    peak: float
    danceability: Danceability
    energy: float
    dynamic_complexity_db: float | None
    waveform: Mapping[str, float]
    pooled: Pooled

    def to_dict(self) -> dict[str, Any]:
        """Return the descriptors as JSON types, without NaN or infinity."""
        return {
            "version": DESCRIPTORS_VERSION,
            "duration_s": self.duration_s,
            "tempo": _tempo_to_dict(self.tempo),
            "beats_s": [round(x, 3) for x in self.beats_s.tolist()],
            "key": _key_to_dict(self.key),
            "loudness_lufs": self.loudness_lufs,
            "loudness_range_lu": self.loudness_range_lu,
            "peak": self.peak,
            "danceability": vars(self.danceability).copy(),
            "energy": self.energy,
            "dynamic_complexity_db": self.dynamic_complexity_db,
            "waveform": dict(self.waveform),
            "pooled": self.pooled.to_dict(),
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Descriptors:
        """Return the descriptors that `to_dict` gave.

        Raises
        ------
        DataError
            When something is missing or of another version.
        """
        if body.get("version") != DESCRIPTORS_VERSION:
            raise DataError(
                f"descriptors have version {body.get('version')!r}; {DESCRIPTORS_VERSION} is needed",
                hint="analyse the track again",
            )
        try:
            return cls(**{name: _READERS[name](body[name]) for name in _READERS})
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"these are no descriptors: {error!r}", hint="analyse the track again") from error


def _tempo_to_dict(tempo: Tempo) -> dict[str, Any]:
    body = vars(tempo) | {"half_bpm": tempo.half_bpm, "double_bpm": tempo.double_bpm}
    return body | {"alternatives": [list(pair) for pair in tempo.alternatives]}


def _tempo_from_dict(body: Mapping[str, Any]) -> Tempo:
    pairs = tuple((float(bpm), float(strength)) for bpm, strength in body["alternatives"])
    return Tempo(body["bpm"], float(body["confidence"]), pairs, body["reason"])


def _key_to_dict(key: Key) -> dict[str, Any]:
    return vars(key) | {"camelot": key.camelot}


def _key_from_dict(body: Mapping[str, Any]) -> Key:
    return Key(**{name: body[name] for name in ("tonic", "mode", "confidence", "tuning_hz", "reason")})


def _maybe(value: float | None) -> float | None:
    return None if value is None else float(value)


_READERS: dict[str, Any] = {
    "duration_s": float,
    "tempo": _tempo_from_dict,
    "beats_s": lambda times: np.array([float(time) for time in times], np.float32),
    "key": _key_from_dict,
    "loudness_lufs": _maybe,
    "loudness_range_lu": _maybe,
    "peak": float,
    "danceability": lambda body: Danceability(**body),
    "energy": float,
    "dynamic_complexity_db": _maybe,
    "waveform": lambda body: {name: float(value) for name, value in body.items()},
    "pooled": lambda body: Pooled(tuple(body), np.array(list(body.values()), np.float32)),
}


def describe(summary: Summary) -> Descriptors:
    """Return the descriptors of what was summed up.

    Parameters
    ----------
    summary : Summary
        Of a whole track, or of an excerpt.
    """
    curve = accents(summary.novelty, summary.fps)
    tempo = estimate_tempo(curve, summary.fps)
    lufs = integrated_lufs(summary.loudness_powers)
    return Descriptors(
        duration_s=summary.duration_s,
        tempo=tempo,
        beats_s=_beats(summary, curve, tempo),
        key=estimate_key(summary.tones),
        loudness_lufs=lufs if isfinite(lufs) else None,
        loudness_range_lu=loudness_range_lu(summary.loudness_powers) if isfinite(lufs) else None,
        peak=summary.peak,
        danceability=danceability(summary.levels),
        energy=energy(intensity_of(summary)),
        dynamic_complexity_db=dynamic_complexity_db(summary.loudness_powers),
        waveform=summary.waveform.statistics(),
        pooled=pool(summary.table.values, summary.table.names),
    )


def _beats(summary: Summary, curve: Float64, tempo: Tempo) -> Float32:
    if tempo.bpm is None:
        return np.zeros(0, np.float32)
    times = track_beats(curve, summary.fps, tempo.bpm)
    return np.round(summary.start_s + times[times <= summary.duration_s], 3).astype(np.float32)


def intensity_of(summary: Summary) -> Intensity:
    """Return what `energy` looks at."""
    return Intensity(
        loudness_lufs=integrated_lufs(summary.loudness_powers),
        activity=float(summary.novelty.mean(dtype=np.float64)),
    )


def describe_clip(clip: Clip) -> Descriptors:
    """Return the descriptors of a clip of any rate and number of channels.

    Loudness and peak are measured on all channels at the clip's own rate, everything else on the mean of
    the channels at 22.05 kHz.

    Raises
    ------
    EmptyAudioError
        When the clip holds no samples.
    DataError
        When samples are not finite.

    Examples
    --------
    >>> t = np.arange(5 * 22050) / 22050
    >>> clicks = np.sin(2 * np.pi * 880 * t) * np.exp(-40 * (t % 0.5))
    >>> descriptors = describe_clip(Clip(clicks.astype(np.float32), 22050))
    >>> round(descriptors.tempo.bpm), len(descriptors.beats_s), descriptors.key.tonic
    (120, 9, 'A')
    """
    peak = float(np.abs(clip.require_samples().y).max())
    if not isfinite(peak):
        raise DataError(f"{clip.source or 'the clip'} holds samples that are not finite")
    meter = LoudnessMeter(clip.sr, clip.n_channels)
    meter.add(clip.y)
    mono = resample(clip.mono(), SUMMARY_SR)
    return describe(Summary.of(Window(mono, meter.powers, peak, is_last=True)))
