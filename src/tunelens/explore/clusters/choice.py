"""How many clusters there are, if there are any.

Every K is judged by the silhouette (Rousseeuw 1987), the index of Caliński & Harabasz (1974), that of Davies
& Bouldin (1979), the gap statistic (Tibshirani, Walther & Hastie 2001) and by how alike divisions of
overlapping parts of the songs are (Ben-Hur, Elisseeff & Guyon 2002; von Luxburg 2010).

Such figures are never zero, clusters or not. So the same is done to songs without clusters that are made up,
of two kinds:

* **even**: uniform in the box of the principal components, the reference of the gap statistic;
* **one hump**: each feature has the spread and the skew of the real one, smoothed until it has one mode
  (Silverman 1981), and they go together as the real ones do (a Gaussian copula of their rank correlations).

Clusters are called clear where the silhouette is higher than those of both kinds are by chance, and so is
that of the weakest cluster; where it is 0.25 or more ("no substantial structure" below: Kaufman & Rousseeuw
1990); and where the division is stable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.explore.clusters.methods import few_distinct
from tunelens.explore.collection import Collection
from tunelens.explore.prepared import Prepared, as_prepared
from tunelens.explore.projection import principal

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
KS = range(2, 16)
MOST_SONGS = 1_000
FEWEST_SONGS = 20
N_REFERENCES = 19
"""Of each kind; the real silhouettes exceed all of them by chance once in 20 times."""
N_SUBSAMPLES, SHARE = 6, 0.8
LEVEL = 0.05
SUBSTANTIAL = 0.25
STABLE = 0.8
N_INIT = 3
COLUMNS = (
    word("k"), word("silhouette"), word("without clusters"), word("weakest cluster"),
    word("weakest without clusters"), word("Calinski-Harabasz"), word("Davies-Bouldin"), word("stability"),
    word("gap"), word("gap error"),
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What is known of the number of clusters.

    Parameters
    ----------
    table : Table
        A row per K, columns `COLUMNS`; "without clusters": 95 % of made-up sets have less.
    k : int or None
        Recommended; None where there are no clear clusters.
    best : int
        What to divide by where a division is wanted all the same.
    why : str
        For people.
    p : float
        Share of made-up sets, the real one among them, whose silhouettes stand out as much; the larger.
    said : dict of str to int or None
        What each figure alone would say.
    n : int
        Songs that were looked at.
    """

    table: Table
    k: int | None
    best: int
    why: str
    p: float
    said: dict[str, int | None]
    n: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {**vars(self), "table": self.table.to_dict()}


@dataclass(frozen=True, eq=False)
class _Curves:
    """Figures of one set of songs by K."""

    silhouette: Floats
    weakest: Floats
    calinski: Floats
    davies: Floats
    log_within: Floats


