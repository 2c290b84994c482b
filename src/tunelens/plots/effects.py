"""Differences of two collections as points with intervals, one feature to a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.plots.display import BLUE, INK, ORANGE, QUIET, Display, new_axes, shorten
from tunelens.plots.judging import read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

MOST_LINES = 40
SMALL, MEDIUM, LARGE = 0.147, 0.33, 0.474
_LINE = 0.3
_SHADES = ("#eef1f5", "#e3e8ee", "#d5dce5")


@dataclass(frozen=True)
class Point:
    """One feature: delta with its interval, and whether a difference was shown."""

    name: str
    delta: float
    low: float
    high: float
    shown: bool


@dataclass(eq=False, kw_only=True)
class EffectsDisplay(Display):
    """Cliff's delta of each feature with its interval; the grey band is what is hardly a difference.

    Points that are filled were shown to differ, those that are hollow were not.

    Parameters
    ----------
    points : sequence of Point
        The largest first; the first 40 are drawn.
    a, b : str
        Names of the collections: to the right the first is higher.

    Examples
    --------
    >>> points = [Point("tempo_bpm", 0.4, 0.3, 0.5, True), Point("energy", 0.0, -0.1, 0.1, False)]
    >>> shown = EffectsDisplay(points=points, a="热歌", b="others").plot()
    >>> [text.get_text() for text in shown.ax_.get_yticklabels()]
    ['tempo (BPM)', 'energy']
    """

    points: Sequence[Point]
    a: str = ""
    b: str = ""
    height: float = field(init=False, repr=False, default=0.0)

    what: ClassVar[str] = word("Differences")

    def __post_init__(self) -> None:
        self.points = list(self.points)[:MOST_LINES]
        self.height = 1.5 + _LINE * max(3, len(self.points))

    @classmethod
    def from_effects(cls, effects: Iterable[tuple[str, float, float, float, bool]], **names: str) -> Self:
        """Build from name, delta, low, high and whether it was shown, per feature."""
        return cls(points=[Point(*one) for one in effects], **names)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw into `ax`, or into a figure that is as high as there are features."""
        return super().plot(ax or self._own_axes())

    def _own_axes(self) -> Axes:
        below, above = 0.85 / self.height, 0.5 / self.height
        return new_axes((8.4, self.height), (0.3, below, 0.66, 1 - below - above))

    def _draw(self, ax: Axes) -> None:
        reach = max([LARGE, *(abs(end) for one in self.points for end in (one.low, one.high, one.delta))])
        reach = min(1.0, reach * 1.08)
        for edge, shade in zip((SMALL, MEDIUM, LARGE), reversed(_SHADES), strict=True):
            if edge == SMALL:
                ax.axvspan(-edge, edge, color=shade, lw=0, zorder=0)
            else:
                for side in (-edge, edge):
                    ax.axvline(side, color=shade, lw=1, zorder=0)
        ax.axvline(0, color=QUIET, lw=0.8, zorder=1)
        for place, one in enumerate(self.points):
            color = (BLUE if one.delta > 0 else ORANGE) if one.shown else QUIET
            ax.plot([one.low, one.high], [place, place], color=color, lw=1.8, solid_capstyle="butt", zorder=2)
            face = color if one.shown else "white"
            ax.plot(one.delta, place, "o", ms=6, mfc=face, mec=color, mew=1.4, zorder=3)
        ax.set_yticks(range(len(self.points)), [shorten(feature_name(one.name), 34) for one in self.points])
        ax.set_ylim(len(self.points) - 0.4, -0.6)
        ax.set_xlim(-reach, reach)
        ax.grid(axis="y", color="#eef0f3", lw=0.7)
        ax.set_axisbelow(True)
        higher = say("← higher in {b}  |  Cliff's delta  |  higher in {a} →", a=shorten(self.a, 22),
                     b=shorten(self.b, 22))  # fmt: skip
        ax.set_xlabel(higher, color=INK, fontsize=9)
        for text in (*ax.get_yticklabels(), ax.xaxis.label):
            read(text)
