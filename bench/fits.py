"""Fit anew the constants of `tunelens.features` that come from annotated music: ``python -m bench.fits``.

Energy: upper against lower arousal, folds 1 to 3 of the 4-quadrant set; ``bench rhythm`` tests on fold 4.
Confidence of a tempo: right within 4 % or not, over the annotated excerpts and the prompted demo tracks.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.harness import Skip, data_dir
from tunelens.audio import listen
from tunelens.base.settings import Settings
from tunelens.features import Summary
from tunelens.features.descriptors import intensity_of
from tunelens.features.rhythm import accents, best_score, estimate_tempo
from tunelens.services.demo_music import fetch_music

TRAINING_FOLDS = ("1", "2", "3")
AROUSED = ("Q1", "Q2")
TOLERANCE = 0.04


def main() -> None:
    """Print each constant beside what it is fitted on."""
    folder = data_dir()
    weights, n_clips = fit_energy(folder)
    names = ("offset", "per LU", "per novelty")
    sys.stdout.write(
        f"energy, {n_clips} clips: {dict(zip(names, np.round(weights, 3).tolist(), strict=True))}\n"
    )
    half_sure, sureness, n_tracks = fit_tempo_confidence(folder)
    sys.stdout.write(
        f"tempo confidence, {n_tracks} tracks: half sure at {half_sure:.3f}, sureness {sureness:.2f}\n"
    )


def fit_energy(folder: Path) -> tuple[NDArray[np.float64], int]:
    rows = [row for row in _rows(folder / "mer4q.csv") if row["fold"] in TRAINING_FOLDS]
    seen = [intensity_of(_summary(folder / row["path"])) for row in rows]
    X = np.array([[one.loudness_lufs, one.activity] for one in seen])
    return _logistic(X, np.array([row["quadrant"] in AROUSED for row in rows])), len(rows)


def fit_tempo_confidence(folder: Path) -> tuple[float, float, int]:
    scores, right = zip(*_judged(folder), strict=True)
    offset, slope = _logistic(np.log(np.array(scores))[:, None], np.array(right))
    return float(np.exp(-offset / slope)), float(slope), len(scores)


def _judged(folder: Path) -> Iterator[tuple[float, bool]]:
    annotated = [(folder / row["path"], float(row["tempo_bpm"])) for row in _rows(folder / "rhythm.csv")]
    settings = Settings.from_env()
    prompted = [(one.path, one.bpm) for one in fetch_music(settings.cache_dir / "bench", settings) if one.bpm]
    for path, bpm in (*annotated, *prompted):
        summary = _summary(path)
        curve = accents(summary.novelty, summary.fps)
        found = estimate_tempo(curve, summary.fps).bpm
        if found is not None:
            yield best_score(curve, summary.fps), abs(found - bpm) <= TOLERANCE * bpm


def _logistic(X: NDArray[np.float64], y: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return offset and weights of a logistic regression, hardly penalised."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=10.0)).fit(X, y)
    scaler, line = model[0], model[1]
    weights = line.coef_[0] / scaler.scale_
    return np.concatenate([line.intercept_ - scaler.mean_ @ weights, weights])


def _summary(path: Path) -> Summary:
    return Summary.concat(Summary.of(window) for window in listen(path))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    try:
        main()
    except Skip as reason:
        sys.exit(f"skipped: {reason}")
