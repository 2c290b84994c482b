"""Tempo and key on annotated excerpts: ours beside the peers', on the same WAV copies.

A few of our constants were set by looking at these excerpts, so ours may look better here than it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.harness import Row, Skip
from bench.peers.process import Heard, Listener
from bench.truth import OCTAVES, Excerpt, mean_key_score, tempo_accuracy

RIVALS = {
    "essentia": ("with_essentia.py", "rhythm"),
    "pyAudioAnalysis": ("with_pyaudioanalysis.py",),
}

OPTIMISTIC = "seen while ours was made"


def accuracy_rows(excerpts: list[Excerpt], copies: list[Path]) -> Iterator[Row | Skip]:
    """Yield Acc1, Acc2 and the MIREX key score of ours beside each peer."""
    with Listener.ours() as listener:
        ours = [listener.hear(path) for path in copies]
    for name, script in RIVALS.items():
        try:
            with Listener(name, *script) as listener:
                theirs = [listener.hear(path) for path in copies]
        except Skip as reason:
            yield reason
        else:
            yield from _compare(name, excerpts, ours, theirs)


def _compare(name: str, excerpts: list[Excerpt], ours: list[Heard], theirs: list[Heard]) -> Iterator[Row]:
    for title, factors in (("Acc1", (1.0,)), ("Acc2", OCTAVES)):
        a, b = (tempo_accuracy(_tempi(excerpts, heard), factors) for heard in (ours, theirs))
        yield Row.more(f"{name}: tempo {title}", a, b, note=f"{len(excerpts)} excerpts of 15 s, {OPTIMISTIC}")
    if "key" in theirs[0].found:
        a, b = (mean_key_score(_keys(excerpts, heard)) for heard in (ours, theirs))
        known = sum(bool(excerpt.key) for excerpt in excerpts)
        yield Row.more(f"{name}: key, MIREX", a, b, note=f"{known} excerpts whose key is known, {OPTIMISTIC}")


def _tempi(excerpts: list[Excerpt], heard: list[Heard]) -> list[tuple[float | None, float]]:
    return [
        (each.found["tempo_bpm"], excerpt.tempo_bpm) for excerpt, each in zip(excerpts, heard, strict=True)
    ]


def _keys(excerpts: list[Excerpt], heard: list[Heard]) -> list[tuple[str | None, str]]:
    pairs = zip(excerpts, heard, strict=True)
    return [(each.found["key"], excerpt.key) for excerpt, each in pairs if excerpt.key]
