"""`Options`: everything a person may ask of the whole way, checked before hours are spent on it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.base.language import LANGUAGES
from tunelens.base.settings import Settings
from tunelens.charts.columns import pairs_from

STAGES = ("acquire", "prepare", "describe", "select", "cluster", "classify", "structure", "compare")
"""The whole way, in its order."""
HOW = ("hook", "first", "whole")
AUTO = "auto"
MOST_CLUSTERS = 50


@dataclass(frozen=True)
class Options:
    """What is asked for.

    Parameters
    ----------
    charts : tuple of str
        Files or sources of the chart, see `tunelens.charts.read`; several are put one after the other.
    fields : tuple of str
        Which column a field of the chart is, ``title=曲目``, where its name does not tell.
    audio : Path or None
        Folder with the sound of the chart's songs.
    against : str or None
        The music to compare with: a folder, a table with features, ``library:QUERY``.
    language : str
        Of the report: "en" or "zh".
    how : str
        What is heard of every song: its "hook", its "first" seconds, or the "whole".
    duration_s : float
        Length of hooks and first seconds.
    features : str
        What songs are clustered by: "auto", "selected", or what `tunelens.services.collections.collect`
        takes.
    k : int or None
        Number of clusters; None lets the figures decide.
    seed : int
        Of everything that draws at random.
    skip : frozenset of str
        Names in `STAGES` that are not wanted.
    download : bool
        Fetch the sound that the chart has addresses of.
    allow_private : bool
        May chart and sound be fetched from addresses that are not of the public internet?
    title, against_title : str
        What the chart and the reference are called in the report; their own names if "".
    library : Path or None
        The library that ``library:QUERY`` means; the default one if left out.
    jobs : int or None
        Worker processes.
    settings : Settings
        Where nets lie, time limits.

    Raises
    ------
    ParameterError, UnknownNameError
        A value is not allowed.

    Examples
    --------
    >>> Options(("chart.csv",), skip=frozenset({"select"})).how
    'hook'
    >>> Options(("chart.csv",), k=1)
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: k is 1; 2 to 50 clusters are possible, None lets the figures decide
    """

    charts: tuple[str, ...]
    audio: Path | None = None
    against: str | None = None
    language: str = "en"
    how: str = "hook"
    duration_s: float = 15.0
    features: str = AUTO
    k: int | None = None
    seed: int = 0
    skip: frozenset[str] = frozenset()
    download: bool = False
    allow_private: bool = False
    title: str = ""
    against_title: str = ""
    library: Path | None = None
    jobs: int | None = None
    settings: Settings = field(default_factory=Settings.from_env)
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for kind, name, known in (
            ("language", self.language, LANGUAGES), ("way to cut songs", self.how, HOW),
            *(("stage", name, STAGES) for name in sorted(self.skip)),
        ):  # fmt: skip
            if name not in known:
                raise UnknownNameError.among(kind, name, known)
        if self.k is not None and not 2 <= self.k <= MOST_CLUSTERS:
            raise ParameterError(
                f"k is {self.k}; 2 to {MOST_CLUSTERS} clusters are possible, None lets the figures decide"
            )
        if not 1 <= self.duration_s <= 600:
            raise ParameterError(f"duration_s is {self.duration_s}; 1 to 600 seconds are possible")
        if self.seed < 0:
            raise ParameterError(f"seed is {self.seed}; a whole number from 0 is needed")
        if not self.charts:
            raise ParameterError("no chart was given; a file or the .toml of a provider is needed")
        if "acquire" in self.skip:
            raise ParameterError("acquire cannot be skipped: without the chart there is nothing to report")
        pairs_from(self.fields)
        if self.audio is not None and not self.audio.is_dir():
            raise ParameterError(
                f"{str(self.audio)!r} is no folder; --audio is the folder with the songs of the chart"
            )


def stage_names(text: str | Iterable[str]) -> frozenset[str]:
    """Return names of stages, given one by one or separated by commas.

    Examples
    --------
    >>> sorted(stage_names("select, structure"))
    ['select', 'structure']
    """
    parts = text.split(",") if isinstance(text, str) else text
    return frozenset(name.strip() for name in parts if name.strip())


def default_work(charts: tuple[str, ...]) -> Path:
    """Return the folder that keeps a run unless another is named: in the current one, by the chart's name."""
    name = os.path.basename("".join(charts[:1]).rpartition(":")[2].rstrip("/\\"))  # noqa: PTH119 - a source is no path
    return Path(f"{Path(name).stem or 'chart'}.hits")
