"""Pictures of training: how the loss went down."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tunelens.plots.axes import label
from tunelens.plots.display import BLUE, INK, ORANGE, QUIET, Display, check_suffix

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(eq=False, kw_only=True)
class LossCurveDisplay(Display):
    """The loss of each round, on what was learned from and on what was held out.

    Parameters
    ----------
    history : sequence of mappings
        ``history_`` of a trained net: epoch, train_loss, valid_loss (or None) of each round.

    Examples
    --------
    >>> rounds = [{"epoch": 1, "train_loss": 0.7, "valid_loss": 0.8},
    ...           {"epoch": 2, "train_loss": 0.5, "valid_loss": 0.9}]
    >>> shown = LossCurveDisplay(history=rounds).plot()
    >>> [line.get_label() for line in shown.ax_.get_lines()]
    ['learned from', 'held out', 'kept: round 1']
    """

    history: Sequence[Mapping[str, Any]]

    what: ClassVar[str] = "Loss by round"

    def _draw(self, ax: Axes) -> None:
        rounds = [one["epoch"] for one in self.history]
        held = [one["valid_loss"] for one in self.history]
        marker = "." if len(rounds) < 3 else ""
        losses = [one["train_loss"] for one in self.history]
        ax.plot(rounds, losses, color=BLUE, marker=marker, label="learned from")
        if held and None not in held:
            ax.plot(rounds, held, color=ORANGE, marker=marker, label="held out")
            best = rounds[held.index(min(held))]
            ax.axvline(best, color=QUIET, linestyle=":", label=f"kept: round {best}")
        ax.set_ylim(bottom=0)
        ax.set_xlabel("Round", color=INK, fontsize=9)
        label(ax, "Loss")
        ax.grid(axis="y", color=QUIET, alpha=0.2, linewidth=0.6)
        if rounds:
            ax.legend(frameon=False, fontsize=9)


@dataclass
class LiveCurve:
    """Redraws the curve while a net is trained; give it to `tunelens.models.fitting.watch.watching`.

    Parameters
    ----------
    path : Path
        The picture; it is replaced, never half written.
    every_s : float
        Seconds between two pictures at least.
    title : str
    """

    path: Path
    every_s: float = 2.0
    title: str = ""

    def __post_init__(self) -> None:
        self.path = check_suffix(Path(self.path))
        self._next_s = 0.0

    def __call__(self, history: Sequence[Mapping[str, Any]]) -> None:
        """Draw, unless that was done just now."""
        if time.monotonic() < self._next_s:
            return
        LossCurveDisplay(history=list(history), title=self.title).save(self.path, force=True)
        self._next_s = time.monotonic() + self.every_s
