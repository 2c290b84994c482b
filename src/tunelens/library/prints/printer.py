"""`Printer`: takes the prints of a recording while it is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.listen import Window, listen
from tunelens.features.chroma_sequence import CHROMA_VERSION, ChromaGatherer, ChromaSequence
from tunelens.features.landmarks import LANDMARKS_VERSION, Gatherer, Peaks, peaks_of_sound
from tunelens.features.summary import SUMMARY_SR
from tunelens.library.analysis import Print

LANDMARKS, CHROMA = "landmarks", "chroma"
PRINTS_VERSION = f"{LANDMARKS_VERSION}.{CHROMA_VERSION}"
"""Entry ``prints`` of `Analysis.versions`: tracks heard before have none, and are heard again."""


def prints_of(path: Path, longest_s: float) -> tuple[Peaks, ChromaSequence]:
    """Return the prints of a file that is in no library.

    Raises
    ------
    NotFoundError, AudioError
        It cannot be heard.
    """
    landmarks, chroma = Gatherer(), ChromaGatherer()
    for window in listen(path, sr=SUMMARY_SR, max_duration_s=longest_s):
        landmarks.add(window, peaks_of_sound(window.clip))
        chroma.add(window)
    return landmarks.finish(), chroma.finish()


class Printer:
    """Takes both prints of a recording, window by window."""

    def __init__(self) -> None:
        self._landmarks, self._chroma = Gatherer(), ChromaGatherer()

    def add(self, window: Window, peaks: NDArray[np.float64]) -> None:
        """Take a window of mono sound and its `PeakFrames.peaks`."""
        self._landmarks.add(window, peaks)
        self._chroma.add(window)

    def finish(self) -> tuple[Print, ...]:
        """Return the prints."""
        peaks, chroma = self._landmarks.finish(), self._chroma.finish()
        return (
            Print(CHROMA, CHROMA_VERSION, chroma.pack()),
            Print(LANDMARKS, LANDMARKS_VERSION, peaks.pack()),
        )
