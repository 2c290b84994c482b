"""Fingerprints: which recording this is, whatever codec, gain or cut it comes in.

Landmarks (Wang 2003, "An industrial-strength audio search algorithm"): peaks of the spectrogram, paired with
a few peaks that follow; a pair is a number of 24 bits, and its time. Codecs, gain and equalisers move few of
the peaks, a cut shifts all times alike, and equal numbers can be found without comparing all with all.
``python -m bench fingerprints`` measures them beside bits of energy differences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.audio.resample import resample
from tunelens.features.grid import Float32

FINGERPRINT_VERSION = "1"
SR = 11_025
N_FFT = 1024
HOP = 256
HOP_S = HOP / SR
"""Resolution of offsets, seconds: 23 ms."""

BINS = (10, 420)
"""Where peaks are looked for: 108 to 4522 Hz, which every codec keeps."""

APART = (16, 11)
"""A peak is the loudest point within so many bins and frames to each side."""

FAN_OUT = 4
REACH = 63
SPAN = 127
"""A peak is paired with the next `FAN_OUT` peaks within `REACH` frames and `SPAN` bins."""

FLOOR = 1e-3
"""Peaks below this share of the strongest of the recording are noise, -60 dB."""

_BLOCK = 4096
_AT_ONCE = 512
_PAIRED_AT_ONCE = 1 << 14


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """Landmarks of a recording, ordered by time.

    Parameters
    ----------
    hashes : ndarray of uint32, shape (n,)
        24 bits each: frequency of a peak, and how far the other is in frequency and time.
    frames : ndarray of int32, shape (n,)
        When the first peak of each sounds, in steps of `HOP_S` from the beginning of the recording.
    """

    hashes: NDArray[np.uint32]
    frames: NDArray[np.int32]

    def __len__(self) -> int:
        return self.hashes.size


@dataclass(frozen=True)
class Match:
    """How two fingerprints fit.

    Parameters
    ----------
    offset_s : float
        How far into the first recording the second begins; negative where it begins earlier.
    n_common : int
        Landmarks that both have at that offset.
    share : float
        Of the landmarks that the sparser of the two has where they overlap, 0 to 1.
    overlap_s : float
        From the first common landmark to the last, seconds.
    """

    offset_s: float
    n_common: int
    share: float
    overlap_s: float

    @property
    def is_same(self) -> bool:
        """Is it one recording? The limits are those that ``python -m bench fingerprints`` holds."""
        return self.n_common >= LEAST_COMMON and self.share >= LEAST_SHARE


LEAST_COMMON = 12
LEAST_SHARE = 0.02


def fingerprint(clip: Clip) -> Fingerprint:
    """Return the fingerprint of a clip of any rate and number of channels.

    Raises
    ------
    EmptyAudioError
        The clip holds no samples.

    Examples
    --------
    >>> y = np.random.default_rng(0).standard_normal(11025 * 20).astype(np.float32)
    >>> whole, cut = fingerprint(Clip(y, 11025)), fingerprint(Clip(0.1 * y[11025 * 5:], 11025))
    >>> found = compare(whole, cut)
    >>> found.is_same, round(found.offset_s, 1)
    (True, 5.0)
    """
    mono = resample(clip.require_samples().mono(), SR)
    return of_peaks(peaks(mono.y))


def peaks(y: Float32) -> NDArray[np.float64]:
    """Return frame, bin and magnitude of the peaks of sound at rate `SR`, shape (n, 3), ordered by time."""
    return highest(_spectrogram(y))


def highest(S: Float32) -> NDArray[np.float64]:
    """Return frame, bin and magnitude of the peaks of a spectrogram of `BINS`, (t, bins), shape (n, 3)."""
    sieve = Sieve()
    found = [sieve.add(S[begin : begin + _AT_ONCE]) for begin in range(0, len(S), _AT_ONCE)]
    return np.concatenate([*found, sieve.finish()])


class Sieve:
    """Finds the peaks of a spectrogram that comes in pieces; only the frames beside the last one are held."""

    def __init__(self) -> None:
        self._held = np.zeros((APART[1], BINS[1] - BINS[0]), np.float32)
        self._frame = 0

    def add(self, S: Float32) -> NDArray[np.float64]:
        """Take the next frames; return the peaks of those of which both sides are known, see `highest`."""
        bins, frames = APART
        self._held = np.concatenate([self._held, S])
        n_known = len(self._held) - 2 * frames
        if n_known < 1:
            return np.empty((0, 3))
        loudest = _largest_around(
            _largest_around(np.pad(self._held, ((0, 0), (bins, bins))).T, bins).T, frames
        )
        here = self._held[frames:-frames]
        t, f = np.nonzero((loudest == here) & (here > 0))
        found = np.stack([t + self._frame, f + BINS[0], here[t, f]], axis=1).astype(np.float64)
        self._held = self._held[n_known:]
        self._frame += n_known
        return found

    def finish(self) -> NDArray[np.float64]:
        """Return the peaks of the last frames."""
        return self.add(np.zeros((APART[1], BINS[1] - BINS[0]), np.float32))


def _largest_around(S: Float32, n: int) -> Float32:
    """Return the largest of each row and the `n` rows before and behind it, for all rows that have so many.

    By doubling: maxima of 1, 2, 4, ... rows; scipy's `maximum_filter` says the same in four times the time.
    """
    width, have = 2 * n + 1, 1
    while 2 * have <= width:
        S = np.maximum(S[:-have], S[have:])
        have *= 2
    rest = width - have
    return np.maximum(S[: len(S) - rest], S[rest:])


def _spectrogram(y: Float32) -> Float32:
    """Magnitudes within `BINS`, (t, bins); in blocks, so that hours do not fill the memory."""
    from scipy.fft import rfft

    padded = np.pad(y, (0, max(0, N_FFT - y.size)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    window = np.hanning(N_FFT).astype(np.float32)
    parts = [
        np.abs(rfft(frames[i : i + _BLOCK] * window, axis=1)[:, slice(*BINS)])
        for i in range(0, len(frames), _BLOCK)
    ]
    return np.concatenate(parts).astype(np.float32)


def of_peaks(found: NDArray[np.float64]) -> Fingerprint:
    """Return the fingerprint of peaks as `peaks` gives them, those of later stretches behind."""
    if not len(found):
        return Fingerprint(np.empty(0, np.uint32), np.empty(0, np.int32))
    kept = found[found[:, 2] >= FLOOR * found[:, 2].max()]
    return pair_up(kept[:, 0].astype(np.int64), kept[:, 1].astype(np.int64))


def pair_up(t: NDArray[np.int64], f: NDArray[np.int64], fan_out: int = FAN_OUT) -> Fingerprint:
    """Return the landmarks of peaks at frames `t` and bins `f`, ordered by time.

    Of a recording that is looked for, a larger `fan_out` finds pairs that noise has put further apart.
    """
    at, bins = t.astype(np.int32), f.astype(np.int32)
    parts = [_paired(at, bins, fan_out, begin) for begin in range(0, t.size, _PAIRED_AT_ONCE)]
    hashes, frames = [np.empty(0, np.uint32)], [np.empty(0, np.int32)]
    for first, second in parts:
        away = f[second] - f[first] + SPAN
        hashes.append((f[first] << 15 | away << 6 | (t[second] - t[first])).astype(np.uint32))
        frames.append(t[first].astype(np.int32))
    return Fingerprint(np.concatenate(hashes), np.concatenate(frames))


def _paired(
    t: NDArray[np.int32], f: NDArray[np.int32], fan_out: int, begin: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Peaks from number `begin` on, and the first `fan_out` behind each that are near enough."""
    end = min(begin + _PAIRED_AT_ONCE, t.size)
    steps = 4 * fan_out
    reach = np.pad(
        t[begin : end + steps], (0, max(0, end + steps - t.size)), constant_values=t[-1] + REACH + 1
    )
    pitch = np.pad(f[begin : end + steps], (0, max(0, end + steps - f.size)))
    later = np.lib.stride_tricks.sliding_window_view(reach, steps + 1)[:, 1:] - reach[: end - begin, None]
    away = np.lib.stride_tricks.sliding_window_view(pitch, steps + 1)[:, 1:] - pitch[: end - begin, None]
    near = (later > 0) & (later <= REACH) & (np.abs(away) <= SPAN)
    row, column = np.nonzero(near & (np.cumsum(near, axis=1, dtype=np.int16) <= fan_out))
    return row + begin, row + begin + column + 1


