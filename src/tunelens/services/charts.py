"""Charts: see, fetch and keep them, and get their sound."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tunelens.audio.info import AudioInfo, probe
from tunelens.base.errors import ParameterError
from tunelens.base.files import check_writable
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.charts.chart import Chart
from tunelens.charts.download import Downloaded, DownloadLimits, download
from tunelens.charts.manifest import NAME
from tunelens.charts.match import Matched, match_audio
from tunelens.charts.read import read_chart
from tunelens.charts.registry import CHARTS
from tunelens.services.engines import ENGINES, Outcome, n_workers

PROBE_S = 60.0
"""Longest time that opening one file may take, seconds."""


@dataclass(frozen=True)
class Reading:
    """How a person wants a chart to be read.

    Parameters
    ----------
    fields, values : Mapping of str to str
        As of `tunelens.charts.registry.ChartOptions`.
    allow_private, fresh : bool
        Ask addresses that are not public; ask anew what is on disk.
    unique : bool
        Of several rows with one id keep the first.
    top : int or None
        Keep so many, by rank where there are ranks.

    Raises
    ------
    ParameterError
        `top` is not positive.
    """

    fields: Mapping[str, str]
    values: Mapping[str, str]
    allow_private: bool = False
    fresh: bool = False
    unique: bool = False
    top: int | None = None

    def __post_init__(self) -> None:
        if self.top is not None and self.top < 1:
            raise ParameterError(f"top is {self.top}; at least 1 is needed")


def sources() -> list[tuple[str, str]]:
    """Return the sources of charts with what they read."""
    return [(name, CHARTS[name].summary) for name in CHARTS]


def open_chart(
    source: str, reading: Reading, *, settings: Settings | None = None, progress: Progress | None = None
) -> Chart:
    """Read a chart; raises as `read_chart` does.

    Parameters
    ----------
    source : str
        As of `read_chart`.
    reading : Reading
        How.
    """
    chart = read_chart(
        source,
        fields=reading.fields,
        values=reading.values,
        allow_private=reading.allow_private,
        max_age_s=0.0 if reading.fresh else None,
        settings=settings,
        progress=progress,
    )
    chart = chart.unique() if reading.unique else chart
    return chart if reading.top is None else chart.top(reading.top)


def save_chart(chart: Chart, out: Path, *, force: bool = False) -> Path:
    """Write a chart as JSON.

    Raises
    ------
    ParameterError
        `out` exists.
    DataError
        It cannot be written.
    """
    return chart.save(check_writable(out, force=force))


def get_audio(
    chart: Chart,
    folder: Path,
    *,
    limits: DownloadLimits | None = None,
    allow_private: bool = False,
    progress: Progress | None = None,
) -> Downloaded:
    """Fetch the sound of a chart into a folder; raises as `tunelens.charts.download.download` does.

    What came is opened in a process apart: a file that crashes or holds a decoder costs itself alone.

    Raises
    ------
    ParameterError
        `folder` is a file.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        raise ParameterError(f"{str(folder)!r} is no folder", hint="name a folder for the files and " + NAME)
    return download(
        chart, folder, limits=limits, allow_private=allow_private, hear=_probe_apart, progress=progress
    )


def files_of(chart: Chart, folder: Path, *, settings: Settings | None = None) -> Matched:
    """Find the files of the songs of a chart, as `match_audio` does, which opens none of them here."""
    jobs = n_workers(None, settings or Settings.from_env())

    def hear_all(files: Sequence[Path]) -> dict[Path, AudioInfo]:
        return {one.item: one.result for one in _probed(files, jobs) if one.error is None}

    return match_audio(chart, folder, hear_all=hear_all)


def _probe_apart(path: Path) -> AudioInfo:
    (outcome,) = _probed([path])
    if outcome.error is not None:
        raise outcome.error
    return outcome.result


def _probed(paths: Sequence[Path], jobs: int = 1) -> list[Outcome]:
    with closing(ENGINES["local"].map(probe, paths, jobs=jobs, timeout_s=PROBE_S)) as outcomes:
        return list(outcomes)


def limits_of(
    *, most_mb: float | None = None, per_second: float | None = None, retries: int | None = None
) -> DownloadLimits:
    """Return the bounds of fetching files as a person says them, the others as they are.

    Raises
    ------
    ParameterError
        A value is not allowed.

    Examples
    --------
    >>> limits_of(most_mb=1).web.body_bytes
    1000000
    """
    usual = DownloadLimits()
    given: dict[str, Any] = {"per_second": per_second, "retries": retries}
    given["body_bytes"] = None if most_mb is None else int(most_mb * 1e6)
    known = {name: value for name, value in given.items() if value is not None}
    return replace(usual, web=replace(usual.web, **known))


def chart_table(chart: Chart, n: int = 50) -> Table:
    """Return the first songs of a chart as a table."""
    rows = [
        (
            entry.rank,
            entry.title,
            entry.creator,
            entry.use_count,
            entry.increase,
            entry.duration_s,
            entry.date,
        )
        for entry in chart.entries[:n]
    ]
    columns = ("rank", "title", "creator", "uses", "increase", "seconds", "date")
    rest = len(chart) - len(rows)
    return Table(chart.name, columns, tuple(rows), f"{rest} more songs" if rest else "")


__all__ = [
    "DownloadLimits",
    "Reading",
    "chart_table",
    "files_of",
    "get_audio",
    "limits_of",
    "open_chart",
    "save_chart",
    "sources",
]
