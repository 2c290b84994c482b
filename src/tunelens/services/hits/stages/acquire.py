"""`acquire`: the chart is read, and the sound of its songs is found, or fetched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, TunelensError
from tunelens.charts.chart import Chart, Entry, merged
from tunelens.charts.columns import pairs_from
from tunelens.charts.read import read_chart
from tunelens.services.hits.inputs import look_of, looks_of
from tunelens.services.hits.options import Options
from tunelens.services.hits.stage import Context, Stage

AUDIO = "audio"


class UnmatchedError(DataError):
    """A song of the chart has no file."""

    code = "unmatched"


@dataclass(frozen=True)
class Acquired:
    """The chart, and which of its songs have sound.

    Parameters
    ----------
    charts : tuple of Chart
        As they were read, one per source.
    entries : tuple of Entry
        Every song once, in the order of the charts.
    files : tuple of Path or None
        The sound of each entry.
    failed : tuple of (str, TunelensError)
        Songs without sound though it was asked for, and why.
    strangers : tuple of Path
        Files of the folder that belong to no song of the chart.
    """

    charts: tuple[Chart, ...]
    entries: tuple[Entry, ...]
    files: tuple[Path | None, ...]
    failed: tuple[tuple[str, TunelensError], ...] = ()
    strangers: tuple[Path, ...] = ()

    @property
    def n_with_sound(self) -> int:
        """How many songs have sound."""
        return sum(path is not None for path in self.files)


def _run(context: Context) -> Acquired:
    options = context.options
    charts = tuple(
        read_chart(
            source,
            fields=pairs_from(options.fields),
            allow_private=options.allow_private,
            settings=options.settings,
            progress=context.progress,
        )
        for source in options.charts
    )
    whole = merged(charts).unique() if len(charts) > 1 else charts[0].unique()
    if not whole.entries:
        raise DataError(f"{', '.join(options.charts)}: there is no song in the chart")
    if options.audio is None and not options.download:
        return Acquired(charts, whole.entries, (None,) * len(whole))
    return _with_sound(context, charts, whole)


def _with_sound(context: Context, charts: tuple[Chart, ...], whole: Chart) -> Acquired:
    found: dict[str, Path] = {}
    failed: dict[str, TunelensError] = {}
    strangers: tuple[Path, ...] = ()
    if context.options.audio is not None:
        found, strangers = _matched(whole, context.options.audio)
    if context.options.download:
        missing = tuple(entry for entry in whole if entry.music_id not in found)
        fetched, failed = _fetched(context, replace(whole, entries=missing))
        found |= fetched
    for entry in whole:
        if entry.music_id not in found:
            failed.setdefault(entry.name, UnmatchedError(f"{entry.name}: no file was found"))
    files = tuple(found.get(entry.music_id) for entry in whole)
    return Acquired(charts, whole.entries, files, tuple(failed.items()), strangers)


def _matched(chart: Chart, folder: Path) -> tuple[dict[str, Path], tuple[Path, ...]]:
    from tunelens.services.charts import files_of

    matched = files_of(chart, folder)
    return {pair.entry.music_id: pair.path for pair in matched.pairs}, matched.without_entry


def _fetched(context: Context, chart: Chart) -> tuple[dict[str, Path], dict[str, TunelensError]]:
    """Fetch what is missing; a chart without any address costs its songs and not the run."""
    from tunelens.services.charts import get_audio

    if not any(entry.audio_url for entry in chart):
        return {}, {}
    done = get_audio(
        chart,
        context.work.place(AUDIO),
        allow_private=context.options.allow_private,
        progress=context.progress,
    )
    return {item.music_id: done.folder / item.file for item in done.items if item.is_done}, dict(done.errors)


def _parameters(options: Options) -> dict[str, Any]:
    return {
        "charts": list(options.charts),
        "fields": list(options.fields),
        "audio": None if options.audio is None else str(options.audio),
        "download": options.download,
    }


def _inputs(options: Options) -> list[str]:
    return [*looks_of(options.charts), "" if options.audio is None else look_of(options.audio)]


def _is_there(found: Acquired) -> bool:
    return all(path is None or path.is_file() for path in found.files)


ACQUIRE = Stage("acquire", _run, _parameters, inputs=_inputs, is_there=_is_there)
