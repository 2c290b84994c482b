"""`CHARTS`: where charts come from, by name. Listing imports nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tunelens.base.progress import Progress, Silent
from tunelens.base.registry import Registry
from tunelens.base.settings import Settings
from tunelens.charts.chart import Chart


@dataclass(frozen=True)
class ChartOptions:
    """What a person may tell a source of charts.

    Parameters
    ----------
    fields : Mapping of str to str
        ``field -> column`` (or JSON path) where names do not say it.
    values : Mapping of str to str
        What goes into the places of a provider's URL and query, say ``{"day": "2021-03-05"}``.
    allow_private : bool
        May addresses of this computer and of its network be asked?
    max_age_s : float or None
        Answers kept on disk are used until they are this old; None leaves it to the provider, 0 asks anew.
    settings : Settings
        Where answers are kept.
    progress : Progress
        Told of every page.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    max_age_s: float | None = None
    settings: Settings = field(default_factory=Settings.from_env)
    progress: Progress = field(default_factory=Silent)


class ChartSource(Protocol):
    """What reads charts of one kind."""

    name: str
    summary: str
    """One line for lists."""

    def recognises(self, path: Path) -> bool:
        """Is `path`, which exists, of this kind? Looks at its name and beginning."""
        ...

    def read(self, path: Path, options: ChartOptions) -> Chart:
        """Read the chart that `path` holds or describes."""
        ...


_SOURCES = "tunelens.charts.sources"

CHARTS: Registry[ChartSource] = Registry(
    "chart source",
    {
        "http": f"{_SOURCES}.http:HTTP",
        "json": f"{_SOURCES}.document:DOCUMENT",
        "csv": f"{_SOURCES}.table:TABLE",
    },
    group="tunelens.charts",
)
"""In this order sources are tried on a file whose kind nobody says."""
