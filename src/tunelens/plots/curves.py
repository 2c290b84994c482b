"""Curves over time: zero crossings, spectral centroid, rolloff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from tunelens.base.language import word
from tunelens.features.timeline import Floats, Sound, timeline
from tunelens.plots.axes import frequency_axis, label, time_axis
from tunelens.plots.display import BLUE, ORANGE, QUIET, Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(eq=False, kw_only=True)
class CurveDisplay(Display):
    """One value over time.

    Parameters
    ----------
    values : ndarray of float, shape (t,)
        NaN makes a gap.
    edges_s : ndarray of float64, shape (t + 1,)
        Where the columns begin and end, seconds.
    """

    values: Floats
    edges_s: Floats

    color: ClassVar[str] = BLUE

    def _draw(self, ax: Axes) -> None:
        middles = (self.edges_s[1:] + self.edges_s[:-1]) / 2
        self._values_axis(ax)
        marker = "." if len(middles) < 3 else ""
        ax.plot(middles, self.values, color=self.color, linewidth=1.1, marker=marker)
        ax.grid(axis="y", color=QUIET, alpha=0.2, linewidth=0.6)
        time_axis(ax, self.edges_s[0], self.edges_s[-1])

    def _values_axis(self, ax: Axes) -> None:
        raise NotImplementedError


@dataclass(eq=False, kw_only=True)
class ZcrDisplay(CurveDisplay):
    """Share of samples at which the sign changes: high for noise and cymbals, low for bass.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> sine = Clip(np.sin(2 * np.pi * 441 * np.arange(22050) / 22050), 22050)
    >>> round(100 * float(ZcrDisplay.from_clip(sine).values[20]), 1)
    4.0
    """

    what: ClassVar[str] = word("Zero-crossing rate")

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "") -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording."""
        rate = timeline(clip, lambda frames: frames.zcr[None])
        return cls(values=rate.values[0], edges_s=rate.edges_s, title=title)

    def _values_axis(self, ax: Axes) -> None:
        from matplotlib.ticker import PercentFormatter

        top = max(0.01, 1.08 * float(self.values.max()))
        ax.set_ylim(0, top)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0 if top > 0.05 else 1))
        label(ax, word("Sign changes (% of samples)"))


@dataclass(eq=False, kw_only=True)
class CentroidDisplay(CurveDisplay):
    """Mean frequency weighted by magnitude, and how far the spectrum spreads around it.

    Parameters
    ----------
    bandwidth_hz : ndarray of float, shape (t,)
        Standard deviation of frequency weighted by magnitude.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> sine = Clip(np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050), 22050)
    >>> round(float(CentroidDisplay.from_clip(sine).values[20]))
    1000
    """

    bandwidth_hz: Floats

    what: ClassVar[str] = word("Spectral centroid ± bandwidth")

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "") -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording."""
        both = timeline(clip, lambda frames: np.stack([frames.centroid, frames.bandwidth]))
        centroid, bandwidth = both.values
        return cls(values=heard(centroid), bandwidth_hz=bandwidth, edges_s=both.edges_s, title=title)

    def _values_axis(self, ax: Axes) -> None:
        low, high = np.maximum(self.values - self.bandwidth_hz, 0), self.values + self.bandwidth_hz
        frequency_axis(ax, 0.0, _top(high), "linear")
        middles = (self.edges_s[1:] + self.edges_s[:-1]) / 2
        ax.fill_between(middles, low, high, color=self.color, alpha=0.2, linewidth=0)


@dataclass(eq=False, kw_only=True)
class RolloffDisplay(CurveDisplay):
    """Frequency below which 85 % of the magnitude lies.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> sine = Clip(np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050), 22050)
    >>> round(float(RolloffDisplay.from_clip(sine).values[20]), -2)
    1000.0
    """

    what: ClassVar[str] = word("Spectral rolloff (85 %)")
    color: ClassVar[str] = ORANGE

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "") -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording."""
        rolloff = timeline(clip, lambda frames: frames.rolloff[None])
        return cls(values=heard(rolloff.values[0]), edges_s=rolloff.edges_s, title=title)

    def _values_axis(self, ax: Axes) -> None:
        frequency_axis(ax, 0.0, _top(self.values), "linear")


def heard(hz: Floats) -> Floats:
    """Return `hz` with gaps where there is only silence."""
    return np.where(hz > 0, hz, np.nan)


def _top(hz: Floats) -> float:
    finite = hz[np.isfinite(hz)]
    return 1.08 * float(finite.max()) if finite.size else 1000.0
