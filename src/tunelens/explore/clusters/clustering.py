"""`cluster`: songs in clusters with names, exemplars and what sets each apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.language import say
from tunelens.explore.clusters.choice import Choice, how_many
from tunelens.explore.clusters.methods import CLUSTERERS, NOISE, Division, divide
from tunelens.explore.clusters.names import distinct_names
from tunelens.explore.clusters.traits import Trait, traits_of
from tunelens.explore.collection import Collection
from tunelens.explore.prepared import Prepared, prepared

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
N_EXEMPLARS = 5
MOST_COMPARED = 1_000
N_SILHOUETTES = 2_000


@dataclass(frozen=True)
class Cluster:
    """Songs that belong together.

    Parameters
    ----------
    number : int
        What it is called by, from 1; kept when the songs are clustered anew.
    size : int
        Songs.
    traits : tuple of Trait
        What sets it apart from the other songs, the strongest first.
    told : tuple of Trait
        Those that make its name.
    nth : int
        Which of those that have the same traits, from 1.
    exemplars : tuple of int
        Rows of the songs with the least mean distance to the others (medoids), each by another artist.
    silhouette : float or None
        Mean of its songs, on a sample; None where there is no other cluster.
    """

    number: int
    size: int
    traits: tuple[Trait, ...]
    told: tuple[Trait, ...]
    nth: int
    exemplars: tuple[int, ...]
    silhouette: float | None

    @property
    def name(self) -> str:
        """What sets it apart, in the language of now."""
        words = say(", ").join(trait.said() for trait in self.told) or say("like the others")
        return words if self.nth == 1 else f"{words} ({self.nth})"


@dataclass(frozen=True, eq=False)
class Clustering:
    """Songs in clusters.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Index into `clusters` of each song; -1 is noise.
    clusters : tuple of Cluster
        The largest first.
    method : str
        One of `CLUSTERERS`.
    seed : int
    choice : Choice or None
        How the number was found; None where it was given, or the method finds it.
    clear : bool or None
        Are there clear clusters? None: nobody asked.
    silhouette : float or None
        Mean over a sample of the songs that are no noise.
    division : Division
        Places other songs.
    prepared : Prepared
        The songs as they were compared.
    collection : Collection
        The songs.
    notes : tuple of str
        What a person should know.
    """

    labels: Ints
    clusters: tuple[Cluster, ...]
    method: str
    seed: int
    choice: Choice | None
    clear: bool | None
    silhouette: float | None
    division: Division
    prepared: Prepared
    collection: Collection
    notes: tuple[str, ...]

    @property
    def k(self) -> int:
        """Number of clusters, without noise."""
        return len(self.clusters)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the clusters, in the language of now; no two are the same."""
        return tuple(one.name for one in self.clusters)

    @property
    def exemplars(self) -> tuple[tuple[int, ...], ...]:
        """Rows of the exemplars of each cluster."""
        return tuple(one.exemplars for one in self.clusters)

    @property
    def traits(self) -> tuple[tuple[Trait, ...], ...]:
        """What sets each cluster apart."""
        return tuple(one.traits for one in self.clusters)

    def members(self, label: int) -> Ints:
        """Return the rows of a cluster, those nearest to its anchors first; of -1 the noise."""
        rows = np.flatnonzero(self.labels == label)
        distances = self.division.place(self.prepared.Z[rows])[1]
        return rows[np.argsort(distances, kind="stable")]


def cluster(
    collection: Collection,
    method: str = "kmeans",
    k: int | None = None,
    seed: int = 0,
    *,
    described_by: Sequence[Collection] = (),
    choice: Choice | None = None,
) -> Clustering:
    """Divide songs into clusters, and say what sets each apart.

    Parameters
    ----------
    collection : Collection
        The songs and the numbers they are compared by.
    method : str
        One of `CLUSTERERS`.
    k : int, optional
        Number of clusters; by default `how_many` finds it. Where there are no clear clusters the songs are
        divided all the same, and `clear` is False. HDBSCAN finds it itself.
    seed : int
        Of all that is drawn.
    described_by : sequence of Collection
        The same songs with other numbers and facts, which name the clusters and make none.
    choice : Choice, optional
        What `how_many` said of these songs, if it was asked before.

    Raises
    ------
    DataError
        There are no songs, or nothing differs among them.
    ParameterError
        `k` is more than there are songs, or given to a method that finds it.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> X = np.concatenate([rng.normal(at, 1, (30, 2)) for at in ((90, 0), (130, 9))])
    >>> songs = Collection("two", tuple(map(str, range(60))), X, ("tempo", "energy"))
    >>> cluster(songs, k=2).names
    ('slow, calm', 'fast, energetic')
    """
    ready = prepared(collection)
    finds = not CLUSTERERS[method].takes_k
    if k is None and not finds and choice is None:
        choice = how_many(ready, seed=seed)
    division = divide(ready.Z, method, k if finds or choice is None or k is not None else choice.best, seed)
    clear = _is_clear(division, choice, finds)
    told = choice if k is None and not finds else None
    notes = (*collection.notes, *ready.notes, *_notes(division, told, clear, finds))
    silhouette, by_cluster = _silhouettes(ready.Z, division.labels, seed)
    clusters = described((collection, *described_by), ready, division.labels, by_cluster)
    return Clustering(division.labels, clusters, method, seed, told, clear, silhouette, division, ready,
                      collection, notes)  # fmt: skip


