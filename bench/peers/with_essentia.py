"""Essentia's standard descriptors of a file (``music``), or only its tempo and key (``rhythm``)."""

from __future__ import annotations

import sys
from typing import Any

import essentia
from essentia import standard
from worker import serve

SR = 44100.0  # the rate that RhythmExtractor2013 and KeyExtractor are made for


def music(path: str) -> dict[str, Any]:
    """MusicExtractor as it comes: low level, rhythm, tonal, statistics over frames."""
    pool, _ = standard.MusicExtractor()(path)
    return {"values": len(pool.descriptorNames())}


def rhythm(path: str) -> dict[str, Any]:
    """RhythmExtractor2013 by its better method, and KeyExtractor with its default profile."""
    y = standard.MonoLoader(filename=path, sampleRate=SR)()
    tempo_bpm = standard.RhythmExtractor2013(method="multifeature")(y)[0]
    tonic, mode, _ = standard.KeyExtractor(sampleRate=SR)(y)
    return {"tempo_bpm": float(tempo_bpm), "key": f"{tonic} {mode}"}


if __name__ == "__main__":
    essentia.log.infoActive = False
    essentia.log.warningActive = False
    serve({"music": music, "rhythm": rhythm}[sys.argv[1]])
