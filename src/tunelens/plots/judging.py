"""Pictures of how a model was judged. They show no recording and are no entry of `PLOTS`.

`EVALUATION_PLOTS` names them; each is a `Display` that is made from plain numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from tunelens.base.registry import Registry
from tunelens.plots.display import BLUE, INK, ORANGE, QUIET, Display, shorten
from tunelens.plots.fonts import legible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

Floats = NDArray[np.float64]
Line = tuple[str, Floats, Floats]
MOST_CLASSES = 40
MOST_LINES = 10
FEW = 8
"""Classes of which names and counts are drawn large."""
_HUES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#505050", "#a6761d",
         "#1b9e77")  # fmt: skip


@dataclass(eq=False, kw_only=True)
class ConfusionDisplay(Display):
    """Which class was called which: a row per true class, shares of the row, counts as numbers.

    Parameters
    ----------
    counts : ndarray of int, shape (k, k)
        Truth by row, answers by column.
    classes : sequence of str

    Examples
    --------
    >>> shown = ConfusionDisplay(counts=np.array([[8, 2], [1, 9]]), classes=("爵士", "rock")).plot()
    >>> len(shown.ax_.texts)
    4
    """

    counts: NDArray[np.intp]
    classes: Sequence[str]

    what: ClassVar[str] = "Confusion"
    size: ClassVar[tuple[float, float]] = (7.4, 6.6)
    box: ClassVar[tuple[float, float, float, float]] = (0.22, 0.22, 0.74, 0.7)

    def _draw(self, ax: Axes) -> None:
        counts, classes = self.counts[:MOST_CLASSES, :MOST_CLASSES], self.classes[:MOST_CLASSES]
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        places = range(len(classes))
        names = [shorten(name, 18) for name in classes]
        ax.set_xticks(places, names, rotation=45, ha="right", rotation_mode="anchor")
        ax.set_yticks(places, names)
        for text in (*ax.get_xticklabels(), *ax.get_yticklabels()):
            read(text)
            text.set_fontsize(11 if len(classes) <= FEW else 8)
        if len(classes) <= MOST_CLASSES // 2:
            _numbers(ax, counts, shares)
        more = f" (the first {len(classes)} of {len(self.classes)} classes)"
        ax.set_xlabel("Said" + (more if len(self.classes) > len(classes) else ""), color=INK, fontsize=9)
        ax.set_ylabel("True", color=INK, fontsize=9)


def _numbers(ax: Axes, counts: NDArray[np.intp], shares: Floats) -> None:
    size = 12 if len(counts) <= FEW else 7
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if shares[row, column] > 0.55 else INK if count else "#b8bdc7"
        ax.text(column, row, str(count), ha="center", va="center", color=color, fontsize=size)


@dataclass(eq=False, kw_only=True)
class ReliabilityDisplay(Display):
    """Confidence against truth; the diagonal is honest. Dots grow with the number of answers.

    Parameters
    ----------
    confidence, share : ndarray, shape (n_bins,)
        NaN in empty bins.
    count : ndarray of int, shape (n_bins,)
    ece : float
        Expected calibration error.

    Examples
    --------
    >>> shown = ReliabilityDisplay(confidence=np.array([0.2, 0.9]), share=np.array([0.1, 0.8]),
    ...                            count=np.array([5, 20]), ece=0.1).plot()
    >>> shown.ax_.get_xlabel()
    'Confidence'
    """

    confidence: Floats
    share: Floats
    count: NDArray[np.intp]
    ece: float

    what: ClassVar[str] = "Calibration"
    size: ClassVar[tuple[float, float]] = (5.4, 5.0)

    def _draw(self, ax: Axes) -> None:
        ax.plot([0, 1], [0, 1], color=QUIET, lw=1, ls="--")
        full = self.count > 0
        ax.plot(self.confidence[full], self.share[full], color=BLUE, lw=1.5)
        area = 20 + 160 * np.sqrt(self.count[full] / max(int(self.count.max()), 1))
        ax.scatter(self.confidence[full], self.share[full], s=area, color=BLUE, alpha=0.8, zorder=3)
        ax.text(0.03, 0.93, f"calibration error {self.ece:.3f}", color=INK, fontsize=9)
        _unit(ax)
        ax.set_xlabel("Confidence", color=INK, fontsize=9)
        ax.set_ylabel("Share that is true", color=INK, fontsize=9)


@dataclass(eq=False, kw_only=True)
class CurvesDisplay(Display):
    """One curve per class: ROC, or precision against recall.

    Parameters
    ----------
    kind : {"roc", "pr"}
    lines : sequence of (name, x, y)
        The best first; of more than ten, the first and the last five are drawn. Names may hold a figure.

    Examples
    --------
    >>> line = ("古典 0.9", np.array([0, 0.1, 1]), np.array([0, 0.9, 1]))
    >>> len(CurvesDisplay(kind="roc", lines=[line]).plot().ax_.get_legend().get_texts())
    1
    """

    kind: str
    lines: Sequence[Line]

    what: ClassVar[str] = "Curves per class"
    size: ClassVar[tuple[float, float]] = (7.4, 5.0)
    box: ClassVar[tuple[float, float, float, float]] = (0.1, 0.13, 0.58, 0.76)

    def _draw(self, ax: Axes) -> None:
        many = len(self.lines) > MOST_LINES
        half = MOST_LINES // 2
        lines = [*self.lines[:half], *self.lines[-half:]] if many else self.lines
        for (name, x, y), hue in zip(lines, _HUES, strict=False):
            ax.plot(x, y, color=hue, lw=1.5, label=shorten(name, 30).lstrip("_"))
        if self.kind == "roc":
            ax.plot([0, 1], [0, 1], color=QUIET, lw=1, ls="--")
        _unit(ax)
        names = ("False positives", "True positives") if self.kind == "roc" else ("Recall", "Precision")
        ax.set_xlabel(names[0], color=INK, fontsize=9)
        ax.set_ylabel(names[1], color=INK, fontsize=9)
        if self.lines:
            title = f"{half} best, {half} worst of {len(self.lines)}" if many else None
            legend = ax.legend(
                loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False, fontsize=8,
                title=title, title_fontsize=8, alignment="left",
            )  # fmt: skip
            for text in legend.get_texts():
                read(text)


@dataclass(eq=False, kw_only=True)
class LearningDisplay(Display):
    """A figure against the number of training rows, with its interval.

    Parameters
    ----------
    n_train : sequence of int
    values, low, high : sequence of float
    metric : str

    Examples
    --------
    >>> shown = LearningDisplay(n_train=[20, 80], values=[0.5, 0.7], low=[0.4, 0.6], high=[0.6, 0.8],
    ...                         metric="accuracy")
    >>> shown.plot().ax_.get_ylabel()
    'accuracy'
    """

    n_train: Sequence[int]
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    metric: str

    what: ClassVar[str] = "What more examples bring"
    size: ClassVar[tuple[float, float]] = (6.4, 4.2)

    def _draw(self, ax: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        ax.fill_between(self.n_train, self.low, self.high, color=BLUE, alpha=0.18, lw=0)
        ax.plot(self.n_train, self.values, color=BLUE, lw=1.8, marker="o", ms=5)
        ax.set_xlim(left=0)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(axis="y", color="#e2e5eb", lw=0.7)
        ax.set_xlabel("Training rows", color=INK, fontsize=9)
        ax.set_ylabel(self.metric, color=INK, fontsize=9)


@dataclass(eq=False, kw_only=True)
class ComparisonDisplay(Display):
    """A dot with an interval per model, the best on top.

    Parameters
    ----------
    names : sequence of str
    values, low, high : sequence of float
    metric : str
    references : sequence of (str, float)
        Vertical lines, say what a guess reaches.

    Examples
    --------
    >>> shown = ComparisonDisplay(names=["svm", "森林"], values=[0.7, 0.6], low=[0.6, 0.5],
    ...                           high=[0.8, 0.7], metric="accuracy").plot()
    >>> [text.get_text() for text in shown.ax_.get_yticklabels()]
    ['svm', '森林']
    """

    names: Sequence[str]
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    metric: str
    references: Sequence[tuple[str, float]] = field(default=())

    what: ClassVar[str] = "Models"
    size: ClassVar[tuple[float, float]] = (7.8, 4.4)
    box: ClassVar[tuple[float, float, float, float]] = (0.3, 0.14, 0.66, 0.74)

    def _draw(self, ax: Axes) -> None:
        places = np.arange(len(self.names))
        for y, value, low, high in zip(places, self.values, self.low, self.high, strict=True):
            if not math.isnan(low):
                ax.plot([low, high], [y, y], color=BLUE, lw=2.2, alpha=0.45, solid_capstyle="butt")
            ax.plot([value], [y], color=BLUE, marker="o", ms=6)
        for name, value in self.references:
            ax.axvline(value, color=ORANGE, lw=1, ls="--")
            read(ax.text(value, -0.75, f" {name}", color=ORANGE, fontsize=8, va="center"))
        ax.set_yticks(places, [shorten(name, 26) for name in self.names])
        for text in ax.get_yticklabels():
            read(text)
        ax.set_ylim(len(self.names) - 0.4, -1.0)
        ax.grid(axis="x", color="#e2e5eb", lw=0.7)
        ax.set_xlabel(self.metric, color=INK, fontsize=9)


def read(text: Text) -> None:
    """Give a text of matplotlib the fonts that have its characters, and no formulas."""
    shown = legible(text.get_text())
    text.set_text(shown.text)
    text.set_fontfamily(list(shown.families))
    text.set_parse_math(False)


def _unit(ax: Axes) -> None:
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
    ax.grid(color="#e2e5eb", lw=0.7)


EVALUATION_PLOTS: Registry[type[Display]] = Registry(
    "evaluation plot",
    {
        "confusion": "tunelens.plots.judging:ConfusionDisplay",
        "reliability": "tunelens.plots.judging:ReliabilityDisplay",
        "class_curves": "tunelens.plots.judging:CurvesDisplay",
        "learning": "tunelens.plots.judging:LearningDisplay",
        "comparison": "tunelens.plots.judging:ComparisonDisplay",
    },
)
"""Every picture of how a model was judged, by name."""
