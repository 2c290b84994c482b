"""Beside Essentia, pyAudioAnalysis and bliss: seconds per song, and truth of tempo and key."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.harness import Row, Skip, data_dir
from bench.peers.accuracy import accuracy_rows
from bench.peers.process import PEER_PYTHON
from bench.peers.speed import speed_rows
from bench.truth import read_excerpts


def run() -> Iterator[Row | Skip]:
    """Yield the rows of every peer that runs here."""
    data = data_dir()
    if not PEER_PYTHON.is_file():
        raise Skip("no peers are installed: make bench-peers")
    with tempfile.TemporaryDirectory() as folder:
        yield from _speed(data, Path(folder))
        yield from _accuracy(data, Path(folder))


def _speed(data: Path, folder: Path) -> Iterator[Row | Skip]:
    songs = sorted((data / "songs").glob("*.mp3"))
    if songs:
        yield from speed_rows(songs, [_wav_copy(path, folder) for path in songs])
    else:
        yield Skip(f"no songs/*.mp3 in {data}")


def _accuracy(data: Path, folder: Path) -> Iterator[Row | Skip]:
    excerpts = read_excerpts(data)
    yield from accuracy_rows(excerpts, [_wav_copy(item.path, folder) for item in excerpts])


def _wav_copy(path: Path, folder: Path) -> Path:
    import soundfile

    y, sr = soundfile.read(path, dtype="float32")
    copy = folder / f"{path.stem}.wav"
    soundfile.write(copy, y, sr, subtype="PCM_16")
    return copy