def how_many(
    songs: Collection | Prepared,
    ks: Iterable[int] = KS,
    seed: int = 0,
    *,
    most: int = MOST_SONGS,
    n_references: int = N_REFERENCES,
) -> Choice:
    """Find out how many clusters there are, by k-means, on at most `most` songs drawn by lot.

    Parameters
    ----------
    songs : Collection or Prepared
        Of fewer than 20 nothing is said.
    ks : iterable of int
        Numbers to try; those above a third of the songs that differ are left out.
    seed : int
        Of what is drawn.
    n_references : int
        Made-up sets of each kind: 19 gives an error of 5 %.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> Z = np.concatenate([rng.normal(at, 1, (40, 4)) for at in (-6, 0, 6)])
    >>> songs = Collection("three", tuple(map(str, range(120))), Z, tuple("abcd"))
    >>> how_many(songs, range(2, 6)).k
    3
    """
    ready = as_prepared(songs)
    rng = np.random.default_rng(seed)
    Z = ready.Z[np.sort(rng.choice(len(ready), most, replace=False))] if len(ready) > most else ready.Z
    distinct = len(np.unique(Z, axis=0))
    tried = sorted({k for k in ks if 2 <= k <= distinct // 3})
    if len(Z) < FEWEST_SONGS or not tried:
        return _too_few(len(Z))
    curves = _curves(Z, tried, seed)
    stable = np.array([_stability(Z, k, rng) for k in tried])
    null = {
        kind: [_curves(make(Z, rng), tried, seed + 1 + i) for i in range(n_references)]
        for kind, make in {"even": _even, "one hump": _one_hump}.items()
    }
    return _decided(tried, curves, stable, null, len(Z))


def _too_few(n: int) -> Choice:
    why = say("{n} songs that differ are too few to tell clusters by", n=n)
    empty = Table(word("Number of clusters"), COLUMNS, ())
    return Choice(empty, None, 2, why, 1.0, {}, n)


def _curves(Z: Floats, ks: list[int], seed: int) -> _Curves:
    from sklearn.cluster import KMeans
    from sklearn.metrics import (
        calinski_harabasz_score,
        davies_bouldin_score,
        pairwise_distances,
        silhouette_samples,
    )

    distances = pairwise_distances(Z)
    rows = []
    for k in ks:
        with few_distinct():
            found = KMeans(k, n_init=N_INIT, random_state=seed).fit(Z)
        labels = found.labels_
        apart = silhouette_samples(distances, labels, metric="precomputed")
        weakest = min(apart[labels == label].mean() for label in np.unique(labels))
        scores = (apart.mean(), weakest, calinski_harabasz_score(Z, labels), davies_bouldin_score(Z, labels))
        rows.append((*scores, np.log(max(found.inertia_, 1e-300))))
    return _Curves(*np.array(rows, np.float64).T)


def _stability(Z: Floats, k: int, rng: np.random.Generator) -> float:
    """Return the mean adjusted Rand index of divisions of parts of the songs, on what both have."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    n = len(Z)
    labels = np.full((N_SUBSAMPLES, n), -1)
    for i in range(N_SUBSAMPLES):
        rows = rng.choice(n, round(SHARE * n), replace=False)
        with few_distinct():
            model = KMeans(k, n_init=N_INIT, random_state=int(rng.integers(2**31)))
            labels[i, rows] = model.fit_predict(Z[rows])
    pairs = [(a, b) for i, a in enumerate(labels) for b in labels[:i]]
    both = [(a >= 0) & (b >= 0) for a, b in pairs]
    return float(np.mean([adjusted_rand_score(a[w], b[w]) for (a, b), w in zip(pairs, both, strict=True)]))


def _even(Z: Floats, rng: np.random.Generator) -> Floats:
    """Return songs spread evenly over the box of the principal components."""
    scores = Z @ principal(Z)[0][: Z.shape[1]].T
    return rng.uniform(scores.min(axis=0), scores.max(axis=0), scores.shape)


def _one_hump(Z: Floats, rng: np.random.Generator) -> Floats:
    """Return songs whose features have one mode each and the rank correlations of the real ones."""
    from scipy.stats import norm, rankdata

    normal = norm.ppf((rankdata(Z, axis=0) - 0.5) / len(Z))
    drawn = rng.standard_normal((len(Z), len(Z))) @ (normal / np.sqrt(len(Z)))
    order = np.argsort(np.argsort(drawn, axis=0), axis=0)
    margins = np.column_stack([np.sort(_smoothed(column, rng)) for column in Z.T])
    return np.take_along_axis(margins, order, axis=0)


def _smoothed(column: Floats, rng: np.random.Generator) -> Floats:
    """Draw from a column with the least smoothing that leaves one mode (Silverman 1981)."""
    spread = float(column.std())
    if spread == 0:
        return column
    width = critical_width(column)
    drawn = rng.choice(column, len(column)) + width * rng.standard_normal(len(column))
    return column.mean() + (drawn - column.mean()) / np.sqrt(1 + (width / spread) ** 2)


def critical_width(column: Floats) -> float:
    """Return the least width of a Gaussian kernel with which the density of a column has one mode."""
    low, high = 0.0, 4 * float(np.ptp(column))
    counts, edges = np.histogram(column, bins=256)
    middles = (edges[1:] + edges[:-1]) / 2
    grid = np.linspace(edges[0], edges[-1], 256)
    gaps = grid[:, None] - middles
    for _ in range(20):
        middle = (low + high) / 2
        density = np.exp(-0.5 * (gaps / middle) ** 2) @ counts
        rising = np.sign(np.diff(density))
        rising = rising[rising != 0]
        modes = 1 + int(((rising[:-1] < 0) & (rising[1:] > 0)).sum())
        low, high = (low, middle) if modes == 1 else (middle, high)
    return high


def _decided(
    ks: list[int], curves: _Curves, stable: Floats, null: dict[str, list[_Curves]], n: int
) -> Choice:
    top, weak_top = _top(null, "silhouette"), _top(null, "weakest")
    gap, error = _gap(curves, null["even"])
    columns = (ks, curves.silhouette, top, curves.weakest, weak_top, curves.calinski, curves.davies, stable,
               gap, error)  # fmt: skip
    rows = tuple((int(k), *map(float, more)) for k, *more in zip(*columns, strict=True))
    table = Table(word("Number of clusters"), COLUMNS, rows)
    p = max(_p_value(curves.silhouette, _of(sets, "silhouette")) for sets in null.values())
    merit = _merit(curves, stable)
    choice = Choice(table, None, ks[int(np.argmax(merit))], "", p, _said(ks, curves, stable, gap, error), n)
    clear = (curves.silhouette >= SUBSTANTIAL) & (stable >= STABLE)
    clear &= (curves.silhouette > top) & (curves.weakest > weak_top)
    if p > LEVEL or not clear.any():
        return replace(choice, why=_why_not(p, float(curves.silhouette.max())))
    at = int(np.argmax(np.where(clear, merit, -np.inf)))
    figures = {"silhouette": curves.silhouette[at], "chance": top[at], "stability": stable[at]}
    why = say(
        "{k} clusters: silhouette {silhouette} (at most {chance} without clusters), stability {stability}",
        k=ks[at],
        **{name: f"{value:.2f}" for name, value in figures.items()},
    )
    return replace(choice, k=ks[at], best=ks[at], why=why)


def _of(sets: list[_Curves], name: str) -> Floats:
    return np.array([getattr(one, name) for one in sets])


def _top(null: dict[str, list[_Curves]], name: str) -> Floats:
    """Return by K what 95 % of the made-up sets stay below, of the kind that has more."""
    return np.max([np.quantile(_of(sets, name), 1 - LEVEL, axis=0) for sets in null.values()], axis=0)


def _gap(curves: _Curves, even: list[_Curves]) -> tuple[Floats, Floats]:
    within = _of(even, "log_within")
    return within.mean(axis=0) - curves.log_within, within.std(axis=0) * np.sqrt(1 + 1 / len(within))


def _p_value(real: Floats, made_up: Floats) -> float:
    """Return how often silhouettes without clusters stand out, at any K, as much as the real ones do."""
    mean, spread = made_up.mean(axis=0), np.maximum(made_up.std(axis=0, ddof=1), 1e-3)
    most = ((real - mean) / spread).max()
    mosts = ((made_up - mean) / spread).max(axis=1)
    return float((1 + (mosts >= most).sum()) / (1 + len(mosts)))


def _merit(curves: _Curves, stable: Floats) -> Floats:
    """Return by K the mean of the places that four figures give it, the higher the better."""
    from scipy.stats import rankdata

    figures = (curves.silhouette, curves.calinski, -curves.davies, stable.round(2))
    return np.mean([rankdata(one) for one in figures], axis=0) + 1e-3 * curves.silhouette


def _said(
    ks: list[int], curves: _Curves, stable: Floats, gap: Floats, error: Floats
) -> dict[str, int | None]:
    enough = np.flatnonzero(gap[:-1] >= gap[1:] - error[1:])
    return {
        "silhouette": ks[int(np.argmax(curves.silhouette))],
        "Calinski-Harabasz": ks[int(np.argmax(curves.calinski))],
        "Davies-Bouldin": ks[int(np.argmin(curves.davies))],
        "stability": ks[len(ks) - 1 - int(np.argmax(stable[::-1].round(2)))],
        "gap": ks[int(enough[0])] if len(enough) else None,
    }


def _why_not(p: float, silhouette: float) -> str:
    if p > LEVEL:
        return say("No clear clusters: songs made up without any divide as well (p = {p})", p=f"{p:.2f}")
    if silhouette < SUBSTANTIAL:
        return say("No clear clusters: silhouette {silhouette}; below 0.25 there is no substantial structure",
                   silhouette=f"{silhouette:.2f}")  # fmt: skip
    return say("No clear clusters: no division is at once better than chance, substantial and stable")
