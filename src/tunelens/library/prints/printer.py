"""`Printer`: takes the prints of a recording while it is heard."""

from __future__ import annotations

from tunelens.audio.listen import Window
from tunelens.features.chroma_sequence import CHROMA_VERSION, ChromaGatherer
from tunelens.features.grid import Float32
from tunelens.features.landmarks import LANDMARKS_VERSION, Gatherer
from tunelens.library.analysis import Print

LANDMARKS, CHROMA = "landmarks", "chroma"
PRINTS_VERSION = f"{LANDMARKS_VERSION}.{CHROMA_VERSION}"
"""Entry ``prints`` of `Analysis.versions`: tracks heard before have none, and are heard again."""


class Printer:
    """Takes both prints of a recording, window by window."""

    def __init__(self) -> None:
        self._landmarks, self._chroma = Gatherer(), ChromaGatherer()

    def add(self, window: Window, band: Float32) -> None:
        """Take a window of mono sound and its `BandFrames.band`."""
        self._landmarks.add(window, band)
        self._chroma.add(window)

    def finish(self) -> tuple[Print, ...]:
        """Return the prints."""
        peaks, chroma = self._landmarks.finish(), self._chroma.finish()
        return (
            Print(CHROMA, CHROMA_VERSION, chroma.pack()),
            Print(LANDMARKS, LANDMARKS_VERSION, peaks.pack()),
        )
