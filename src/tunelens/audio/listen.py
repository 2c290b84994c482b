"""`listen`: one decode pass that gives everything the analysis needs, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tunelens.audio.clip import Clip, Samples
from tunelens.audio.decode import mix_down
from tunelens.audio.info import AudioInfo, info_of
from tunelens.audio.loudness import LoudnessMeter, Powers
from tunelens.audio.resample import QUALITY, check_rate
from tunelens.audio.source import Source, check_excerpt
from tunelens.base.errors import ParameterError

WINDOW_GRAIN = 64_000
FULL_SCALE = 0.9999
CLIPPED_SHARE = 0.001
SILENT_PEAK = 1e-4
_BLOCK_S = 2.0


@dataclass(frozen=True, eq=False)
class Window:
    """A long stretch of one recording.

    Parameters
    ----------
    clip : Clip
        Mono sound at the rate that was asked for, `start_s` set.
    loudness_powers : ndarray of float64, shape (n,)
        K-weighted power of each 100 ms that ended since the last window; joined over all windows they are
        those of the whole recording.
    peak : float
        Largest absolute sample of the blocks decoded for this window, all channels, at the file's own rate.
    is_last : bool
        The recording ends with it.
    """

    clip: Clip
    loudness_powers: Powers
    peak: float
    is_last: bool


class Listening:
    """What `listen` returns: iterate it once; then `warnings` and `duration_s` are complete.

    Attributes
    ----------
    info : AudioInfo
        Header and tags.
    duration_s : float
        What was really decoded, seconds.
    """

    def __init__(
        self, source: Source, *, sr: int, n_window: int, offset_s: float, duration_s: float, limited: bool
    ) -> None:
        self.info: AudioInfo = info_of(source)
        self.duration_s = 0.0
        self._source = source
        self._sr, self._n_window = sr, n_window
        self._offset_s, self._longest_s, self._limited = offset_s, duration_s, limited
        self._meter = LoudnessMeter(source.facts.sr, source.facts.n_channels)
        self._measured = 0
        self._peak = self._window_peak = 0.0
        self._n_clipped = self._n_values = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the recording, as far as it was heard."""
        return (*self._source.warnings, *self._judge_level(), *self._judge_length())

    def __iter__(self) -> Iterator[Window]:
        if self._n_values:
            raise ParameterError("a Listening can be iterated once", hint="call listen() again")
        with self._source:
            yield from self._windows()

    def _windows(self) -> Iterator[Window]:
        held = np.empty(0, np.float32)
        start = 0
        for y in self._resampled():
            held = np.concatenate([held, y]) if held.size else y
            while held.size > self._n_window:
                yield self._window(held[: self._n_window], start, is_last=False)
                start += self._n_window
                held = held[self._n_window :]
        yield self._window(held, start, is_last=True)

    def _window(self, y: Samples, start: int, *, is_last: bool) -> Window:
        powers = self._meter.powers
        fresh, self._measured = powers[self._measured :], powers.size
        peak, self._window_peak = self._window_peak, 0.0
        start_s = self._offset_s + start / self._sr
        clip = Clip(np.ascontiguousarray(y), self._sr, start_s=start_s, source=str(self._source.path))
        return Window(clip, fresh, peak, is_last)

    def _resampled(self) -> Iterator[Samples]:
        """Mono sound at the new rate, about a window at a time."""
        import soxr

        native = self._source.facts.sr
        convert = None
        if native != self._sr:
            convert = soxr.ResampleStream(native, self._sr, 1, dtype="float32", quality=QUALITY)
        parts, size = [], 0
        for y in self._source.blocks(_BLOCK_S, self._offset_s, self._longest_s):
            mono = self._measure(y)
            parts.append(mono if convert is None else convert.resample_chunk(mono))
            size += parts[-1].size
            if size > self._n_window:
                yield np.concatenate(parts)
                parts, size = [], 0
        if convert is not None:
            parts.append(convert.resample_chunk(np.empty(0, np.float32), last=True))
        if parts:
            yield np.concatenate(parts)

    def _measure(self, y: Samples) -> Samples:
        """Take loudness, peak and clipping from a native block; return its mono mix."""
        self._meter.add(y)
        peak = self._source.peak
        self._window_peak = max(self._window_peak, peak)
        self._peak = max(self._peak, peak)
        self._n_values += y.size
        if peak >= FULL_SCALE:
            self._n_clipped += int(np.count_nonzero(np.abs(y) >= FULL_SCALE))
        self.duration_s += y.shape[1] / self._source.facts.sr
        return mix_down(y)

    def _judge_level(self) -> Iterator[str]:
        if self._n_values and self._peak < SILENT_PEAK:
            yield "silent: no sample is louder than -80 dB of full scale"
        share = self._n_clipped / max(1, self._n_values)
        if share > CLIPPED_SHARE:
            yield f"clipped: {100 * share:.2g}% of the samples are at full scale"

    def _judge_length(self) -> Iterator[str]:
        if self._limited and self.duration_s >= self._longest_s:
            yield f"long: only the first {self._longest_s:g} s were heard"


def listen(
    path: str | os.PathLike[str],
    *,
    sr: int = 22050,
    window_s: float = 300.0,
    offset_s: float = 0.0,
    duration_s: float | None = None,
    max_duration_s: float = 86_400.0,
) -> Listening:
    """Decode a file once: mono windows, with the loudness of all channels measured on the way.

    Parameters
    ----------
    path : path-like
        Any audio file, or a video with a sound track.
    sr : int
        Rate of the windows, Hz.
    window_s : float
        Length of a window, seconds, rounded down to a multiple of 64000 samples (at least one); the last is
        shorter.
    offset_s, duration_s : float
        The excerpt, as for `decode`.
    max_duration_s : float
        Longest recording that is heard, seconds; the rest is left out with a warning.

    Returns
    -------
    Listening
        Most songs are one window. Warnings name a recording that is cut off, silent (no sample above 1e-4) or
        clipped (more than 0.1% of the samples at 0.9999 of full scale or beyond).

    Raises
    ------
    NotFoundError
        There is no such file.
    DecodeError, EmptyAudioError
        It cannot be heard; raised here or, where the damage is further on, by the iteration.
    """
    check_excerpt(offset_s, duration_s)
    check_rate(sr)
    if not window_s > 0 or not max_duration_s > 0:
        raise ParameterError(
            f"window_s is {window_s}, max_duration_s {max_duration_s}; more than 0 s is allowed"
        )
    limited = duration_s is None or duration_s > max_duration_s
    return Listening(
        Source(Path(path)),
        sr=sr,
        n_window=max(1, int(window_s * sr) // WINDOW_GRAIN) * WINDOW_GRAIN,
        offset_s=offset_s,
        duration_s=max_duration_s if limited else duration_s or max_duration_s,
        limited=limited,
    )
