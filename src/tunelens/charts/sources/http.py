"""Source `http`: charts of servers that a small TOML describes."""

from __future__ import annotations

from pathlib import Path

from tunelens.base.errors import DataError
from tunelens.charts.chart import Chart
from tunelens.charts.registry import ChartOptions


class HttpSource:
    """A server that answers with JSON, described by a file."""

    name = "http"
    summary = "a server that answers with JSON, described by a small TOML file"

    def recognises(self, path: Path) -> bool:
        """Has it the name of TOML?"""
        return path.suffix.lower() == ".toml"

    def read(self, path: Path, options: ChartOptions) -> Chart:
        """Ask the server."""
        raise DataError(f"{str(path)!r}: servers cannot be asked yet ({options.values})")


HTTP = HttpSource()
