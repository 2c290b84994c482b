"""How many patches of a song should the nets hear? Accuracy and agreement against cost.

Accuracy: four genres told apart by a linear classifier on the averaged penultimate vector, on folds that
share no artist, with 1, 2, 3, 5 or all 10 patches of each 30 s clip. Agreement: how far the tags of a whole
song heard through few patches lie from those heard through all of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.harness import Row, Skip, data_dir, timed
from tunelens.audio import Clip, decode
from tunelens.base.errors import MissingDependencyError
from tunelens.base.packages import fetch
from tunelens.base.settings import Settings
from tunelens.models import BACKBONES, DEFAULT_PATCHES, Tagging
from tunelens.services.demo_music import PLAYED, played

NET = "MSD_musicnn"
CLIP_PATCHES = (1, 2, 3, 5, None)
SONG_PATCHES = (4, 8, DEFAULT_PATCHES, 16, 24, 32)
RIDGE = 30.0
TOP = 5


def run() -> Iterator[Row | Skip]:
    settings = Settings.from_env()
    try:
        BACKBONES[NET].pull(settings)
    except MissingDependencyError as error:
        raise Skip(error.message) from None
    yield from _accuracy(data_dir(), settings)
    yield from _agreement(data_dir(), settings)


def hear(clip: Clip, n_patches: int | None, settings: Settings) -> Tagging:
    ear = BACKBONES[NET].listener(n_patches, settings)
    ear.add(clip)
    return ear.finish()


def _accuracy(folder: Path, settings: Settings) -> Iterator[Row]:
    with (folder / "emotify.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    clips = [decode(folder / row["path"], sr=22050, mono=True) for row in rows]
    classes = sorted({row["genre"] for row in rows})
    y = np.array([classes.index(row["genre"]) for row in rows])
    folds = np.array([int(row["fold"]) for row in rows])
    for n_patches in CLIP_PATCHES:
        vectors: list[NDArray[np.float32]] = []
        cost = timed(
            lambda n=n_patches, into=vectors: into.extend(
                hear(clip, n, settings).embeddings["penultimate"] for clip in clips
            )
        )
        share = _cross_validated(np.array(vectors, np.float64), y, folds)
        yield Row(
            name=f"4 genres from {n_patches or 'all 10'} patches of 30 s",
            ours=share,
            unit="share",
            note=f"{len(rows)} clips, artist-disjoint; {cost / len(rows):.3f} s per clip for one net",
        )


def _cross_validated(X: NDArray[np.float64], y: NDArray[np.int64], folds: NDArray[np.int64]) -> float:
    right = 0
    for fold in np.unique(folds):
        train, test = folds != fold, folds == fold
        right += int((_ridge(X[train], y[train], X[test]) == y[test]).sum())
    return right / len(y)


def _ridge(X: NDArray[np.float64], y: NDArray[np.int64], X_test: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the classes that a ridge regression to one-hot targets gives."""
    mean, spread = X.mean(axis=0), X.std(axis=0) + 1e-9
    Z = (X - mean) / spread
    targets = np.eye(y.max() + 1)[y]
    weights = np.linalg.solve(Z.T @ Z + RIDGE * np.eye(Z.shape[1]), Z.T @ (targets - targets.mean(axis=0)))
    return np.argmax((X_test - mean) / spread @ weights + targets.mean(axis=0), axis=1)


def _agreement(folder: Path, settings: Settings) -> Iterator[Row]:
    songs = [
        decode(path, sr=22050, mono=True)
        for path in (*sorted((folder / "songs").glob("*.mp3")), *_demo(settings))
    ]
    full = [hear(song, None, settings) for song in songs]
    cost_of_all = timed(lambda: [hear(song, None, settings) for song in songs])
    for n_patches in SONG_PATCHES:
        few: list[Tagging] = []
        cost = timed(lambda n=n_patches, into=few: into.extend(hear(song, n, settings) for song in songs))
        off = np.mean([np.abs(a.mean - b.mean).mean() for a, b in zip(few, full, strict=True)])
        same = np.mean([_same_top(a, b) for a, b in zip(few, full, strict=True)])
        mark = " (default)" if n_patches == DEFAULT_PATCHES else ""
        yield Row(
            name=f"whole songs through {n_patches} patches{mark}: share of the top {TOP} tags kept",
            ours=float(same),
            unit="share",
            note=f"mean difference of a tag {off:.4f}; costs {cost / cost_of_all:.2f} of hearing all",
        )


def _same_top(few: Tagging, full: Tagging) -> float:
    top = [set(np.argsort(one.mean)[-TOP:].tolist()) for one in (few, full)]
    return len(top[0] & top[1]) / TOP


def _demo(settings: Settings) -> list[Path]:
    """Return the two whole songs of the demo where they can be had."""
    try:
        return [credit.path for credit in played(fetch(PLAYED, settings), settings.cache_dir / "bench")]
    except MissingDependencyError:
        return []
