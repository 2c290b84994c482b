"""Annotated excerpts and the scores of tempo and key that the field uses."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from bench.harness import Skip

SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
TOLERANCE = 0.04
OCTAVES = (1.0, 2.0, 3.0, 1 / 2, 1 / 3)


@dataclass(frozen=True)
class Excerpt:
    """A file and what people heard in it; `key` is "" where nobody knows."""

    path: Path
    tempo_bpm: float
    key: str


def read_excerpts(data: Path) -> list[Excerpt]:
    """Read ``rhythm.csv`` of the research data; raise `Skip` where it is absent."""
    table = data / "rhythm.csv"
    if not table.is_file():
        raise Skip(f"annotated excerpts are absent: {table}")
    with table.open(encoding="utf-8", newline="") as lines:
        return [
            Excerpt(data / row["path"], float(row["tempo_bpm"]), row["key"]) for row in csv.DictReader(lines)
        ]


def tempo_hit(found_bpm: float | None, true_bpm: float, factors: Iterable[float] = (1.0,)) -> bool:
    """Is the tempo within 4 % of the true one, or of one of its `factors`?

    Factor 1 alone is Acc1; `OCTAVES` is Acc2 (Gouyon et al., IEEE TASLP 14(5), 2006).
    """
    if not found_bpm:
        return False
    return any(abs(found_bpm - true_bpm * factor) <= TOLERANCE * true_bpm * factor for factor in factors)


def key_score(found: str | None, true: str) -> float:
    """Return the MIREX score of a key such as "C# minor".

    1 the same, 0.5 a fifth above, 0.3 relative, 0.2 parallel, else 0.
    """
    if not found:
        return 0.0
    (found_pitch, found_mode), (true_pitch, true_mode) = _parse(found), _parse(true)
    apart = (found_pitch - true_pitch) % 12
    if found_mode == true_mode:
        return {0: 1.0, 7: 0.5}.get(apart, 0.0)
    relative = 9 if true_mode == "major" else 3
    return {0: 0.2, relative: 0.3}.get(apart, 0.0)


def _parse(key: str) -> tuple[int, str]:
    tonic, mode = key.split()
    return SHARPS.index(FLATS.get(tonic, tonic)), mode.lower()


def tempo_accuracy(pairs: Iterable[tuple[float | None, float]], factors: Iterable[float] = (1.0,)) -> float:
    """Return the share of (found, true) tempi that hit."""
    allowed = tuple(factors)
    return fmean(tempo_hit(found, true, allowed) for found, true in pairs)


def mean_key_score(pairs: Iterable[tuple[str | None, str]]) -> float:
    """Return the mean MIREX score over (found, true) keys."""
    return fmean(key_score(found, true) for found, true in pairs)
