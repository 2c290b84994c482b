"""Real recordings one after the other, as radio has them: what begins when is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tunelens.audio import decode, resample

SR = 22050
MUSIC, OTHER, SILENCE = "music", "not music", "silence"
SHARES = {MUSIC: 0.6, OTHER: 0.3, SILENCE: 0.1}
PART_S, SILENCE_S, FADE_S = (7.0, 13.0), (2.0, 4.0), (0.3, 1.5)
FADED = 0.3


@dataclass(frozen=True)
class Part:
    """One recording of a medley: what it is, and where its fade-in, if there is one, is half over."""

    kind: str
    name: str
    begin_s: float
    end_s: float


@dataclass(frozen=True, eq=False)
class Medley:
    """Samples at 22.05 kHz, and what they are made of."""

    y: NDArray[np.float32]
    parts: tuple[Part, ...]


def medley(seed: int, music: Sequence[Path], others: Sequence[Path], n_parts: int = 8) -> Medley:
    """Join recordings that `seed` chooses: most cut hard, three in ten faded into each other."""
    rng = np.random.default_rng(seed)
    y, parts, last = np.zeros(0, np.float32), [], SILENCE
    while len(parts) < n_parts:
        kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
        if kind == last == SILENCE:
            continue
        name, x = _recording(rng, kind, music, others)
        fade = (
            int(rng.uniform(*FADE_S) * SR)
            if parts and SILENCE not in (kind, last) and rng.random() < FADED
            else 0
        )
        begin_s = (len(y) - fade / 2) / SR
        y = _joined(y, x, fade)
        parts.append(Part(kind, name, max(0.0, begin_s), len(y) / SR))
        last = kind
    ends = [*(part.begin_s for part in parts[1:]), len(y) / SR]
    told = (Part(p.kind, p.name, p.begin_s, end) for p, end in zip(parts, ends, strict=True))
    return Medley(y, tuple(told))


def _recording(
    rng: np.random.Generator, kind: str, music: Sequence[Path], others: Sequence[Path]
) -> tuple[str, NDArray[np.float32]]:
    if kind == SILENCE:
        return kind, np.zeros(int(rng.uniform(*SILENCE_S) * SR), np.float32)
    paths, n = (music if kind == MUSIC else others), int(rng.uniform(*PART_S) * SR)
    path = paths[int(rng.integers(len(paths)))]
    clip = decode(path, mono=True, duration_s=PART_S[1] if kind == MUSIC else None)
    y = resample(clip, SR).y
    return path.name, np.resize(y, n) if kind == OTHER else y[:n]


def _joined(y: NDArray[np.float32], x: NDArray[np.float32], fade: int) -> NDArray[np.float32]:
    if not fade:
        return np.concatenate([y, x])
    rising = np.linspace(0, 1, fade, dtype=np.float32)
    mixed = y[-fade:] * (1 - rising) + x[:fade] * rising
    return np.concatenate([y[:-fade], mixed, x[fade:]])
