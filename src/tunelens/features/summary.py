"""`Summary`: the little that is kept of a window of sound, from which all descriptors follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from tunelens.audio.listen import Window
from tunelens.base.errors import ParameterError
from tunelens.features.danceability import levels
from tunelens.features.frames import Frames, Table
from tunelens.features.grid import Float32, Float64
from tunelens.features.key import Tones
from tunelens.features.rhythm import novelty
from tunelens.features.waveform import WaveformSums

SUMMARY_SR = 22050
MOST_COLUMNS = 1 << 16
"""Frames kept for pooling; beyond 25 minutes every second one is dropped, and so on."""


@dataclass(frozen=True, eq=False)
class Summary:
    """What is kept of a stretch of sound; stretches that follow each other can be added.

    An hour of sound takes about 25 MB, of which 24 MB is `table`, which does not grow further.

    Parameters
    ----------
    start_s : float
        Where the stretch begins in its source, seconds.
    duration_s : float
        Its length, seconds.
    fps : float
        Frames per second of `novelty`.
    table : Table
        The frame features that are pooled, every `stride`-th frame.
    stride : int
        A power of two.
    novelty : ndarray of float32, shape (t,)
        How much is new in each frame (see `rhythm.novelty`).
    levels : ndarray of float32, shape (n,)
        Standard deviation of the samples in blocks of 10 ms.
    tones : Tones
        Which pitch classes sounded.
    loudness_powers : ndarray of float64, shape (m,)
        K-weighted power of every 100 ms.
    peak : float
        Largest absolute sample.
    waveform : WaveformSums
        Moments of the waveform.
    """

    start_s: float
    duration_s: float
    fps: float
    table: Table
    stride: int
    novelty: Float32
    levels: Float32
    tones: Tones
    loudness_powers: Float64
    peak: float
    waveform: WaveformSums

    @classmethod
    def of(cls, window: Window, frames: Frames | None = None) -> Summary:
        """Measure a window; `frames` are those of its clip, if they are at hand.

        Raises
        ------
        EmptyAudioError
            When the window holds no samples.
        DataError
            When samples are not finite.
        """
        frames = frames or Frames(window.clip)
        # the last frame of a window stands where the first of the next one stands
        kept = slice(None) if window.is_last else slice(0, max(1, frames.n_frames - 1))
        y, sr = frames.clip.y, frames.clip.sr
        table = frames.table()
        summary = cls(
            start_s=window.clip.start_s,
            duration_s=window.clip.duration_s,
            fps=sr / frames.grid.hop_length,
            table=Table(table.names, table.values[:, kept]),
            stride=1,
            novelty=novelty(frames.mel)[kept],
            levels=levels(y, sr),
            tones=Tones.of(y, sr),
            loudness_powers=window.loudness_powers,
            peak=window.peak,
            waveform=WaveformSums.of(y),
        )
        return summary._thinned()

    @classmethod
    def concat(cls, parts: Iterable[Summary]) -> Summary:
        """Join stretches that follow each other; given a generator, only two are held at a time.

        Raises
        ------
        ParameterError
            When there is none, or when rates differ.
        """
        rest = iter(parts)
        first = next(rest, None)
        if first is None:
            raise ParameterError("no summary was given; at least one is needed")
        return reduce(cls.__add__, rest, first)

    def __add__(self, later: Summary) -> Summary:
        """Append the stretch that follows this one."""
        if self.fps != later.fps:
            raise ParameterError(f"frame rates {self.fps:g} and {later.fps:g} differ; one rate is needed")
        stride = max(self.stride, later.stride)
        columns = [part.table.values[:, :: stride // part.stride] for part in (self, later)]
        return Summary(
            start_s=self.start_s,
            duration_s=self.duration_s + later.duration_s,
            fps=self.fps,
            table=Table(self.table.names, np.concatenate(columns, axis=1)),
            stride=stride,
            novelty=np.concatenate([self.novelty, later.novelty]),
            levels=np.concatenate([self.levels, later.levels]),
            tones=self.tones + later.tones,
            loudness_powers=np.concatenate([self.loudness_powers, later.loudness_powers]),
            peak=max(self.peak, later.peak),
            waveform=self.waveform + later.waveform,
        )._thinned()

    def _thinned(self) -> Summary:
        """Drop every second column until there are few enough."""
        if self.table.values.shape[1] <= MOST_COLUMNS:
            return self
        thin = Table(self.table.names, self.table.values[:, ::2].copy())
        return replace(self, table=thin, stride=2 * self.stride)._thinned()

    def row(self, name: str) -> Float32:
        """Return the row `name` of the table, (t,)."""
        return self.table.values[self.table.names.index(name)]
