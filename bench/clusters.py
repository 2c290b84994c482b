"""Are planted clusters counted, are songs without any told to have none, do clusters mean what people mean?

Planted: 2 to 8 round clusters in 8 features, their middles at least 6 standard deviations apart. Without any:
normal, uniform and exponential numbers. Real: clips of Emotify and of the 4-quadrant set, and the table of
GTZAN, whose clusters are held against genres and moods that people gave (adjusted Rand index; 0 is chance).
The peer that counts clusters takes the K of the best silhouette, as is common; it cannot say that there are
none.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.harness import ROOT, Row, Skip, data_dir, fetch_nets, timed
from tunelens.base.settings import Settings
from tunelens.explore.clusters import Choice, agreement, cluster, how_many
from tunelens.explore.collection import Collection
from tunelens.explore.projection import project
from tunelens.services.clustering import ClusterOptions, run_clusters

KS = range(2, 11)
N, MOST, N_SEEDS, N_FEATURES = 300, 300, 3, 8
N_EMPTY_SEEDS = 10
SIZES = (1_000, 10_000, 100_000)
LEAST_RECOVERED, MOST_FALSE = 0.8, 0.1
Floats = NDArray[np.float64]


def run() -> Iterator[Row | Skip]:
    """Count planted clusters, then what it costs, then real songs."""
    yield from _recovery()
    yield from _false()
    yield from _costs()
    yield from _real()


def _songs(X: Floats, name: str = "made up") -> Collection:
    return Collection(name, tuple(map(str, range(len(X)))), X, tuple(f"f{i}" for i in range(X.shape[1])))


def planted(k: int, n: int, seed: int, apart: float = 6.0) -> tuple[Collection, NDArray[np.intp]]:
    """Return songs in `k` clusters whose middles are at least `apart` deviations from each other."""
    rng = np.random.default_rng(seed)
    middles: list[Floats] = []
    while len(middles) < k:
        new = rng.uniform(-5, 5, N_FEATURES)
        if all(np.linalg.norm(new - one) >= apart for one in middles):
            middles.append(new)
    y = rng.integers(0, k, n)
    return _songs(np.array(middles)[y] + rng.normal(size=(n, N_FEATURES))), y


def empty(kind: str, seed: int) -> Collection:
    """Return songs without clusters."""
    rng = np.random.default_rng(seed)
    draw = {"normal": rng.standard_normal, "uniform": rng.random, "exponential": rng.standard_exponential}[
        kind
    ]
    return _songs(draw((N, N_FEATURES)))


def _counted(songs: Collection, seed: int) -> Choice:
    return how_many(songs, KS, seed, most=MOST)


def _recovery() -> Iterator[Row]:
    ks = [k for k in range(2, 9) for _ in range(N_SEEDS)]
    found = [_counted(planted(k, N, seed)[0], seed) for seed, k in enumerate(ks)]
    ours = float(np.mean([one.k == k for one, k in zip(found, ks, strict=True)]))
    theirs = float(np.mean([one.said["silhouette"] == k for one, k in zip(found, ks, strict=True)]))
    note = f"{len(ks)} sets of 2 to 8 clusters; theirs: best silhouette"
    yield Row.more("planted clusters counted", ours, theirs, note=note)
    yield Row.at_least("planted clusters counted", ours, LEAST_RECOVERED)
    missed = [f"{k} as {one.k}" for one, k in zip(found, ks, strict=True) if one.k != k]
    yield Row(name="miscounted", ours=len(missed), unit="sets", note=", ".join(missed))
    for name in ("Calinski-Harabasz", "Davies-Bouldin", "stability", "gap"):
        right = float(np.mean([one.said[name] == k for one, k in zip(found, ks, strict=True)]))
        yield Row(name=f"planted clusters counted by {name} alone", ours=right, unit="share")


def _false() -> Iterator[Row]:
    for kind in ("normal", "uniform", "exponential"):
        found = [_counted(empty(kind, seed), seed) for seed in range(N_EMPTY_SEEDS)]
        wrong = float(np.mean([one.k is not None for one in found]))
        note = f"{N_EMPTY_SEEDS} sets; the best silhouette claims clusters in all of them"
        yield Row.at_most(f"clusters claimed where there are none, {kind}", wrong, MOST_FALSE, unit="share",
                          note=note)  # fmt: skip


# -- cost --------------------------------------------------------------------------------------------


def _costs() -> Iterator[Row]:
    for size in SIZES:
        songs, y = planted(6, size, 1)
        found = []
        seconds = timed(lambda songs=songs, found=found: found.append(cluster(songs, k=6)))  # type: ignore[misc]
        yield Row(name=f"k-means, names and exemplars, {size:,} songs", ours=seconds,
                  note=f"agreement with what was planted {agreement(found[0].labels, y):.3f}")  # fmt: skip
        for method in ("bisecting", "minibatch", "hdbscan"):
            k = None if method == "hdbscan" else 6
            seconds = timed(lambda method=method, k=k, songs=songs: cluster(songs, method, k))  # type: ignore[misc]
            yield Row(name=f"{method}, {size:,} songs", ours=seconds)
    yield Row(name="number of clusters, 100,000 songs", ours=timed(lambda: how_many(songs)),
              note="1,000 of them, K = 2 to 15, 38 made-up sets")  # fmt: skip
    yield Row(name="memory of k-means, 100,000 songs", ours=memory_mb(100_000), unit="MB",
              note="peak beyond the songs themselves")  # fmt: skip
    yield from _maps()


def _maps() -> Iterator[Row]:
    for size in SIZES:
        songs, _ = planted(6, size, 1)
        for method in ("pca", "umap", "tsne"):
            flat = []
            seconds = timed(lambda songs=songs, method=method, flat=flat: flat.append(project(songs, method)))  # type: ignore[misc]
            yield Row(name=f"map by {method}, {size:,} songs", ours=seconds,
                      note=f"trustworthiness {flat[0].trust:.3f}")  # fmt: skip


MEASURED = """
import sys
import tracemalloc
from bench.clusters import planted
from tunelens.explore.clusters import cluster
cluster(planted(6, 100, 1)[0], k=6)
songs, _ = planted(6, int(sys.argv[1]), 1)
tracemalloc.start()
cluster(songs, k=6)
print(tracemalloc.get_traced_memory()[1] / 1e6)
"""


def memory_mb(n: int) -> float:
    """Return how much more a process holds at its peak when it clusters `n` songs, MB."""
    command = [sys.executable, "-c", MEASURED, str(n)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)


# -- real songs --------------------------------------------------------------------------------------


def _real() -> Iterator[Row | Skip]:
    data = data_dir()
    yield from _gtzan(data)
    fetch_nets()
    for name, column in (("emotify", "genre"), ("mer4q", "quadrant")):
        yield from _heard(data, name, column)


def _gtzan(data: Path) -> Iterator[Row]:
    with (data / "gtzan_features" / "features_30_sec.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in {"filename", "length", "label"}]
    X = np.array([[float(row[name]) for name in names] for row in rows])
    songs = Collection("gtzan", tuple(row["filename"] for row in rows), X, tuple(names))
    y = [row["label"] for row in rows]
    found = cluster(songs, choice=how_many(songs))
    yield _meant("gtzan, features of librosa", found.labels, y, _told(found.choice))
    yield _meant("gtzan, features of librosa, K = 10", cluster(songs, k=10).labels, y, "as many as genres")


def _heard(data: Path, name: str, column: str) -> Iterator[Row]:
    with (data / f"{name}.csv").open(encoding="utf-8") as file:
        truth = {Path(row["path"]).name: row[column] for row in csv.DictReader(file)}
    library = Settings.from_env().cache_dir / "bench" / f"{name}.db"
    for features in ("descriptors", "embedding"):
        for k in (None, len(set(truth.values()))):
            options = ClusterOptions(k=k, features=features)
            found = run_clusters(str(data / name), options=options, library=library).found
            y = [truth[path.name] for path in found.collection.paths if path is not None]
            what = f"{name}, {features}" + ("" if k is None else f", K = {k}")
            note = _told(found.choice) if k is None else "; ".join(found.names)
            yield _meant(f"{what}, by {column}", found.labels, y, note)


def _told(choice: Choice | None) -> str:
    return "" if choice is None else choice.why


def _meant(what: str, labels: NDArray[np.intp], y: list[str], note: str) -> Row:
    theirs = np.unique(y, return_inverse=True)[1]
    return Row(name=f"agreement with people: {what}", ours=agreement(labels, theirs), unit="ARI", note=note)