def _is_clear(division: Division, choice: Choice | None, finds: bool) -> bool | None:
    if finds:
        return bool(division.labels.max(initial=NOISE) >= 1)
    return None if choice is None else choice.k is not None


def _notes(division: Division, choice: Choice | None, clear: bool | None, finds: bool) -> list[str]:
    found = [] if choice is None else [choice.why]
    if clear is False and not finds:
        found.append(say("What follows divides a continuum: its borders could lie elsewhere"))
    if clear is False and finds:
        found.append(say("No clear clusters: no two dense regions lie apart"))
    if n := int((division.labels == NOISE).sum()):
        found.append(say("{n} songs belong to no cluster", n=n))
    return found


def described(
    collections: Sequence[Collection], ready: Prepared, labels: Ints, silhouettes: dict[int, float]
) -> tuple[Cluster, ...]:
    """Return the clusters of a division with their names, traits and exemplars."""
    k = int(labels.max(initial=NOISE)) + 1
    traits = traits_of(collections, labels, k)
    names = distinct_names(traits)
    return tuple(
        Cluster(
            number=label + 1,
            size=int((labels == label).sum()),
            traits=traits[label],
            told=names[label][0],
            nth=names[label][1],
            exemplars=exemplars_of(ready.Z, np.flatnonzero(labels == label), collections[0].artists),
            silhouette=silhouettes.get(label),
        )
        for label in range(k)
    )


def exemplars_of(Z: Floats, rows: Ints, artists: Sequence[str] = ()) -> tuple[int, ...]:
    """Return the medoids among `rows`, of many those among the thousand nearest the middle."""
    from sklearn.metrics import pairwise_distances

    middle = Z[rows].mean(axis=0)
    if len(rows) > MOST_COMPARED:
        near = np.argsort(((Z[rows] - middle) ** 2).sum(axis=1), kind="stable")
        rows = rows[near[:MOST_COMPARED]]
    means = pairwise_distances(Z[rows]).mean(axis=1)
    ordered = [int(row) for row in rows[np.argsort(means, kind="stable")]]
    found: list[int] = []
    for row in ordered:
        name = artists[row].casefold() if artists else ""
        if not name or name not in {artists[one].casefold() for one in found}:
            found.append(row)
        if len(found) == N_EXEMPLARS:
            break
    return tuple(found)


def silhouettes(Z: Floats, labels: Ints, seed: int = 0, most: int = N_SILHOUETTES) -> tuple[Ints, Floats]:
    """Return rows of at most `most` songs drawn by lot among those that are no noise, and their silhouettes.

    Empty where there are fewer than two clusters.
    """
    from sklearn.metrics import silhouette_samples

    rows = np.flatnonzero(labels != NOISE)
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
    if not 2 <= len(np.unique(labels[rows])) < len(rows):
        return np.empty(0, np.intp), np.empty(0)
    return rows, silhouette_samples(Z[rows], labels[rows])


def _silhouettes(Z: Floats, labels: Ints, seed: int) -> tuple[float | None, dict[int, float]]:
    rows, values = silhouettes(Z, labels, seed)
    of = labels[rows]
    means = {int(label): float(values[of == label].mean()) for label in np.unique(of)}
    return (float(values.mean()) if len(values) else None), means


def facts_of(clustering: Clustering) -> dict[str, Any]:
    """Return how a clustering was made, as JSON knows it."""
    return {
        "method": clustering.method,
        "k": clustering.k,
        "seed": clustering.seed,
        "clear": clustering.clear,
        "silhouette": clustering.silhouette,
        "n_songs": len(clustering.labels),
        "n_noise": int((clustering.labels == NOISE).sum()),
        "features": list(clustering.prepared.features),
        "choice": clustering.choice and clustering.choice.to_dict(),
        "notes": list(clustering.notes),
    }
