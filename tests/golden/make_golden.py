"""Write golden.json anew: features of sounds made by formula. Look at the difference before committing it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tunelens.audio.clip import Clip
from tunelens.features import FEATURES, Frames, f0, pitch_curve, pool, waveform_statistics

GOLDEN = Path(__file__).with_name("golden.json")
SR = 22050
FRAMES = (0, 3, 40, 84)


def sounds() -> dict[str, Clip]:
    """Return deterministic sounds of two seconds: no random numbers, no files."""
    t = np.arange(2 * SR) / SR
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (261.63, 329.63, 392.0, 523.25)) / 8
    chirp = 0.5 * np.sin(2 * np.pi * (100 * t + 1000 * t**2))
    clicks = np.where(np.arange(2 * SR) % 11025 < 40, 0.8, 0.0) + 0.01 * np.sin(2 * np.pi * 3000 * t)
    # the fractional part of growing squares looks like noise and is the same everywhere
    noise = np.modf(np.arange(2 * SR, dtype=np.float64) ** 2 * 0.6180339887498949)[0] - 0.5
    made = {"chord": chord, "chirp": chirp, "clicks": clicks, "noise": 0.3 * noise}
    return {name: Clip(y.astype(np.float32), SR) for name, y in made.items()}


def measure(clip: Clip) -> dict[str, dict[str, list[float]]]:
    """Return a few values of everything, by kind and name."""
    frames = Frames(clip)
    table = frames.table()
    pooled = pool(table.values, table.names)
    shown = [name for name in pooled.names if name.split(".")[0] in {"rms", "centroid", "mfcc_1", "chroma_0"}]
    contour = f0(clip)
    return {
        "features": {name: corner(FEATURES[name].compute(frames)) for name in FEATURES},
        "pooled": {name: [rounded(pooled.to_dict()[name])] for name in shown},
        "waveform": {name: [rounded(x)] for name, x in waveform_statistics(clip).items()},
        "pitch": {
            "curve": [rounded(x) for x in pitch_curve(clip)],
            "f0": [rounded(x) for x in np.nan_to_num(contour.f0_hz[list(FRAMES)])],
        },
    }


def corner(values: np.ndarray) -> list[float]:
    """Return the first, middle and last row at a few frames."""
    rows = np.atleast_2d(values)
    return [rounded(x) for row in sorted({0, len(rows) // 2, len(rows) - 1}) for x in rows[row, list(FRAMES)]]


def rounded(x: float) -> float:
    return float(f"{float(x):.6g}")


if __name__ == "__main__":
    golden = {name: measure(clip) for name, clip in sounds().items()}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")
