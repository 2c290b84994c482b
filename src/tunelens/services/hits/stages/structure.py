"""`structure`: where the hooks of the songs lie, and how a few songs that stand for the others are built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from tunelens.base.errors import TunelensError
from tunelens.charts.chart import Entry
from tunelens.explore.collection import Collection
from tunelens.features.structure import Hook, Structure
from tunelens.services.claims import Followed
from tunelens.services.excerpts import HookReport
from tunelens.services.hits.inputs import look_of
from tunelens.services.hits.options import Options
from tunelens.services.hits.stage import Context, Stage
from tunelens.services.hits.stages.acquire import Acquired
from tunelens.services.hits.stages.cluster import Grouped
from tunelens.services.hits.stages.describe import named
from tunelens.services.hits.stages.prepare import Cut

OF = "both"
MOST_EXEMPLARS = 4
COLUMNS = 200
"""Columns of a matrix that is kept for its picture."""
LEAST_WHOLE_S = 60.0
"""A recording that is shorter is hardly a whole song."""


@dataclass(frozen=True)
class SongHook:
    """Where the excerpt of one song lies in its recording.

    Parameters
    ----------
    title, artist : str
    hook : Hook
    duration_s : float or None
        Of the recording.
    """

    title: str
    artist: str
    hook: Hook
    duration_s: float | None


@dataclass(frozen=True, eq=False)
class Exemplar:
    """How one song is built.

    Parameters
    ----------
    title, artist : str
    structure : Structure
        Its parts, and the matrix, averaged down to at most `COLUMNS` columns.
    """

    title: str
    artist: str
    structure: Structure


@dataclass(frozen=True)
class Structured:
    """Hooks of all songs, structure of a few.

    Parameters
    ----------
    hooks : tuple of SongHook
        Of the chart; empty where no hooks were looked for.
    reference : tuple of SongHook
        Of the reference.
    exemplars : tuple of Exemplar
    followed, others : Followed or None
        How features go through the songs of the chart, and of the reference.
    failed : tuple of (str, TunelensError)
        Songs that could not be heard.
    """

    hooks: tuple[SongHook, ...]
    reference: tuple[SongHook, ...]
    exemplars: tuple[Exemplar, ...]
    followed: Followed | None = None
    others: Followed | None = None
    failed: tuple[tuple[str, TunelensError], ...] = ()

    @property
    def is_of_whole_songs(self) -> bool:
        """Are half of the recordings long enough to be whole songs?"""
        lengths = [one.duration_s for one in self.hooks if one.duration_s]
        return bool(lengths) and float(np.median(lengths)) >= LEAST_WHOLE_S


def _run(context: Context) -> Structured:
    cut, acquired = context.need(Cut), context.need(Acquired)
    entry_of = {path: entry for path, entry in zip(acquired.files, acquired.entries, strict=True) if path}
    hooks = _hooks(cut.chart, entry_of) if context.options.how == "hook" else ()
    others = _hooks(cut.reference, {}) if context.options.how == "hook" else ()
    exemplars, failed = [], []
    chosen = list(dict.fromkeys(path for path in _exemplars(context, cut) if path in entry_of))[
        :MOST_EXEMPLARS
    ]
    context.progress.start(len(chosen), "songs")
    try:
        for path in chosen:
            try:
                exemplars.append(_built(path, entry_of[path]))
            except TunelensError as error:
                failed.append((entry_of[path].name, error))
            context.progress.advance(str(path))
    finally:
        context.progress.finish()
    followed = _followed(context, cut.chart, "chart", entry_of)
    beside = _followed(context, cut.reference, "reference", {})
    lost = [(str(path), error) for one in (followed, beside) if one for path, error in one.failed]
    return Structured(hooks, others, tuple(exemplars), followed, beside, (*failed, *lost))


def _followed(
    context: Context, excerpts: Sequence[HookReport], side: str, entry_of: dict[Path, Entry]
) -> Followed | None:
    """Follow whole recordings from start to end; what was followed before is not followed again."""
    from tunelens.services.claims import follow

    if not excerpts:
        return None
    sources = tuple(one.source for one in excerpts)
    artists = tuple(entry_of[path].creator if path in entry_of else named(path)[0] for path in sources)
    songs = Collection(
        side, tuple(map(str, sources)), np.zeros((len(sources), 0)), (), artists=artists, paths=sources
    )
    options = context.options
    return context.once(
        "followed", [side, [[str(path), look_of(path)] for path in sources], artists],
        lambda: follow(songs, jobs=options.jobs, settings=options.settings, progress=context.progress),
    )  # fmt: skip


def _hooks(excerpts: Sequence[HookReport], entry_of: dict[Path, Entry]) -> tuple[SongHook, ...]:
    return tuple(_hook(one, entry_of.get(one.source)) for one in excerpts)


def _hook(one: HookReport, entry: Entry | None) -> SongHook:
    from tunelens.audio import probe

    try:
        duration_s = probe(one.source).duration_s
    except TunelensError:
        duration_s = None
    title, artist = (entry.title, entry.creator) if entry else (one.source.stem, "")
    return SongHook(title, artist, one.hook, duration_s)


def _exemplars(context: Context, cut: Cut) -> Iterator[Path]:
    """Yield recordings that stand for the others: the first of every cluster, then the second ones."""
    grouped = context.have(Grouped)
    sources = {one.out: one.source for one in cut.chart}
    if grouped is not None:
        paths = grouped.clustering.collection.paths
        for rows in zip_longest(*grouped.clustering.exemplars):
            yield from (sources[paths[row]] for row in rows if row is not None and paths[row] in sources)
    yield from (one.source for one in cut.chart)


def _built(path: Path, entry: Entry) -> Exemplar:
    from tunelens.services.structure import structure

    return Exemplar(entry.title, entry.creator, smaller(structure(path, of=OF).structure))


def smaller(found: Structure, columns: int = COLUMNS) -> Structure:
    """Return a structure with its matrix averaged down to at most so many columns."""
    ssm = found.ssm
    step = -(-ssm.n // columns)
    starts = np.arange(0, ssm.n, step)
    sizes = np.diff([*starts, ssm.n])
    summed = np.add.reduceat(np.add.reduceat(ssm.values.astype(np.float64), starts, axis=0), starts, axis=1)
    values = (summed / np.outer(sizes, sizes)).astype(np.float32)
    coarse = replace(ssm, values=values, edges_s=ssm.edges_s[[*starts, ssm.n]])
    return replace(found, ssm=coarse, novelty=np.maximum.reduceat(found.novelty, starts))


def _parameters(options: Options) -> dict[str, Any]:
    return {"of": OF, "metric": "cosine", "exemplars": MOST_EXEMPLARS, "hooks": options.how == "hook"}


STRUCTURE = Stage("structure", _run, _parameters, needs=("acquire", "prepare"), uses=("cluster",))
