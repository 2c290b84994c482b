"""Ours, by the same rules: one file, decoding included, descriptors without the pretrained nets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from worker import serve

from tunelens.services.hear import HearOptions, hear

OPTIONS = HearOptions(models=())


def found(path: str) -> dict[str, Any]:
    """Return tempo, key and how many values were found."""
    descriptors = hear(Path(path), OPTIONS).descriptors
    key = descriptors.key
    return {
        "values": descriptors.pooled.values.size + len(descriptors.waveform),
        "tempo_bpm": descriptors.tempo.bpm,
        "key": f"{key.tonic} {key.mode}" if key.tonic else None,
    }


if __name__ == "__main__":
    serve(found)
