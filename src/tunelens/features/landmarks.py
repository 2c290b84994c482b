"""What a library keeps to know a recording again: the peaks of its spectrogram, packed.

Of every peak only frame and bin are kept, about 30 bytes per second of music. The landmarks (pairs of peaks,
see `tunelens.features.fingerprint`) follow from them whenever they are needed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.audio.listen import Listening, Window
from tunelens.base.errors import DataError
from tunelens.features import fingerprint
from tunelens.features.fingerprint import BINS, FAN_OUT, FLOOR, HOP_S, Fingerprint, Sieve
from tunelens.features.frames import REDUCERS, Frames, Reducer
from tunelens.features.grid import Float32, Grid
from tunelens.features.packed import inflated
from tunelens.features.spectrum import Block, blocks
from tunelens.features.summary import SUMMARY_SR

LANDMARKS_VERSION = "1"
GRID = Grid(SUMMARY_SR)
"""Bins and frames of the STFT that descriptors are made from are as wide as those of `fingerprint`."""

MOST_PEAKS = 1 << 23
"""Peaks of four days of music: more is not a print, but an attack on the memory."""


class PeakFrames(Frames):
    """Frames at `SUMMARY_SR` that find, in the same pass over their STFT, the peaks of its spectra."""

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._sieve = Sieve()

    @property
    def reducers(self) -> Mapping[str, Reducer]:
        """What one pass over the spectra keeps."""
        return {**REDUCERS, "peaks": self._peaks}

    def _peaks(self, block: Block, _grid: Grid) -> NDArray[np.float64]:
        return self._sieve.add(_band(block))

    @cached_property
    def peaks(self) -> NDArray[np.float64]:
        """Frame, bin and magnitude of every peak, (n, 3)."""
        return np.concatenate([self._reduced["peaks"], self._sieve.finish()])


def _band(block: Block) -> Float32:
    return block.magnitude[:, slice(*BINS)]


@dataclass(frozen=True, eq=False)
class Peaks:
    """Peaks of a recording, ordered by time.

    Parameters
    ----------
    frames : ndarray of int32, shape (n,)
        When, in steps of `HOP_S` from the beginning.
    bins : ndarray of int16, shape (n,)
        Where, in steps of 10.8 Hz.
    """

    frames: NDArray[np.int32]
    bins: NDArray[np.int16]

    def __len__(self) -> int:
        return self.frames.size

    def fingerprint(self, fan_out: int = FAN_OUT) -> Fingerprint:
        """Return the landmarks."""
        return fingerprint.pair_up(self.frames.astype(np.int64), self.bins.astype(np.int64), fan_out)

    def between(self, start_s: float, end_s: float) -> Peaks:
        """Return the peaks of a stretch; they keep their times."""
        first, last = np.searchsorted(self.frames, [round(start_s / HOP_S), round(end_s / HOP_S)])
        return Peaks(self.frames[first:last], self.bins[first:last])

    def pack(self) -> bytes:
        """Return the peaks as bytes that `unpack` reads: steps in time and bins, byte by byte, deflated.

        Examples
        --------
        >>> peaks = Peaks(np.array([3, 700], np.int32), np.array([10, 419], np.int16))
        >>> Peaks.unpack(peaks.pack()).bins.tolist()
        [10, 419]
        """
        steps = np.diff(self.frames, prepend=np.int32(0)).astype("<u4").view(np.uint8).reshape(-1, 4)
        bins = self.bins.astype("<u2").view(np.uint8).reshape(-1, 2)
        return zlib.compress(np.concatenate([steps, bins], axis=1).T.tobytes())

    @classmethod
    def unpack(cls, data: bytes) -> Peaks:
        """Read what `pack` wrote.

        Raises
        ------
        DataError
            Something else wrote it, or it is damaged.
        """
        try:
            planes = np.frombuffer(inflated(data, 6 * MOST_PEAKS), np.uint8).reshape(6, -1).T
        except ValueError as error:
            raise DataError(f"a print of {len(data)} bytes is damaged: {error}") from error
        frames = np.cumsum(np.ascontiguousarray(planes[:, :4]).view("<u4")[:, 0].astype(np.int64))
        bins = np.ascontiguousarray(planes[:, 4:]).view("<u2")[:, 0].astype(np.int16)
        if frames.size and (frames[-1] > _LAST_FRAME or bins.min() < BINS[0] or bins.max() >= BINS[1]):
            raise DataError(f"a print of {len(data)} bytes is damaged: peaks where none can be")
        return cls(frames.astype(np.int32), bins)


_LAST_FRAME = 2**31 - 2**16


class Gatherer:
    """Collects the peaks of a recording window by window, in memory that grows by 0.5 kB a second."""

    def __init__(self) -> None:
        self._found: list[NDArray[np.float64]] = []

    def add(self, window: Window, peaks: NDArray[np.float64]) -> None:
        """Take a window and its peaks; its last frame stands where the first of the next one stands."""
        found = peaks if window.is_last else peaks[peaks[:, 0] < GRID.n_frames(window.clip.n_samples) - 1]
        self._found.append(found + np.array([round(window.clip.start_s / HOP_S), 0, 0]))

    def finish(self) -> Peaks:
        """Return all peaks but those that are noise beside the strongest."""
        found = np.concatenate([np.empty((0, 3)), *self._found])
        kept = found[found[:, 2] >= FLOOR * found[:, 2].max(initial=0.0)]
        return Peaks(kept[:, 0].astype(np.int32), kept[:, 1].astype(np.int16))


def peaks_of(listening: Listening) -> Peaks:
    """Return the peaks of a recording that is listened to at `SUMMARY_SR`, and for nothing else.

    Raises
    ------
    AudioError
        It cannot be heard.
    """
    gatherer = Gatherer()
    for window in listening:
        gatherer.add(window, peaks_of_sound(window.clip))
    return gatherer.finish()


def peaks_of_clip(clip: Clip) -> Peaks:
    """Return the peaks of a clip of mono sound at `SUMMARY_SR`, from its own beginning."""
    gatherer = Gatherer()
    gatherer.add(Window(replace(clip, start_s=0.0), np.empty(0), 0.0, is_last=True), peaks_of_sound(clip))
    return gatherer.finish()


def peaks_of_sound(clip: Clip) -> NDArray[np.float64]:
    """Return `PeakFrames.peaks` of mono sound of which nothing else is wanted.

    Raises
    ------
    EmptyAudioError
        The clip holds no samples.
    """
    sieve = Sieve()
    found = [sieve.add(_band(block)) for block in blocks(clip.require_samples().y, GRID)]
    return np.concatenate([*found, sieve.finish()])
