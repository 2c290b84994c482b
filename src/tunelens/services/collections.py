"""`collect`: songs with their numbers, from a library, a folder of sound, or a table."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from tunelens.base.errors import DataError, NotFoundError, TunelensError, UnknownNameError
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.charts.songs import songs
from tunelens.explore.collection import Collection
from tunelens.explore.joining import folded, together
from tunelens.explore.selection import KeptSelection
from tunelens.library import columns
from tunelens.library.columns import SETS, Numbers
from tunelens.library.identity import text_to_path
from tunelens.library.store import Library
from tunelens.models.registry import BACKBONES, DEFAULT_BACKBONES
from tunelens.services.analyze import ScanReport, analyze_many
from tunelens.services.hear import HearOptions

LIBRARY = "library"
UNITS = ("bpm", "lufs", "lu", "db", "s")
NEED_NETS = ("tags", "embedding")
_NETS_ABSENT = "the nets are not here (tunelens models pull): no tags, genre or mood were heard"


@dataclass(frozen=True, eq=False)
class Collected:
    """Songs, and the files of them that could not be heard.

    Parameters
    ----------
    songs : Collection
    failed : tuple of (Path, TunelensError)
        Files that are not among the songs, and why.
    kind : {"heard", "table", "both"}
        Who measured the features: Tunelens, or whoever made the table.
    """

    songs: Collection
    failed: tuple[tuple[Path, TunelensError], ...] = ()
    kind: str = "heard"


def collect(
    source: str | Path,
    *,
    features: str | Sequence[str] = "descriptors",
    library: str | Path | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Collection:
    """Return the songs of a source with their numbers.

    Parameters
    ----------
    source : str or Path
        ``library`` or ``library:QUERY``; a folder of sound, which is heard into the library first, as
        `analyze_many` does; a table with features, or anything that `read_chart` reads; several of these
        with ``+`` between.
    features : str or sequence of str
        ``descriptors`` (tempo, energy, ...), ``waveform`` (the 42 statistics), ``pooled``, ``tags``,
        ``embedding``, several of them, names of features, or a file of names that `select-features --save`
        wrote (``.json``). A table has the numbers that it has; names choose among them, and a set takes all.
    library : str or Path, optional
        File of the library; the user's own by default.
    settings : Settings, optional
    jobs : int, optional
        Worker processes that hear; as in `analyze_many`.
    progress : Progress, optional

    Returns
    -------
    Collection
        One row per song: the same artist and title, or the same content, stands once. ``facts`` has genre,
        mood, key, mode and album of a library, and of a table what is no number of the sound, outcomes such
        as popularity among them, as text.

    Raises
    ------
    NotFoundError
        There is no such source, or no song in it.
    UnknownNameError
        A feature is not there.
    DataError
        A table cannot be read, or not one file could be heard.
    QueryError
        The query cannot be read.
    """
    found = gather(
        source, features=features, library=library, settings=settings, jobs=jobs, progress=progress
    )
    return found.songs


def gather(
    source: str | Path,
    *,
    features: str | Sequence[str] = "descriptors",
    library: str | Path | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Collected:
    """Return what `collect` does, and which files could not be heard; parameters and errors as there."""
    wanted = _wanted(features)
    settings = settings or Settings.from_env()
    where = _Where(wanted, library, settings, jobs, progress)
    parts = [_one(part, where) for part in _parts(str(source))]
    if len(parts) == 1:
        return parts[0]
    joined = reduce(together, [part.songs for part in parts])
    kinds = {part.kind for part in parts}
    kind = kinds.pop() if len(kinds) == 1 else "both"
    return Collected(folded(joined), tuple(one for part in parts for one in part.failed), kind)


@dataclass(frozen=True)
class _Where:
    features: tuple[str, ...]
    library: str | Path | None
    settings: Settings
    jobs: int | None
    progress: Progress | None


def _wanted(features: str | Sequence[str]) -> tuple[str, ...]:
    names = features.split(",") if isinstance(features, str) else features
    found = tuple(dict.fromkeys(one for name in names for one in _named(name.strip()) if one))
    if not found:
        raise UnknownNameError.among("set of features", "", SETS)
    return found


def _named(name: str) -> tuple[str, ...]:
    """Return the features of a file that `select_features` kept, or the name itself."""
    return KeptSelection.load(Path(name)).features if name.endswith(".json") else (name,)


def _parts(source: str) -> list[str]:
    """Split ``a.csv+b.csv``; a name that is there as it is given is one source."""
    if os.path.exists(source) or source.startswith(f"{LIBRARY}:"):  # noqa: PTH110 - never raises
        return [source]
    return [part for part in source.split("+") if part] or [source]


def _one(source: str, where: _Where) -> Collected:
    if source == LIBRARY or source.startswith(f"{LIBRARY}:"):
        query = source.partition(":")[2]
        with Library.open(where.library, create=False) as catalogue:
            return Collected(_of_library(catalogue, columns.facts(catalogue, query), source, where))
    if os.path.isdir(source):  # noqa: PTH112 - never raises
        return _of_folder(Path(source), where)
    return Collected(_of_table(source, where), kind="table")


def _of_folder(folder: Path, where: _Where) -> Collected:
    absent = [one for one in DEFAULT_BACKBONES if not BACKBONES[one].available(where.settings)]
    needed = any(name in NEED_NETS for name in where.features)
    options = HearOptions(() if absent and not needed else DEFAULT_BACKBONES, settings=where.settings)
    with Library.open(where.library) as catalogue:
        report = analyze_many([folder], catalogue, jobs=where.jobs, options=options, progress=where.progress)
        if report.interrupted:
            raise KeyboardInterrupt
        paths = [*report.analyzed, *report.skipped, *report.moved]
        if not paths:
            raise _nothing_heard(folder, report)
        ids = {one.id for one in catalogue.known(paths).values()}
        rows = [row for row in columns.facts(catalogue) if row.id in ids]
        found = _of_library(catalogue, rows, folder.name or str(folder), where)
    notes = [_NETS_ABSENT] if absent and not needed else []
    n_lost = len(report.failed)
    notes += [f"{n_lost} file{'' if n_lost == 1 else 's'} could not be heard"] if n_lost else []
    return Collected(replace(found, notes=(*found.notes, *notes)), report.failed)


def _nothing_heard(folder: Path, report: ScanReport) -> TunelensError:
    if not report.failed:
        return NotFoundError(f"folder {str(folder)!r} holds no audio files")
    path, error = report.failed[0]
    return DataError(
        f"not one file of {str(folder)!r} could be heard; the first, {str(path)!r}: {error.message}",
        hint=error.hint,
    )


def every_track(library: Library, features: str | Sequence[str] = "descriptors") -> Collection:
    """Return all tracks of a library that is open, copies too; `features` and errors as in `collect`."""
    return _as_they_are(library, columns.facts(library), LIBRARY, _wanted(features))


def _of_library(library: Library, rows: Sequence[Any], name: str, where: _Where) -> Collection:
    return folded(_as_they_are(library, rows, name, where.features), [row.sha256 for row in rows])


def _as_they_are(library: Library, rows: Sequence[Any], name: str, features: Sequence[str]) -> Collection:
    if not rows:
        raise NotFoundError(f"{name!r} finds no track", hint="tunelens list shows what is there")
    X = _numbers(library, rows, features)
    heard, written = columns.top_tags(library, rows, "genre"), tuple(row.genre or "" for row in rows)
    told = {
        "genre": heard if any(heard) else written,
        "mood": columns.top_tags(library, rows, "mood"),
        "file_genre": written,
        "album": tuple(row.album or "" for row in rows),
        "key": tuple(f"{row.tonic} {row.mode}" if row.tonic and row.mode else "" for row in rows),
        "mode": tuple(row.mode or "" for row in rows),
    }
    paths = tuple(text_to_path(row.path) for row in rows)
    return Collection(
        name,
        tuple(str(row.id) for row in rows),
        X.X,
        X.names,
        titles=tuple(row.title or path.stem for row, path in zip(rows, paths, strict=True)),
        artists=tuple(row.artist or row.album_artist or "" for row in rows),
        paths=paths,
        years=np.array([np.nan if row.year is None else row.year for row in rows], np.float64),
        facts={key: values for key, values in told.items() if any(values)},
    )


def _numbers(library: Library, rows: Sequence[Any], features: Sequence[str]) -> Numbers:
    """Return the sets that are named, and of the rest of the names the features that are called so."""
    sets = {name: columns.numbers(library, rows, name) for name in features if name in SETS}
    for name, found in sets.items():
        if not found.names:
            raise NotFoundError(
                f"no track has {name}", hint="tunelens models pull, then tunelens analyze, hears them"
            )
    single = [name for name in features if name not in SETS]
    for name in SETS if single else ():
        sets.setdefault(name, columns.numbers(library, rows, name))
    whole = {name: column for one in sets.values() for name, column in zip(one.names, one.X.T, strict=True)}
    chosen: dict[str, Any] = {}
    for name in features:
        for one in sets[name].names if name in SETS else [_called(name, whole)]:
            chosen[one] = whole[one]
    return Numbers(tuple(chosen), np.column_stack([*chosen.values()]))


def _called(name: str, known: Iterable[str]) -> str:
    """Return the feature that is called `name`, with or without its unit."""
    names = list(known)
    if name in names:
        return name
    near = [one for one in names if one in {f"{name}_{unit}" for unit in UNITS}]
    if len(near) == 1:
        return near[0]
    raise UnknownNameError.among("feature", name, [*names, *SETS])


def _of_table(source: str, where: _Where) -> Collection:
    from tunelens.charts.read import read_chart

    found = songs(read_chart(source))
    single = [name for name in where.features if name not in SETS]
    if len(single) < len(where.features):
        return found
    return found.only([_called(name, found.features) for name in single])
