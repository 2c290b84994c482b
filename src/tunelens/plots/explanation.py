"""`ExplanationDisplay`: a spectrogram with what each second and each band was worth beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.plots.axes import frequency_axis, mesh, time_axis
from tunelens.plots.display import BLUE, INK, ORANGE, QUIET, Display
from tunelens.plots.fonts import legible
from tunelens.plots.spectral import SpectrogramDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.floating]


@dataclass(eq=False, kw_only=True)
class ExplanationDisplay(Display):
    """What spoke for an answer (blue) and against it (orange), in time and in frequency.

    Parameters
    ----------
    spectrogram : SpectrogramDisplay
        Of the clip.
    answer : str
        What was explained, with its probability.
    edges_s, segments : ndarray, shapes (n_segments + 1,) and (n_segments,)
        What each stretch of time added to the probability.
    edges_hz, bands : ndarray, shapes (n_bands + 1,) and (n_bands,)
        What each band added.

    Examples
    --------
    >>> noise = Clip(np.random.default_rng(0).normal(size=22050) / 10, 22050)
    >>> shown = ExplanationDisplay.from_clip(
    ...     noise, answer="爵士 80 %", edges_s=np.array([0, 0.5, 1]), segments=np.array([0.3, -0.1]),
    ...     edges_hz=np.array([0, 500, 11025.0]), bands=np.array([0.1, 0.2]))
    >>> len(shown.plot().figure_.axes[0].child_axes)
    2
    """

    spectrogram: SpectrogramDisplay
    answer: str
    edges_s: Floats
    segments: Floats
    edges_hz: Floats
    bands: Floats

    what: ClassVar[str] = "What spoke for the answer"
    size: ClassVar[tuple[float, float]] = (10.0, 5.2)
    box: ClassVar[tuple[float, float, float, float]] = (0.09, 0.4, 0.68, 0.52)

    @classmethod
    def from_clip(
        cls,
        clip: Clip,
        *,
        answer: str,
        edges_s: Floats,
        segments: Floats,
        edges_hz: Floats,
        bands: Floats,
        title: str = "",
    ) -> Self:
        """Look at `clip`, which was explained."""
        return cls(
            spectrogram=SpectrogramDisplay.from_clip(clip),
            answer=answer,
            edges_s=edges_s,
            segments=segments,
            edges_hz=edges_hz,
            bands=bands,
            title=title,
        )

    def _draw(self, ax: Axes) -> None:
        from matplotlib.colors import Normalize

        shown = self.spectrogram
        mesh(ax, shown.edges_s, shown.row_edges, shown.values, cmap="Greys", norm=Normalize(*shown.limits()))
        frequency_axis(ax, float(max(shown.row_edges[0], 1)), float(shown.row_edges[-1]), "log")
        time_axis(ax, float(shown.edges_s[0]), float(shown.edges_s[-1]))
        most = max(float(np.abs(self.segments).max()), float(np.abs(self.bands).max()), 1e-9)
        self._segments_below(ax, most)
        self._bands_beside(ax, most)

    def _segments_below(self, ax: Axes, most: float) -> None:
        below = ax.inset_axes((0, -0.66, 1, 0.4), sharex=ax)
        widths = np.diff(self.edges_s)
        below.bar(self.edges_s[:-1], self.segments, widths, align="edge", color=colours(self.segments))
        below.set_ylim(-most, most)
        below.axhline(0, color=QUIET, lw=0.6)
        answer = legible(self.answer)
        words = below.text(0, 1.08, answer.text, transform=below.transAxes, fontsize=9, color=INK)
        words.set_parse_math(False)
        words.set_fontfamily(list(answer.families))
        _quiet(below)
        below.tick_params(axis="x", labelbottom=False)

    def _bands_beside(self, ax: Axes, most: float) -> None:
        beside = ax.inset_axes((1.06, 0, 0.25, 1), sharey=ax)
        edges = np.maximum(self.edges_hz, ax.get_ylim()[0])
        beside.barh(edges[:-1], self.bands, np.diff(edges), align="edge", color=colours(self.bands))
        beside.set_xlim(-most, most)
        beside.axvline(0, color=QUIET, lw=0.6)
        _quiet(beside)
        beside.tick_params(axis="y", labelleft=False)


def colours(worth: Floats) -> list[str]:
    """Return blue for what spoke for the answer, orange for what spoke against it."""
    return [BLUE if value >= 0 else ORANGE for value in worth]


def _quiet(ax: Axes) -> None:
    ax.tick_params(which="both", length=2, labelsize=8, labelcolor=QUIET, color=QUIET)
    ax.spines[["top", "right"]].set_visible(False)
