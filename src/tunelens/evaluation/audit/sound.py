"""What an audit needs to know of a sound file: all of it from one decode."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.audio.listen import Listening, listen
from tunelens.audio.loudness import integrated_lufs
from tunelens.audio.resample import resample
from tunelens.features import fingerprint as prints
from tunelens.features.fingerprint import Fingerprint

SOUND_VERSION = f"1.{prints.FINGERPRINT_VERSION}"
SR = 44_100
N_FFT = 4096
LEAST_CLIFF_DB = 12.0
LEAST_CUTOFF_HZ = 2000.0
SIDE_HZ = 500.0


@dataclass(frozen=True)
class SoundFacts:
    """How a recording is stored, apart from the music in it.

    Parameters
    ----------
    sr, n_channels : int
        Of the file, Hz and number.
    codec : str
        Say ``opus``.
    bit_rate : float
        Bits per second; from size and length where the header is silent.
    duration_s : float
        What could be decoded, seconds.
    loudness_lufs : float
        Integrated (BS.1770-4); NaN for silence.
    cutoff_hz : float
        Where the spectrum falls off a cliff; half the sample rate where it does not.
    warnings : tuple of str
        As `Listening.warnings`.
    artist : str or None
        From the tags of the file.
    """

    sr: int
    n_channels: int
    codec: str
    bit_rate: float
    duration_s: float
    loudness_lufs: float
    cutoff_hz: float
    warnings: tuple[str, ...] = ()
    artist: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as a JSON object; None for NaN."""
        plain = {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in asdict(self).items()}
        return plain | {"warnings": list(self.warnings)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> SoundFacts:
        """Build from what `to_dict` returned."""
        loudness = values["loudness_lufs"]
        known = {
            "warnings": tuple(values["warnings"]),
            "loudness_lufs": math.nan if loudness is None else loudness,
        }
        return cls(**(values | known))


def hear_sound(
    path: Path, start_s: float | None, end_s: float | None, longest_s: float
) -> tuple[SoundFacts, Fingerprint]:
    """Return facts and fingerprint of a file, or of an excerpt of it, in bounded memory.

    Raises
    ------
    AudioError, NotFoundError
        It cannot be heard.
    """
    begin = start_s or 0.0
    listening = listen(
        path, sr=SR, offset_s=begin, duration_s=None if end_s is None else end_s - begin,
        max_duration_s=longest_s,
    )  # fmt: skip
    peaks, powers, spectra = [], [], []
    for window in listening:
        powers.append(window.loudness_powers)
        if window.clip.n_samples:
            spectra.append(_power_sum(window.clip))
            peaks.append(_peaks(window.clip, begin))
    facts = _facts(listening, np.concatenate(powers), np.sum(spectra, axis=0))
    return facts, prints.of_peaks(np.concatenate(peaks))


def _peaks(clip: Clip, begin_s: float) -> NDArray[np.float64]:
    found = prints.peaks(resample(clip, prints.SR).y)
    found[:, 0] += round((clip.start_s - begin_s) / prints.HOP_S)
    return found


def _facts(listening: Listening, powers: NDArray[np.float64], spectrum: NDArray[np.float64]) -> SoundFacts:
    info, heard_s = listening.info, listening.duration_s
    loudness = integrated_lufs(powers)
    length_s = info.duration_s or heard_s
    return SoundFacts(
        sr=info.sr,
        n_channels=info.n_channels,
        codec=info.codec,
        bit_rate=float(info.bit_rate or (8 * info.size_bytes / length_s if length_s else 0.0)),
        duration_s=heard_s,
        loudness_lufs=loudness if math.isfinite(loudness) else math.nan,
        cutoff_hz=cutoff_hz(spectrum, SR, min(info.sr, SR) / 2),
        warnings=tuple(listening.warnings),
        artist=info.artist,
    )


def _power_sum(clip: Clip) -> NDArray[np.float64]:
    """Power of each bin, summed over frames."""
    from scipy.fft import rfft

    y = np.pad(clip.y, (0, -clip.n_samples % N_FFT)).reshape(-1, N_FFT)
    window = np.hanning(N_FFT).astype(np.float32)
    total = np.zeros(N_FFT // 2 + 1)
    for begin in range(0, len(y), 512):
        total += (np.abs(rfft(y[begin : begin + 512] * window, axis=1)) ** 2).sum(axis=0)
    return total


def cutoff_hz(power: NDArray[np.float64], sr: int, top_hz: float) -> float:
    """Return where a spectrum falls off a cliff, Hz.

    Music fades out towards high frequencies; a codec or a resampler cuts. The cut is where the mean level of
    the 500 Hz below exceeds that of the 500 Hz above the most, if by 12 dB or more.

    Parameters
    ----------
    power : ndarray, shape (n_bins,)
        Power from 0 to ``sr / 2``.
    sr : int
        Hz.
    top_hz : float
        What the file can hold at most; returned where there is no cliff.

    Examples
    --------
    >>> power = np.where(np.arange(2049) * 44100 / 4096 < 16000, 1.0, 1e-9)
    >>> round(cutoff_hz(power, 44100, 22050.0), -2), cutoff_hz(np.ones(2049), 44100, 22050.0)
    (16000.0, 22050.0)
    """
    if not power.max() > 0:
        return top_hz
    level = 10 * np.log10(np.maximum(power / power.max(), 1e-11))
    hz = sr / 2 / (power.size - 1)
    side, low, top = round(SIDE_HZ / hz), round(LEAST_CUTOFF_HZ / hz), int(0.95 * top_hz / hz)
    sums = np.concatenate([[0.0], np.cumsum(level)])
    at = np.arange(max(low, side), min(top, power.size - side))
    if not at.size:
        return top_hz
    fall = (2 * sums[at] - sums[at - side] - sums[at + side]) / side
    return float(at[fall.argmax()] * hz) if fall.max() >= LEAST_CLIFF_DB else top_hz
