"""The waveform as the eye can take it in: its extremes, and its level inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from tunelens.audio.clip import Clip
from tunelens.base.language import word
from tunelens.features.timeline import MAX_COLUMNS, Counted, Floats, Fold, Sound, clips_of
from tunelens.plots.axes import label, time_axis
from tunelens.plots.display import BLUE, QUIET, Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DEEP = "#003f66"


@dataclass(eq=False, kw_only=True)
class WaveformDisplay(Display):
    """Smallest and largest sample of any channel in each pixel column, and the root mean square inside.

    Parameters
    ----------
    low, high, rms : ndarray of float32, shape (t,)
        Full scale is ±1.
    edges_s : ndarray of float64, shape (t + 1,)
        Where the columns begin and end, seconds.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> shown = WaveformDisplay.from_clip(Clip(np.linspace(-1, 1, 8000), 8000), title="ramp").plot()
    >>> float(shown.high.max()), shown.ax_.get_xlabel()
    (1.0, 'Time (m:ss)')
    """

    low: Floats
    high: Floats
    rms: Floats
    edges_s: Floats

    what: ClassVar[str] = word("Waveform")

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "") -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording."""
        watched = Watched(clip)
        for _ in watched:
            pass
        return cls.of_watched(watched, title=title)

    @classmethod
    def of_watched(cls, watched: Watched, *, title: str = "") -> Self:
        """Show sound that has gone by."""
        return cls(
            low=watched.low.columns()[0],
            high=watched.high.columns()[0],
            rms=np.sqrt(watched.square.columns()[0]),
            edges_s=watched.clips.start_s + watched.low.edges() / watched.clips.sr,
            title=title,
        )

    def _draw(self, ax: Axes) -> None:
        middles = (self.edges_s[1:] + self.edges_s[:-1]) / 2
        if np.array_equal(self.low, self.high):
            ax.plot(middles, self.low, color=BLUE, linewidth=0.9, marker="." if len(self.low) < 50 else "")
        else:
            ax.fill_between(middles, self.low, self.high, color=BLUE, alpha=0.55, linewidth=0.4)
            inner = np.minimum(self.rms, self.high), np.maximum(-self.rms, self.low)
            ax.fill_between(middles, *inner, color=_DEEP, linewidth=0)
        ax.axhline(0, color=QUIET, linewidth=0.5)
        reach = max(1.0, float(-self.low.min()), float(self.high.max()))
        ax.set_ylim(-reach, reach)
        label(ax, word("Amplitude (full scale ±1)"))
        time_axis(ax, self.edges_s[0], self.edges_s[-1])


class Watched:
    """Clips on their way to somebody else: what `WaveformDisplay` needs of them is kept as they go by.

    Parameters
    ----------
    sound : Clip or iterator of Clip
    limit : int
        Most columns, even.
    """

    def __init__(self, sound: Sound, limit: int = MAX_COLUMNS) -> None:
        self.clips = Counted(clips_of(sound))
        self.low, self.high, self.square = (Fold(limit, merge) for merge in (np.min, np.max, np.mean))

    def __iter__(self) -> Iterator[Clip]:
        for clip in self.clips:
            y = np.atleast_2d(clip.y)
            self.low.add(y.min(axis=0, keepdims=True))
            self.high.add(y.max(axis=0, keepdims=True))
            self.square.add((y * y).mean(axis=0, keepdims=True))
            yield clip
