"""`map_source`: from a library, a folder or a table to its map."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tunelens.base.errors import DataError, ParameterError, TunelensError
from tunelens.base.language import language, say
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.explore.collection import Collection
from tunelens.library.clusterings.store import Clusterings
from tunelens.library.store import Library
from tunelens.models.prediction import Prediction
from tunelens.services.clustering import source_of
from tunelens.services.collections import LIBRARY, gather
from tunelens.services.map import MapReport, check_request, draw_map
from tunelens.services.map_columns import CLUSTER
from tunelens.services.map_places import kept_at
from tunelens.services.predict import predict

MOST_RUNS = 5
"""So many of the library's latest clusterings are offered as colours."""
Failures = tuple[tuple[Path, TunelensError], ...]


@dataclass(frozen=True)
class MapOptions:
    """What is asked of a map; see `tunelens.services.map.draw_map`.

    Parameters
    ----------
    features : str
        By what songs are alike; see `tunelens.services.collections.collect`.
    bundle : str, optional
        Name or folder of a bundle that is asked about every file.
    fresh : bool
        Lay songs out anew.
    """

    features: str = "descriptors"
    colour: str | None = None
    projection: str | None = None
    bundle: str | None = None
    snippets: int = 0
    title: str | None = None
    language: str = "en"
    seed: int = 0
    fresh: bool = False


def map_source(
    source: str,
    out: str | Path,
    options: MapOptions | None = None,
    *,
    library: str | Path | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> MapReport:
    """Draw the songs of a source as a map; where they lie is kept in the cache folder.

    Parameters
    ----------
    source : str
        A folder, a table, ``library``, ``library:QUERY``; anything else is a query of the library.
    out : str or Path
        See `draw_map`.

    Raises
    ------
    TunelensError
        As `collect` and `draw_map` do.
    """
    options = options or MapOptions()
    settings = settings or Settings.from_env()
    check_request(
        Path(out),
        projection=options.projection,
        language=options.language,
        snippets=options.snippets,
        force=force,
    )
    name = source_of(source)
    found = gather(
        name, features=options.features, library=library, settings=settings, jobs=jobs, progress=progress
    )
    told, lost = _told(found.songs, options.bundle, jobs, settings, progress)
    saved, notes = _saved(found.songs, name, library, options)
    songs, groups = replace(found.songs, notes=(*found.songs.notes, *notes)), {**saved, **told}
    place = place_of(library or settings.library, name, options, settings)
    if options.fresh:
        place.unlink(missing_ok=True)
    drawn = draw_map(
        songs, out, projection=options.projection, colour=options.colour, groups=groups,
        title=options.title, seed=options.seed, snippets=options.snippets, language=options.language,
        kept=place, force=force, progress=progress,
    )  # fmt: skip
    return replace(drawn, failures=(*found.failed, *lost, *drawn.failures))


def place_of(library: str | Path, source: str, options: MapOptions, settings: Settings) -> Path:
    """Return the file in which is kept where the songs of a source lie."""
    asked = (os.path.abspath(str(library)), source, options.features)  # noqa: PTH100 - never raises
    return kept_at(settings.cache_dir, *asked, options.projection or "", str(options.seed))


def _saved(
    songs: Collection, source: str, library: str | Path | None, options: MapOptions
) -> tuple[dict[str, Sequence[str]], tuple[str, ...]]:
    """Return the clusters of the latest kept runs, and of the one asked for; and what cannot be read."""
    if source != LIBRARY and not source.startswith(f"{LIBRARY}:") and not os.path.isdir(source):  # noqa: PTH112
        return {}, ()
    with Library.open(library, create=False) as catalogue, language(options.language):
        return kept_clusters(catalogue, songs.ids, options.colour)


def kept_clusters(
    catalogue: Library, ids: Sequence[str], asked: str | None = None
) -> tuple[dict[str, Sequence[str]], tuple[str, ...]]:
    """Return clusters of the latest kept runs in the language of now, and what cannot be read.

    Parameters
    ----------
    catalogue : Library
    ids : sequence of str
        The songs; of one that is in no run the name is "".
    asked : str, optional
        ``cluster:NAME``: a run that is wanted whenever it was made.
    """
    found: dict[str, Sequence[str]] = {}
    notes = []
    kept = Clusterings(catalogue)
    for at, listed in enumerate(kept.all()):
        is_asked = asked == (called := f"{CLUSTER}:{listed.name}")
        if at >= MOST_RUNS and not is_asked:
            continue
        try:
            of_song = _clusters_of(kept, listed.name)
        except DataError as error:
            notes.append(error.message)
            continue
        if any(name in of_song for name in ids):
            found[called if found or is_asked else CLUSTER] = [of_song.get(name, "") for name in ids]
    return found, tuple(notes)


def _clusters_of(kept: Clusterings, name: str) -> dict[str, str]:
    told = {one.number: one.name for one in kept.get(name).clusters}
    return {str(one.track_id): told.get(one.number, say("in no cluster")) for one in kept.members(name)}


def _told(
    songs: Collection, bundle: str | None, jobs: int | None, settings: Settings, progress: Progress | None
) -> tuple[dict[str, Sequence[str]], Failures]:
    """Return what a bundle says of each song, "" where it says nothing, and the files that failed."""
    if bundle is None:
        return {}, ()
    paths = [path for path in songs.paths if path is not None]
    if not paths:
        raise ParameterError(
            "no song has a file, so a bundle cannot be asked about them", hint="leave --bundle out"
        )
    answers = list(predict(bundle, paths, jobs=jobs, settings=settings, progress=progress))
    said = {answer.item: "" if answer.error else _word(answer.prediction) for answer in answers}
    failed = tuple((Path(answer.item), answer.error) for answer in answers if answer.error)
    values = tuple("" if path is None else said.get(str(path), "") for path in songs.paths)
    return {Path(bundle).name: values}, failed


def _word(prediction: Prediction) -> str:
    if prediction.value is not None:
        return f"{prediction.value:g}"
    return prediction.label or (prediction.labels[0] if prediction.labels else "")
