"""`cluster`: which songs of the chart belong together, and a map of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, TunelensError
from tunelens.base.language import say, word
from tunelens.explore.clusters import Clustering, cluster
from tunelens.explore.collection import Collection
from tunelens.explore.projection import Projection, project
from tunelens.services.hits.options import AUTO, Options
from tunelens.services.hits.stage import Context, NotDoneError, Stage
from tunelens.services.hits.stages.describe import SOUND, Described, heard_songs
from tunelens.services.hits.stages.prepare import CHART, Cut
from tunelens.services.hits.stages.select import Selected

METHOD, PROJECTION = "kmeans", "pca"
FEWEST = 8
MOST_WORDS = 60
MAPS = "maps"
TOO_FEW = word("There are {n} songs; clusters need at least {fewest}.")


@dataclass(frozen=True)
class Grouped:
    """The songs of the chart in clusters, on a plane, and on a map.

    Parameters
    ----------
    clustering : Clustering
    projection : Projection
        Where each song lies.
    features : tuple of str
        What songs were compared by.
    map : Path or None
        The interactive map, one page.
    failed : tuple of (str, TunelensError)
        What of this could not be made.
    """

    clustering: Clustering
    projection: Projection
    features: tuple[str, ...]
    map: Path | None = None
    failed: tuple[tuple[str, TunelensError], ...] = ()


def _run(context: Context) -> Grouped:
    described = context.need(Described)
    if len(described.chart) < FEWEST:
        raise NotDoneError(TOO_FEW, n=len(described.chart), fewest=FEWEST)
    options = context.options
    compared = compared_by(context)
    described_by = () if compared is described.chart else (worded(described.chart),)
    clustering = cluster(
        worded(compared), METHOD, options.k, options.seed, described_by=described_by,
    )  # fmt: skip
    projection = project(clustering.prepared, PROJECTION, options.seed)
    return _with_map(context, Grouped(clustering, projection, clustering.prepared.features))


def compared_by(context: Context) -> Collection:
    """Return the songs with the numbers that they are to be compared by."""
    described, cut = context.need(Described), context.have(Cut)
    wanted = context.options.features
    if wanted == AUTO or described.source != SOUND or cut is None:
        return described.chart if wanted == AUTO else described.chart.only(_names(wanted))
    names = _names(wanted)
    if SELECTED in names:
        chosen = context.have(Selected)
        if chosen is None:
            raise DataError(
                "--features selected needs the stage select, which has no result", hint="leave --features out"
            )
        names = [one for name in names for one in (chosen.names if name == SELECTED else (name,))]
    heard, _ = heard_songs(context, CHART, cut, names)
    return _as_described(heard, described.chart)


SELECTED = "selected"


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _as_described(heard: Collection, chart: Collection) -> Collection:
    """Return what was heard in the order and under the names of the chart."""
    row_of = {path: row for row, path in enumerate(heard.paths)}
    found = heard.take([row_of[path] for path in chart.paths])
    return replace(chart, X=found.X, features=found.features)


def worded(songs: Collection) -> Collection:
    """Return the songs with those facts alone that many share: genre names a cluster, an album does not."""
    facts = {
        name: values for name, values in songs.facts.items()
        if len(set(values)) <= MOST_WORDS and not _mostly_numbers(values)
    }  # fmt: skip
    return replace(songs, facts=facts, notes=())


def _mostly_numbers(values: tuple[str, ...]) -> bool:
    told = Counter(value.replace(".", "", 1).lstrip("+-").isdigit() for value in values if value)
    return told[True] > told[False]


def _with_map(context: Context, found: Grouped) -> Grouped:
    """Draw the map beside the other results; a report without it is still a report."""
    from tunelens.services.map import draw_map

    path = context.work.place(MAPS) / f"{CLUSTER.key(context)[:20]}.html"  # a kept result names its own
    options, made = context.options, found.clustering
    names = (*made.names, say("in no cluster"))
    groups = {"cluster": [names[label] for label in made.labels]}
    try:
        draw_map(
            worded(made.collection), path, projection=PROJECTION, groups=groups, colour="cluster",
            title=made.collection.name,
            seed=options.seed, language=options.language, force=True,
        )  # fmt: skip
    except TunelensError as error:
        return replace(found, failed=((MAPS, error),))
    return replace(found, map=path)


def _parameters(options: Options) -> dict[str, Any]:
    return {
        "method": METHOD, "k": options.k or AUTO, "seed": options.seed, "projection": PROJECTION,
        "features": options.features, "fewest": FEWEST, "language": options.language,
    }  # fmt: skip


def _is_there(found: Grouped) -> bool:
    return found.map is None or found.map.is_file()


CLUSTER = Stage(
    "cluster", _run, _parameters, needs=("describe",), uses=("prepare", "select"), is_there=_is_there
)
