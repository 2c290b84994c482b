"""The picture of a map of songs: points in colours and shapes, names that do not cover each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from tunelens.base.language import say
from tunelens.plots.display import INK, QUIET, Display, shorten
from tunelens.plots.fonts import legible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

Floats = NDArray[np.float64]
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#1b2030")
"""Seven of Okabe and Ito (2008), told apart by the colour-blind, and ink; of more groups shapes differ."""
LIGHT = {"grey": "#b9bfca", "page": "#ffffff", "ink": "#1b2030", "accent": "#0072b2"}
DARK = {"grey": "#4d5566", "page": "#12141b", "ink": "#e8eaf0", "accent": "#56b4e9"}
MARKERS = ("o", "s", "^", "D")
SHADES = 64
RASTERISED = 3_000
"""A vector picture of more points than this holds them as pixels."""
_RAMP = {"light": (0.0, 0.9), "dark": (0.14, 1.0)}
_OF_THEME = {
    "light": {"#f0e442": "#6f3fd0"},  # yellow is not seen on white
    "dark": {"#1b2030": "#e8eaf0", "#0072b2": "#2f8fe0"},
}
_ROWS = 26


@cache
def palette() -> dict[str, dict[str, Any]]:
    """Return colours of groups, of numbers from low to high, of what is unknown: on light and on dark ground.

    Numbers have part of viridis, which is perceptually uniform, also to the colour-blind.

    Examples
    --------
    >>> len(palette()["dark"]["colours"]), len(palette()["light"]["ramp"])
    (8, 64)
    """
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    found = {}
    for theme, fixed in (("light", LIGHT), ("dark", DARK)):
        shades = colormaps["viridis"](np.linspace(*_RAMP[theme], SHADES))
        colours = [_OF_THEME[theme].get(colour, colour) for colour in COLOURS]
        found[theme] = {**fixed, "colours": colours, "ramp": [to_hex(shade) for shade in shades]}
    return found


@dataclass(eq=False, kw_only=True)
class MapDisplay(Display):
    """Songs on a plane, coloured by groups or by a number.

    Parameters
    ----------
    points : ndarray of float64, shape (n, 2)
        Where they lie.
    codes : ndarray of int, shape (n,), optional
        Of each song 0 where its group is unknown, else 1 + the place among `labels`.
    labels : sequence of str
        Names of the groups that have a colour; codes beyond them are others.
    values : ndarray of float64, shape (n,), optional
        Numbers, where there are no groups; NaN where unknown.
    limits : tuple of float, optional
        Between which numbers the colours differ.
    colour : str
        What the colours mean.
    axes : sequence of str
        What lies across and upwards.
    titles : mapping of int to str
        Rows of songs that are named.
    notes : sequence of str
        Lines below the map.

    Examples
    --------
    >>> points = np.array([[0.0, 0.0], [1.0, 1.0], [0.9, 1.0]])
    >>> shown = MapDisplay(points=points, codes=np.array([1, 2, 0]), labels=["民谣", "jazz"]).plot()
    >>> [text.get_text() for text in shown.ax_.texts if text.get_visible()][:2]
    ['民谣', 'jazz']
    """

    points: Floats
    codes: NDArray[np.integer] | None = None
    labels: Sequence[str] = ()
    values: Floats | None = None
    limits: tuple[float, float] | None = None
    colour: str = ""
    axes: Sequence[str] = ()
    titles: Mapping[int, str] = field(default_factory=dict)
    notes: Sequence[str] = ()

    what: ClassVar[str] = ""
    size: ClassVar[tuple[float, float]] = (10.0, 7.2)
    box: ClassVar[tuple[float, float, float, float]] = (0.05, 0.1, 0.7, 0.83)

    def _draw(self, ax: Axes) -> None:
        ax.set_aspect("equal", adjustable="datalim")
        ax.set_xticks([])
        ax.set_yticks([])
        if self.values is not None:
            self._numbers(ax, self.values)
        else:
            self._groups(ax)
        if self.axes:
            _read(ax.set_xlabel(self.axes[0], color=INK, fontsize=9))
            _read(ax.set_ylabel(self.axes[1], color=INK, fontsize=9))
        else:
            ax.spines[["left", "bottom"]].set_visible(False)
        self._below(ax)
        self._names(ax)

    @property
    def _area(self) -> float:
        return float(np.clip(16_000 / max(1, len(self.points)), 2.0, 42.0))

    def _scatter(self, ax: Axes, rows: NDArray[Any], **style: Any) -> Any:
        alpha = 0.85 if len(self.points) < RASTERISED else 0.6
        return ax.scatter(
            *self.points[rows].T, linewidths=0, alpha=alpha, rasterized=len(self.points) > RASTERISED, **style
        )

    def _groups(self, ax: Axes) -> None:
        codes = np.zeros(len(self.points), int) if self.codes is None else np.asarray(self.codes)
        colours, grey = palette()["light"]["colours"], palette()["light"]["grey"]
        n = len(self.labels)
        for name, rows in ((say("unknown"), codes == 0), (say("others"), codes > n)):
            if rows.any():
                self._scatter(ax, rows, s=0.7 * self._area, color=grey, label=f"{name}  {int(rows.sum()):,}")
        for at in range(n - 1, -1, -1):
            rows = codes == at + 1
            if rows.any():
                marker = MARKERS[at // len(colours) % len(MARKERS)]
                label = f"{shorten(self.labels[at], 24)}  {int(rows.sum()):,}"
                self._scatter(
                    ax, rows, s=self._area, color=colours[at % len(colours)], marker=marker, label=label
                )
        self._legend(ax)

    def _legend(self, ax: Axes) -> None:
        handles, labels = ax.get_legend_handles_labels()
        if not handles:
            return
        legend = ax.legend(handles[::-1][:_ROWS], labels[::-1][:_ROWS], title=self.colour, frameon=False,
                           fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1.0), alignment="left",
                           borderaxespad=0)  # fmt: skip
        for handle in legend.legend_handles:
            if handle is not None:
                handle.set_alpha(1)
                handle.set_sizes([36])  # type: ignore[attr-defined]
        for text in (*legend.get_texts(), legend.get_title()):
            _read(text)

    def _numbers(self, ax: Axes, values: Floats) -> None:
        from matplotlib.colors import ListedColormap

        unknown = np.isnan(values)
        if unknown.any():
            self._scatter(ax, unknown, s=0.7 * self._area, color=palette()["light"]["grey"])
        low, high = self.limits or (float(np.nanmin(values)), float(np.nanmax(values)))
        rows = np.flatnonzero(~unknown)
        drawn = self._scatter(
            ax,
            rows,
            s=self._area,
            c=values[rows],
            cmap=ListedColormap(palette()["light"]["ramp"]),
            vmin=low,
            vmax=high,
        )
        bar = ax.inset_axes((1.03, 0.45, 0.03, 0.5))
        shown = ax.figure.colorbar(drawn, cax=bar, extend=_beyond(values[rows], low, high))
        if shown.solids is not None:
            shown.solids.set_alpha(1)
        shown.outline.set_visible(False)
        bar.tick_params(labelsize=8, colors=INK)
        _read(bar.set_title(self.colour, fontsize=9, loc="left", color=INK, pad=14))
        if unknown.any():
            text = f"{say('unknown')}  {int(unknown.sum()):,}"
            _read(ax.text(1.03, 0.38, text, transform=ax.transAxes, fontsize=8, color=QUIET))

    def _below(self, ax: Axes) -> None:
        for row, note in enumerate(self.notes[:2]):
            _read(
                ax.text(
                    0,
                    -0.055 - 0.03 * row,
                    shorten(note, 120),
                    transform=ax.transAxes,
                    fontsize=7.5,
                    color=QUIET,
                    va="top",
                )
            )

    def _names(self, ax: Axes) -> None:
        """Write names of groups where most of each is, then titles, each unless it would cover another."""
        from matplotlib.patheffects import withStroke

        ax.autoscale_view()
        taken: list[Any] = []
        renderer = ax.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        for x, y, text, style in self._wanted():
            drawn = ax.text(
                x,
                y,
                text,
                path_effects=[withStroke(linewidth=2.5, foreground="white")],
                clip_on=True,
                **style,
            )
            _read(drawn)
            box = drawn.get_window_extent(renderer)
            if any(box.overlaps(other) for other in taken) or not ax.get_window_extent(renderer).contains(
                *box.p1
            ):
                drawn.set_visible(False)
            else:
                taken.append(box)

    def _wanted(self) -> Iterator[tuple[float, float, str, dict[str, Any]]]:
        bold = {"fontsize": 10.5, "color": INK, "ha": "center", "va": "center"}
        for at, label in enumerate(self.labels if self.codes is not None else ()):
            rows = self.points[np.asarray(self.codes) == at + 1]
            if len(rows):
                yield *np.median(rows, axis=0), shorten(label, 26), bold
        small = {"fontsize": 7, "color": INK, "ha": "left", "va": "center"}
        for row, title in self.titles.items():
            x, y = self.points[row]
            yield x, y, "  " + shorten(title, 30), small


def _read(text: Text) -> None:
    """Let a text be drawn by fonts that have its characters."""
    blank = text.get_text()[: len(text.get_text()) - len(text.get_text().lstrip())]
    shown = legible(text.get_text())
    text.set_parse_math(False)
    text.set_text(blank + shown.text)
    text.set_fontfamily(list(shown.families))


def _beyond(values: Floats, low: float, high: float) -> str:
    below, above = bool((values < low).any()), bool((values > high).any())
    return {(True, True): "both", (True, False): "min", (False, True): "max"}.get((below, above), "neither")
