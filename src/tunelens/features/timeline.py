"""From sound of any length to a bounded number of columns, averaged as it goes: memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.base.errors import EmptyAudioError
from tunelens.features import Frames, Grid

Floats = NDArray[np.floating]
Sound = Clip | Iterable[Clip]
"""A clip, or the consecutive pieces of a recording that is too long to be held at once."""

MAX_COLUMNS = 2000
_PIECE_FRAMES = 1280
_USUAL_SR = 22050


@dataclass(frozen=True, eq=False)
class Timeline:
    """A matrix over time.

    Parameters
    ----------
    values : ndarray of float, shape (d, t)
        One column per stretch of time.
    edges_s : ndarray of float, shape (t + 1,)
        Where the columns begin and end, seconds from the start of the source.
    """

    values: Floats
    edges_s: Floats

    @property
    def middles_s(self) -> Floats:
        """Middle of each column, seconds."""
        return (self.edges_s[1:] + self.edges_s[:-1]) / 2


class Fold:
    """Columns of a growing matrix; whenever there would be more than `limit`, neighbours are merged.

    Parameters
    ----------
    limit : int
        Most columns, even; a shorter last one may come on top.
    merge : callable
        What makes one column of several: ``merge(array, axis)``, such as `numpy.mean`.
    step : int
        Least frames per column.

    Examples
    --------
    >>> fold = Fold(limit=4)
    >>> fold.add(np.arange(9.0)[None])
    >>> fold.step, fold.columns().tolist()
    (2, [[0.5, 2.5, 4.5, 6.5, 8.0]])
    """

    def __init__(
        self, limit: int = MAX_COLUMNS, merge: Callable[..., Floats] = np.mean, step: int = 1
    ) -> None:
        self.limit = limit
        self.step = step
        self.n_frames = 0
        self._merge = merge
        self._filled = 0
        self._full: Floats = np.empty((0, limit))
        self._rest: Floats = np.empty((0, 0))

    def add(self, frames: Floats) -> None:
        """Append `frames` of shape (d, t)."""
        if self.n_frames == 0:
            self._full, self._rest = np.empty((len(frames), self.limit), frames.dtype), frames[:, :0]
        self.n_frames += frames.shape[1]
        frames = np.concatenate([self._rest, frames], axis=1)
        while frames.shape[1] >= self.step:
            if self._filled == self.limit:
                self._halve()
                continue
            frames = self._fill(frames)
        self._rest = frames

    def _fill(self, frames: Floats) -> Floats:
        n = min(self.limit - self._filled, frames.shape[1] // self.step)
        whole = frames[:, : n * self.step].reshape(len(frames), n, self.step)
        self._full[:, self._filled : self._filled + n] = self._merge(whole, axis=2)
        self._filled += n
        return frames[:, n * self.step :]

    def _halve(self) -> None:
        pairs = self._full.reshape(len(self._full), -1, 2)
        self._filled = self.limit // 2
        self._full[:, : self._filled] = self._merge(pairs, axis=2)
        self.step *= 2

    def columns(self) -> Floats:
        """Return the columns so far; the last may stand for fewer frames than the others."""
        full = self._full[:, : self._filled]
        if self._rest.shape[1] == 0:
            return full.copy()
        return np.concatenate([full, self._merge(self._rest, axis=1)[:, None]], axis=1)

    def edges(self) -> NDArray[np.int64]:
        """Return where columns begin, in frames, and the number of frames."""
        return np.append(np.arange(0, self.n_frames, self.step), self.n_frames)


def clips_of(sound: Sound) -> Iterator[Clip]:
    """Yield the clips of `sound` that hold samples.

    Raises
    ------
    EmptyAudioError
        When there are none.
    """
    some = (clip for clip in ([sound] if isinstance(sound, Clip) else sound) if clip.n_samples)
    first = next(some, None)
    if first is None:
        raise EmptyAudioError(f"{(isinstance(sound, Clip) and sound.source) or 'the clip'} holds no samples")
    return chain([first], some)


@dataclass(frozen=True)
class Step:
    """Frame length and step, samples."""

    n_fft: int
    hop_length: int


def step_for(sr: int) -> Step:
    """Return frames of about 93 ms every 23 ms at any rate: 2048 and 512 samples at 22.05 kHz.

    Examples
    --------
    >>> step_for(44100)
    Step(n_fft=4096, hop_length=1024)
    """
    octaves = int(np.clip(np.round(np.log2(sr / _USUAL_SR)), -5, 4))
    n_fft = int(2048 * 2.0**octaves)
    return Step(n_fft, n_fft // 4)


@dataclass(frozen=True, eq=False)
class Piece:
    """Frames of a stretch of sound and of some of its surroundings.

    Parameters
    ----------
    frames : Frames
        All of them.
    kept : slice
        The frames that count; the others give context.
    """

    frames: Frames
    kept: slice


def pieces(clips: Iterable[Clip], grid: Grid, margin: int) -> Iterator[Piece]:
    """Cut `clips`, which follow each other, into stretches with up to `margin` frames on each side."""
    hop = grid.hop_length
    span, border = _PIECE_FRAMES * hop, margin * hop
    held, skip = np.empty(0, np.float32), 0
    for clip in clips:
        held = np.concatenate([held, clip.mono().y])
        while len(held) >= skip + span + border:
            yield _piece(held[: skip + span + border], grid, slice(skip // hop, (skip + span) // hop))
            held = held[max(0, skip + span - border) :]
            skip = min(border, skip + span)
    if len(held) > skip:
        yield _piece(held, grid, slice(skip // hop, max(skip // hop + 1, len(held) // hop)))


def _piece(y: NDArray[np.float32], grid: Grid, kept: slice) -> Piece:
    frames = Frames(
        Clip(y, grid.sr),
        n_fft=grid.n_fft,
        hop_length=grid.hop_length,
        n_mels=grid.n_mels,
        n_mfcc=grid.n_mfcc,
    )
    return Piece(frames, kept)


def timeline(
    sound: Sound,
    compute: Callable[[Frames], Floats],
    *,
    limit: int = MAX_COLUMNS,
    finest_s: float = 0.0,
    margin: int = 4,
    n_mels: int = 128,
    n_mfcc: int = 20,
) -> Timeline:
    """Return what `compute` makes of frames, over the whole of `sound`, averaged to few columns.

    Parameters
    ----------
    sound : Clip or iterable of Clip
        What is looked at; the mean of its channels.
    compute : callable
        From `Frames` to an array of shape (d, t).
    limit : int
        Most columns (a shorter last one may come on top).
    finest_s : float
        Columns are at least about so long, seconds.
    margin : int
        Frames on each side that `compute` must see for a frame to be right.
    n_mels, n_mfcc : int
        See `Grid`.

    Examples
    --------
    >>> loud = timeline(Clip(np.ones(22050), 22050), lambda frames: frames.rms[None])
    >>> loud.values.shape, loud.edges_s[[0, -1]].tolist()
    ((1, 43), [0.0, 1.0])
    """
    clips = Counted(clips_of(sound))
    step = step_for(clips.sr)
    grid = Grid(clips.sr, step.n_fft, step.hop_length, n_mels, n_mfcc)
    fold = Fold(limit, step=max(1, round(finest_s * grid.sr / grid.hop_length)))
    for piece in pieces(clips, grid, margin):
        fold.add(compute(piece.frames)[:, piece.kept])
    edges_s = (fold.edges() - 0.5) * (grid.hop_length / grid.sr)
    edges_s[0], edges_s[-1] = 0.0, clips.n_samples / clips.sr
    return Timeline(fold.columns(), clips.start_s + edges_s)


def peeked(sound: Sound) -> Peeked:
    """Return the rate of `sound` and what it was before it was looked at."""
    clips = clips_of(sound)
    first = next(clips)
    return Peeked(first.sr, chain([first], clips))


class Peeked(NamedTuple):
    """Sound whose rate is known."""

    sr: int
    clips: Iterator[Clip]


class Counted:
    """Clips on their way through, and how long they were together."""

    def __init__(self, clips: Iterator[Clip]) -> None:
        first = next(clips)
        self.sr, self.start_s, self.n_samples = first.sr, first.start_s, 0
        self._clips = chain([first], clips)

    def __iter__(self) -> Iterator[Clip]:
        for clip in self._clips:
            self.n_samples += clip.n_samples
            yield clip
