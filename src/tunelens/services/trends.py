"""`trends_of`: what changes over the years of a source. As a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import TunelensError
from tunelens.base.feature_words import feature_name
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.charts.hits.trends import Trend, Trends, trends
from tunelens.plots.display import Display
from tunelens.plots.trends import Course, TrendsDisplay
from tunelens.services.collections import gather
from tunelens.services.findings import ShownFindings


@dataclass(frozen=True)
class TrendsReport(ShownFindings):
    """What was found.

    Parameters
    ----------
    trends : Trends
    notes : tuple of str
        Of the trends, and of how the songs came about.
    failed : tuple of (Path, TunelensError)
        Files that could not be heard.
    """

    trends: Trends
    notes: tuple[str, ...] = ()
    failed: tuple[tuple[Path, TunelensError], ...] = ()

    @property
    def title(self) -> str:
        """A heading."""
        return self.trends.to_table().name

    def summary(self) -> str:
        """Return what is to be said first, in the language of now."""
        return self.trends.summary()

    def tables(self) -> tuple[Table, ...]:
        """Return features, and the shares of each fact."""
        return self.trends.to_table(), *self.trends.share_tables()

    def displays(self) -> Mapping[str, Display]:
        """Return pictures by name: the features, and the shares of each fact."""
        return trend_displays(self.trends)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        failed = [{"path": str(path), "error": error.to_dict()} for path, error in self.failed]
        return {**self.trends.to_dict(), "notes": list(self.notes), "failed": failed}


def trend_displays(found: Trends) -> dict[str, Display]:
    """Return pictures of trends: ``features``, and one for each fact."""
    shown: dict[str, Display] = {"features": _display(found.features, found.songs)}
    for fact, rows in found.shares.items():
        shown[fact] = _display(rows, f"{found.songs}: {feature_name(fact)}")
    return shown


def _display(rows: Sequence[Trend], title: str) -> TrendsDisplay:
    courses = [
        Course(one.feature, one.years, one.values, one.spread, one.slope, one.verdict, one.shown)
        for one in rows
    ]
    return TrendsDisplay(courses=courses, title=title)


def trends_of(
    source: str | Path,
    *,
    features: str | Sequence[str] = "descriptors",
    facts: Sequence[str] | None = None,
    correction: str = "bh",
    level: float = 0.05,
    library: str | Path | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> TrendsReport:
    """Return what changes over the years; parameters and errors as `collect` and `trends` have them."""
    found = gather(
        source, features=features, library=library, settings=settings, jobs=jobs, progress=progress
    )
    told = trends(found.songs, facts=facts, correction=correction, level=level)
    return TrendsReport(told, (*told.notes, *found.songs.notes), found.failed)
