"""Scanning a folder: peak memory of a worker, and what a second worker gains."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.harness import Row, Skip, data_dir, elapsed, fetch_nets

N_CLIPS = 120
MIX_S = 3 * 3600
MEMORY_LIMITS_MB = {"descriptors": 400.0, "descriptors + tags": 500.0}


def run() -> Iterator[Row | Skip]:
    """Measure descriptors alone, then with the default nets where they are here."""
    songs = sorted((data_dir() / "songs").glob("*.mp3"))
    clips = sorted((data_dir() / "emotify").glob("*.opus"))
    for what, options, share in _tiers():
        if isinstance(options, Skip):
            yield options
            continue
        yield from _memory(what, options, songs)
        yield from _throughput(what, options, clips[: N_CLIPS // share])


def _tiers() -> Iterator[tuple[str, Any, int]]:
    from tunelens.services.hear import HearOptions

    yield "descriptors", HearOptions(models=()), 1
    try:
        fetch_nets()
    except Skip as reason:
        yield "descriptors + tags", reason, 4
    else:
        yield "descriptors + tags", HearOptions(), 4


def _memory(what: str, options: Any, songs: list[Path]) -> Iterator[Row]:
    peak = max(_peak_mb(song, options) for song in songs)
    yield Row.at_most(f"memory of a worker, whole songs, {what}", peak, MEMORY_LIMITS_MB[what], unit="MB")
    with tempfile.TemporaryDirectory() as folder:
        mix = _long_mix(songs[0], Path(folder) / "mix.wav")
        peak = _peak_mb(mix, options)
    yield Row.at_most(
        f"memory of a worker, a mix of 3 hours, {what}", peak, MEMORY_LIMITS_MB[what], unit="MB"
    )


def _peak_mb(path: Path, options: Any) -> float:
    """Hear one file in a fresh worker, which tells the most memory it ever held."""
    from tunelens.services.engines import ENGINES

    outcome = next(ENGINES["local"].map(partial(hear_and_weigh, options=options), [path]))
    if outcome.error is not None:
        raise outcome.error
    return outcome.result


def hear_and_weigh(path: Path, options: Any) -> float:
    """Run in a worker: return its peak resident memory, MB."""
    import resource

    from tunelens.services.hear import hear

    hear(path, options)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _long_mix(song: Path, out: Path) -> Path:
    import numpy as np
    import soundfile

    from tunelens.audio import decode

    y = decode(song, sr=22050, mono=True).y
    with soundfile.SoundFile(out, "w", 22050, 1, "PCM_16") as file:
        for _ in range(int(np.ceil(MIX_S * 22050 / y.size))):
            file.write(y)
    return out


def _throughput(what: str, options: Any, clips: list[Path]) -> Iterator[Row | Skip]:
    if len(os.sched_getaffinity(0)) < 2:
        yield Skip("one core: a second worker has nowhere to run")
        return
    pairs = [(_scan_s(clips, options, 1), _scan_s(clips, options, 2)) for _ in range(3)]
    one, two = (min(times) for times in zip(*pairs, strict=True))
    yield Row.more(
        f"files a minute, two workers against one, {what}",
        60 * len(clips) / two,
        60 * len(clips) / one,
        floor=1.5,
        unit="files/min",
        note=f"{len(clips)} clips of 30 s, library and start of the workers included",
    )


def _scan_s(clips: list[Path], options: Any, jobs: int) -> float:
    from tunelens.library.store import Library
    from tunelens.services.analyze import analyze_many

    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
        seconds = elapsed(lambda: analyze_many(clips, library, jobs=jobs, options=options))
        if library.count() != len(clips):
            raise RuntimeError(f"{library.count()} of {len(clips)} files were analysed")
    return seconds
