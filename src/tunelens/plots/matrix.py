"""What all pictures of a matrix over time share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from tunelens.features.timeline import Floats
from tunelens.plots.axes import colour_bar, mesh, time_axis
from tunelens.plots.display import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import PowerNorm

RANGE_DB = 80.0
_FAINTEST = 1e-16


@dataclass(eq=False, kw_only=True)
class MatrixDisplay(Display):
    """Values by row and time, as colours.

    Parameters
    ----------
    values : ndarray of float, shape (d, t)
        What the colours mean.
    edges_s : ndarray of float64, shape (t + 1,)
        Where the columns begin and end, seconds.
    row_edges : ndarray of float64, shape (d + 1,)
        Where the rows begin and end, in the unit of the y axis.
    """

    values: Floats
    edges_s: Floats
    row_edges: Floats

    cmap: ClassVar[str] = "magma"
    meaning: ClassVar[str] = ""
    gamma: ClassVar[float] = 1.0

    def pixels(self) -> NDArray[np.uint8]:
        """Return the colours alone, shape (d, t, 4), the last row first: a picture without axes.

        Examples
        --------
        >>> from tunelens.audio.clip import Clip
        >>> from tunelens.plots.spectral import MelDisplay
        >>> MelDisplay.from_clip(Clip(np.zeros(22050), 22050), n_mels=64).pixels().shape
        (64, 43, 4)
        """
        from matplotlib import colormaps

        shades = colormaps[self.cmap](self._norm()(self._shown()[::-1]), bytes=True)
        return np.asarray(shades, np.uint8)

    def _norm(self) -> PowerNorm:
        from matplotlib.colors import PowerNorm

        return PowerNorm(self.gamma, *self.limits())

    def _draw(self, ax: Axes) -> None:
        self._rows_axis(ax)
        norm = self._norm()
        drawn = mesh(ax, self.edges_s, self.row_edges, self._shown(), cmap=self.cmap, norm=norm)
        time_axis(ax, self.edges_s[0], self.edges_s[-1])
        colour_bar(ax, drawn, self.meaning)

    def _shown(self) -> Floats:
        return self.values

    def limits(self) -> tuple[float, float]:
        """Return the values of the darkest and of the brightest colour."""
        return 0.0, 1.0

    def _rows_axis(self, ax: Axes) -> None:
        raise NotImplementedError


def decibels(power: Floats, reference: float) -> Floats:
    """Return `power` in dB above `reference`, at least -160 dB, as is all of it above a reference of 0."""
    return 10 * np.log10(np.maximum(power / (reference or 1.0), _FAINTEST))
