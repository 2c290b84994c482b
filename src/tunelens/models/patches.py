"""Cutting patches out of a recording that streams by, each resampled on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.audio.resample import resample
from tunelens.base.errors import ParameterError

Float32 = NDArray[np.float32]

MARGIN_S = 0.02
"""Sound around an excerpt in which the resampler's filter settles."""


@dataclass(frozen=True)
class Cut:
    """Which samples a patch sees.

    Parameters
    ----------
    sr : int
        Sample rate, Hz.
    step : int
        Samples from the begin of one patch to the begin of the next; also a patch's nominal length.
    length : int
        Samples that a patch sees.
    context : int
        How many of them lie before its begin.
    """

    sr: int
    step: int
    length: int
    context: int = 0

    @property
    def patch_s(self) -> float:
        """Nominal length, seconds."""
        return self.step / self.sr


@dataclass(frozen=True, eq=False)
class Excerpt:
    """What patch number `index` needs, still at the rate of the recording."""

    index: int
    y: Float32
    sr: int
    offset: int

    def samples(self, cut: Cut) -> Float32:
        """Return the `cut.length` samples at `cut.sr`."""
        y = resample(Clip(self.y, self.sr), cut.sr).y
        y = y[self.offset : self.offset + cut.length]
        return np.pad(y, (0, cut.length - y.size))


class Tape:
    """The part of a recording that patches to come still need.

    Excerpts begin at instants that are whole samples at both rates, so that a patch is the same wherever
    the borders of the windows fall.
    """

    def __init__(self, cut: Cut, sr: int) -> None:
        shared = gcd(cut.sr, sr)
        self.cut = cut
        self.sr = sr
        self._unit_here, self._unit_there = sr // shared, cut.sr // shared
        self._margin = int(MARGIN_S * cut.sr)
        self._y = np.zeros(0, np.float32)
        self._begin = 0

    @property
    def n_samples(self) -> int:
        """Samples that have come so far."""
        return self._begin + self._y.size

    def add(self, clip: Clip) -> None:
        """Append the next window."""
        if clip.sr != self.sr:
            raise ParameterError(f"sr changed from {self.sr} to {clip.sr}; one rate per recording is needed")
        y = clip.mono().y
        self._y = np.concatenate([self._y, y]) if self._y.size else y

    def finish(self) -> None:
        """Append the silence that the last frames look into."""
        beyond = (self.cut.context + self._margin) / self.cut.sr * self.sr
        self._y = np.concatenate([self._y, np.zeros(int(np.ceil(beyond)) + 1, np.float32)])

    def take(self, index: int) -> Excerpt | None:
        """Return what patch `index` needs, or None when not all of it is here yet."""
        begin = index * self.cut.step - self.cut.context
        first = (begin - self._margin) // self._unit_there
        end = -(-(begin + self.cut.length + self._margin) * self._unit_here // self._unit_there)
        if end > self.n_samples:
            return None
        y = self._between(first * self._unit_here, end)
        return Excerpt(index, y, self.sr, offset=begin - first * self._unit_there)

    def _between(self, first: int, end: int) -> Float32:
        if first < 0:
            return np.pad(self._between(0, end), (-first, 0))
        return self._y[first - self._begin : end - self._begin].copy()

    def forget_before(self, index: int) -> None:
        """Drop what only patches before `index` need."""
        begin = index * self.cut.step - self.cut.context - self._margin
        keep_from = max(self._begin, begin // self._unit_there * self._unit_here)
        drop = min(keep_from - self._begin, self._y.size)
        self._y, self._begin = self._y[drop:].copy(), self._begin + drop

    def whole(self) -> Float32:
        """Return all that is kept; the whole recording while nothing was forgotten."""
        return self._y


class Patches:
    """Patches at multiples of the patch length: all, or about `n_patches` of them evenly spaced.

    With a number, every patch is kept at first, then every second, every fourth...: never more than four
    times as many as wanted, whatever the length of the recording, which need not be known before its end.
    """

    def __init__(self, n_patches: int | None) -> None:
        if n_patches is not None and n_patches < 1:
            raise ParameterError(f"n_patches is {n_patches}; at least 1 is needed, or None for all")
        self.n_patches = n_patches
        self.next = 0
        self._stride = 1
        self._kept: list[Excerpt] = []

    def take_from(self, tape: Tape) -> None:
        """Keep what the tape holds now."""
        while (excerpt := tape.take(self.next)) is not None:
            self._keep(excerpt)
        tape.forget_before(self.next)

    def _keep(self, excerpt: Excerpt) -> None:
        self._kept.append(excerpt)
        if self.n_patches is not None and len(self._kept) == 4 * self.n_patches:
            self._kept = self._kept[::2]
            self._stride *= 2
        self.next = (excerpt.index // self._stride + 1) * self._stride

    def release(self) -> Iterator[Excerpt]:
        """Hand out what is kept: at the end, or for all patches now and then."""
        kept, self._kept = self._kept, []
        n = len(kept) if self.n_patches is None else min(self.n_patches, len(kept))
        return (kept[int((i + 0.5) * len(kept) / n)] for i in range(n))
