"""A track in the shape of Spotify's audio-features object, an API that was withdrawn in November 2024.

Names, types and ranges are those of its public reference; the values are ours, by our definitions. What
is not estimated is null, and ``not_estimated`` says why.
"""

from __future__ import annotations

from typing import Any

from tunelens.library.identity import path_to_text
from tunelens.library.track import Track

PITCH_CLASSES = {
    "C": 0, "B#": 0, "C#": 1, "Db": 1, "D": 2, "D#": 3, "Eb": 3, "E": 4, "Fb": 4, "F": 5, "E#": 5,
    "F#": 6, "Gb": 6, "G": 7, "G#": 8, "Ab": 8, "A": 9, "A#": 10, "Bb": 10, "B": 11, "Cb": 11,
}  # fmt: skip

NO_MODEL = "no model of it is part of Tunelens yet"
NEVER_ESTIMATED = {
    "acousticness": NO_MODEL,
    "instrumentalness": f"{NO_MODEL}; see the voice tags",
    "liveness": NO_MODEL,
    "speechiness": NO_MODEL,
    "time_signature": "the beat tracker finds beats, not bars",
    "valence": f"{NO_MODEL}; see the mood tags",
    "track_href": "a Spotify address",
    "analysis_url": "a Spotify address",
}
UNCLEAR = {
    "tempo": "no steady beat was found",
    "key": "no key stands out (Spotify writes -1)",
    "mode": "no key stands out",
    "loudness": "the track is silent, or shorter than one block of the loudness meter (0.4 s)",
    "danceability": "the track is too short or silent",
    "energy": "the track is too short or silent",
}


def spotify_features(track: Track) -> dict[str, Any]:
    """Return `track` as an audio-features object.

    ``danceability`` and ``energy`` 0 to 1; ``key`` 0 (C) to 11 (B), -1 when unknown; ``mode`` 1 major,
    0 minor; ``loudness`` dB, here the integrated loudness in LUFS, -60 to 0; ``tempo`` BPM;
    ``duration_ms``. ``id`` is the first 22 digits of the SHA-256 of the file, ``uri`` its address.
    """
    estimated = _estimated(track)
    missing = [name for name, value in estimated.items() if value is None or (name == "key" and value < 0)]
    return {
        **estimated,
        **dict.fromkeys(NEVER_ESTIMATED),
        "duration_ms": round(track.duration_s * 1000),
        "type": "audio_features",
        "id": track.sha256[:22],
        "uri": f"file:{path_to_text(track.path)}",
        "not_estimated": {**NEVER_ESTIMATED, **{name: UNCLEAR[name] for name in missing}},
    }


def _estimated(track: Track) -> dict[str, Any]:
    loudness = track.loudness_lufs
    return {
        "danceability": track.danceability,
        "energy": track.energy,
        "key": PITCH_CLASSES.get(track.tonic or "", -1),
        "mode": {"major": 1, "minor": 0}.get(track.mode or ""),
        "loudness": None if loudness is None else min(0.0, max(-60.0, loudness)),
        "tempo": track.tempo_bpm,
    }
