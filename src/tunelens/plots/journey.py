"""The picture of a journey through the plane of valence and arousal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from tunelens.plots.display import BLUE, INK, ORANGE, QUIET, Display, shorten
from tunelens.plots.judging import read

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
QUADRANTS = ((0.98, 0.98, "happy"), (0.02, 0.98, "tense"), (0.02, 0.02, "sad"), (0.98, 0.02, "calm"))
MOST_NAMED = 40


@dataclass(eq=False, kw_only=True)
class JourneyDisplay(Display):
    """Tracks along a line from one mood to another, numbered, with their names beside the plane.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Valence and arousal of the steps.
    line : ndarray, shape (n, 2)
        Where the steps should lie.
    names : sequence of str
        What the steps are called; beyond 40 they are left out.
    others : ndarray, shape (m, 2)
        Tracks that are not on the journey, drawn faintly.

    Examples
    --------
    >>> steps = np.array([[0.2, 0.2], [0.8, 0.8]])
    >>> shown = JourneyDisplay(points=steps, line=steps, names=["夜曲", "Sunny"], title="sad to happy").plot()
    >>> shown.ax_.get_xlabel()
    'Valence: unpleasant to pleasant'
    """

    points: Floats
    line: Floats
    names: Sequence[str]
    others: Floats = field(default_factory=lambda: np.empty((0, 2)))

    what: ClassVar[str] = "Journey"
    size: ClassVar[tuple[float, float]] = (10.0, 6.0)
    box: ClassVar[tuple[float, float, float, float]] = (0.08, 0.11, 0.49, 0.79)

    def _draw(self, ax: Axes) -> None:
        ax.scatter(self.others[:, 0], self.others[:, 1], s=9, color="#c3c8d2", alpha=0.7, linewidths=0)
        ax.plot(*self.line.T, color=ORANGE, lw=1.2, ls="--", marker="|", ms=7, label="equal steps")
        for step, wanted in zip(self.points, self.line, strict=True):
            ax.plot([step[0], wanted[0]], [step[1], wanted[1]], color=ORANGE, lw=0.8, alpha=0.6)
        ax.plot(*self.points.T, color=BLUE, lw=1.2, alpha=0.6)
        ax.scatter(self.points[:, 0], self.points[:, 1], s=120, color=BLUE, zorder=3, label="tracks")
        for number, (x, y) in enumerate(self.points, 1):
            ax.text(x, y, str(number), color="white", fontsize=7.5, ha="center", va="center", zorder=4)
        _plane(ax)
        self._list(ax)

    def _list(self, ax: Axes) -> None:
        names = self.names[:MOST_NAMED]
        gap = min(0.06, 1.0 / max(1, len(names)))
        for row, name in enumerate(names):
            text = f"{row + 1}  {shorten(name, 44)}"
            read(
                ax.text(1.05, 1.0 - row * gap, text, color=INK, fontsize=8, va="top", transform=ax.transAxes)
            )


def _plane(ax: Axes) -> None:
    for x, y, word in QUADRANTS:
        ax.text(
            x, y, word, color=QUIET, fontsize=10, style="italic",
            ha="right" if x > 0.5 else "left", va="top" if y > 0.5 else "bottom",
        )  # fmt: skip
    ax.axhline(0.5, color="#e2e5eb", lw=1, zorder=0)
    ax.axvline(0.5, color="#e2e5eb", lw=1, zorder=0)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    ax.set_xlabel("Valence: unpleasant to pleasant", color=INK, fontsize=9)
    ax.set_ylabel("Arousal: quiet to energetic", color=INK, fontsize=9)
