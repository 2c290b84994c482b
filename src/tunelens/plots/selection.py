"""Pictures of how features were chosen, and of whether the choice holds for other songs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from tunelens.base.language import say, word
from tunelens.plots.display import BLUE, INK, ORANGE, QUIET, Display, shorten
from tunelens.plots.judging import read

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
MOST_BARS = 60
_ROW = 0.26


@dataclass(eq=False, kw_only=True)
class GenerationsDisplay(Display):
    """Lost twins over the generations of a genetic search: the best so far, and the mean of the population.

    Parameters
    ----------
    best, mean : sequence of ndarray of float, each of shape (n_generations + 1,)
        Share of clips that lose their twin; one pair for every seed, the one that is used first.
    levels : sequence of (str, float)
        Shares of other choices on the same songs, drawn as lines.

    Examples
    --------
    >>> best, mean = np.array([0.5, 0.3]), np.array([0.7, 0.5])
    >>> GenerationsDisplay(best=[best], mean=[mean], levels=[("all", 0.6)]).plot().ax_.get_xlabel()
    'Generation'
    """

    best: Sequence[Floats]
    mean: Sequence[Floats]
    levels: Sequence[tuple[str, float]] = ()

    what: ClassVar[str] = word("Genetic search")
    size: ClassVar[tuple[float, float]] = (8.4, 4.2)
    box: ClassVar[tuple[float, float, float, float]] = (0.09, 0.14, 0.68, 0.74)

    def _draw(self, ax: Axes) -> None:
        from matplotlib.ticker import MaxNLocator, PercentFormatter

        for i, (best, mean) in enumerate(zip(self.best, self.mean, strict=True)):
            width, alpha = (1.8, 1.0) if i == 0 else (0.9, 0.35)
            names = (say("best so far"), say("mean of the population")) if i == 0 else (None, None)
            ax.plot(best, color=BLUE, label=names[0], lw=width, alpha=alpha)
            ax.plot(mean, color=ORANGE, label=names[1], lw=width, alpha=alpha)
        self._draw_levels(ax)
        ax.set_xlabel(say("Generation"), color=INK, fontsize=9)
        ax.set_ylabel(say("Clips that lose their twin"), color=INK, fontsize=9)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_ylim(bottom=0)
        legend = ax.legend(frameon=False, fontsize=9, loc="lower left")
        for text in (ax.xaxis.label, ax.yaxis.label, *legend.get_texts()):
            read(text)

    def _draw_levels(self, ax: Axes) -> None:
        """Draw other choices as lines, with their names apart where they are alike."""
        for _, share in self.levels:
            ax.axhline(share, color=QUIET, lw=0.8, ls="--", zorder=1)
        top = max([share for _, share in self.levels] + [float(one.max()) for one in self.mean], default=1.0)
        least = 0.055 * top
        place = -np.inf
        for name, share in sorted(self.levels, key=lambda pair: pair[1]):
            place = max(share, place + least)
            where = ax.get_yaxis_transform()
            text = ax.text(1.01, place, f"{shorten(name, 26)} {share:.0%}", transform=where, va="center")
            text.set(color=INK, fontsize=9)
            read(text)


@dataclass(eq=False, kw_only=True)
class ChosenDisplay(Display):
    """How often each feature was chosen: always in every run is worth more than in one.

    Parameters
    ----------
    names : sequence of str
    shares : sequence of float
        Share of the runs in which each was chosen, 0 to 1; of more than 60 the rarest are left out.
    marked : sequence of str
        Names drawn in another colour, and what that means in `legend`.
    legend : (str, str)
        What the two colours mean: the others, and those marked.

    Examples
    --------
    >>> shown = ChosenDisplay(names=["amp1std", "power1"], shares=[0.4, 1.0], title="两只老虎").plot()
    >>> [text.get_text() for text in shown.ax_.get_yticklabels()]
    ['power1', 'amp1std']
    """

    names: Sequence[str]
    shares: Sequence[float]
    marked: Sequence[str] = ()
    legend: tuple[str, str] | None = None

    what: ClassVar[str] = word("How often chosen")
    size: ClassVar[tuple[float, float]] = (7.8, 4.4)
    box: ClassVar[tuple[float, float, float, float]] = (0.2, 0.08, 0.74, 0.86)

    def __post_init__(self) -> None:
        height = 1.2 + _ROW * 0.75 * min(len(self.names), MOST_BARS)
        self.size = (7.8, max(height, 3.0))  # type: ignore[misc]

    def _draw(self, ax: Axes) -> None:
        from matplotlib.ticker import PercentFormatter

        pairs = sorted(zip(self.shares, self.names, strict=True), key=lambda pair: -pair[0])[:MOST_BARS]
        for colour, label, wanted in zip((BLUE, ORANGE), self.legend or ("", ""), (False, True), strict=True):
            rows = [i for i, (_, name) in enumerate(pairs) if (name in self.marked) is wanted]
            widths = [pairs[i][0] for i in rows]
            ax.barh(rows, widths, color=colour, height=0.7, label=label or None)
        ax.set_yticks(range(len(pairs)), [shorten(name, 24) for _, name in pairs], fontsize=8)
        ax.set_xlim(0, 1.0)
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        ax.margins(y=0.01)
        ax.invert_yaxis()
        texts = list(ax.get_yticklabels())
        if self.legend:
            texts += ax.legend(frameon=False, fontsize=9, loc="lower right").get_texts()
        for text in texts:
            read(text)


@dataclass(eq=False, kw_only=True)
class SelectionsDisplay(Display):
    """Ways to choose beside each other: lost twins where they chose, and on held-out songs with intervals.

    Parameters
    ----------
    names : sequence of str
        Of the ways, from the top.
    chosen_on, held_out, low, high : sequence of float
        Shares of clips that lose their twin; the interval is that of `held_out`, NaN where unknown.
    drawn : ndarray of float, shape (n,)
        Shares that random subsets lose on held-out songs, one dot each below the others.

    Examples
    --------
    >>> shown = SelectionsDisplay(names=["all", "遗传算法"], chosen_on=[0.6, 0.3], held_out=[0.6, 0.4],
    ...                           low=[0.5, 0.3], high=[0.7, 0.5], drawn=np.array([0.7, 0.8])).plot()
    >>> len(shown.ax_.get_yticks())
    3
    """

    names: Sequence[str]
    chosen_on: Sequence[float]
    held_out: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    drawn: Floats

    what: ClassVar[str] = word("Feature selection")
    size: ClassVar[tuple[float, float]] = (8.4, 3.8)
    box: ClassVar[tuple[float, float, float, float]] = (0.27, 0.24, 0.69, 0.64)

    def _draw(self, ax: Axes) -> None:
        from matplotlib.ticker import PercentFormatter

        rows = np.arange(len(self.names))
        ax.hlines(rows, self.low, self.high, color=BLUE, lw=2.2, alpha=0.5)
        ax.scatter(self.held_out, rows, color=BLUE, s=42, zorder=3, label=say("held-out songs, 95% interval"))
        hollow = ax.scatter(self.chosen_on, rows, s=42, zorder=4, label=say("songs it was chosen on"))
        hollow.set(facecolors="white", edgecolors=ORANGE, linewidths=1.6)
        names = [shorten(name, 30) for name in self.names]
        if len(self.drawn):
            names.append(say("each random subset"))
            # a fixed scatter: the golden ratio spreads neighbours evenly
            apart = ((np.arange(len(self.drawn)) * 0.618) % 1 - 0.5) * 0.6
            ax.scatter(self.drawn, len(rows) + apart, color=QUIET, s=7, alpha=0.6, linewidths=0)
        ax.set_yticks(range(len(names)), names)
        ax.invert_yaxis()
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        ax.set_xlim(left=0)
        ax.grid(axis="x", color=QUIET, alpha=0.2, linewidth=0.6)
        ax.set_xlabel(say("Clips that lose their twin"), color=INK, fontsize=9)
        legend = ax.legend(frameon=False, fontsize=9, ncols=2, loc="upper left", bbox_to_anchor=(0, -0.2))
        for text in (*ax.get_yticklabels(), ax.xaxis.label, *legend.get_texts()):
            read(text)
