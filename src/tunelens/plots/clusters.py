"""Pictures of clusters: how many there are, where they lie, how well each hangs together, what axes mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from tunelens.base.feature_words import feature_name
from tunelens.base.language import word
from tunelens.plots.axes import write
from tunelens.plots.display import BLUE, INK, ORANGE, QUIET, Display, shorten
from tunelens.plots.judging import read

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
NOISE = -1
MOST_POINTS = 20_000
MOST_NAMES = 15
MOST_FEATURES = 20
COLORS = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#505050", "#a6761d",
    "#1b9e77", "#8c2d04", "#4a1486", "#005824", "#b10026", "#0868ac",
)  # fmt: skip
_GREY = "#c3c8d1"
_PANELS = (
    ("silhouette", "without clusters", word("Silhouette (more is better)")),
    ("Calinski-Harabasz", "", word("Caliński-Harabasz (more is better)")),
    ("Davies-Bouldin", "", word("Davies-Bouldin (less is better)")),
    ("stability", "", word("Stability (1 is perfect)")),
)


@dataclass(eq=False, kw_only=True)
class KCurvesDisplay(Display):
    """Four figures for every number of clusters; the number that is recommended, if one is, stands out.

    Parameters
    ----------
    ks : sequence of int
    curves : Mapping of str to sequence of float
        Columns of the table of a `Choice`: silhouette, without clusters, Calinski-Harabasz, ...
    k : int or None
        What is recommended.

    Examples
    --------
    >>> names = ("silhouette", "without clusters", "Calinski-Harabasz", "Davies-Bouldin", "stability")
    >>> shown = KCurvesDisplay(ks=[2, 3, 4], curves={name: [0.2, 0.5, 0.3] for name in names}, k=3).plot()
    >>> len(shown.ax_.child_axes)
    4
    """

    ks: Sequence[int]
    curves: Mapping[str, Sequence[float]]
    k: int | None

    what: ClassVar[str] = word("How many clusters")
    size: ClassVar[tuple[float, float]] = (9.6, 6.2)
    box: ClassVar[tuple[float, float, float, float]] = (0.04, 0.04, 0.92, 0.84)

    def _draw(self, ax: Axes) -> None:
        ax.set_axis_off()
        for place, (name, chance, title) in enumerate(_PANELS):
            left, bottom = 0.04 + 0.52 * (place % 2), 0.62 - 0.54 * (place // 2)
            panel = ax.inset_axes((left, bottom, 0.43, 0.34))
            panel.plot(self.ks, self.curves[name], color=BLUE, marker="o", ms=4, lw=1.5)
            if chance:
                panel.plot(self.ks, self.curves[chance], color=QUIET, ls="--", lw=1.2)
                at = (self.ks[-1], self.curves[chance][-1])
                told = panel.annotate("", at, (0, -4), textcoords="offset points", ha="right", va="top")
                write(told, chance)
            if self.k is not None:
                panel.axvline(self.k, color=ORANGE, lw=1.2, zorder=0)
            write(panel.set_title("", loc="left", fontsize=9, color=INK), title)
            panel.set_xticks(list(self.ks))
            panel.tick_params(labelsize=8, colors=QUIET, labelcolor=INK)
            panel.spines[["top", "right"]].set_visible(False)
            panel.grid(axis="y", color="#e2e5eb", lw=0.7)


@dataclass(eq=False, kw_only=True)
class ClustersDisplay(Display):
    """Songs on a map, coloured by cluster; of more than 20,000 so many drawn by lot.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
    labels : ndarray of int, shape (n,)
        -1 is noise, drawn in grey.
    names : sequence of str
        Of the clusters.
    axes : pair of str
        Names of the axes, "" for those that mean nothing.

    Examples
    --------
    >>> shown = ClustersDisplay(points=np.zeros((3, 2)), labels=np.array([0, 1, -1]), names=("安静", "loud"))
    >>> shown = shown.plot()
    >>> [text.get_text() for text in shown.ax_.get_legend().get_texts()]
    ['1 安静', '2 loud']
    """

    points: Floats
    labels: Ints
    names: Sequence[str]
    numbers: Sequence[int] = ()
    axes: tuple[str, str] = ("", "")

    what: ClassVar[str] = word("Clusters")
    size: ClassVar[tuple[float, float]] = (9.6, 5.6)
    box: ClassVar[tuple[float, float, float, float]] = (0.07, 0.1, 0.6, 0.78)

    def _draw(self, ax: Axes) -> None:
        n = len(self.labels)
        rows = np.random.default_rng(0).permutation(n)[:MOST_POINTS]
        size = float(np.clip(4000 / max(len(rows), 1), 2, 30))
        for label in sorted(set(self.labels.tolist())):
            some = rows[self.labels[rows] == label]
            color = _GREY if label == NOISE else COLORS[label % len(COLORS)]
            x, y = self.points[some].T
            ax.scatter(x, y, s=size, color=color, alpha=0.75, lw=0, label=self._called(label))
        named = [i for i in range(len(self.names)) if i < MOST_NAMES]
        handles = [one for one in ax.collections if one.get_label() in {self._called(i) for i in named}]
        if handles:
            legend = ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False,
                               fontsize=9, markerscale=2)  # fmt: skip
            for text in legend.get_texts():
                read(text)
        for axis, name in zip((ax.xaxis, ax.yaxis), self.axes, strict=True):
            write(axis.label, name)
            axis.set_ticks([] if not name else axis.get_ticklocs())

    def _called(self, label: int) -> str:
        if label == NOISE:
            return "_"
        number = self.numbers[label] if self.numbers else label + 1
        return shorten(f"{number} {self.names[label]}", 40)


@dataclass(eq=False, kw_only=True)
class SilhouettesDisplay(Display):
    """How well each song fits its cluster, song by song (Rousseeuw 1987); the line is the mean.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Silhouettes, -1 to 1.
    labels : ndarray of int, shape (n,)
    names : sequence of str

    Examples
    --------
    >>> shown = SilhouettesDisplay(values=np.array([0.5, 0.2, -0.1]), labels=np.array([0, 0, 1]),
    ...                            names=("fast", "慢速")).plot()
    >>> [text.get_text() for text in shown.ax_.get_yticklabels()]
    ['fast', '慢速']
    """

    values: Floats
    labels: Ints
    names: Sequence[str]

    what: ClassVar[str] = word("Silhouettes")
    size: ClassVar[tuple[float, float]] = (8.2, 5.2)
    box: ClassVar[tuple[float, float, float, float]] = (0.34, 0.13, 0.62, 0.75)

    def _draw(self, ax: Axes) -> None:
        low, middles, gap = 0, [], max(1, len(self.values) // 60)
        for label in range(len(self.names)):
            some = np.sort(self.values[self.labels == label])[::-1]
            places = np.arange(low, low + len(some))
            ax.barh(places, some, height=1.0, color=COLORS[label % len(COLORS)], lw=0)
            middles.append(low + len(some) / 2)
            low += len(some) + gap
        if len(self.values):
            ax.axvline(float(self.values.mean()), color=INK, lw=1, ls="--")
        ax.set_yticks(middles, [shorten(name, 30) for name in self.names])
        for text in ax.get_yticklabels():
            read(text)
        ax.invert_yaxis()
        write(ax.xaxis.label, word("Silhouette (below 0: nearer to another cluster)"))
        ax.grid(axis="x", color="#e2e5eb", lw=0.7)


@dataclass(eq=False, kw_only=True)
class ScreeDisplay(Display):
    """How much of the variance each principal component carries, and all up to it.

    Parameters
    ----------
    explained : ndarray, shape (p,)
        Shares; of more than 20 the first 20 are drawn.

    Examples
    --------
    >>> shown = ScreeDisplay(explained=np.array([0.6, 0.3, 0.1])).plot()
    >>> len(shown.ax_.patches)
    3
    """

    explained: Floats

    what: ClassVar[str] = word("Principal components")
    size: ClassVar[tuple[float, float]] = (7.4, 4.2)

    def _draw(self, ax: Axes) -> None:
        from matplotlib.ticker import PercentFormatter

        m = min(len(self.explained), MOST_FEATURES)
        places = np.arange(1, m + 1)
        ax.bar(places, self.explained[:m], color=BLUE, width=0.7)
        ax.plot(places, np.cumsum(self.explained)[:m], color=ORANGE, marker="o", ms=4, lw=1.5)
        ax.set_xticks(places)
        ax.set_ylim(0, 1.05)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        write(ax.xaxis.label, word("Component"))
        write(ax.yaxis.label, word("Share of the variance (line: all up to here)"))


@dataclass(eq=False, kw_only=True)
class LoadingsDisplay(Display):
    """How each feature goes with the first principal components, as correlations.

    Parameters
    ----------
    features : sequence of str
        Of more than 20 the 20 with the largest correlation are drawn.
    loadings : ndarray, shape (p, m)
    names : sequence of str
        Of the components.

    Examples
    --------
    >>> shown = LoadingsDisplay(features=("tempo", "energy"), loadings=np.array([[0.9, 0.1], [-0.8, 0.2]]),
    ...                         names=("PC1", "PC2")).plot()
    >>> len(shown.ax_.texts)
    4
    """

    features: Sequence[str]
    loadings: Floats
    names: Sequence[str] = field(default=())

    what: ClassVar[str] = word("Loadings")
    size: ClassVar[tuple[float, float]] = (7.4, 6.0)
    box: ClassVar[tuple[float, float, float, float]] = (0.36, 0.06, 0.6, 0.82)

    def _draw(self, ax: Axes) -> None:
        order = np.argsort(-np.abs(self.loadings).max(axis=1), kind="stable")[:MOST_FEATURES]
        values = self.loadings[order]
        ax.imshow(values, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto")
        ax.set_xticks(range(values.shape[1]), list(self.names))
        ax.set_yticks(range(len(order)), [shorten(feature_name(self.features[i]), 32) for i in order])
        for text in ax.get_yticklabels():
            read(text)
        for (row, column), value in np.ndenumerate(values):
            color = "white" if abs(value) > 0.6 else INK
            ax.text(column, row, f"{value:+.2f}", ha="center", va="center", color=color, fontsize=8)
