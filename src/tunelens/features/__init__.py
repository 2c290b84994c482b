"""What varies in time, and what remains of it: frame features on one shared STFT, pooling, descriptors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunelens.features.danceability import Danceability
    from tunelens.features.descriptors import DESCRIPTORS_VERSION, Descriptors, describe, describe_clip
    from tunelens.features.frames import Frames, Table
    from tunelens.features.grid import Grid
    from tunelens.features.key import Key
    from tunelens.features.pitch import F0, f0, pitch_curve
    from tunelens.features.pooling import Pooled, pool
    from tunelens.features.registry import FEATURES, TABLE, Feature
    from tunelens.features.rhythm import Tempo
    from tunelens.features.summary import Summary
    from tunelens.features.waveform import WAVEFORM_NAMES, WaveformSums, waveform_statistics

_WHERE = {
    "DESCRIPTORS_VERSION": "descriptors",
    "Danceability": "danceability",
    "Descriptors": "descriptors",
    "Key": "key",
    "Summary": "summary",
    "Tempo": "rhythm",
    "describe": "descriptors",
    "describe_clip": "descriptors",
    "F0": "pitch",
    "FEATURES": "registry",
    "Feature": "registry",
    "Frames": "frames",
    "Grid": "grid",
    "Pooled": "pooling",
    "TABLE": "registry",
    "Table": "frames",
    "WAVEFORM_NAMES": "waveform",
    "WaveformSums": "waveform",
    "f0": "pitch",
    "pitch_curve": "pitch",
    "pool": "pooling",
    "waveform_statistics": "waveform",
}

__all__ = [
    "DESCRIPTORS_VERSION",
    "F0",
    "FEATURES",
    "TABLE",
    "WAVEFORM_NAMES",
    "Danceability",
    "Descriptors",
    "Feature",
    "Frames",
    "Grid",
    "Key",
    "Pooled",
    "Summary",
    "Table",
    "Tempo",
    "WaveformSums",
    "describe",
    "describe_clip",
    "f0",
    "pitch_curve",
    "pool",
    "waveform_statistics",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'tunelens.features' has no attribute {name!r}")
    return getattr(import_module(f"tunelens.features.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
