"""Clusters of songs: how many there are, if any, what they are called, and where new songs belong."""

from tunelens.explore.clusters.agreement import agreement, contingency, matched
from tunelens.explore.clusters.choice import Choice, how_many
from tunelens.explore.clusters.clustering import Cluster, Clustering, cluster, silhouettes
from tunelens.explore.clusters.methods import CLUSTERERS, NOISE, Clusterer, Division
from tunelens.explore.clusters.traits import Trait

__all__ = [
    "CLUSTERERS", "NOISE", "Choice", "Cluster", "Clusterer", "Clustering", "Division", "Trait", "agreement",
    "cluster", "contingency", "how_many", "matched", "silhouettes",
]  # fmt: skip
