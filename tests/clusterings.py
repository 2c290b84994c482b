"""Songs, libraries and runs of clustering whose clusters are known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import select

from tunelens.explore.collection import Collection
from tunelens.library.clusterings.run import Model, Run, Told
from tunelens.library.fulltext import fold
from tunelens.library.schema import texts, tracks
from tunelens.library.store import Library

GENRES = ("jazz", "rock", "electronic")


def run_of(name: str, numbers: Sequence[int], names: Sequence[str] = ()) -> Run:
    """Return a run with a cluster at 0, 1, 2, ... of one feature for each of `numbers`."""
    called = names or [f"cluster {number}" for number in numbers]
    told = tuple(
        Told(number, {"en": one, "zh": f"类{number}"}, (), (), 0.5)
        for number, one in zip(numbers, called, strict=True)
    )
    anchors = np.arange(len(numbers), dtype=np.float64)[:, None]
    model = Model(anchors, np.array(numbers), np.full(len(numbers), np.inf))
    prepared = {"features": ["energy"], "fill": [0.0], "mean": [0.0], "scale": [1.0]}
    return Run(name, "kmeans", 0, "library", "energy", prepared, told, model, {"versions": {}})


def blobs(
    k: int, n: int = 60, p: int = 4, *, seed: int = 0, apart: float = 8.0
) -> tuple[Collection, np.ndarray]:
    """Return songs in `k` round clusters of `n` each, far apart, and their true clusters."""
    rng = np.random.default_rng(seed)
    corners = np.concatenate([np.eye(p), -np.eye(p)])[rng.permutation(2 * p)[:k]]
    y = np.repeat(np.arange(k), n)
    X = apart * corners[y] / np.sqrt(2) + rng.normal(size=(k * n, p))
    names = tuple(f"f{i}" for i in range(p))
    return Collection("blobs", tuple(str(i) for i in range(len(X))), X, names), y


def made_up(path: Path, n: int = 120, *, start: int = 0, seed: int = 0) -> Path:
    """Put `n` tracks into the library at `path`: slow quiet jazz, middling rock, fast loud electronic."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(start, start + n):
        kind = i % 3
        rows.append({
            "path": f"/m/歌{i}.wav", "size_bytes": 1, "mtime_ns": 1, "sha256": f"{i:064x}",
            "analyzed_at": "2026", "versions": '{"descriptors": "3"}',
            "title": f"歌 {i}", "artist": f"a{i}", "genre": GENRES[kind], "duration_s": 200.0,
            "tempo_bpm": float((80, 120, 160)[kind] + 4 * rng.normal()),
            "energy": float((0.2, 0.5, 0.8)[kind] + 0.03 * rng.normal()),
            "danceability": float((0.8, 0.2, 0.5)[kind] + 0.03 * rng.normal()),
            "loudness_lufs": float((-20, -12, -8)[kind] + 0.5 * rng.normal()),
        })  # fmt: skip
    with Library.open(path) as library, library.database.write() as connection:
        connection.execute(tracks.insert(), rows)
        new = tracks.c.path.in_([row["path"] for row in rows])
        words = connection.execute(select(tracks.c.id, tracks.c.title, tracks.c.genre).where(new)).all()
        held = [{"rowid": row.id, "title": fold(row.title), "genre": row.genre} for row in words]
        connection.execute(texts.insert(), held)
    return path
