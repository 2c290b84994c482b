"""A short song in every format that tags are written to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.sounds import encode, write

SR = 44100
FORMATS = (
    "id3v24.mp3",
    "id3v23.mp3",
    "bare.mp3",
    "song.wav",
    "odd.wav",
    "song.aiff",
    "song.flac",
    "behind-id3.flac",
    "song.ogg",
    "song.opus",
    "song.oga",
    "two-streams.ogg",
    "moov-last.m4a",
    "moov-first.m4a",
    "song.wv",
)


def make_songs(folder: Path) -> Path:
    """Write the song in all `FORMATS`, with a title and a picture where that is usual."""
    y = _song()
    for name in ("bare.mp3", "song.wav", "song.aiff", "song.flac", "song.ogg"):
        write(folder / name, y, SR)
    padded = write(folder / "odd.wav", y[0, :44101], SR, "PCM_U8")
    padded.write_bytes(padded.read_bytes()[: 44 + 44101])  # as programs write that forget the last byte
    encode(folder / "song.opus", y, 48000)
    encode(folder / "moov-last.m4a", y, SR)
    encode(folder / "moov-first.m4a", y, SR, movflags="faststart")
    encode(folder / "song.wv", y, SR, codec="wavpack")
    _remux([folder / "song.flac"], folder / "song.oga", "ogg")
    _remux([folder / "song.opus", folder / "song.opus"], folder / "two-streams.ogg", "ogg")
    plain = (folder / "bare.mp3").read_bytes()
    for version in (3, 4):
        tag = id3(version)
        (folder / f"id3v2{version}.mp3").write_bytes(tag + plain)
    _put_behind_id3(folder / "song.flac", folder / "behind-id3.flac")
    return folder


def _put_behind_id3(song: Path, to: Path) -> None:
    from mutagen.flac import FLAC

    to.write_bytes(song.read_bytes())
    tags = FLAC(to)
    tags["title"] = "两只老虎"
    tags.save()
    to.write_bytes(id3(4) + to.read_bytes())


def _song() -> np.ndarray:
    t = np.arange(int(1.5 * SR)) / SR
    noise = np.random.default_rng(1).standard_normal(t.size)
    tone = np.sin(2 * np.pi * 220 * t) * np.exp(-4 * (t % 0.5))
    return np.stack([0.4 * tone + 0.02 * noise, 0.4 * tone - 0.02 * noise]).astype(np.float32)


def id3(version: int, *more: Any) -> bytes:
    """Return an ID3 tag with a title, a picture, a year, and what is given."""
    import io

    from mutagen import id3 as frames

    tags = frames.ID3()
    year = frames.TYER(text=["1999"]) if version == 3 else frames.TDRC(text=["1999"])
    for frame in (
        frames.TIT2(encoding=1, text=["两只老虎"]),
        year,
        frames.APIC(encoding=0, mime="image/png", type=3, data=bytes(range(256)) * 20),
        frames.PRIV(owner="someone", data=b"\0\xff\0"),
        *more,
    ):
        tags.add(frame)
    out = io.BytesIO()
    tags.save(out, v2_version=version)
    return out.getvalue()


def _remux(sources: list[Path], to: Path, form: str) -> None:
    """Put the sound of some files, undecoded, into another container."""
    import av

    with av.open(str(to), "w", format=form) as out:
        inputs = [av.open(str(path)) for path in sources]
        streams = [out.add_stream_from_template(one.streams.audio[0]) for one in inputs]
        packets = [
            (float(packet.pts * packet.time_base), index, packet)
            for index, one in enumerate(inputs)
            for packet in one.demux(audio=0)
            if packet.pts is not None
        ]
        for _, index, packet in sorted(packets, key=lambda entry: entry[:2]):
            packet.stream = streams[index]
            out.mux(packet)
        for one in inputs:
            one.close()
