"""`Clip`: samples that know their rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tunelens.base.card import Card, Fact, Shown
from tunelens.base.errors import EmptyAudioError, ParameterError
from tunelens.base.language import say

Samples = NDArray[np.float32]
MOST_PLAYED_S = 60.0
"""A longer clip has no player in a notebook, which is kept and sent around."""


@dataclass(frozen=True, eq=False)
class Clip(Shown):
    """An excerpt of sound.

    Parameters
    ----------
    y : ndarray of float32, shape (n_samples,) or (n_channels, n_samples)
        Samples, full scale at ±1.
    sr : int
        Sample rate, Hz.
    start_s : float
        Where the excerpt begins in its source, seconds.
    source : str
        The file it came from, or "" for sound that came from no file.

    Examples
    --------
    >>> clip = Clip(np.zeros((2, 4), np.float32), sr=4)
    >>> clip.duration_s, clip.n_channels, clip.mono().y.shape
    (1.0, 2, (4,))
    """

    y: Samples
    sr: int
    start_s: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        if self.y.ndim not in (1, 2):
            raise ParameterError(f"y has {self.y.ndim} dimensions; (n,) or (channels, n) is needed")
        if self.sr <= 0:
            raise ParameterError(f"sr is {self.sr}; a rate above 0 Hz is needed")
        object.__setattr__(self, "y", np.asarray(self.y, dtype=np.float32))

    @property
    def n_samples(self) -> int:
        """Samples per channel."""
        return self.y.shape[-1]

    @property
    def n_channels(self) -> int:
        """Channels; 1 for mono."""
        return 1 if self.y.ndim == 1 else self.y.shape[0]

    @property
    def duration_s(self) -> float:
        """Length, seconds."""
        return self.n_samples / self.sr

    def mono(self) -> Clip:
        """Return the mean of the channels as one channel."""
        return self if self.y.ndim == 1 else replace(self, y=self.y.mean(axis=0, dtype=np.float32))

    def _card(self) -> Card:
        from tunelens.audio.write import flac

        length, start = f"{self.duration_s:.1f}", f"{self.start_s:.1f}"
        told = say("{seconds} s from {start} s", seconds=length, start=start)
        facts = (Fact(say("length"), told), Fact(say("rate"), f"{self.sr:,} Hz × {self.n_channels}"))
        played = 0 < self.duration_s <= MOST_PLAYED_S and self.n_channels <= 2
        return Card(Path(self.source).name, facts=facts, sound=flac(self) if played else b"")

    def with_y(self, y: Samples) -> Clip:
        """Return the same excerpt with other samples at the same rate."""
        return replace(self, y=y)

    def require_samples(self) -> Clip:
        """Return self, or raise `EmptyAudioError` when there is no sample."""
        if self.n_samples == 0:
            raise EmptyAudioError(f"{self.source or 'the clip'} holds no samples")
        return self
