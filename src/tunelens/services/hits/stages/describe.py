"""`describe`: the songs of chart and reference as numbers, heard in excerpts or read from tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from tunelens.audio import probe
from tunelens.base.errors import TunelensError
from tunelens.base.language import word
from tunelens.base.settings import Settings
from tunelens.charts.chart import Chart
from tunelens.charts.songs import songs as songs_of
from tunelens.explore.collection import Collection
from tunelens.explore.joining import folded, together
from tunelens.models.registry import BACKBONES, DEFAULT_BACKBONES
from tunelens.services.collections import gather
from tunelens.services.excerpts import HookReport
from tunelens.services.hear import HearOptions
from tunelens.services.hits.inputs import looks_of
from tunelens.services.hits.options import Options
from tunelens.services.hits.stage import Context, NotDoneError, Stage
from tunelens.services.hits.stages.acquire import Acquired
from tunelens.services.hits.stages.prepare import CHART, REFERENCE, Cut, excerpts_folder, is_library

SOUND, TABLE = "sound", "table"
SPECTRAL = ("centroid.mean", "flatness.mean", "zcr.mean", "onset_env.mean")
"""What of the frame features a person has a word for; heard beside the descriptors."""
HEARD = ("descriptors", *SPECTRAL)
COLUMNS = "columns"
NOTHING = word("The chart has no audio features as columns, and no sound was given (--audio, --download).")


@dataclass(frozen=True)
class Described:
    """Songs with their numbers.

    Parameters
    ----------
    chart : Collection
        The chart's songs, with titles, artists, years and facts as the chart tells them.
    reference : Collection or None
        What they are compared with.
    source : str
        "sound" or "table".
    why_no_reference : str
        Why there is none though one was asked for: English text that is said; "" otherwise.
    failed : tuple of (str, TunelensError)
        Files that could not be heard, and a reference that could not be read.
    """

    chart: Collection
    reference: Collection | None
    source: str
    why_no_reference: str = ""
    failed: tuple[tuple[str, TunelensError], ...] = ()


def _run(context: Context) -> Described:
    acquired, cut = context.need(Acquired), context.have(Cut)
    table = replace(of_tables(acquired.charts), name=called(acquired.charts, context.options.title))
    if cut is None:
        if not table.features:
            raise NotDoneError(NOTHING)
        return _with_reference(context, Described(table, None, TABLE), cut)
    heard, failed = heard_songs(context, CHART, cut, HEARD)
    chart = _named(heard, acquired, cut, table)
    return _with_reference(context, Described(chart, None, SOUND, failed=failed), cut)


def of_tables(charts: Sequence[Chart]) -> Collection:
    """Return the songs of charts with the numbers of their columns; each song stands once."""
    found = [songs_of(chart) for chart in charts]
    if len(found) == 1:
        return found[0]
    if not set.intersection(*(set(one.features) for one in found)):
        return replace(found[0], X=found[0].X[:, :0], features=())
    return folded(reduce(together, found))


def called(charts: Sequence[Chart], title: str = "") -> str:
    """Return what the chart is called."""
    return title or called_so([chart.name for chart in charts])


def called_so(names: Sequence[str]) -> str:
    """Return one name for several.

    Examples
    --------
    >>> called_so(["a"]), called_so(["a", "b", "c"])
    ('a', 'a … c')
    """
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"


def heard_songs(
    context: Context, side: str, cut: Cut, features: Sequence[str]
) -> tuple[Collection, tuple[tuple[str, TunelensError], ...]]:
    """Return the excerpts of one side with their numbers; what was heard before is not heard again."""
    options = context.options
    excerpts = cut.of(side)
    found = gather(
        excerpts_folder(context, side), features=list(features), library=context.work.library,
        settings=options.settings, jobs=options.jobs, progress=context.progress,
    )  # fmt: skip
    rows = [row for row, path in enumerate(found.songs.paths) if path in excerpts]
    songs = found.songs.take(rows)
    if options.how != "whole":  # all excerpts are of one length
        songs = songs.only([name for name in songs.features if name != "duration_s"])
    return songs, tuple((str(path), error) for path, error in found.failed if path in excerpts)


def _named(heard: Collection, acquired: Acquired, cut: Cut, table: Collection) -> Collection:
    """Return what was heard under the names of the chart, with what the chart tells besides."""
    entry_of = {path: entry for path, entry in zip(acquired.files, acquired.entries, strict=True) if path}
    excerpts = cut.of(CHART)
    entries = [entry_of[_source(excerpts, path)] for path in heard.paths]
    rows = {name: row for row, name in enumerate(table.ids)}
    at = [rows.get(entry.music_id, -1) for entry in entries]
    assert table.years is not None
    years = np.array([table.years[row] if row >= 0 else np.nan for row in at], np.float64)
    told = {
        name: tuple(values[row] if row >= 0 else "" for row in at) for name, values in table.facts.items()
    }
    own = {name: values for name, values in _spelt(heard).items() if name not in told}
    return replace(
        heard, name=table.name, ids=tuple(entry.music_id for entry in entries),
        titles=tuple(entry.title or entry.music_id for entry in entries),
        artists=tuple(entry.creator for entry in entries), years=years, facts={**told, **own},
        notes=tuple(dict.fromkeys((*table.notes, *heard.notes))),
    )  # fmt: skip


def _source(excerpts: Mapping[Path, HookReport], path: Path | None) -> Path:
    assert path is not None
    return excerpts[path].source


def _with_names(heard: Collection, cut: Cut) -> Collection:
    """Return what was heard under the names that the recordings have: excerpts have none."""
    excerpts = cut.of(REFERENCE)
    names = [named(_source(excerpts, path)) for path in heard.paths]
    artists, titles = tuple(one for one, _ in names), tuple(one for _, one in names)
    return replace(heard, artists=artists, titles=titles, facts=_spelt(heard))


def _spelt(heard: Collection) -> dict[str, tuple[str, ...]]:
    """Return what was heard and is no number: bundles and nets spell one genre in two ways."""
    facts = {name: values for name, values in heard.facts.items() if name != "file_genre"}
    return facts | {
        name: tuple(value.casefold() for value in facts[name]) for name in ("genre", "mood") if name in facts
    }


def named(path: Path) -> tuple[str, str]:
    """Return artist and title of a recording, by its tags, else by its name: ``artist - title``.

    Examples
    --------
    >>> named(Path("周杰伦 - 夜曲.mp3")), named(Path("Sunny.mp3"))
    (('周杰伦', '夜曲'), ('', 'Sunny'))
    """
    try:
        told = probe(path)
    except TunelensError:
        told = None
    if told is not None and told.title:
        return told.artist or "", told.title
    artist, dash, title = path.stem.partition(" - ")
    return (artist, title) if dash else ("", path.stem)


def _with_reference(context: Context, found: Described, cut: Cut | None) -> Described:
    """Add the reference, heard or read as the chart was: numbers of two programs are not compared."""
    against = context.options.against
    if against is None:
        return found
    try:
        reference, failed = _reference(context, found, cut)
    except NotDoneError as error:
        return replace(found, why_no_reference=error.text)
    except TunelensError as error:
        return replace(found, failed=(*found.failed, (against, error)))
    named = replace(reference, name=context.options.against_title or _short(against))
    return replace(found, reference=named, failed=(*found.failed, *failed))


def _short(source: str) -> str:
    """Return what a source is called: names of files without their folders."""
    if is_library(source):
        return source
    return called_so([Path(part).stem for part in source.split("+") if part])


def _reference(
    context: Context, found: Described, cut: Cut | None
) -> tuple[Collection, tuple[tuple[str, TunelensError], ...]]:
    options = context.options
    if found.source == SOUND:
        if cut is None or not cut.reference:
            raise NotDoneError(
                word(
                    "The chart was heard and the reference is a table: numbers of two programs are not "
                    "compared."
                )
            )
        heard, failed = heard_songs(context, REFERENCE, cut, HEARD)
        return _with_names(heard, cut), failed
    read = gather(str(options.against), library=options.library, settings=options.settings, jobs=options.jobs)
    if any(path is not None for path in read.songs.paths):
        raise NotDoneError(
            word("The chart is a table and the reference is sound: numbers of two programs are not compared.")
        )
    return read.songs, tuple((str(path), error) for path, error in read.failed)


def nets_of(settings: Settings) -> dict[str, str]:
    """Return versions of descriptors, and of the nets and bundles that are there, as `collect` uses them."""
    there = all(BACKBONES[name].available(settings) for name in DEFAULT_BACKBONES)
    return HearOptions(DEFAULT_BACKBONES if there else (), settings=settings).versions()


def _parameters(options: Options) -> dict[str, Any]:
    heard = options.audio is not None or options.download
    nets = nets_of(options.settings) if heard else {}
    own = {name: nets.pop(name, None) for name in ("descriptors", "prints")}
    return {
        "descriptors": own["descriptors"],
        "nets": [f"{name} {version}" for name, version in nets.items()],
        "against": options.against,
        "features": [*HEARD] if heard else [COLUMNS],
        "title": options.title,
        "against_title": options.against_title,
        "language": options.language,
    }


def _inputs(options: Options) -> Any:
    return looks_of((options.against or "").split("+"))


DESCRIBE = Stage(
    "describe", _run, _parameters, needs=("acquire",), uses=("prepare",), inputs=_inputs,
)  # fmt: skip
