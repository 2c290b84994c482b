"""Are neighbours kin, and how fast are they found among a thousand tracks, and among a million?

Kin: the share of the ten nearest by other artists that have the seed's genre, or its mood, beside the same
with mean MFCCs (what people try first), with the raw embedding of the nets, and with our descriptors alone.

Speed: places as unlike each other as songs are, made up, so that it runs everywhere. Times are processor
time, which other programs leave alone; the peers are the exact search of numpy and of scikit-learn. A million
tracks are measured where ``BENCH_MILLION`` is set: it takes minutes and gigabytes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.harness import ROOT, Row, Skip, data_dir, fetch_nets, timed
from tunelens.base.settings import Settings
from tunelens.library.neighbours.index import Index
from tunelens.library.neighbours.kept import Places
from tunelens.library.neighbours.parts import Weights, dimension, spans, weighted
from tunelens.library.neighbours.search import Search
from tunelens.library.neighbours.space import Space

SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
N_QUERIES, N_OF_PEERS, N = 200, 20, 10
COUNTS = 10_000
"""From here on time counts: a thousand tracks take 20 microseconds, ours and theirs."""
FLOOR_RECALL = 0.95
NOWHERE = Path("made up")
Matrix = NDArray[np.float32]


def run() -> Iterator[Row | Skip]:
    """Measure speed, then whether neighbours are kin."""
    measured = []
    for size in _sizes():
        measured.append((yield from _at(size)))
    yield from _growth(measured)
    if MILLION not in _sizes():
        yield Skip("a million tracks: set BENCH_MILLION=1")
    yield from _kin()


def _sizes() -> tuple[int, ...]:
    return (*SIZES, *([MILLION] if os.environ.get("BENCH_MILLION") else []))


# -- speed -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """Milliseconds in which 95 % of queries are answered."""

    size: int
    exact_ms: float
    index_ms: float


def made_up(n: int, seed: int = 0) -> Places:
    """Return places of `n` tracks: in each part the directions count less and less, as those of songs do."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, dimension()), np.float32)
    for span in spans().values():
        X[:, span] /= np.sqrt(np.arange(1, 1 + span.stop - span.start, dtype=np.float32))
        X[:, span] /= np.linalg.norm(X[:, span], axis=1, keepdims=True)
    ids = np.arange(1, n + 1)
    return Places(n, ids, ids.copy(), weighted(X, Weights()), lineage="made up")


def _at(size: int) -> Generator[Row, None, Measured]:
    places, queries = made_up(size), made_up(N_QUERIES, seed=1).matrix
    exact = Search(Space.of(places))
    exact_ms = p95_ms(lambda query: exact.nearest(query, N), queries)
    for peer, answer in _peers(places.matrix).items():
        note = f"p95; theirs: {peer}"
        theirs = p95_ms(answer, queries[:N_OF_PEERS])
        floor = 1.0 if size >= COUNTS else None
        yield Row.less(f"exact, {size:,} tracks", exact_ms, theirs, unit="ms", floor=floor, note=note)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(cache_dir=Path(folder))
        built: list[Index] = []
        build_s = timed(lambda: built.append(Index.of(NOWHERE, places, settings)))
        fast = Search(Space.of(places), built[0])
        index_ms = p95_ms(lambda query: fast.nearest(query, N), queries)
        yield Row.less(f"index, {size:,} tracks", index_ms, exact_ms, unit="ms", note="p95; theirs: exact")
        yield from _recalls(f"{size:,} tracks", exact, fast, queries)
        yield from _costs(f"{size:,} tracks", places, settings, build_s)
    return Measured(size, exact_ms, index_ms)


def _peers(matrix: Matrix) -> dict[str, Any]:
    from sklearn.neighbors import NearestNeighbors

    brute = NearestNeighbors(n_neighbors=N, metric="cosine", algorithm="brute").fit(matrix)
    return {
        "numpy, product and sort": lambda query: np.argsort(-(matrix @ query[0]))[:N],
        "scikit-learn, brute force": brute.kneighbors,
    }


def _recalls(size: str, exact: Search, fast: Search, queries: Matrix) -> Iterator[Row]:
    yield Row.at_least(f"recall@{N} of the index, {size}", recall(exact, fast, queries), FLOOR_RECALL)
    note = "theirs: the index asked once, its answers filtered"
    for share in (0.1, 0.01):
        ours, theirs = filtered_recall(exact, fast, queries[:50], share)
        yield Row.more(f"recall@{N}, {share:.0%} admitted, {size}", ours, theirs, floor=1.0, note=note)


