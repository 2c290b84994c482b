"""One figure of models and baselines beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tunelens.base.language import say, word
from tunelens.plots.display import BLUE, INK, QUIET, Display, new_axes, shorten
from tunelens.plots.judging import read

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE = 0.36


@dataclass(eq=False, kw_only=True)
class FiguresDisplay(Display):
    """A figure of each model with its interval; what chance gives is a dashed line.

    Parameters
    ----------
    names : sequence of str
        Models first, then baselines.
    values, lows, highs : sequence of float
        NaN where there is none.
    n_models : int
        How many of the names are models; baselines are grey.
    chance : float
    figure : str
        What is shown, say ``AUC``.

    Examples
    --------
    >>> shown = FiguresDisplay(names=["logistic", "base rate"], values=[0.7, 0.5], lows=[0.6, 0.5],
    ...                        highs=[0.8, 0.5], n_models=1, chance=0.5, figure="AUC").plot()
    >>> shown.ax_.get_xlabel()
    'AUC'
    """

    names: Sequence[str]
    values: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    n_models: int
    chance: float
    figure: str

    what: ClassVar[str] = word("Models and baselines")

    def plot(self, ax: Axes | None = None) -> FiguresDisplay:
        """Draw into `ax`, or into a figure that is as high as there are names."""
        return super().plot(ax or self._own_axes())

    def _own_axes(self) -> Axes:
        height = 1.4 + _LINE * max(3, len(self.names))
        return new_axes((8.4, height), (0.26, 0.75 / height, 0.7, 1 - 1.25 / height))

    def _draw(self, ax: Axes) -> None:
        ax.axvline(self.chance, color=QUIET, lw=1, ls="--", zorder=1)
        rows = zip(self.values, self.lows, self.highs, strict=True)
        for place, (value, low, high) in enumerate(rows):
            color = BLUE if place < self.n_models else QUIET
            ax.plot([low, high], [place, place], color=color, lw=2, solid_capstyle="butt")
            ax.plot(value, place, "o", ms=7, color=color)
        ax.set_yticks(range(len(self.names)), [shorten(say(name), 28) for name in self.names])
        ax.set_ylim(len(self.names) - 0.4, -0.6)
        ax.set_xlabel(self.figure, color=INK, fontsize=9)
        for text in (*ax.get_yticklabels(), ax.xaxis.label):
            read(text)
