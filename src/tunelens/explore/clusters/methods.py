"""Ways to divide songs into clusters, and where a new song would belong."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import ParameterError
from tunelens.base.registry import Registry

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
NOISE = -1
MOST_DENSE = 10_000
"""HDBSCAN compares songs with songs; of more it sees this many, drawn by lot, and the others are placed."""
SMALLEST_SHARE = 0.02
SMALLEST = 5


@dataclass(frozen=True, eq=False)
class Division:
    """Songs divided into clusters, and what places other songs.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Cluster of each song, 0 to the number of clusters less 1; -1 is noise.
    anchors : ndarray of float64, shape (m, p)
        Centres of clusters; of HDBSCAN the songs that are no noise.
    anchor_labels : ndarray of int, shape (m,)
        Their clusters.
    radii : ndarray of float64, shape (m,)
        How far from an anchor a song may lie to belong to its cluster; inf of centres.
    """

    labels: Ints
    anchors: Floats
    anchor_labels: Ints
    radii: Floats

    def place(self, Z: Floats) -> tuple[Ints, Floats]:
        """Return the cluster of the nearest anchor, or -1 beyond its radius, and the distance to it."""
        return nearest(Z, self.anchors, self.anchor_labels, self.radii)


@dataclass(frozen=True)
class Clusterer:
    """A way to divide songs.

    Parameters
    ----------
    divide : callable
        ``divide(Z, k, seed)`` returns a `Division`.
    takes_k : bool
        Must it be told how many clusters? Else it finds out, and leaves songs out as noise.
    """

    divide: Callable[[Floats, int, int], Division]
    takes_k: bool = True


def nearest(Z: Floats, anchors: Floats, labels: Ints, radii: Floats) -> tuple[Ints, Floats]:
    """Return the cluster of the nearest anchor of each song, or -1 beyond its radius, and the distance."""
    from sklearn.metrics import pairwise_distances_argmin_min

    if not len(anchors) or not len(Z):
        return np.full(len(Z), NOISE, np.intp), np.full(len(Z), np.inf)
    rows, distances = pairwise_distances_argmin_min(Z, anchors)
    return np.where(distances <= radii[rows], labels[rows], NOISE), distances


def of_centres(labels: Ints, centres: Floats) -> Division:
    """Return a division by centres; centres to which no song belongs are left out."""
    used, labels = np.unique(labels, return_inverse=True)
    anchors = np.asarray(centres, np.float64)[used]
    return Division(labels.astype(np.intp), anchors, np.arange(len(used)), np.full(len(used), np.inf))


@contextmanager
def few_distinct() -> Iterator[None]:
    """Let scikit-learn find fewer clusters than asked for where fewer songs differ, without a warning."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Number of distinct clusters", ConvergenceWarning)
        yield


def _fitted(model: Any, Z: Floats) -> Division:
    with few_distinct():
        model.fit(Z)
    return of_centres(model.labels_, model.cluster_centers_)


def _kmeans(Z: Floats, k: int, seed: int) -> Division:
    from sklearn.cluster import KMeans

    return _fitted(KMeans(k, n_init=10 if len(Z) <= MOST_DENSE else 3, random_state=seed), Z)


def _bisecting(Z: Floats, k: int, seed: int) -> Division:
    from sklearn.cluster import BisectingKMeans

    return _fitted(BisectingKMeans(k, n_init=5, random_state=seed), Z)


def _minibatch(Z: Floats, k: int, seed: int) -> Division:
    from sklearn.cluster import MiniBatchKMeans

    return _fitted(MiniBatchKMeans(k, n_init=10, batch_size=1024, random_state=seed), Z)


def _hdbscan(Z: Floats, _k: int, seed: int) -> Division:
    from sklearn.cluster import HDBSCAN
    from sklearn.neighbors import NearestNeighbors

    rng = np.random.default_rng(seed)
    rows = (
        np.sort(rng.choice(len(Z), MOST_DENSE, replace=False)) if len(Z) > MOST_DENSE else np.arange(len(Z))
    )
    seen = Z[rows]
    smallest = min(max(SMALLEST, round(SMALLEST_SHARE * len(seen))), len(seen))
    found = HDBSCAN(min_cluster_size=max(2, smallest), min_samples=min(SMALLEST, len(seen)), copy=True)
    labels = found.fit(seen).labels_
    radii = NearestNeighbors(n_neighbors=min(SMALLEST, len(seen))).fit(seen).kneighbors()[0][:, -1]
    core = labels != NOISE
    anchors = Division(labels, seen[core], labels[core].astype(np.intp), radii[core])
    everywhere = labels if len(seen) == len(Z) else anchors.place(Z)[0]
    return Division(everywhere.astype(np.intp), anchors.anchors, anchors.anchor_labels, anchors.radii)


KMEANS = Clusterer(_kmeans)
BISECTING = Clusterer(_bisecting)
MINIBATCH = Clusterer(_minibatch)
DENSE = Clusterer(_hdbscan, takes_k=False)

CLUSTERERS: Registry[Clusterer] = Registry(
    "clusterer",
    {
        "kmeans": "tunelens.explore.clusters.methods:KMEANS",
        "bisecting": "tunelens.explore.clusters.methods:BISECTING",
        "minibatch": "tunelens.explore.clusters.methods:MINIBATCH",
        "hdbscan": "tunelens.explore.clusters.methods:DENSE",
    },
    "tunelens.clusterers",
)
"""Every way to divide songs, by name."""


def divide(Z: Floats, method: str, k: int | None, seed: int) -> Division:
    """Divide songs, the largest cluster first.

    Raises
    ------
    ParameterError
        `k` is not between 2 and the number of songs, or given to a method that finds it.
    """
    how = CLUSTERERS[method]
    if how.takes_k and (k is None or not 2 <= k <= len(Z)):
        raise ParameterError(f"k is {k}; 2 to {len(Z)}, the number of songs, is allowed")
    if not how.takes_k and k is not None:
        raise ParameterError(f"{method} finds the number of clusters itself", hint="leave k out")
    return largest_first(how.divide(Z, k or 0, seed))


def largest_first(division: Division) -> Division:
    """Renumber the clusters by size; equal ones by their first song."""
    found, first, sizes = np.unique(division.labels, return_index=True, return_counts=True)
    real = found != NOISE
    order = found[real][np.lexsort((first[real], -sizes[real]))]
    new = np.full(int(max(found.max(), division.anchor_labels.max(initial=NOISE))) + 2, NOISE)
    new[order] = np.arange(len(order))
    anchors = new[division.anchor_labels]
    by_label = np.argsort(anchors, kind="stable")
    return Division(
        new[division.labels], division.anchors[by_label], anchors[by_label], division.radii[by_label]
    )
