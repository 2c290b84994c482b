"""How features change over the years: a small picture for each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.plots.display import BLUE, DPI, INK, ORANGE, QUIET, Display, finish, shorten
from tunelens.plots.judging import read

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 16
_COLUMNS = 4


@dataclass(frozen=True)
class Course:
    """One feature over the years.

    Parameters
    ----------
    name : str
    years, values, errors : sequence of float
        Mean of each year and its standard error.
    slope : float
        A year; the line goes through the medians.
    said : str
        What is said of it.
    shown : bool
        Was a trend shown?
    """

    name: str
    years: Sequence[float]
    values: Sequence[float]
    errors: Sequence[float]
    slope: float
    said: str
    shown: bool


@dataclass(eq=False, kw_only=True)
class TrendsDisplay(Display):
    """A panel per feature: means of the years with 95 % of their error, and the slope where one was shown.

    Parameters
    ----------
    courses : sequence of Course
        The first 16 are drawn.

    Examples
    --------
    >>> years = [2000.0, 2001.0, 2002.0]
    >>> course = Course("tempo_bpm", years, [100.0, 110.0, 120.0], [1.0, 1.0, 1.0], 10.0, "上升", True)
    >>> len(TrendsDisplay(courses=[course], title="热歌").plot().ax_.child_axes)
    1
    """

    courses: Sequence[Course]

    what: ClassVar[str] = word("Trends over years")

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw panels into the place of `ax`, or into a figure of their own."""
        return super().plot(ax or self._own_axes())

    @property
    def _rows(self) -> int:
        return max(1, math.ceil(min(MOST_PANELS, len(self.courses)) / _COLUMNS))

    def _own_axes(self) -> Axes:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        height = 0.75 + 2.05 * self._rows
        figure = Figure(figsize=(11.0, height), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        return figure.add_axes((0.045, 0.3 / height, 0.94, 1 - 0.8 / height))

    def _draw(self, ax: Axes) -> None:
        ax.set_axis_off()
        width, height = 1 / _COLUMNS, 1 / self._rows
        for i, course in enumerate(self.courses[:MOST_PANELS]):
            row, column = divmod(i, _COLUMNS)
            box = (
                column * width + 0.01,
                1 - (row + 1) * height + 0.09 * height,
                width - 0.045,
                height * 0.66,
            )
            _panel(ax.inset_axes(box), course)


def _panel(ax: Axes, course: Course) -> None:
    from matplotlib.ticker import MaxNLocator

    years, values = np.asarray(course.years), np.asarray(course.values)
    color = QUIET if not course.shown else BLUE if course.slope > 0 else ORANGE
    half = 1.96 * np.asarray(course.errors)
    ax.fill_between(years, values - half, values + half, color=color, alpha=0.18, lw=0)
    ax.plot(years, values, color=color, lw=1.0, marker="o", ms=2.4)
    if course.shown:
        line = np.median(values) + course.slope * (years - np.median(years))
        ax.plot(years, line, color=INK, lw=1.1, ls="--")
    finish(ax, "", "")
    ax.tick_params(labelsize=7)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    for text, place, ink in ((feature_name(course.name), 1.13, INK), (say(course.said), 1.02, color)):
        size = 8.5 if place > 1.1 else 7.5
        read(
            ax.text(
                0, place, shorten(text, 34), transform=ax.transAxes, color=ink, fontsize=size, va="bottom"
            )
        )
