"""Which decoder is faster for which format, what `listen` costs beside bare decoding, and its memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.harness import ROOT, Row, Skip, data_dir, interleaved

LIMIT_MB = 400
# Linux hands the peak of getrusage on to a program that a large one starts; VmHWM begins anew.
_LISTEN = """
import re, sys
from tunelens.audio import listen
listening = listen(sys.argv[1])
for window in listening:
    pass
print(listening.duration_s, int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def run() -> Iterator[Row | Skip]:
    """Measure decoders, `listen` and memory."""
    with tempfile.TemporaryDirectory() as folder:
        for path in _formats(Path(folder)):
            yield _decoders(path)
        yield from _listening()
        for path in _mixes(Path(folder)):
            yield _memory(path)


def _formats(folder: Path) -> Iterator[Path]:
    """Half a minute of one song in every format that both decoders know."""
    sys.path.insert(0, str(ROOT))
    from tests.sounds import encode, write

    from tunelens.audio import decode, resample

    song = data_dir() / "songs" / "country_music.mp3"
    yield song
    clip = decode(song, offset_s=10.0, duration_s=30.0)
    for suffix in ("wav", "flac", "aiff", "ogg"):
        yield write(folder / f"a.{suffix}", clip.y, clip.sr)
    yield encode(folder / "a.opus", resample(clip, 48_000).y, 48_000)


def _decoders(path: Path) -> Row:
    from tunelens.audio.decoders import DECODERS, decoder_order

    ours, theirs = decoder_order(path)
    pair = interleaved(lambda: _read(ours, path), lambda: _read(theirs, path), repeats=9)
    note = f"ours {ours}, theirs {theirs}: {DECODERS[ours].describe()}, {DECODERS[theirs].describe()}"
    return pair.row(f"decode {path.suffix[1:]}", note=note)


def _read(name: str, path: Path) -> None:
    from tunelens.audio.decoders import DECODERS

    reader: Any = DECODERS[name].open(path)
    while reader.read(2 * reader.facts.sr).shape[1]:
        pass
    reader.close()


def _listening() -> Iterator[Row]:
    songs = sorted((data_dir() / "songs").glob("*.mp3"))
    pair = interleaved(lambda: [_listen(song) for song in songs], lambda: [_bare(song) for song in songs])
    yield pair.row(
        "listen to 4 songs",
        floor=0.6,
        note="theirs: soundfile.read, mean of channels, soxr HQ to 22.05 kHz; ours adds loudness and checks",
    )


def _listen(song: Path) -> None:
    from tunelens.audio import listen

    for _ in listen(song):
        pass


def _bare(song: Path) -> None:
    import numpy as np
    import soundfile
    import soxr

    y, sr = soundfile.read(str(song), dtype="float32", always_2d=True)
    mono = y @ np.full(y.shape[1], 1.0 / y.shape[1], np.float32)
    soxr.resample(mono, sr, 22050, quality="HQ")


def _mixes(folder: Path) -> Iterator[Path]:
    """Three hours as mp3 and as aac: frames of these formats may simply be repeated."""
    from tests.sounds import encode, write

    from tunelens.audio import decode

    clip = decode(data_dir() / "songs" / "country_music.mp3", duration_s=60.0)
    for path in (
        write(folder / "minute.mp3", clip.y, clip.sr),
        encode(folder / "minute.aac", clip.y, clip.sr),
    ):
        mix = folder / f"mix{path.suffix}"
        with mix.open("wb") as file:
            for _ in range(180):
                file.write(_without_length(path.read_bytes()))
        yield mix


def _without_length(data: bytes) -> bytes:
    """Leave out the first mp3 frame where it holds the length of the minute instead of sound."""
    at = max(data.find(b"Xing"), data.find(b"Info"))
    return data[data.index(b"\xff\xfb", at) :] if 0 <= at < 200 else data


def _memory(path: Path) -> Row:
    command = [sys.executable, "-c", _LISTEN, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, result.stdout.split())
    return Row.at_most(
        f"peak memory of a {seconds / 3600:.2f} h {path.suffix[1:]}", megabytes, LIMIT_MB, unit="MB"
    )
