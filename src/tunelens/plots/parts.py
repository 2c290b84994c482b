"""The parts of a recording: where they begin, which are alike, and all of it over one time axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from tunelens.base.language import word
from tunelens.features.structure import Segment, Structure, find_structure, self_similarity, sequence
from tunelens.features.timeline import Floats, Sound
from tunelens.plots.axes import label, time_axis
from tunelens.plots.display import BLUE, INK, ORANGE, QUIET, Display
from tunelens.plots.structure import draw_ssm
from tunelens.plots.waveform import Watched, WaveformDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00", "#b9bfca")
_NARROWEST_NAMED = 0.012
_LEVEL_ROOM = 1.25


@dataclass(eq=False, kw_only=True)
class NoveltyDisplay(Display):
    """How much is new at each moment, and where parts begin: dashed lines, with a letter per part.

    Parameters
    ----------
    structure : Structure
        What was found.

    Examples
    --------
    >>> import numpy as np
    >>> from tunelens.audio.clip import Clip
    >>> t = np.arange(22050 * 12) / 22050
    >>> two = np.concatenate([np.sin(2 * np.pi * 220 * t), np.sin(2 * np.pi * 370 * t)])
    >>> found = NoveltyDisplay.from_clip(Clip(two, 22050)).structure
    >>> found.form, found.boundaries_s.round().tolist()
    ('A B', [12.0])
    """

    structure: Structure

    what: ClassVar[str] = word("Novelty and parts")

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "", kind: str = "both") -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording, by one of `KINDS`."""
        return cls(structure=find_structure(self_similarity(sequence(clip, kind))), title=title)

    @property
    def values(self) -> Floats:
        """The novelty curve."""
        return self.structure.novelty

    def _draw(self, ax: Axes) -> None:
        draw_novelty(ax, self.structure)
        _letters(ax, self.structure.segments, 0.93)
        edges_s = self.structure.ssm.edges_s
        time_axis(ax, edges_s[0], edges_s[-1])


def draw_novelty(ax: Axes, found: Structure) -> None:
    """Draw the novelty curve and where parts begin."""
    curve, times_s = found.novelty, found.ssm.edges_s[:-1]
    ax.plot(times_s, curve, color=BLUE, linewidth=1.1, marker="." if len(curve) < 3 else "")
    top = max(float(curve.max()), 0.01)
    ax.set_ylim(min(0.0, 1.1 * float(curve.min())), _LEVEL_ROOM * top)
    for time_s in found.boundaries_s:
        ax.axvline(time_s, color=ORANGE, linewidth=0.9, linestyle="--")
    label(ax, word("Novelty"))


def _letters(ax: Axes, segments: tuple[Segment, ...], height: float) -> None:
    length = segments[-1].end_s - segments[0].start_s
    for segment in segments:
        if segment.duration_s > _NARROWEST_NAMED * length * len(segment.label):
            middle = (segment.start_s + segment.end_s) / 2
            drawn = ax.text(middle, height, segment.label, transform=ax.get_xaxis_transform())
            drawn.set(ha="center", va="center", fontsize=9, color=INK)


@dataclass(eq=False, kw_only=True)
class StructureDisplay(Display):
    """Sound, novelty, parts and self-similarity over one time axis; parts of one letter have one colour.

    Parameters
    ----------
    structure : Structure
        What was found.
    above : Display
        What is drawn on top, over the same time: the waveform, or the notes of a MIDI file.

    Examples
    --------
    >>> import numpy as np
    >>> from tunelens.audio.clip import Clip
    >>> t = np.arange(22050 * 12) / 22050
    >>> two = np.concatenate([np.sin(2 * np.pi * 220 * t), np.sin(2 * np.pi * 370 * t)])
    >>> shown = StructureDisplay.from_clip(Clip(two, 22050)).plot()
    >>> len({axes.get_xlim() for axes in (shown.ax_, *shown.ax_.child_axes[1:])})
    1
    """

    structure: Structure
    above: Display

    what: ClassVar[str] = word("Structure")
    size: ClassVar[tuple[float, float]] = (8.4, 11.0)
    box: ClassVar[tuple[float, float, float, float]] = (0.11, 0.05, 0.76, 0.6)
    panels: ClassVar[tuple[tuple[float, float], ...]] = ((1.012, 0.045), (1.07, 0.2), (1.285, 0.2))
    """Bottom and height of parts, novelty and sound, as shares of the height of the matrix."""

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "", kind: str = "both") -> Self:
        """Look at `clip`, a `Clip` or the consecutive clips of a long recording, by one of `KINDS`."""
        watched = Watched(clip)
        found = find_structure(self_similarity(sequence(watched, kind)))
        return cls(structure=found, above=WaveformDisplay.of_watched(watched), title=title)

    def _draw(self, ax: Axes) -> None:
        draw_ssm(ax, self.structure.ssm)
        edges_s = self.structure.ssm.edges_s
        bars, curve, top = (ax.inset_axes((0, bottom, 1, height)) for bottom, height in self.panels)
        draw_parts(bars, self.structure.segments)
        draw_novelty(curve, self.structure)
        self.above._draw(top)
        time_axis(ax, edges_s[0], edges_s[-1], side="y")
        for panel in (bars, curve, top):
            panel.set_xlim(ax.get_xlim())
            panel.set_xlabel("")
            panel.tick_params(colors=QUIET, labelcolor=INK, labelsize=8, labelbottom=False, bottom=False)
            panel.spines[["top", "right", "bottom"]].set_visible(False)

    def _title_height(self) -> float:
        bottom, height = self.panels[-1]
        return bottom + height


def draw_parts(ax: Axes, segments: tuple[Segment, ...]) -> None:
    """Draw a bar per part, of one colour where they are alike."""
    order = {letter: number for number, letter in enumerate(dict.fromkeys(s.label for s in segments))}
    for segment in segments:
        colour = _COLOURS[order[segment.label] % len(_COLOURS)]
        ax.axvspan(segment.start_s, segment.end_s, color=colour, alpha=0.75, ec="white", lw=0.8)
    ax.set_ylim(0, 1)
    ax.set_yticks([])
    _letters(ax, segments, 0.47)
