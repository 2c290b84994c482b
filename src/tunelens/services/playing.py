"""The sound of a track as it can be played: the bytes of its file, or PCM where a player knows no such."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tunelens.audio import probe, stream
from tunelens.audio.clip import Clip, Samples
from tunelens.audio.decode import mix_down
from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.library.identity import FileStamp
from tunelens.library.track import Track
from tunelens.services.roots import Roots
from tunelens.services.sound_check import SoundCheck

LONGEST_S = 3 * 3600.0
"""Of a file that is decoded to be played, seconds; the rest is left out."""

PIECE_BYTES = 256 * 1024
BLOCK_S = 2.0
FULL_SCALE = 2**15
HEADER_BYTES = 44
MOST_BYTES = 2**32 - 2 * HEADER_BYTES
"""Of the sound of one WAV, whose sizes have 32 bits."""
MEDIA_TYPES = {
    ".aac": "audio/aac",
    ".aif": "audio/aiff",
    ".aiff": "audio/aiff",
    ".ape": "audio/x-ape",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".mka": "audio/x-matroska",
    ".mkv": "video/x-matroska",
    ".mp3": "audio/mpeg",
    ".mp4": "audio/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".webm": "audio/webm",
    ".wma": "audio/x-ms-wma",
    ".wv": "audio/x-wavpack",
}
CONTAINERS = {
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "mp4": "audio/mp4",
    "mov": "audio/mp4",
    "aiff": "audio/aiff",
    "aac": "audio/aac",
}
"""What a file is by its content; its suffix decides where that says more."""


def media_type(track: Track) -> str:
    """Return the media type of the file of a track: by what is in it, else by its suffix."""
    by_suffix = MEDIA_TYPES.get(track.path.suffix.lower(), "application/octet-stream")
    return CONTAINERS.get(track.container or "", by_suffix)


def checked_file(track: Track, roots: Roots, sounds: SoundCheck) -> Path:
    """Return the file of a track if it may be read, and is the one that was heard, or sound at least.

    A library may come from strangers and say of any file that it is a track. What was not heard as it is now
    is looked at before a byte of it is given away.

    Raises
    ------
    NotFoundError
        It has gone, or lies outside of what may be read.
    AudioError, TooLargeError
        It has changed, and is no sound.
    """
    path = roots.of_track(track.path)
    try:
        same = FileStamp.of(path) == FileStamp(track.size_bytes, track.mtime_ns)
    except OSError:
        raise NotFoundError(f"the file of track {track.id} has gone") from None
    if not same:
        sounds.check(path)
    return path


@dataclass
class FileSound:
    """The bytes of a file, which stays open: what is sent is one file, also where another takes its place.

    Parameters
    ----------
    file : BinaryIO
        It.
    media_type : str
        What it is.
    """

    file: BinaryIO
    media_type: str

    def __post_init__(self) -> None:
        seen = os.fstat(self.file.fileno())
        self.size, self.modified = seen.st_size, seen.st_mtime
        self.etag = f"{seen.st_mtime_ns:x}-{seen.st_size:x}-{seen.st_ino:x}"

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to before `stop`."""
        self.file.seek(start)
        while start < stop and (data := self.file.read(min(PIECE_BYTES, stop - start))):
            start += len(data)
            yield data

    def close(self) -> None:
        """Close the file."""
        self.file.close()


@dataclass
class WavSound:
    """A file as WAV of 16 bits that is decoded while it is read, from any byte on.

    Parameters
    ----------
    path : Path
        The file.
    sr, n_channels : int
        As in the file; more than two channels are mixed to one.
    offset : int
        Sample at which the WAV begins.
    n_samples : int
        How many it has; where the file gives fewer, silence follows.
    modified : float
        When the file changed last.
    """

    path: Path
    sr: int
    n_channels: int
    offset: int
    n_samples: int
    modified: float
    media_type: str = "audio/wav"

    def __post_init__(self) -> None:
        self.size = HEADER_BYTES + self.n_samples * self.block
        self.etag = f"{round(1e6 * self.modified):x}-{self.offset:x}-{self.n_samples:x}-{self.sr:x}-wav"

    @classmethod
    def of(cls, path: Path, length_s: float, start_s: float = 0.0, duration_s: float = LONGEST_S) -> WavSound:
        """Take an excerpt of a file that sounds for `length_s` seconds; at most `LONGEST_S` of it.

        Raises
        ------
        ParameterError
            It is over before the excerpt begins.
        AudioError
            The file cannot be decoded.
        """
        if start_s >= length_s:
            raise ParameterError(f"the sound ends at {length_s:.2f} s; {start_s:g} s is behind that")
        info = probe(path)
        n_channels = info.n_channels if info.n_channels <= 2 else 1
        n_samples = round(min(duration_s, length_s - start_s, LONGEST_S) * info.sr)
        n_samples = max(1, min(n_samples, MOST_BYTES // (2 * n_channels)))
        return cls(path, info.sr, n_channels, round(start_s * info.sr), n_samples, path.stat().st_mtime)

    @property
    def block(self) -> int:
        """Bytes of one sample of all channels."""
        return 2 * self.n_channels

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to before `stop`."""
        if start < HEADER_BYTES:
            yield self._header()[start : min(stop, HEADER_BYTES)]
        begin, end = max(0, start - HEADER_BYTES), max(0, stop - HEADER_BYTES)
        if begin < end:
            yield from self._sound(begin, end)

    def _header(self) -> bytes:
        n_bytes, rate = self.n_samples * self.block, self.sr * self.block
        form = struct.pack("<4sI4s", b"RIFF", HEADER_BYTES - 8 + n_bytes, b"WAVE")
        kind = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, self.n_channels, self.sr, rate, self.block, 16)
        return form + kind + struct.pack("<4sI", b"data", n_bytes)

    def _sound(self, begin: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of the samples from byte `begin` of them to before `end`."""
        first, skipped = divmod(begin, self.block)
        left = end - begin
        for clip in self._clips(first, -(-end // self.block) - first):
            data = self._pcm(clip.y)[skipped:]
            skipped = 0
            yield data[:left]
            left -= len(data)
            if left <= 0:
                return
        while left > 0:  # the header has promised so much
            yield bytes(min(left, PIECE_BYTES))
            left -= PIECE_BYTES

    def _clips(self, first: int, n: int) -> Iterator[Clip]:
        offset_s, duration_s = (self.offset + first) / self.sr, n / self.sr
        return stream(self.path, block_s=BLOCK_S, offset_s=offset_s, duration_s=duration_s)

    def _pcm(self, y: Samples) -> bytes:
        channels = np.atleast_2d(y)
        if len(channels) != self.n_channels:
            channels = mix_down(channels)[None]
        whole = np.clip(np.round(channels.T * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
        return whole.astype("<i2").tobytes()

    def close(self) -> None:
        """There is nothing to be closed: what is decoded is opened anew for each range."""