def compare(a: Fingerprint, b: Fingerprint) -> Match:
    """Return how `b` fits into `a`, at the offset where most landmarks agree."""
    rows, columns = _common(a.hashes, b.hashes)
    if not rows.size:
        return Match(0.0, 0, 0.0, 0.0)
    shift = a.frames[rows].astype(np.int64) - b.frames[columns]
    best = _mode(shift)
    near = np.abs(shift - best) <= 1
    n_common = min(np.unique(rows[near]).size, np.unique(columns[near]).size)
    possible = max(1, min(_inside(a, best, b, 1), _inside(b, -best, a, 1)))
    when = a.frames[rows[near]]
    offset = float(np.mean(shift[near]))
    return Match(
        offset * HOP_S, n_common, min(1.0, n_common / possible), float(when.max() - when.min()) * HOP_S
    )


def _mode(shift: NDArray[np.int64]) -> int:
    """Return the most frequent shift, counted together with its two neighbours."""
    values, counts = np.unique(shift, return_counts=True)
    total = counts.copy()
    follows = np.diff(values) == 1
    total[:-1] += counts[1:] * follows
    total[1:] += counts[:-1] * follows
    return int(values[total.argmax()])


def _inside(a: Fingerprint, shift: int, b: Fingerprint, slack: int) -> int:
    """Count the landmarks of `a` in the time that `b`, begun at `shift`, has landmarks."""
    inside = (a.frames >= shift + b.frames.min() - slack) & (a.frames <= shift + b.frames.max() + slack)
    return int(inside.sum())


def _common(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return all pairs of places where `a` and `b` are equal."""
    order = np.argsort(b, kind="stable")
    ordered = b[order]
    begin, end = np.searchsorted(ordered, a, "left"), np.searchsorted(ordered, a, "right")
    count = end - begin
    rows = np.repeat(np.arange(a.size), count)
    within = np.arange(rows.size) - np.repeat(np.cumsum(count) - count, count)
    return rows, order[np.repeat(begin, count) + within]
