"""Inputs that keep time: frames of the middle 30 s of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tunelens.audio import decode, probe
from tunelens.audio.clip import Clip
from tunelens.audio.resample import resample
from tunelens.base.errors import AudioError
from tunelens.base.settings import Settings
from tunelens.features.descriptors import Descriptors
from tunelens.features.frames import Frames
from tunelens.features.spectral import decibels
from tunelens.models.tagging import Tagging

Float32 = NDArray[np.float32]

EXCERPT_S = 30.0
"""Every sequence is this long; a shorter sound goes round and round until it is."""
LONGEST_SEARCH_S = 3600.0
"""How much is decoded where a header does not say, or lies about, how long a file is."""


@dataclass(frozen=True)
class SequenceInput:
    """Frame features of the middle 30 s.

    Parameters
    ----------
    name, summary : str
        See `Input`.
    feature : {"mfcc", "mel_db", "stft_db"}
        Which rows.
    dims : int
        How many rows.
    sr, n_fft, hop_length : int
        Rate the sound is brought to, Hz; frame length and step, samples.
    revision : int
        Rises when the numbers change.
    """

    name: str
    summary: str
    feature: str
    dims: int
    sr: int
    n_fft: int
    hop_length: int
    revision: int = 1
    kind: Literal["sequence"] = "sequence"
    nets: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Of the numbers."""
        return str(self.revision)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name of each row."""
        return tuple(f"{self.feature}_{i}" for i in range(self.dims))

    @property
    def n_frames(self) -> int:
        """Frames of every sequence."""
        return 1 + int(EXCERPT_S * self.sr) // self.hop_length

    def of_clip(self, clip: Clip, settings: Settings | None = None) -> Float32:  # noqa: ARG002
        """Return the frames of the middle 30 s of a clip, shape (n_frames, d)."""
        sound = resample(_middle(clip.require_samples()).mono(), self.sr)
        n = int(EXCERPT_S * self.sr)
        y = np.resize(sound.y, n) if sound.n_samples < n else sound.y[:n]
        return np.ascontiguousarray(self._rows(Clip(y, self.sr, source=clip.source)).T, np.float32)

    def _rows(self, clip: Clip) -> Float32:
        settings: dict[str, Any] = {"n_fft": self.n_fft, "hop_length": self.hop_length}
        if self.feature == "stft_db":
            return decibels(Frames(clip, **settings).power)
        if self.feature == "mfcc":
            return Frames(clip, n_mfcc=self.dims, **settings).mfcc
        return Frames(clip, n_mels=self.dims, **settings).mel_db

    def of_file(
        self,
        path: Path,
        start_s: float | None = None,
        end_s: float | None = None,
        settings: Settings | None = None,
    ) -> Float32:
        """Return the frames of the middle 30 s of a file, or of its excerpt; no more is decoded."""
        begin = start_s or 0.0
        end = end_s if end_s is not None else probe(path).duration_s
        return self.of_clip(_excerpt(path, begin, end), settings)

    def of_heard(self, descriptors: Descriptors, taggings: Mapping[str, Tagging]) -> None:  # noqa: ARG002
        """Return None: what `analyze` keeps has no time in it."""
        return


def _middle(clip: Clip) -> Clip:
    n = int(EXCERPT_S * clip.sr)
    first = max(0, (clip.n_samples - n) // 2)
    return clip.with_y(np.ascontiguousarray(clip.y[..., first : first + n]))


def _excerpt(path: Path, begin: float, end: float | None) -> Clip:
    if end is not None:
        first = max(begin, (begin + end - EXCERPT_S) / 2)
        try:
            return decode(path, mono=True, offset_s=first, duration_s=min(EXCERPT_S, end - first))
        except AudioError:
            pass  # the header promised what is not there: look at what is
    return _middle(decode(path, mono=True, offset_s=begin, duration_s=LONGEST_SEARCH_S))


MFCC_FRAMES = SequenceInput(
    "mfcc_frames", "20 MFCC every 46 ms of the middle 30 s", "mfcc", 20, 22050, 2048, 1024
)
LOGMEL = SequenceInput(
    "logmel", "96 mel bands in dB every 46 ms of the middle 30 s", "mel_db", 96, 22050, 2048, 1024
)
STFT = SequenceInput(
    "stft", "257 STFT bins in dB every 46 ms of the middle 30 s", "stft_db", 257, 11025, 512, 512
)
