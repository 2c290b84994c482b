"""Are neighbours kin? Two sets of music with labels, and what several ways of comparing make of them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunelens.base.settings import Settings
from tunelens.library.neighbours.measures import NETS, Measures, read_measures
from tunelens.library.neighbours.parts import Weights, places
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

SETS = ("emotify", "mer4q")
FEELINGS = (
    *("amazement", "solemnity", "tenderness", "nostalgia", "calmness", "power", "joyful_activation"),
    *("tension", "sadness"),
)
TOO_COMMON = {"Pop/Rock"}
"""A genre of AllMusic that two thirds of mer4q share tells nothing."""
K = 10
Table = NDArray[np.float64]


class Judged(NamedTuple):
    """What the nearest have in common with the seed, means over seeds.

    Of the ten nearest by other artists: the share of common genres (intersection over union), and how alike
    moods are (share of the same quadrant; of Emotify the cosine of what listeners felt). Of the ten nearest
    of all: is one by the same artist?
    """

    genre: float
    mood: float
    artist: float


class Truth(NamedTuple):
    """How alike tracks truly are, each (n, n)."""

    genre: Table
    mood: Table
    same_artist: NDArray[np.bool_]

    @property
    def chance(self) -> Judged:
        """What tracks drawn at random would have in common."""
        others = ~self.same_artist
        n, own = len(others), self.same_artist.sum(axis=1) - 1
        artist = 1 - np.exp(K * np.log1p(-own[own > 0] / (n - 1)))
        told = self.genre.any(axis=1)
        return Judged(
            float(self.genre[told][others[told]].mean()),
            float(self.mood[others].mean()),
            float(artist.mean()),
        )


def heard(data: Path, name: str) -> tuple[Measures, Truth]:
    """Return the measures and the truth of a set; what is heard is kept in the cache."""
    path = Settings.from_env().cache_dir / "training" / f"{name}.db"
    with (data / f"{name}.csv").open(encoding="utf-8") as file:
        rows = {Path(row["path"]).name: row for row in csv.DictReader(file)}
    with Library.open(path) as library:
        analyze_many([data / name], library, options=HearOptions(bundles=()))
        known = {track.id: rows[track.path.name] for track in library.tracks() if track.path.name in rows}
        with library.database.read() as connection:
            found = list(read_measures(connection, np.array(sorted(known), np.int64)))
    return stacked([tables for _, tables in found]), truth_of([known[number] for number in sorted(known)])


def stacked(found: list[Measures]) -> Measures:
    """Join measures."""
    return Measures({name: np.concatenate([one.tables[name] for one in found]) for name in found[0].tables})


def truth_of(rows: list[dict[str, str]]) -> Truth:
    """Read what a table says of its tracks; an artist without a name is nobody else's."""
    artists = np.array([row["artist"].strip().lower() or f"? {i}" for i, row in enumerate(rows)])
    genres = [_genres(row) for row in rows]
    if "quadrant" in rows[0]:
        quadrants = np.array([row["quadrant"] for row in rows])
        mood = (quadrants[:, None] == quadrants).astype(float)
    else:
        felt = np.array([[float(row[name]) for name in FEELINGS] for row in rows])
        away = felt - felt.mean(axis=0)
        mood = cosines(away)
    common = [[len(a & b) / max(1, len(a | b)) for b in genres] for a in genres]
    return Truth(np.array(common), mood, artists[:, None] == artists)


def _genres(row: dict[str, str]) -> set[str]:
    return {row["genre"]} if "genre" in row else set(row["genres"].split("; ")) - TOO_COMMON


def judge(likeness: Table, truth: Truth) -> Judged:
    """Return what the neighbours of a matrix of likeness, (n, n), have in common with their seeds."""
    return Judged(*(float(np.nanmean(column)) for column in each(likeness, truth)))


def each(likeness: Table, truth: Truth) -> tuple[Table, Table, Table]:
    """Return the same of every seed; NaN where a seed has no genre, or its artist no other track."""
    rows = np.arange(len(likeness))[:, None]
    others = np.argsort(np.where(truth.same_artist, np.inf, -likeness), axis=1, kind="stable")[:, :K]
    alone = np.where(np.eye(len(likeness), dtype=bool), np.inf, -likeness)
    nearest = np.argsort(alone, axis=1, kind="stable")[:, :K]
    told, known = truth.genre.any(axis=1), truth.same_artist.sum(axis=1) > 1
    return (
        np.where(told, truth.genre[rows, others].mean(axis=1), np.nan),
        truth.mood[rows, others].mean(axis=1),
        np.where(known, truth.same_artist[rows, nearest].any(axis=1), np.nan),
    )


def differences(ours: Table, theirs: Table, truth: Truth, seed: int = 0) -> list[tuple[float, float]]:
    """Return 95 % intervals of what ours has more in common than theirs; artists are drawn again."""
    rng = np.random.default_rng(seed)
    _, group = np.unique(truth.same_artist, axis=0, return_inverse=True)
    members = [np.flatnonzero(group.ravel() == one) for one in range(group.max() + 1)]
    apart = [a - b for a, b in zip(each(ours, truth), each(theirs, truth), strict=True)]
    drawn = [
        np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))]) for _ in range(500)
    ]
    means = np.array([[np.nanmean(column[rows]) for column in apart] for rows in drawn])
    return [(float(low), float(high)) for low, high in np.percentile(means, (2.5, 97.5), axis=0).T]


def ways(tables: Measures) -> dict[str, Table]:
    """Return how alike tracks are in ours and in other ways, each (n, n)."""
    ours, bare = places(tables, Weights()), places(tables, Weights(embedding=0))
    raw = np.concatenate([unit(tables.tables[kind]) for kind in NETS], axis=1)
    mfcc = tables.take([f"mfcc_{i}.mean" for i in range(1, 20)]).astype(float)
    standard = (mfcc - mfcc.mean(axis=0)) / mfcc.std(axis=0)
    return {
        "tunelens similar": ours @ ours.T,
        "mean MFCC": -np.linalg.norm(standard[:, None] - standard, axis=2),
        "raw embedding": raw @ raw.T,
        "our descriptors alone": bare @ bare.T,
    }


def unit(X: Table) -> Table:
    """Return rows of length 1."""
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def cosines(X: Table) -> Table:
    """Return the cosine of each pair of rows."""
    return unit(X) @ unit(X).T
