"""Structure over time: tempogram, self-similarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from tunelens.base.language import word
from tunelens.features import Frames
from tunelens.features.structure import Ssm, self_similarity, sequence
from tunelens.features.timeline import Floats, Sound, timeline
from tunelens.plots.axes import colour_bar, label, mesh, time_axis
from tunelens.plots.display import Display
from tunelens.plots.matrix import MatrixDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BPM_TICKS = (30, 40, 60, 80, 100, 120, 160, 200, 240, 300)
_TEMPOGRAM_CONTEXT = 200
_SSM_COLUMNS = 400


@dataclass(eq=False, kw_only=True)
class TempogramDisplay(MatrixDisplay):
    """How regular onsets are at each tempo, over time: local autocorrelation of the onset envelope.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> y = np.zeros(22050 * 12)
    >>> y[::11264] = 1.0
    >>> shown = TempogramDisplay.from_clip(Clip(y, 22050))
    >>> round(float(shown.row_edges[shown.values.mean(axis=1).argmax()]), -1)
    120.0
    """

    what: ClassVar[str] = word("Tempogram")
    cmap: ClassVar[str] = "magma"
    meaning: ClassVar[str] = word("Autocorrelation")

    @classmethod
    def from_clip(
        cls, clip: Sound, *, title: str = "", min_bpm: float = 30.0, max_bpm: float = 300.0
    ) -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording, between two tempi."""
        borders = np.geomspace(min_bpm, max_bpm, 161)
        tempi = np.sqrt(borders[1:] * borders[:-1])
        strength = timeline(clip, lambda frames: _at_tempi(frames, tempi), margin=_TEMPOGRAM_CONTEXT)
        return cls(values=strength.values, edges_s=strength.edges_s, row_edges=borders, title=title)

    def _rows_axis(self, ax: Axes) -> None:
        from matplotlib.ticker import NullLocator

        low, high = self.row_edges[[0, -1]]
        ax.set_yscale("log")
        ax.set_ylim(low, high)
        ticks = [bpm for bpm in _BPM_TICKS if low <= bpm <= high]
        ax.set_yticks(ticks, [str(bpm) for bpm in ticks])
        ax.yaxis.set_minor_locator(NullLocator())
        label(ax, word("Tempo (BPM)"))


def _at_tempi(frames: Frames, tempi: Floats) -> Floats:
    """Read the tempogram, which has a row per lag, at `tempi`; a straight line between lags."""
    matrix = frames.tempogram
    lags = np.clip(60 * frames.grid.sr / (frames.grid.hop_length * tempi), 0, len(matrix) - 1.001)
    below = lags.astype(np.int64)
    share = (lags - below).astype(np.float32)[:, None]
    return matrix[below] * (1 - share) + matrix[below + 1] * share


@dataclass(eq=False, kw_only=True)
class SsmDisplay(Display):
    """Self-similarity: how alike any two moments sound; blocks are parts, stripes are repeats.

    Parameters
    ----------
    ssm : Ssm
        Of timbre (MFCC 1 to 12) and harmony (chroma) over 2 seconds around each moment where it is made of
        sound, see `tunelens.features.structure`.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> t = np.arange(22050) / 22050
    >>> two = np.concatenate([np.sin(2 * np.pi * 220 * t), np.sin(2 * np.pi * 370 * t)])
    >>> shown = SsmDisplay.from_clip(Clip(two, 22050))
    >>> bool(shown.values[10, 30] > 0.9 > 0 > shown.values[10, 70])
    True
    """

    ssm: Ssm

    what: ClassVar[str] = word("Self-similarity")
    size: ClassVar[tuple[float, float]] = (6.6, 6.0)
    box: ClassVar[tuple[float, float, float, float]] = (0.115, 0.095, 0.755, 0.83)

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "", kind: str = "both") -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording, by one of `KINDS`."""
        columns = sequence(clip, kind, finest_s=0.0, limit=_SSM_COLUMNS)
        return cls(ssm=self_similarity(columns), title=title)

    @property
    def values(self) -> Floats:
        """The matrix."""
        return self.ssm.values

    @property
    def edges_s(self) -> Floats:
        """Where its columns begin and end, seconds."""
        return self.ssm.edges_s

    def _draw(self, ax: Axes) -> None:
        draw_ssm(ax, self.ssm)
        time_axis(ax, self.edges_s[0], self.edges_s[-1], side="y")


def draw_ssm(ax: Axes, ssm: Ssm) -> None:
    """Draw a matrix as colours, bright where moments are alike, over a time axis."""
    edges_s = ssm.edges_s
    if ssm.metric == "cosine":
        drawn = mesh(ax, edges_s, edges_s, ssm.values, cmap="magma", vmin=-0.3, vmax=1.0)
        colour_bar(ax, drawn, word("Cosine similarity"))
    else:
        drawn = mesh(ax, edges_s, edges_s, ssm.values, cmap="magma_r", vmin=0.0)
        colour_bar(ax, drawn, word("Euclidean distance"))
    time_axis(ax, edges_s[0], edges_s[-1])
