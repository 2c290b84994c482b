"""Notes over time, as a piano roll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tunelens.base.language import word
from tunelens.plots.axes import label
from tunelens.plots.matrix import MatrixDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROOM = 2


@dataclass(eq=False, kw_only=True)
class PianoRollDisplay(MatrixDisplay):
    """Which keys sound when; only the range that is used is drawn.

    Examples
    --------
    >>> values = np.zeros((128, 4))
    >>> values[60, 1:3] = 1.0
    >>> shown = PianoRollDisplay(values=values, edges_s=np.arange(5.0), row_edges=np.arange(129) - 0.5)
    >>> [text.get_text() for text in shown.plot().ax_.get_yticklabels()]
    ['C4']
    """

    what: ClassVar[str] = word("Piano roll")
    cmap: ClassVar[str] = "magma"
    meaning: ClassVar[str] = word("Velocity (1 = hardest)")

    def _rows_axis(self, ax: Axes) -> None:
        used = np.flatnonzero(self.values.any(axis=1))
        low, high = (used[0], used[-1]) if used.size else (60, 60)
        ax.set_ylim(low - _ROOM - 0.5, high + _ROOM + 0.5)
        octaves = [key for key in range(0, 128, 12) if low - _ROOM <= key <= high + _ROOM]
        ax.set_yticks(octaves, [f"C{key // 12 - 1}" for key in octaves])
        label(ax, word("Note"))
