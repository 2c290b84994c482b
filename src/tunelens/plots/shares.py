"""How common each genre, mood or key is in one collection, or in two beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from tunelens.base.language import say, word
from tunelens.plots.display import BLUE, INK, ORANGE, QUIET, Display, new_axes, shorten
from tunelens.plots.judging import read

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 24
_ROW = 0.42


@dataclass(eq=False, kw_only=True)
class SharesDisplay(Display):
    """Shares as bars with intervals, the commonest on top; two collections stand beside each other.

    Parameters
    ----------
    names : sequence of str
        Genres, moods, keys...
    shares : sequence of sequence of float
        Per collection the share of each name, 0 to 1.
    labels : sequence of str
        Names of the collections.
    counts : sequence of int
        Songs of each collection of which it is known: intervals are those of Wilson for so many.
    marked : sequence of bool
        Names whose shares were shown to differ; their bars are full, others pale.

    Examples
    --------
    >>> shown = SharesDisplay(names=["pop", "摇滚"], shares=[[0.7, 0.3], [0.2, 0.8]], labels=["a", "b"],
    ...                       counts=[50, 60]).plot()
    >>> len(shown.ax_.patches)
    4
    """

    names: Sequence[str]
    shares: Sequence[Sequence[float]]
    labels: Sequence[str] = ()
    counts: Sequence[int] = ()
    marked: Sequence[bool] = ()

    what: ClassVar[str] = word("Shares")

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw into `ax`, or into a figure that is as high as there are names."""
        return super().plot(ax or self._own_axes())

    def _own_axes(self) -> Axes:
        height = 1.5 + _ROW * max(3, min(MOST_BARS, len(self.names)))
        below, above = 0.8 / height, 0.5 / height
        return new_axes((8.4, height), (0.24, below, 0.72, 1 - below - above))

    def _draw(self, ax: Axes) -> None:
        from matplotlib.ticker import PercentFormatter

        order = sorted(range(len(self.names)), key=lambda i: -max(one[i] for one in self.shares))[:MOST_BARS]
        thick = 0.8 / len(self.shares)
        for k, (one, color) in enumerate(zip(self.shares, (BLUE, ORANGE, QUIET), strict=False)):
            for place, i in enumerate(order):
                at = place + (k - (len(self.shares) - 1) / 2) * thick
                pale = bool(self.marked) and not self.marked[i]
                label = self.labels[k] if self.labels and place == 0 else None
                ax.barh(at, one[i], thick * 0.92, color=color, alpha=0.4 if pale else 1.0, label=label)
                if self.counts:
                    ends = wilson(one[i], self.counts[k])
                    ax.plot(ends, [at, at], color=INK, lw=1.0, alpha=0.7)
        ax.set_yticks(range(len(order)), [shorten(say(self.names[i]), 26) for i in order])
        ax.set_ylim(len(order) - 0.4, -0.6)
        ax.set_xlim(left=0)
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        ax.set_xlabel(say("Share of songs"), color=INK, fontsize=9)
        texts = [*ax.get_yticklabels(), ax.xaxis.label]
        if self.labels:
            legend = ax.legend(frameon=False, fontsize=9, loc="lower right")
            for handle in legend.legend_handles:
                if handle is not None:
                    handle.set_alpha(1.0)
            texts += legend.get_texts()
        for text in texts:
            read(text)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of Wilson for a share of `n` songs.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(0.5, 100)]
    [0.404, 0.596]
    """
    if n <= 0:
        return 0.0, 1.0
    z = 1.959964
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)
