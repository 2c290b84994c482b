"""A clustering as tables: the clusters, what sets them apart, who belongs to each."""

from __future__ import annotations

import numpy as np

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.explore.clusters.clustering import Clustering
from tunelens.explore.clusters.methods import NOISE

MOST_TRAITS = 8


def clusters_table(found: Clustering) -> Table:
    """Return a row per cluster: number, name, songs, silhouette, exemplars."""
    songs, n = found.collection, len(found.labels)
    rows = [
        (one.number, one.name, one.size, one.size / n, one.silhouette, _titles(found, one.exemplars))
        for one in found.clusters
    ]
    if noise := int((found.labels == NOISE).sum()):
        rows.append((0, say("no cluster"), noise, noise / len(songs), None, ""))
    columns = (
        word("number"),
        word("name"),
        word("songs"),
        word("share"),
        word("silhouette"),
        word("exemplars"),
    )
    return Table(word("Clusters"), columns, tuple(rows))


def _titles(found: Clustering, rows: tuple[int, ...]) -> str:
    songs = found.collection
    return "; ".join(" – ".join(filter(None, (songs.artists[i], songs.titles[i]))) for i in rows)


def traits_table(found: Clustering, most: int = MOST_TRAITS) -> Table:
    """Return the strongest traits of each cluster, the figures beside the words."""
    rows = tuple(
        (
            one.number,
            trait.said(),
            feature_name(trait.name),
            trait.difference,
            trait.inside,
            trait.outside,
            trait.lift,
            trait.q,
        )
        for one in found.clusters
        for trait in one.traits[:most]
    )
    columns = (word("number"), word("trait"), word("of"), word("standardised difference"),
               word("in the cluster"), word("elsewhere"), word("lift"), word("q"))  # fmt: skip
    note = word("Features that made the clusters must differ between them; their q is no test.")
    return Table(word("What sets the clusters apart"), columns, rows, note)


def members_table(found: Clustering) -> Table:
    """Return every song with its cluster, cluster by cluster, the nearest to its anchors first."""
    songs = found.collection
    distances = found.division.place(found.prepared.Z)[1]
    numbers = [one.number for one in found.clusters]
    names = found.names
    order = [int(i) for label in (*range(found.k), NOISE) for i in found.members(label)]
    rows = tuple(
        (
            0 if found.labels[i] == NOISE else numbers[found.labels[i]],
            "" if found.labels[i] == NOISE else names[found.labels[i]],
            songs.ids[i], songs.titles[i], songs.artists[i], str(songs.paths[i] or ""),
            float(distances[i]) if np.isfinite(distances[i]) else None,
        )
        for i in order
    )  # fmt: skip
    columns = (
        word("number"),
        word("name"),
        "id",
        word("title"),
        word("artist"),
        word("path"),
        word("distance"),
    )
    return Table(word("Songs by cluster"), columns, rows)
