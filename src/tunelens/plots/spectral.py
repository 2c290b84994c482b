"""Frequency over time: spectrogram, mel spectrogram, cepstral coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.language import word
from tunelens.features.cepstral import hz_to_mel, mel_to_hz
from tunelens.features.grid import Grid
from tunelens.features.timeline import MAX_COLUMNS, Floats, Sound, peeked, step_for, timeline
from tunelens.plots.axes import frequency_axis, label
from tunelens.plots.matrix import RANGE_DB, MatrixDisplay, decibels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Scale = Literal["log", "linear"]
MAX_ROWS = 400
_LOWEST_HZ = 32.0
_QUIETEST_TOP_DB = -60.0


@dataclass(eq=False, kw_only=True)
class SpectrogramDisplay(MatrixDisplay):
    """Level of each frequency over time, dB relative to a sine of full scale.

    Parameters
    ----------
    scale : "log" or "linear"
        How frequencies are spaced.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> sine = Clip(np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050), 22050)
    >>> shown = SpectrogramDisplay.from_clip(sine)
    >>> row = shown.values.mean(axis=1).argmax()
    >>> bool(shown.row_edges[row] < 1000 < shown.row_edges[row + 1]), round(float(shown.values.max()))
    (True, 0)
    """

    scale: Scale = "log"

    what: ClassVar[str] = word("Spectrogram")
    meaning: ClassVar[str] = word("Level (dB, full-scale sine = 0)")

    @classmethod
    def from_clip(
        cls,
        clip: Sound,
        *,
        title: str = "",
        scale: Scale = "log",
        max_rows: int = MAX_ROWS,
        max_columns: int = MAX_COLUMNS,
    ) -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording."""
        sr, clips = peeked(clip)
        grid = Grid(sr, step_for(sr).n_fft)
        borders = _row_borders(grid, scale, max_rows)
        power = timeline(clips, lambda frames: _rows(frames.S, borders), limit=max_columns)
        return cls(
            values=decibels(power.values, (grid.n_fft / 4) ** 2),
            edges_s=power.edges_s,
            row_edges=(borders - 0.5) * grid.bin_hz,
            scale=scale,
            title=title,
        )

    def limits(self) -> tuple[float, float]:
        """Return the values of the darkest and of the brightest colour."""
        top = max(_QUIETEST_TOP_DB, float(self.values.max()))
        return top - RANGE_DB, top

    def _rows_axis(self, ax: Axes) -> None:
        frequency_axis(ax, float(max(self.row_edges[0], 0)), float(self.row_edges[-1]), self.scale)


def _rows(S: Floats, borders: NDArray[np.int64]) -> Floats:
    """Return the power of the loudest bin between `borders`: a sine keeps its level at any row height."""
    return np.maximum.reduceat(S[: borders[-1]], borders[:-1], axis=0) ** 2


def _row_borders(grid: Grid, scale: Scale, n_rows: int) -> NDArray[np.int64]:
    """Return the bins at which rows begin, and one past the last: no more rows than a picture can show."""
    if scale == "linear":
        wanted = np.linspace(0, grid.n_bins, n_rows + 1)
    else:
        lowest = min(max(1.0, _LOWEST_HZ / grid.bin_hz), grid.n_bins - 1)
        wanted = np.geomspace(lowest, grid.n_bins, n_rows + 1)
    return np.unique(np.round(wanted).astype(np.int64))


@dataclass(eq=False, kw_only=True)
class MelDisplay(MatrixDisplay):
    """Level in mel bands over time, dB relative to the loudest.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> sine = Clip(np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050), 22050)
    >>> MelDisplay.from_clip(sine, n_mels=64).values.shape
    (64, 43)
    """

    what: ClassVar[str] = word("Mel spectrogram")
    meaning: ClassVar[str] = word("Level (dB, loudest = 0)")

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "", n_mels: int = 128) -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording, in `n_mels` bands."""
        sr, clips = peeked(clip)
        power = timeline(clips, lambda frames: frames.mel, n_mels=n_mels)
        return cls(
            values=decibels(power.values, float(power.values.max())),
            edges_s=power.edges_s,
            row_edges=mel_to_hz(np.linspace(0, float(hz_to_mel(np.array(sr / 2))), n_mels + 1)),
            title=title,
        )

    def limits(self) -> tuple[float, float]:
        """Return the values of the darkest and of the brightest colour."""
        return -RANGE_DB, 0.0

    def _rows_axis(self, ax: Axes) -> None:
        frequency_axis(ax, 0.0, float(self.row_edges[-1]), "mel")


@dataclass(eq=False, kw_only=True)
class MfccDisplay(MatrixDisplay):
    """Mel-frequency cepstral coefficients over time, each as deviation from its own mean.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> MfccDisplay.from_clip(Clip(np.zeros(22050), 22050), n_mfcc=13).values.shape
    (13, 43)
    """

    what: ClassVar[str] = word("MFCC")
    cmap: ClassVar[str] = "RdBu_r"
    meaning: ClassVar[str] = word("Deviation from mean (SD)")

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "", n_mfcc: int = 20) -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording; `n_mfcc` coefficients."""
        raw = timeline(clip, lambda frames: frames.mfcc, n_mfcc=n_mfcc)
        rows = np.arange(n_mfcc + 1) - 0.5
        return cls(values=raw.values, edges_s=raw.edges_s, row_edges=rows, title=title)

    def _shown(self) -> Floats:
        return standard(self.values)

    def limits(self) -> tuple[float, float]:
        """Return the values of the darkest and of the brightest colour."""
        return -3.0, 3.0

    def _rows_axis(self, ax: Axes) -> None:
        ax.set_ylim(self.row_edges[0], self.row_edges[-1])
        ax.set_yticks(range(0, len(self.values), 2))
        label(ax, word("Coefficient (number)"))


def standard(rows: Floats) -> Floats:
    """Return `rows` (d, t), each less its mean and over its standard deviation; 0 where it is constant."""
    centred = rows - rows.mean(axis=1, keepdims=True, dtype=np.float64)
    spread = centred.std(axis=1, keepdims=True)
    return centred / np.where(spread > 1e-6, spread, np.inf)
