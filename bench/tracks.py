"""Descriptors of whole mp3 songs, decoding included, against decoding and resampling alone.

The yardstick is what people write to see the samples: soundfile reads, the channels are averaged, soxr
resamples to 22.05 kHz. Our own `decode` does the same in less time; a second row, which holds no floor,
says how descriptors compare with that. Both sides take turns on the same files and one thread. The last row
adds the nets: what a song of four minutes costs by default.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.harness import Row, Skip, best_of, data_dir, fetch_nets, interleaved

LIMIT = 1.8
SONG_S, SONG_LIMIT_S = 240, 2.0
REPEATS = 9
SR = 22050


def run() -> Iterator[Row | Skip]:
    songs = sorted((data_dir() / "songs").glob("*.mp3"))
    if not songs:
        raise Skip("there are no songs")
    ours = lambda: [describe_file(path) for path in songs]  # noqa: E731
    pair = interleaved(ours, lambda: [plain_decode(path) for path in songs], REPEATS)
    note = f"{pair.ours_s:.3g} s / {pair.theirs_s:.3g} s for {len(songs)} mp3 songs; theirs is the limit"
    yield Row.at_most("descriptors / soundfile.read, mean, soxr", 1 / pair.ratio, LIMIT, unit="x", note=note)
    pair = interleaved(ours, lambda: [decode(path) for path in songs], REPEATS)
    note = f"{pair.ours_s:.3g} s / {pair.theirs_s:.3g} s"
    yield Row(
        name="descriptors / our own decode(sr=22050, mono=True)", ours=1 / pair.ratio, unit="x", note=note
    )
    yield from _steps(songs)
    yield _with_tags(songs[0])


def describe_file(path: Path) -> object:
    """Do what `tunelens analyze --no-models` does for a file, without the library."""
    from tunelens.audio import listen
    from tunelens.features import Summary, describe

    return describe(Summary.concat(Summary.of(window) for window in listen(path)))


def decode(path: Path) -> object:
    """Decode, mix and resample with Tunelens: no more."""
    from tunelens.audio import decode as decode_clip

    return decode_clip(path, sr=SR, mono=True)


def plain_decode(path: Path) -> object:
    """Decode, mix and resample as a short script does."""
    import soundfile
    import soxr

    y, sr = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(y.mean(axis=1), sr, SR)


def _steps(songs: list[Path]) -> Iterator[Row]:
    """Say where the time goes, beside our own yardstick."""
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
            note="theirs: decode(sr=22050, mono=True)",
        )


def _with_tags(song: Path) -> Row | Skip:
    """Measure the whole of `analyze` by default, from the file to tags, for a song of four minutes."""
    from tunelens.services.hear import HearOptions, hear

    try:
        fetch_nets()
    except Skip as reason:
        return reason
    options = HearOptions()
    with tempfile.TemporaryDirectory() as folder:
        path = _four_minutes(song, Path(folder))
        seconds = best_of(lambda: hear(path, options), 3)
    note = f"mp3 to analysis on one core, {options.n_patches} patches for each of {len(options.models)} nets"
    return Row.at_most("descriptors and tags of a song of four minutes", seconds, SONG_LIMIT_S, note=note)


def _four_minutes(song: Path, folder: Path) -> Path:
    import numpy as np
    import soundfile

    y, sr = soundfile.read(song, dtype="float32", always_2d=True)
    path = folder / "song.mp3"
    soundfile.write(path, np.resize(y, (SONG_S * sr, y.shape[1])), sr)
    return path
