"""Axes that say what they measure: time as m:ss, frequency in Hz, notes, levels beside the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tunelens.base.language import word
from tunelens.features.cepstral import hz_to_mel, mel_to_hz
from tunelens.plots.display import INK, QUIET
from tunelens.plots.fonts import said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axes._secondary_axes import SecondaryAxis
    from matplotlib.collections import QuadMesh
    from matplotlib.text import Text

    from tunelens.features.timeline import Floats

NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_TIME_STEPS = (
    1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30,
    60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400,
)  # fmt: skip
_MOST_TIME_TICKS = 11
_HZ_TICKS = {
    "log": (20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000),
    "mel": (0, 500, 1000, 2000, 5000, 10000, 20000, 50000),
}


def clock(seconds: float, _position: int | None = None) -> str:
    """Return `seconds` as m:ss, as h:mm:ss from an hour, with decimals where there are any.

    Examples
    --------
    >>> clock(75), clock(3725), clock(0.25)
    ('1:15', '1:02:05', '0:00.25')
    """
    milli = round(abs(seconds) * 1000)
    whole, rest = divmod(milli, 1000)
    hours, minutes = divmod(whole // 60, 60)
    start = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    decimals = f".{rest:03d}".rstrip("0") if rest else ""
    return f"{'-' if seconds < 0 and milli else ''}{start}:{whole % 60:02d}{decimals}"


def time_axis(ax: Axes, begin_s: float, end_s: float, *, side: str = "x") -> None:
    """Make one side of `ax` show the time from `begin_s` to `end_s` in whole steps."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    length = end_s - begin_s
    step = next((s for s in _TIME_STEPS if length / s <= _MOST_TIME_TICKS), length)
    axis = ax.xaxis if side == "x" else ax.yaxis
    (ax.set_xlim if side == "x" else ax.set_ylim)(begin_s, end_s)
    axis.set_major_locator(MultipleLocator(step))
    axis.set_major_formatter(FuncFormatter(clock if step >= 1e-3 else lambda s, _: f"{s * 1000:g} ms"))
    write(axis.label, word("Time (m:ss)") if end_s < 3600 else word("Time (h:mm:ss)"))


def frequency_axis(ax: Axes, low_hz: float, high_hz: float, scale: str) -> None:
    """Make the y axis of `ax` show Hz on a "log", "mel" or "linear" scale."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    if scale == "mel":
        ax.set_yscale("function", functions=(hz_to_mel, mel_to_hz))
    else:
        ax.set_yscale(scale)
    ax.set_ylim(low_hz, high_hz)
    if scale != "linear":
        ticks = [hz for hz in _HZ_TICKS[scale] if low_hz <= hz <= high_hz]
        ax.yaxis.set_major_locator(FixedLocator(ticks))
        ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(hertz))
    label(ax, word("Frequency (Hz)"))


def hertz(hz: float, _position: int | None = None) -> str:
    """Return `hz` for a tick: "500", "2k"."""
    return f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:g}"


def label(ax: Axes | SecondaryAxis, text: str) -> None:
    """Name the y axis."""
    write(ax.yaxis.label, text)


def write(place: Text, text: str) -> None:
    """Put `text`, said in the language of now, where matplotlib keeps a label."""
    shown = said(text)
    place.set_parse_math(False)
    place.set(text=shown.text, fontfamily=list(shown.families), color=INK, fontsize=9)


def mesh(ax: Axes, x: Floats, y: Floats, values: Floats, **look: Any) -> QuadMesh:
    """Draw a matrix between the edges `x` and `y`; one image in a vector file."""
    return ax.pcolormesh(x, y, values, shading="flat", rasterized=True, edgecolors="none", **look)


def colour_bar(ax: Axes, drawn: QuadMesh, text: str) -> None:
    """Put the meaning of the colours beside `ax` without making it narrower."""
    inset = ax.inset_axes((1.015, 0.0, 0.014, 1.0))
    figure = ax.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(drawn, cax=inset)
    bar.outline.set_visible(False)
    write(bar.ax.yaxis.label, text)
    inset.tick_params(colors=QUIET, labelcolor=INK, labelsize=8)


def edges(centres: Floats) -> Floats:
    """Return the borders between rows of which the middles are given; evenly continued at both ends."""
    if len(centres) == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    between = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - between[0]], between, [2 * centres[-1] - between[-1]]])
