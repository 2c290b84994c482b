"""What a net heard, over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from tunelens.base.language import word
from tunelens.features.timeline import Sound, clips_of
from tunelens.plots.matrix import MatrixDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tunelens.models import Tagging

DEFAULT_MODEL = "MSD_musicnn"
MAX_PATCHES = 240


@dataclass(eq=False, kw_only=True)
class TagsDisplay(MatrixDisplay):
    """The most probable tags over time, each moment as its nearest patch was heard.

    Parameters
    ----------
    tags : tuple of str
        One per row, the most probable first.
    """

    tags: tuple[str, ...]

    what: ClassVar[str] = word("Tags over time")
    meaning: ClassVar[str] = word("Probability (not calibrated)")
    gamma: ClassVar[float] = 0.5

    @classmethod
    def from_clip(cls, clip: Sound, *, title: str = "", model: str = DEFAULT_MODEL, n_tags: int = 12) -> Self:
        """Have the net `model` hear `clip`, a `Clip` or the consecutive clips of a long recording.

        What is longer than 240 patches (12 minutes) is heard at that many evenly spaced ones.

        Raises
        ------
        MissingDependencyError
            The weights of the net are not there; the hint says how to fetch them.
        """
        from tunelens.base.settings import Settings
        from tunelens.models import BACKBONES

        ear = BACKBONES[model].listener(settings=Settings.from_env(), n_patches=MAX_PATCHES)
        for part in clips_of(clip):
            ear.add(part)
        return cls.from_tagging(ear.finish(), title=title, n_tags=n_tags)

    @classmethod
    def from_tagging(cls, tagging: Tagging, *, title: str = "", n_tags: int = 12) -> Self:
        """Show what was heard before, at most `n_tags` tags."""
        best = np.argsort(-tagging.mean, kind="stable")[:n_tags]
        begins = tagging.times_s.astype(np.float64)
        between = (begins[1:] + begins[:-1] + tagging.patch_s) / 2
        return cls(
            values=tagging.scores[:, best].T,
            edges_s=np.concatenate([begins[:1], between, begins[-1:] + tagging.patch_s]),
            row_edges=np.arange(len(best) + 1) - 0.5,
            tags=tuple(tagging.tags[i] for i in best),
            title=title,
        )

    def _rows_axis(self, ax: Axes) -> None:
        ax.set_ylim(len(self.tags) - 0.5, -0.5)
        ax.set_yticks(range(len(self.tags)), self.tags)
