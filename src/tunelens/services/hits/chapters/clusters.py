"""Clusters: how many, what sets each apart, which songs stand for it, and every member."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.explore.clusters import Cluster
from tunelens.services.hits.page import Figure, Listing, Player, Section, Sheet
from tunelens.services.hits.results import Results
from tunelens.services.hits.stages.cluster import Grouped

MOST_MEMBERS = 500
MOST_TRAITS = 6


def clusters_chapter(results: Results) -> Section | None:
    """Return the chapter of the clusters; None without them."""
    found = results.grouped
    if found is None:
        return None
    made = found.clustering
    lines = [
        say(
            "{n} songs were divided into {k} clusters by {d} features: {names}.",
            n=f"{len(made.labels):,}", k=made.k, d=len(found.features),
            names=say(", ").join(map(feature_name, found.features)),
        ),
        *made.notes,
    ]  # fmt: skip
    return Section(
        "clusters", say("Clusters"), tuple(lines),
        figures=tuple(_figures(found)),
        sheets=(Sheet("clusters", clusters_table(found), said=(word("what sets it apart"),)),),
        listings=tuple(_listing(found, i) for i in range(made.k)),
        warnings=_warnings(found),
    )  # fmt: skip


def _warnings(found: Grouped) -> tuple[str, ...]:
    if found.clustering.clear is False:
        return (
            say("The songs form no clear clusters: read the groups as regions of a continuum, not as kinds."),
        )
    return ()


def _figures(found: Grouped) -> Iterator[Figure]:
    from tunelens.plots.clusters import ClustersDisplay, KCurvesDisplay, LoadingsDisplay

    made, flat = found.clustering, found.projection
    n, k = len(made.labels), made.k
    shares = flat.explained[:2] if flat.explained is not None else ()
    axes = [*(f"PC{i} ({share:.0%})" for i, share in enumerate(shares, 1)), "", ""]
    yield Figure(
        "map",
        ClustersDisplay(
            points=flat.points, labels=made.labels, names=made.names, axes=(axes[0], axes[1]),
            numbers=[one.number for one in made.clusters],
        ),
        say("Every point is a song; songs that are alike lie near each other."),
        say("Scatter of {n} songs, coloured by {k} clusters.", n=n, k=k), is_wide=True,
    )  # fmt: skip
    if made.choice is not None and len(made.choice.table):
        table = made.choice.table
        curves = {name: [float(cell or 0) for cell in table.column(name)] for name in table.columns}
        ks = [int(one or 0) for one in table.column("k")]
        yield Figure(
            "how_many", KCurvesDisplay(ks=ks, curves=curves, k=made.choice.k),
            say("Four figures for every number of clusters, beside songs that were made up without any."),
            say("Curves over {low} to {high} clusters.", low=ks[0], high=ks[-1]),
        )  # fmt: skip
    if flat.loadings is not None:
        names = flat.loadings.columns[1:]
        matrix = np.array([row[1:] for row in flat.loadings.rows], np.float64)
        yield Figure(
            "loadings", LoadingsDisplay(features=made.prepared.features, loadings=matrix, names=names),
            say("How each feature goes together with the principal components."),
            say("Matrix of {n} features by {m} components.", n=len(matrix), m=len(names)),
        )  # fmt: skip


def clusters_table(found: Grouped) -> Table:
    """Return a row per cluster."""
    made = found.clustering
    rows = tuple(
        (
            name, one.size, round(100 * one.size / len(made.labels), 1), one.silhouette,
            say(", ").join(dict.fromkeys(trait.said() for trait in one.traits[:MOST_TRAITS])),
            say("; ").join(made.collection.titles[row] for row in one.exemplars[:3]),
        )
        for name, one in zip(made.names, made.clusters, strict=True)
    )  # fmt: skip
    columns = (
        word("cluster"), word("songs"), word("share (%)"), word("silhouette"), word("what sets it apart"),
        word("exemplars"),
    )  # fmt: skip
    return Table(word("Clusters"), columns, rows)


def _listing(found: Grouped, label: int) -> Listing:
    made = found.clustering
    one = made.clusters[label]
    songs = made.collection
    players = tuple(
        Player(songs.titles[row], songs.artists[row], songs.paths[row]) for row in one.exemplars[:3]
    )
    members = _members(found, label)
    return Listing(
        say("{number}. {name}", number=label + 1, name=one.name), (_told(one, len(made.labels)),), players,
        Sheet(f"members_{label + 1}", members, most=MOST_MEMBERS),
        say("All {n} songs of the cluster", n=f"{one.size:,}"),
    )  # fmt: skip


def _told(one: Cluster, total: int) -> str:
    share = f"{one.size / total:.0%}"
    features = [trait for trait in one.traits if trait.kind == "feature"][:3]
    facts = say(", ").join(
        say("{feature} {inside} (others {outside})", feature=feature_name(trait.name),
            inside=_short(trait.inside), outside=_short(trait.outside))
        for trait in features
    )  # fmt: skip
    told = say("{n} songs, {share} of all.", n=f"{one.size:,}", share=share)
    return f"{told} {say('On average: {facts}.', facts=facts)}" if facts else told


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2g}"


def _members(found: Grouped, label: int) -> Table:
    made = found.clustering
    songs = made.collection
    rows = tuple((songs.titles[row], songs.artists[row]) for row in made.members(label).tolist())
    return Table(word("Members"), (word("title"), word("artist")), rows)
