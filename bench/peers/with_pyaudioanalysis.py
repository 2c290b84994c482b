"""pyAudioAnalysis' feature vector of a WAV file: what its directory extraction does for each file.

Windows of 1 s over frames of 50 ms, as its manual has them; long-term mean, tempo included.
"""

from __future__ import annotations

from typing import Any

from pyAudioAnalysis import MidTermFeatures, audioBasicIO
from worker import serve

MID_S, SHORT_S = 1.0, 0.05


def hear(path: str) -> dict[str, Any]:
    """Return the tempo and how many values the vector has."""
    sr, y = audioBasicIO.read_audio_file(path)
    mid, short = round(MID_S * sr), round(SHORT_S * sr)
    pooled, frames, _ = MidTermFeatures.mid_feature_extraction(
        audioBasicIO.stereo_to_mono(y), sr, mid, mid, short, short
    )
    tempo_bpm, _ = MidTermFeatures.beat_extraction(frames, SHORT_S)
    return {"values": len(pooled.mean(axis=1)) + 2, "tempo_bpm": float(tempo_bpm)}


if __name__ == "__main__":
    serve(hear)
