"""Beside Essentia, pyAudioAnalysis and bliss: seconds per file, and truth of tempo and key."""

from __future__ import annotations

from collections.abc import Iterator

from bench.harness import ROOT, Row, Skip


def run() -> Iterator[Row | Skip]:
    """Yield the rows of every peer that is installed here."""
    if not (ROOT / ".bench-venv").is_dir():
        raise Skip("no peers are installed: make bench-peers")
    yield from ()
