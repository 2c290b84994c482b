"""Are tempo, beats, key and energy right, and does confidence mean what it says?

Tempo, beats and key are held against 40 annotated excerpts of 15 s and beside librosa's on the same samples;
energy against the arousal that listeners gave to songs of artists that the weights of energy never saw.
Forty excerpts are a first check: one of them is worth 0.025, and every row states 90 % intervals (bootstrap
over excerpts, 2000 draws). The few constants that were set by looking at these excerpts, the maps of both
confidences among them, are named in docs/descriptors.md; figures of confidence are therefore optimistic.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.harness import Row, Skip, data_dir
from bench.truth import OCTAVES, SHARPS, key_score, tempo_hit

if TYPE_CHECKING:
    from tunelens.features import Descriptors

SR = 22050
BEAT_TOLERANCE_S = 0.07
DRAWS = 2000
AROUSED = ("Q1", "Q2")
HELD_OUT_FOLD = "4"
N_AROUSAL = 160


@dataclass(frozen=True)
class Scores:
    """How right one program was about each excerpt; key scores only where the key is known."""

    acc1: list[float]
    acc2: list[float]
    beats: list[float]
    key: list[float]


@dataclass(frozen=True)
class Claims:
    """Stated probabilities of being right, and whether it was so."""

    stated: list[float]
    right: list[float]


def run() -> Iterator[Row | Skip]:
    data = data_dir()
    rows = _table(data / "rhythm.csv")
    ours, tempo_claims, key_claims = _ours(data, rows)
    yield from _beside_librosa(data, rows, ours)
    yield from _reliability("tempo (Acc1)", tempo_claims)
    yield from _reliability("key (exact)", key_claims)
    yield from _arousal(data)


def _table(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise Skip(f"annotations are absent: {path}")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _ours(data: Path, rows: list[dict[str, str]]) -> tuple[Scores, Claims, Claims]:
    from tunelens.audio import listen
    from tunelens.features import Summary, describe

    scores, tempo, key = Scores([], [], [], []), Claims([], []), Claims([], [])
    for row in rows:
        found = describe(Summary.concat(Summary.of(window) for window in listen(data / row["path"])))
        named = f"{found.key.tonic} {found.key.mode}" if found.key.tonic else None
        _judge(scores, row, found.tempo.bpm, found.beats_s, named)
        tempo.stated.append(found.tempo.confidence)
        tempo.right.append(scores.acc1[-1])
        if row["key"]:
            key.stated.append(found.key.confidence)
            key.right.append(float(named == row["key"]))
    return scores, tempo, key


def _judge(
    scores: Scores, row: dict[str, str], bpm: float | None, beats_s: np.ndarray, key: str | None
) -> None:
    true_bpm = float(row["tempo_bpm"])
    scores.acc1.append(float(tempo_hit(bpm, true_bpm)))
    scores.acc2.append(float(tempo_hit(bpm, true_bpm, OCTAVES)))
    scores.beats.append(beat_f_measure(beats_s, np.array(row["beats_s"].split(), float)))
    if row["key"]:
        scores.key.append(key_score(key, row["key"]))


def beat_f_measure(found_s: np.ndarray, true_s: np.ndarray) -> float:
    """Return the F-measure of beats within 70 ms, each matched once (Dixon 2007)."""
    hits, j = 0, 0
    for time in true_s:
        while j < len(found_s) and found_s[j] < time - BEAT_TOLERANCE_S:
            j += 1
        if j < len(found_s) and found_s[j] <= time + BEAT_TOLERANCE_S:
            hits, j = hits + 1, j + 1
    total = len(found_s) + len(true_s)
    return 2 * hits / total if total else 0.0


def _librosa(data: Path, rows: list[dict[str, str]]) -> Scores:
    """Do what librosa's documentation shows: beat_track, and chroma_cqt against Krumhansl's profiles."""
    import librosa

    from tunelens.audio import decode

    scores = Scores([], [], [], [])
    for row in rows:
        y = decode(data / row["path"], sr=SR, mono=True).y
        tempo, beats = librosa.beat.beat_track(y=y, sr=SR, units="time")
        chroma = librosa.feature.chroma_cqt(y=y, sr=SR).mean(axis=1)
        _judge(scores, row, float(np.atleast_1d(tempo)[0]), beats, krumhansl(chroma))
    return scores


def krumhansl(chroma: np.ndarray) -> str:
    """Return the key whose Krumhansl-Kessler profile (1982) correlates best with `chroma` (12,)."""
    major = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
    minor = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]
    best = max(
        (float(np.corrcoef(chroma, np.roll(profile, tonic))[0, 1]), f"{SHARPS[tonic]} {mode}")
        for mode, profile in (("major", major), ("minor", minor))
        for tonic in range(12)
    )
    return best[1]


def _beside_librosa(data: Path, rows: list[dict[str, str]], ours: Scores) -> Iterator[Row | Skip]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = _librosa(data, rows)
    except ImportError:
        yield Skip("librosa is not installed")
        return
    names = {
        "acc1": "tempo within 4 % (Acc1)",
        "acc2": "tempo within 4 %, octaves allowed (Acc2)",
        "beats": "beat F-measure, 70 ms",
        "key": "key, MIREX weighted score",
    }
    for field, name in names.items():
        a, b = getattr(ours, field), getattr(theirs, field)
        gain = _interval(np.subtract(a, b))
        note = f"theirs: librosa; 90 %: ours {_interval(a)}, gain {gain}; {len(a)} excerpts"
        yield Row.more(name, float(np.mean(a)), float(np.mean(b)), floor=1.0, note=note)


def _interval(values: Sequence[float] | np.ndarray) -> str:
    draws = np.random.default_rng(0).choice(values, (DRAWS, len(values))).mean(axis=1)
    low, high = np.percentile(draws, [5, 95])
    return f"{low:.2f} to {high:.2f}"


def _reliability(name: str, claims: Claims) -> Iterator[Row]:
    """Compare stated probability with truth: on the whole, and in thirds from least to most sure."""
    stated, right = np.array(claims.stated), np.array(claims.right)
    thirds = np.array_split(np.argsort(stated, kind="stable"), 3)
    note = "said/true by thirds: " + ", ".join(
        f"{stated[i].mean():.2f}/{right[i].mean():.2f}" for i in thirds
    )
    brier = float(((stated - right) ** 2).mean())
    constant = float(right.mean() * (1 - right.mean()))
    yield Row.less(
        f"{name} confidence: Brier score", brier, constant, unit="", note=f"{note}; theirs: a constant"
    )
    yield Row(
        name=f"{name} confidence: mean said, share right", ours=stated.mean(), theirs=right.mean(), unit=""
    )


def _arousal(data: Path) -> Iterator[Row | Skip]:
    try:
        clips = [row for row in _table(data / "mer4q.csv") if row["fold"] == HELD_OUT_FOLD]
    except Skip as reason:
        yield reason
        return
    chosen = np.random.default_rng(0).permutation(len(clips))[:N_AROUSAL]
    aroused, energies, levels, exponents = [], [], [], []
    for i in chosen:
        found, rms = _energy(data / clips[i]["path"])
        aroused.append(clips[i]["quadrant"] in AROUSED)
        energies.append(found.energy)
        levels.append(rms)
        exponents.append(found.danceability.exponent)
    truth = np.array(aroused)
    note = f"{len(truth)} songs of artists unseen by the weights; theirs: mean RMS"
    yield Row.more(
        "energy: AUC of high arousal", auc(energies, truth), auc(levels, truth), floor=1.0, note=note
    )
    low, high = np.percentile(exponents, [5, 95])
    yield Row(
        name="danceability exponent: median",
        ours=float(np.median(exponents)),
        unit="",
        note=f"9 in 10 songs: {low:.2f} to {high:.2f}",
    )


def _energy(path: Path) -> tuple[Descriptors, float]:
    from tunelens.audio import listen
    from tunelens.features import Summary, describe

    summary = Summary.concat(Summary.of(window) for window in listen(path))
    return describe(summary), float(summary.row("rms").mean())


def auc(scores: Sequence[float], truth: np.ndarray) -> float:
    """Return the probability that a true one scores above a false one; ties count half."""
    values = np.array(scores)
    gap = values[truth][:, None] - values[~truth]
    return float((gap > 0).mean() + 0.5 * (gap == 0).mean())