def _costs(size: str, places: Places, settings: Settings, build_s: float) -> Iterator[Row]:
    def open_index(of: Places) -> float:
        return timed(lambda: Index.of(NOWHERE, of, settings))

    yield Row(name=f"building the index, {size}", ours=build_s, note="processor time, all cores together")
    files = sum(path.stat().st_size for path in settings.cache_dir.rglob("index-*")) / 1e6
    matrix = places.matrix.nbytes / 1e6
    note = "theirs: the matrix of places"
    yield Row(name=f"files of the index, {size}", ours=files, theirs=matrix, unit="MB", note=note)
    opening = min(open_index(places) for _ in range(3))
    yield Row(name=f"opening the index, {size}", ours=opening, note="checksum and all")
    more = grown(places, len(places.ids) // 100)
    note = "theirs: built anew"
    yield Row.less(f"one in a hundred is new, {size}", open_index(more), build_s, floor=1.0, note=note)
    memory = answering_mb(more, settings)
    note = "beyond its imports; of mapped files, what was touched"
    yield Row(name=f"memory of a process that answers, {size}", ours=memory, unit="MB", note=note)


def grown(places: Places, n: int) -> Places:
    """Return places with `n` more tracks."""
    more = made_up(n, seed=2)
    ids = np.concatenate([places.ids, more.ids + len(places.ids)])
    matrix = np.concatenate([places.matrix, more.matrix])
    return Places(len(ids), ids, ids.copy(), matrix, lineage=places.lineage)


def answering_mb(places: Places, settings: Settings) -> float:
    """Map matrix and index in a fresh process, answer, and return what it holds beyond its imports, MB."""
    where = settings.cache_dir / "matrix.npy"
    np.save(where, places.matrix)
    command = [sys.executable, "-c", ANSWERING, str(where), str(settings.cache_dir), str(places.revision)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)


ANSWERING = """
import sys
from pathlib import Path
import numpy as np
import psutil
import usearch.index
from tunelens.base.settings import Settings
from tunelens.library.neighbours.index import Index
from tunelens.library.neighbours.kept import Places
from tunelens.library.neighbours.search import Search
from tunelens.library.neighbours.space import Space
held = psutil.Process().memory_info
before = held().rss
matrix = np.load(sys.argv[1], mmap_mode="r")
ids = np.arange(1, len(matrix) + 1)
places = Places(int(sys.argv[3]), ids, ids.copy(), matrix, lineage="made up")
search = Search(Space.of(places), Index.of(Path("made up"), places, Settings(cache_dir=Path(sys.argv[2]))))
for row in range(20):
    search.nearest(np.array(matrix[row : row + 1]), 20)
print((held().rss - before) / 1e6)
"""


def p95_ms(answer: Any, queries: Matrix) -> float:
    """Return the milliseconds of processor time in which 95 % of queries, asked one by one, are answered."""
    answer(queries[:1])
    times = [timed(partial(answer, query[None])) for query in queries]
    return 1000 * float(np.percentile(times, 95))


def recall(exact: Search, fast: Search, queries: Matrix) -> float:
    """Return the share of the true nearest that the index finds."""
    pairs = [(exact.nearest(query[None], N).ids, fast.nearest(query[None], N).ids) for query in queries]
    return float(np.mean([np.isin(truth, found).mean() for truth, found in pairs]))


def filtered_recall(exact: Search, fast: Search, queries: Matrix, share: float) -> tuple[float, float]:
    """Return the recall where a share of the tracks is admitted: ours, and of the index asked once."""
    allowed = np.flatnonzero(np.random.default_rng(3).random(len(exact.space)) < share) + 1
    ours, theirs = [], []
    for query in queries[:, None]:
        truth = exact.among(allowed, query, N).ids
        found = fast.admitted(query, N, lambda ids: ids[np.isin(ids, allowed)], lambda: allowed)
        plain = fast.nearest(query, N).ids
        ours.append(np.isin(truth, found.ids).mean())
        theirs.append(np.isin(truth, plain[np.isin(plain, allowed)]).mean())
    return float(np.mean(ours)), float(np.mean(theirs))


def _growth(measured: list[Measured]) -> Iterator[Row]:
    first, last = measured[-2], measured[-1]
    times = f"from {first.size:,} to {last.size:,} tracks"
    for what, a, b in (("exact", first.exact_ms, last.exact_ms), ("index", first.index_ms, last.index_ms)):
        power = float(np.log(b / a) / np.log(last.size / first.size))
        yield Row(name=f"growth of cost, {what}", ours=power, unit="power of n", note=times)


# -- kin ---------------------------------------------------------------------------------------------


def _kin() -> Iterator[Row]:
    from training.kin import SETS, heard, judge, ways

    data = data_dir()
    fetch_nets()
    for name in SETS:
        tables, truth = heard(data, name)
        figures = {way: judge(likeness, truth) for way, likeness in ways(tables).items()}
        ours = figures.pop("tunelens similar")
        for peer, theirs in figures.items():
            floor = 1.0 if peer == "mean MFCC" else None
            for what, mine, other, chance in zip(ours._fields, ours, theirs, truth.chance, strict=True):
                note = f"theirs: {peer}; by chance {chance:.3f}"
                yield Row.more(f"{name}: {what}", mine, other, floor=floor, note=note)
