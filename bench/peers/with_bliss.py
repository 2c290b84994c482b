"""The analysis of bliss-rs, through its own Python bindings."""

from __future__ import annotations

from typing import Any

from bliss_audio import Song
from worker import serve


def hear(path: str) -> dict[str, Any]:
    """Return how many values the song's vector has."""
    return {"values": len(Song(path).analysis)}


if __name__ == "__main__":
    serve(hear)
