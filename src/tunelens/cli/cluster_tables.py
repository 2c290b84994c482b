"""Tables of clusters, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.draw import UNKNOWN
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tunelens.base.table import Table as Cells
    from tunelens.library.clusterings.store import Listed
    from tunelens.services.clustering import ClusterReport, ShownRun

MOST_ROWS = 1000
_CURVES = {
    "k": "K", "silhouette": "silh.", "without clusters": "chance", "weakest cluster": "weakest",
    "weakest without clusters": "chance", "Calinski-Harabasz": "C-H", "Davies-Bouldin": "D-B",
    "stability": "stable", "gap": "gap",
}  # fmt: skip
"""Columns of the curves over K, and what a narrow terminal calls them."""
_LEFT = ("name", "method", "exemplars", "track", "made", "changed", "apart")


def draw_found(out: Console, report: ClusterReport) -> None:
    """Print the curves over K and the clusters."""
    from tunelens.services.clustering_report import lead

    found = report.found
    if found.choice is not None and len(found.choice.table):
        _draw_curves(out, found.choice.table)
    out.print(printable(lead(report)), markup=False)
    table = _table(out, "nr", "name", "songs", "silhouette", "exemplars")
    for one in found.clusters:
        songs = found.collection
        near = "; ".join(songs.titles[i] for i in one.exemplars[:3])
        table.add_row(*_safe(str(one.number), one.name, str(one.size), _number(one.silhouette), near))
    out.print(table)


def _draw_curves(out: Console, cells: Cells) -> None:
    table = _table(out, *_CURVES.values())
    for row in zip(*(cells.column(name) for name in _CURVES), strict=True):
        table.add_row(*_safe(*(_cell(cell) for cell in row)))
    out.print(table)


def draw_runs(out: Console, found: Iterable[Listed]) -> None:
    """Print one row per run."""
    table = _table(out, "name", "method", "clusters", "songs", "in none", "later", "made", "changed")
    for one in found:
        counts = (one.n_clusters, one.n_songs, one.n_noise, one.n_later)
        dates = (one.created_at[:10], one.updated_at[:10])
        table.add_row(*_safe(one.name, one.method, *map(str, counts), *dates))
    out.print(table)


def draw_shown(out: Console, shown: ShownRun, number: int | None) -> None:
    """Print the clusters of a run, or the songs of one cluster."""
    if number is not None:
        _draw_members(out, shown)
        return
    sizes = shown.sizes()
    table = _table(out, "nr", "name", "songs", "silhouette", "exemplars")
    for one in shown.run.clusters:
        near = "; ".join(shown.names[track] for track in one.exemplars if track in shown.names)
        cells = (str(one.number), one.name, str(sizes.get(one.number, 0)), _number(one.silhouette), near)
        table.add_row(*_safe(*cells))
    if 0 in sizes:
        table.add_row("0", "in none", str(sizes[0]), "", "")
    out.print(table)


def _draw_members(out: Console, shown: ShownRun) -> None:
    table = _table(out, "id", "track", "distance", "came")
    for one in shown.members[:MOST_ROWS]:
        name = shown.names.get(one.track_id, UNKNOWN)
        later = "later" if one.came_later else ""
        table.add_row(*_safe(str(one.track_id), name, _number(one.distance), later))
    out.print(table)
    if (more := len(shown.members) - MOST_ROWS) > 0:
        out.print(f"and {more} more; --json gives all")


def draw_table(out: Console, cells: Cells) -> None:
    """Print any table; numbers with three digits."""
    table = _table(out, *cells.columns)
    for row in cells.rows:
        table.add_row(*_safe(*(_cell(cell) for cell in row)))
    out.print(table)


def _cell(value: object) -> str:
    return _number(value) if isinstance(value, float) else "" if value is None else str(value)


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.2f}"


def _table(out: Console, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        if column in _LEFT:
            table.add_column(column, overflow="ellipsis", no_wrap=True, max_width=int(0.4 * out.width))
        else:
            table.add_column(escape(printable(column)), justify="right")
    return table


def _safe(*cells: str) -> tuple[str, ...]:
    return tuple(escape(printable(cell)) for cell in cells)
