"""Songs as points of a plane: principal components, UMAP, t-SNE, and how much of the truth each keeps.

Beyond `Method.most` songs a map is made of landmarks, songs drawn by lot, and every other song is put among
its nearest landmarks. Songs that come later are put there the same way, and nothing that is there moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.extras import require
from tunelens.base.language import say, word
from tunelens.base.registry import Registry
from tunelens.base.table import Cell, Table
from tunelens.explore.collection import Collection
from tunelens.explore.prepared import Prepared, as_prepared

Floats = NDArray[np.float64]
FEWEST = 4
N_AMONG = 5
"""A song that is no landmark lies among so many."""
N_TRUST = 2_000
N_NEAREST = 10
N_LOADINGS = 5
WIDEST = 50
"""UMAP and t-SNE see so many principal components at most, as is their custom."""


@dataclass(frozen=True)
class Method:
    """A way to make a map.

    Parameters
    ----------
    lay : callable
        ``lay(Z, seed)`` returns points, shape (n, 2).
    most : int or None
        Of so many songs at most. None: of any number, and its points are ``Z`` on the principal axes.
    """

    lay: Callable[[Floats, int], Floats]
    most: int | None


@dataclass(frozen=True, eq=False)
class Projection:
    """Songs on a map.

    Parameters
    ----------
    points : ndarray of float64, shape (n, 2)
    method : str
        One of `PROJECTIONS`.
    explained : ndarray of float64, shape (p,), or None
        Share of the variance on each principal component; of `pca` alone.
    loadings : Table or None
        Correlation of each feature with the first components; of `pca` alone.
    trust : float or None
        Trustworthiness, 0 to 1, see `trust_in`; None of fewer than 5 songs.
    seed : int
    notes : tuple of str
        What a person should know of the map.
    landmarks : ndarray of float64, shape (m, p)
        Standardised features of the songs that others are put among; of `pca` the axes, (2, p).
    at : ndarray of float64, shape (m, 2)
        Where they lie; of `pca` nothing.
    """

    points: Floats
    method: str
    explained: Floats | None
    loadings: Table | None
    trust: float | None
    seed: int
    notes: tuple[str, ...]
    landmarks: Floats
    at: Floats

    def place(self, songs: Prepared) -> Floats:
        """Return points, shape (n, 2), of songs prepared with the numbers of the map (`Prepared.again`)."""
        if PROJECTIONS[self.method].most is None:
            return songs.Z @ self.landmarks.T
        return among(songs.Z, self.landmarks, self.at)


def project(songs: Collection | Prepared, method: str = "pca", seed: int = 0) -> Projection:
    """Lay songs out on a plane.

    Parameters
    ----------
    songs : Collection or Prepared
        At least 4.
    method : str
        One of `PROJECTIONS`: ``pca``, ``umap`` (extra ``explore``), ``tsne``.
    seed : int
        The same seed gives the same map on the same machine.

    Raises
    ------
    DataError
        There are fewer than 4 songs.
    UnknownNameError
        There is no such method.
    MissingDependencyError
        What it needs is not installed.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> songs = Collection("toy", tuple("abcdefgh"), rng.normal(size=(8, 3)), ("x", "y", "z"))
    >>> flat = project(songs)
    >>> flat.points.shape, round(float(flat.explained.sum()), 6)
    ((8, 2), 1.0)
    """
    how, ready = PROJECTIONS[method], as_prepared(songs)
    if len(ready) < FEWEST:
        raise DataError(f"{len(ready)} songs; a map is made of at least {FEWEST}")
    if how.most is None:
        return _linear(ready, method, seed)
    rows = _landmarks(len(ready), how.most, seed)
    landmarks = ready.Z[rows]
    at = how.lay(landmarks, seed)
    points = at if len(rows) == len(ready) else among(ready.Z, landmarks, at)
    trust = trust_in(ready.Z, points, seed)
    notes = (*ready.notes, *_of_landmarks(len(rows), len(ready)), *_of_trust(trust))
    return Projection(points, method, None, None, trust, seed, notes, landmarks, at)


def _linear(ready: Prepared, method: str, seed: int) -> Projection:
    axes, variance = principal(ready.Z)
    points = ready.Z @ axes[:2].T
    explained = variance / variance.sum()
    trust = trust_in(ready.Z, points, seed)
    share = f"{explained[:2].sum():.0%}"
    notes = (*ready.notes, say("The two axes carry {share} of the variance", share=share), *_of_trust(trust))
    table = _loadings(ready.features, axes, variance, explained)
    return Projection(points, method, explained, table, trust, seed, notes, axes[:2], np.empty((0, 2)))


def principal(Z: Floats) -> tuple[Floats, Floats]:
    """Return principal axes, shape (p, p), and the variance on each, shape (p,), the largest first.

    The largest entry of an axis is positive. Where there is no variance left the axis is zero.
    """
    from sklearn import decomposition

    n, p = Z.shape
    found = decomposition.PCA(svd_solver="covariance_eigh" if n >= p else "full").fit(Z)
    axes, variance = np.zeros((max(p, 2), p)), np.zeros(max(p, 2))
    m = len(found.components_)
    largest = np.abs(found.components_).argmax(axis=1)
    signs = np.sign(found.components_[np.arange(m), largest])
    axes[:m] = found.components_ * signs[:, None]
    variance[:m] = found.explained_variance_ * (n - 1) / n  # of these songs, as Z is standardised
    return axes, variance


def _loadings(features: tuple[str, ...], axes: Floats, variance: Floats, explained: Floats) -> Table:
    m = min(N_LOADINGS, len(features))
    values = (axes[:m] * np.sqrt(variance[:m, None])).T
    columns: tuple[str, ...] = (word("feature"), *(f"PC{i + 1} ({explained[i]:.0%})" for i in range(m)))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *row) for name, row in zip(features, values.tolist(), strict=True)
    )
    note = word("The correlation of each feature with each component.")
    return Table(word("Loadings"), columns, rows, note)


def _landmarks(n: int, most: int, seed: int) -> NDArray[np.intp]:
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))


def among(Z: Floats, landmarks: Floats, at: Floats) -> Floats:
    """Return points of songs among their nearest landmarks, whose weights fall with the squared distance.

    A song that is a landmark lies where the landmark lies.
    """
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=min(N_AMONG, len(landmarks))).fit(landmarks)
    distances, rows = nearest.kneighbors(Z)
    same = distances[:, :1] <= 1e-9
    weights = np.where(same, distances <= 1e-9, 1 / np.maximum(distances, 1e-9) ** 2)
    weights = weights / weights.sum(axis=1, keepdims=True)
    return np.einsum("nk,nkd->nd", weights, at[rows])


def trust_in(Z: Floats, points: Floats, seed: int = 0) -> float | None:
    """Return how far neighbours on the map are neighbours in truth, 0 to 1, on at most 2,000 songs.

    Trustworthiness (Venna & Kaski 2001) of the 10 nearest: 1 where no song on the map is near another that is
    far from it in the space of all features; a map drawn by lot has about 0.5. None of fewer than 5 songs.
    """
    from sklearn.manifold import trustworthiness

    rows = _landmarks(len(Z), N_TRUST, seed)
    k = min(N_NEAREST, (len(rows) - 1) // 2)
    return float(trustworthiness(Z[rows], points[rows], n_neighbors=k)) if len(rows) >= 5 else None


def _of_landmarks(m: int, n: int) -> list[str]:
    if m == n:
        return []
    text = say("The map was made of {m} songs drawn by lot; the other {rest} lie among the nearest of them",
               m=f"{m:,}", rest=f"{n - m:,}")  # fmt: skip
    return [text]


def _of_trust(trust: float | None) -> list[str]:
    if trust is None:
        return []
    text = say("Trustworthiness of neighbours on the map: {trust} (1 is perfect, 0.5 is chance)",
               trust=f"{trust:.2f}")  # fmt: skip
    return [text]


def _narrow(Z: Floats) -> Floats:
    return Z if Z.shape[1] <= WIDEST else Z @ principal(Z)[0][:WIDEST].T


def _umap(Z: Floats, seed: int) -> Floats:
    umap: Any = require("umap")
    model = umap.UMAP(n_neighbors=min(15, len(Z) - 1), min_dist=0.1, init="pca", random_state=seed, n_jobs=1)
    return np.asarray(model.fit_transform(_narrow(Z)), np.float64)


def _tsne(Z: Floats, seed: int) -> Floats:
    from sklearn import manifold

    perplexity = min(30.0, (len(Z) - 1) / 3)
    init = "pca" if Z.shape[1] > 1 else "random"
    model = manifold.TSNE(perplexity=perplexity, init=init, random_state=seed, n_jobs=1)
    return np.asarray(model.fit_transform(_narrow(Z)), np.float64)


def _axes_of_two(Z: Floats, _seed: int) -> Floats:
    return Z @ principal(Z)[0][:2].T


PCA = Method(_axes_of_two, None)
UMAP = Method(_umap, 10_000)
TSNE = Method(_tsne, 5_000)

PROJECTIONS: Registry[Method] = Registry(
    "projection",
    {
        "pca": "tunelens.explore.projection:PCA",
        "umap": "tunelens.explore.projection:UMAP",
        "tsne": "tunelens.explore.projection:TSNE",
    },
    "tunelens.projections",
)
"""Every way to make a map, by name."""
