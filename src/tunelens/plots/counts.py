"""How many of what: a bar per name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tunelens.plots.display import BLUE, INK, Display, shorten
from tunelens.plots.judging import read

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 40


@dataclass(eq=False, kw_only=True)
class CountsDisplay(Display):
    """A bar per name, the most common on top: genres of a folder, labels of a dataset.

    Parameters
    ----------
    names : sequence of str
    counts : sequence of int
        How many each name has; of more than 40 names the rarest are left out.

    Examples
    --------
    >>> shown = CountsDisplay(names=["rock", "爵士"], counts=[3, 8], title="music").plot()
    >>> [text.get_text() for text in shown.ax_.get_yticklabels()]
    ['爵士', 'rock']
    """

    names: Sequence[str]
    counts: Sequence[int]

    what: ClassVar[str] = "Counts"
    size: ClassVar[tuple[float, float]] = (7.8, 4.4)
    box: ClassVar[tuple[float, float, float, float]] = (0.26, 0.14, 0.68, 0.74)

    def _draw(self, ax: Axes) -> None:
        pairs = sorted(zip(self.counts, self.names, strict=True), key=lambda pair: -pair[0])[:MOST_BARS]
        places = range(len(pairs))
        bars = ax.barh(places, [count for count, _ in pairs], color=BLUE, height=0.7)
        ax.bar_label(bars, [f"{count:,}" for count, _ in pairs], padding=3, color=INK, fontsize=9)
        ax.set_yticks(places, [shorten(name, 30) for _, name in pairs])
        for text in ax.get_yticklabels():
            read(text)
        ax.invert_yaxis()
        ax.margins(x=0.1)
