"""What sets the songs of a cluster apart from the others: numbers that differ, facts that are more common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.explore.clusters.vocabulary import say_fact, say_feature
from tunelens.explore.collection import Collection

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
MEDIUM = 0.5
"""A standardised difference of less is no trait (Cohen 1988 calls 0.5 medium)."""
LARGE = 0.8
"""And 0.8 large."""
LEVEL = 0.01
MOST_UNSURE = 3
SAME = 1e-12
MOST_VALUES = 200
FEWEST_WITH = 3
_PARTS = re.compile(r"\s*[;|,]\s*")
LEAST_LIFT = 1.25


@dataclass(frozen=True)
class Trait:
    """One thing that sets a cluster apart.

    Parameters
    ----------
    kind : {"feature", "fact"}
    name : str
        The feature, or what the fact is of: genre, say.
    value : str
        Of a fact its value, "" of a feature.
    difference : float
        Mean of the cluster less the mean of the other songs, in standard deviations within both (Cohen's d);
        of a fact that of the shares, in deviations of the share.
    inside, outside : float
        Means, or shares of the songs of which the fact is known.
    lift : float or None
        Of a fact: share in the cluster by the share in all songs.
    q : float
        Chance of as much (Welch's t; of a fact the hypergeometric distribution), corrected for all that were
        looked at (Benjamini & Hochberg 1995). No test of features that made the clusters: they must differ.
    """

    kind: str
    name: str
    value: str
    difference: float
    inside: float
    outside: float
    lift: float | None
    q: float

    def said(self) -> str:
        """Return it in words: "fast", "electronic"."""
        if self.kind == "fact":
            return say_fact(self.name, self.value)
        return say_feature(self.name, self.difference > 0)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them, and the words."""
        return {**vars(self), "said": self.said()}


def traits_of(described_by: Sequence[Collection], labels: Ints, k: int) -> list[tuple[Trait, ...]]:
    """Return the traits of each cluster, the strongest first.

    Parameters
    ----------
    described_by : sequence of Collection
        The same songs; a feature or fact of a later one that an earlier one has is left out.
    labels : ndarray of int, shape (n,)
        -1, noise, is among the others of every cluster.
    k : int
        Number of clusters.
    """
    found: list[tuple[int, Trait]] = []
    seen: set[tuple[str, str]] = set()
    for songs in described_by:
        features = [name for name in songs.features if ("feature", name) not in seen]
        facts = [name for name in songs.facts if ("fact", name) not in seen]
        seen |= {("feature", name) for name in features} | {("fact", name) for name in facts}
        for label in range(k):
            inside = labels == label
            found += [(label, one) for one in _of_numbers(songs.only(features), inside)]
            for name in facts:
                found += [(label, one) for one in _of_fact(name, songs.facts[name], inside)]
    return _strongest(found, k)


def _strongest(found: list[tuple[int, Trait]], k: int) -> list[tuple[Trait, ...]]:
    """Correct for the number of comparisons, and keep what differs for sure and by enough.

    Of a cluster too small for anything to be sure what differs most is kept: it is true of these songs.
    """
    from scipy.stats import false_discovery_control

    corrected = list(false_discovery_control([one.q for _, one in found])) if found else []
    everything: list[list[Trait]] = [[] for _ in range(k)]
    for (label, one), q in zip(found, corrected, strict=True):
        everything[label].append(replace(one, q=float(q)))
    return [tuple(_kept(sorted(traits, key=lambda one: -abs(one.difference)))) for traits in everything]


def _kept(traits: list[Trait]) -> list[Trait]:
    sure = [one for one in traits if one.q <= LEVEL and abs(one.difference) >= MEDIUM]
    likely = [one for one in traits if one.kind == "feature" and abs(one.difference) >= LARGE]
    return sure or likely[:MOST_UNSURE]


def _of_numbers(songs: Collection, inside: NDArray[np.bool_]) -> list[Trait]:
    X = np.where(np.isfinite(songs.X), songs.X, np.nan)
    found = []
    for name, column in zip(songs.features, X.T, strict=True):
        known = ~np.isnan(column)
        a, b = column[known & inside], column[known & ~inside]
        if len(a) and len(b) and len(a) + len(b) > FEWEST_WITH:
            found.append(_difference(name, a, b))
    return [one for one in found if one is not None]


def _difference(name: str, a: Floats, b: Floats) -> Trait | None:
    from scipy.stats import t

    spread = float(np.concatenate([a, b]).std())
    if not np.isfinite(spread) or spread <= SAME * max(abs(a.mean()), abs(b.mean())):
        return None
    sizes = np.array([len(a), len(b)])
    # where all songs of both sides are alike a thousandth of the whole spread stands for theirs
    least = (0.001 * spread) ** 2
    variances = np.maximum([a.var(ddof=min(1, len(a) - 1)), b.var(ddof=min(1, len(b) - 1))], least)
    pooled = np.sqrt((variances * (sizes - 1)).sum() / (sizes.sum() - 2))
    apart = float(a.mean() - b.mean())
    if sizes.min() == 1:  # one song against the spread of the others: Student's t
        variances, freedom = np.full(2, pooled**2), float(sizes.sum() - 2)
    else:
        freedom = (variances / sizes).sum() ** 2 / ((variances / sizes) ** 2 / (sizes - 1)).sum()
    p = 2 * float(t.sf(abs(apart) / np.sqrt((variances / sizes).sum()), freedom))
    return Trait("feature", name, "", apart / float(pooled), float(a.mean()), float(b.mean()), None, p)


def _of_fact(name: str, values: Sequence[str], inside: NDArray[np.bool_]) -> list[Trait]:
    from scipy.stats import hypergeom

    held = [_PARTS.split(value) if value else [] for value in values]
    known = np.array([bool(parts) for parts in held])
    n, n_inside = int(known.sum()), int((known & inside).sum())
    if not n_inside or n_inside == n:
        return []
    counts = Counter(part for parts in held for part in set(parts))
    here_counts = Counter(part for i in np.flatnonzero(inside) for part in set(held[i]))
    found = []
    for value, count in counts.most_common(MOST_VALUES):
        hits = here_counts[value]
        here, there, share = hits / n_inside, (count - hits) / (n - n_inside), count / n
        if hits >= FEWEST_WITH and here >= LEAST_LIFT * share and share < 1:
            p = float(hypergeom.sf(hits - 1, n, count, n_inside))
            spread = np.sqrt(share * (1 - share))
            found.append(
                Trait("fact", name, str(value), (here - there) / spread, here, there, here / share, p)
            )
    return found
