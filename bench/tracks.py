"""Descriptors of whole mp3 songs, decoding included, against decoding and resampling alone: issue 4b.

The yardstick is the least that anyone must do to see the samples: read the file with the fastest decoder we
know (libsndfile), mix to mono, resample to 22.05 kHz with soxr. Both sides take turns on one thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.harness import Row, Skip, data_dir, interleaved

LIMIT = 1.8
REPEATS = 9


def run() -> Iterator[Row | Skip]:
    songs = sorted((data_dir() / "songs").glob("*.mp3"))
    if not songs:
        yield Skip("there are no songs")
        return
    pair = interleaved(
        lambda: [describe_file(path) for path in songs], lambda: [decode(path) for path in songs], REPEATS
    )
    cost = 1 / pair.ratio
    yield Row.at_most(
        f"descriptors of {len(songs)} mp3 songs / decode + resample",
        cost,
        LIMIT,
        unit="x",
        note=f"{pair.ours_s:.3g} s / {pair.theirs_s:.3g} s, one thread; theirs is the limit",
    )
    yield from _steps(songs)


def describe_file(path: Path) -> object:
    """Do what `tunelens analyze --no-models` does for a file, without the library."""
    from tunelens.audio import listen
    from tunelens.features import Summary, describe

    return describe(Summary.concat(Summary.of(window) for window in listen(path)))


def decode(path: Path) -> object:
    """Read, mix, resample: no more."""
    import soundfile
    import soxr

    y, sr = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(y.mean(axis=1), sr, 22050)


def _steps(songs: list[Path]) -> Iterator[Row]:
    """Say where the time goes, as shares of the same yardstick."""
    from tunelens.audio import listen
    from tunelens.features import Summary, describe

    windows = [list(listen(path)) for path in songs]
    summaries = [[Summary.of(window) for window in per_song] for per_song in windows]
    steps = {
        "listen: decode, loudness, resample": lambda: [list(listen(path)) for path in songs],
        "summarise: frame features, tones, levels": lambda: [
            Summary.of(w) for per_song in windows for w in per_song
        ],
        "describe: tempo, beats, key, pooling": lambda: [
            describe(Summary.concat(parts)) for parts in summaries
        ],
    }
    for name, work in steps.items():
        pair = interleaved(work, lambda: [decode(path) for path in songs], REPEATS)
        yield Row(
            name=name,
            ours=pair.ours_s,
            theirs=pair.theirs_s,
            ratio=pair.ratio,
            note="theirs: decode + resample",
        )
