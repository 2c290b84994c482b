"""Pitch over time: pitch classes, and the contour of one voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from tunelens.base.language import word
from tunelens.features import Frames, f0
from tunelens.features.timeline import Floats, Sound, timeline
from tunelens.plots.axes import NOTES, frequency_axis, label, time_axis, write
from tunelens.plots.display import BLUE, INK, QUIET, Display
from tunelens.plots.matrix import MatrixDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(eq=False, kw_only=True)
class ChromaDisplay(MatrixDisplay):
    """Share of each of the twelve pitch classes over time, the strongest of a frame being 1.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> a = Clip(np.sin(2 * np.pi * 440 * np.arange(22050) / 22050), 22050)
    >>> NOTES[ChromaDisplay.from_clip(a).values.mean(axis=1).argmax()]
    'A'
    """

    what: ClassVar[str] = word("Chroma")
    cmap: ClassVar[str] = "cividis"
    meaning: ClassVar[str] = word("Energy (strongest = 1)")

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "") -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording."""
        chroma = timeline(clip, lambda frames: frames.chroma)
        return cls(values=chroma.values, edges_s=chroma.edges_s, row_edges=np.arange(13) - 0.5, title=title)

    def _rows_axis(self, ax: Axes) -> None:
        ax.set_ylim(-0.5, 11.5)
        ax.set_yticks(range(12), NOTES)
        label(ax, word("Pitch class (note)"))


@dataclass(eq=False, kw_only=True)
class PitchDisplay(Display):
    """Fundamental frequency over time, with gaps where no pitch is heard.

    Parameters
    ----------
    f0_hz : ndarray of float, shape (t,)
        Hz; NaN where there is no pitch.
    edges_s : ndarray of float64, shape (t + 1,)
        Where the columns begin and end, seconds.
    fmin, fmax : float
        Range of the search and of the y axis, Hz.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> low = Clip(np.sin(2 * np.pi * 220 * np.arange(22050) / 22050), 22050)
    >>> round(float(np.nanmedian(PitchDisplay.from_clip(low).f0_hz)))
    220
    """

    f0_hz: Floats
    edges_s: Floats
    fmin: float
    fmax: float

    what: ClassVar[str] = word("Pitch (fundamental frequency)")

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "", fmin: float = 65.4, fmax: float = 2093.0) -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording, from `fmin` to `fmax` Hz."""

        def octaves(frames: Frames) -> Floats:
            hz = f0(frames.clip, fmin, fmax, frames.grid.hop_length / frames.grid.sr).f0_hz
            heard = np.isfinite(hz)
            return np.stack([np.log2(np.where(heard, hz, 1.0)), heard])

        contour = timeline(clip, octaves, margin=16)
        total, heard = contour.values
        hz = np.where(heard >= 0.5, 2.0 ** (total / np.maximum(heard, 1e-9)), np.nan)
        return cls(f0_hz=hz, edges_s=contour.edges_s, fmin=fmin, fmax=fmax, title=title)

    def _draw(self, ax: Axes) -> None:
        middles = (self.edges_s[1:] + self.edges_s[:-1]) / 2
        frequency_axis(ax, self.fmin * 0.97, self.fmax * 1.03, "log")
        ax.plot(middles, self.f0_hz, color=BLUE, linewidth=1.4, marker=".", markersize=2.5)
        ax.grid(axis="y", color=QUIET, alpha=0.2, linewidth=0.6)
        if not np.isfinite(self.f0_hz).any():
            note = ax.text(0.5, 0.5, "", transform=ax.transAxes, ha="center")
            write(note, word("no pitch heard"))
        self._note_axis(ax)
        time_axis(ax, self.edges_s[0], self.edges_s[-1])

    def _note_axis(self, ax: Axes) -> None:
        from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

        numbers = [m for m in range(0, 128, 12) if self.fmin * 0.97 <= midi_hz(m) <= self.fmax * 1.03]
        notes = ax.secondary_yaxis("right")
        notes.yaxis.set_major_locator(FixedLocator([midi_hz(m) for m in numbers]))
        notes.yaxis.set_minor_locator(NullLocator())
        notes.yaxis.set_major_formatter(FixedFormatter([f"C{m // 12 - 1}" for m in numbers]))
        notes.tick_params(colors=QUIET, labelcolor=INK, labelsize=9)
        notes.spines["right"].set_visible(False)
        label(notes, word("Note"))


def midi_hz(number: int) -> float:
    """Return the frequency of a MIDI note, Hz, A4 = 440.

    Examples
    --------
    >>> midi_hz(69)
    440.0
    """
    return 440.0 * 2.0 ** ((number - 69) / 12)
