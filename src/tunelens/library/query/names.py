"""The fields of a query, by how they are compared."""

from __future__ import annotations

TEXTS = ("title", "artist", "album", "albumartist", "path", "lyrics")
PLAIN = ("codec", "mode")
TAGS = ("genre", "mood", "instrument", "voice", "era", "tag", "label")
NUMBERS = (
    "tempo", "year", "duration", "loudness", "energy", "danceability", "valence", "arousal", "bitrate", "id",
)  # fmt: skip
COUNTED = ("plays", "rating")
OTHERS = ("key", "added", "liked", "playlist", "cluster", "has", "missing")
FIELDS = (*TEXTS, *PLAIN, *TAGS, *NUMBERS, *COUNTED, *OTHERS)

ALIASES = {"bpm": "tempo", "length": "duration", "album_artist": "albumartist", "tags": "tag"}
COMPARABLE = frozenset({*NUMBERS, *COUNTED, "added", "bpm", "length"})
