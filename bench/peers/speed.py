"""Seconds per song: ours and each peer in turns on the same file, one core each, decoding included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.harness import Pair, Row, Skip
from bench.peers.process import Listener


@dataclass(frozen=True)
class Rival:
    """A peer's equivalent set: how it is started, whether it needs WAV, how often it is timed.

    The closer the race, the more repeats.
    """

    name: str
    script: tuple[str, ...]
    wav_only: bool = False
    repeats: int = 3


RIVALS = (
    Rival("essentia MusicExtractor", ("with_essentia.py", "music")),
    # It reads mp3 only through an ffmpeg program; WAV spares it that.
    Rival("pyAudioAnalysis", ("with_pyaudioanalysis.py",), wav_only=True),
    Rival("bliss", ("with_bliss.py",), repeats=15),
)


def speed_rows(songs: list[Path], copies: list[Path]) -> Iterator[Row | Skip]:
    """Yield a row per rival and file of `songs`, or of their WAV `copies`."""
    for rival in RIVALS:
        try:
            yield from _against(rival, copies if rival.wav_only else songs)
        except Skip as reason:
            yield reason


def _against(rival: Rival, paths: list[Path]) -> Iterator[Row]:
    with Listener(rival.name, *rival.script) as theirs, Listener.ours() as ours:
        for listener in (theirs, ours):
            listener.hear(paths[0])
        pairs = []
        for path in paths:
            pair, note = _in_turns(ours, theirs, path, rival.repeats)
            pairs.append(pair)
            yield pair.row(f"{rival.name}: {path.name}", note=note)
    yield Row.less(
        f"{rival.name}: all {len(pairs)} files",
        sum(pair.ours_s for pair in pairs),
        sum(pair.theirs_s for pair in pairs),
        floor=1.0,
        note="CPU seconds, sum of the medians",
    )


def _in_turns(ours: Listener, theirs: Listener, path: Path, repeats: int) -> tuple[Pair, str]:
    heard = [(ours.hear(path), theirs.hear(path)) for _ in range(repeats)]
    pair = Pair(
        ours_s=median(a.seconds for a, _ in heard),
        theirs_s=median(b.seconds for _, b in heard),
        ratio=median(b.seconds / a.seconds for a, b in heard),
    )
    sizes = [answer.found["values"] for answer in heard[0]]
    return pair, f"CPU seconds; {sizes[0]} values against {sizes[1]}"
