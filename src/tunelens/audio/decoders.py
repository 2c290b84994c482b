"""Which library decodes which file: the decoders, and the order in which they are tried.

The order was chosen by measurement; ``python -m bench decoding`` measures it again.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tunelens.audio.clip import Samples
from tunelens.base.errors import AudioError, DecodeError, EmptyAudioError, NotFoundError, TunelensError
from tunelens.base.registry import Registry

LOWEST_SR, HIGHEST_SR = 1_000, 768_000
MOST_CHANNELS = 64


@dataclass(frozen=True)
class StreamFacts:
    """What the header of a file says about its sound.

    Parameters
    ----------
    container, codec : str
        Lower case names, such as ``"ogg"`` and ``"vorbis"``.
    sr : int
        Sample rate, Hz.
    n_channels : int
        Channels.
    duration_s : float or None
        Length that the header promises, seconds; None where it promises none.
    bit_depth : int or None
        Bits per sample of uncompressed and lossless sound.
    bit_rate : int or None
        Bits per second of the sound, where the header says so.
    has_video : bool
        A moving picture is there too (a cover picture does not count).
    """

    container: str
    codec: str
    sr: int
    n_channels: int
    duration_s: float | None = None
    bit_depth: int | None = None
    bit_rate: int | None = None
    has_video: bool = False


class Reader(Protocol):
    """One open file, read from front to back."""

    facts: StreamFacts
    tags: dict[str, str]
    notes: list[str]

    def seek(self, sample: int) -> None:
        """Go to `sample`; what comes before it need not be decoded."""

    def read(self, n: int) -> Samples:
        """Return the next samples, shape (n_channels, k) with 1 <= k <= n; k = 0 means the end."""

    def close(self) -> None:
        """Let go of the file."""


class Decoder(Protocol):
    """A library that opens files. Foreign exceptions leave it as `AudioError`."""

    name: str

    def open(self, path: Path) -> Reader:
        """Open `path`, or raise `DecodeError` or `EmptyAudioError`."""

    def describe(self) -> str:
        """Return the versions in use."""


DECODERS: Registry[Decoder] = Registry(
    "decoder",
    {
        "soundfile": "tunelens.audio.soundfile_decoder:DECODER",
        "pyav": "tunelens.audio.pyav_decoder:DECODER",
    },
    group="tunelens.decoders",
)

_LIBSNDFILE_MAGIC = (b"RIFF", b"RIFX", b"RF64", b"FORM", b".snd", b"fLaC", b"ID3", b"caff", b"riff")


def decoder_order(path: Path) -> tuple[str, ...]:
    """Names of the decoders for `path`, best first.

    The first bytes decide, never the name: libsndfile takes wav, aiff, au, flac, mp3 and Ogg Vorbis, PyAV
    the rest. The other decoder is the fallback, so a wrong guess costs time and nothing else.
    """
    head = _head(path)
    libsndfile = head.startswith(_LIBSNDFILE_MAGIC) or _is_mpeg_layer_3(head) or _is_ogg_vorbis(head)
    first = "soundfile" if libsndfile else "pyav"
    return (first, *(name for name in DECODERS if name != first))


def _is_mpeg_layer_3(head: bytes) -> bool:
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 == 0x02


def _is_ogg_vorbis(head: bytes) -> bool:
    return head.startswith(b"OggS") and b"OpusHead" not in head


def _head(path: Path) -> bytes:
    descriptor = open_file(path)
    try:
        return os.read(descriptor, 64)
    finally:
        os.close(descriptor)


def open_file(path: Path) -> int:
    """Open a regular, non-empty file for reading and return its descriptor.

    Raises
    ------
    NotFoundError
        Nothing is there.
    EmptyAudioError
        The file has no bytes.
    DecodeError
        It is a folder, a pipe or a device.
    AudioError
        It may not be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise _refused(path, error) from None
    except ValueError as error:
        raise NotFoundError(f"{str(path)!r} cannot be a file name: {error}") from None
    try:
        _require_content(path, os.fstat(descriptor))
    except TunelensError:
        os.close(descriptor)
        raise
    return descriptor


def _refused(path: Path, error: OSError) -> TunelensError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NotFoundError(f"{str(path)!r} does not exist", hint="check the spelling")
    if isinstance(error, IsADirectoryError) or os.path.isdir(path):  # noqa: PTH112 - never raises
        return _folder(path)
    if isinstance(error, PermissionError):
        return AudioError(f"{str(path)!r} may not be read: permission denied", hint="change its permissions")
    return AudioError(f"{str(path)!r} cannot be opened: {error.strerror or error}")


def _folder(path: Path) -> DecodeError:
    return DecodeError(f"{str(path)!r} is a folder, not a file", hint="name the files in it")


def _require_content(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise _folder(path)
    if not stat.S_ISREG(status.st_mode):
        raise DecodeError(f"{str(path)!r} is not a regular file", hint="copy the sound into a file first")
    if status.st_size == 0:
        raise EmptyAudioError(f"{str(path)!r} is empty (0 bytes)")


def check_facts(path: Path, facts: StreamFacts) -> StreamFacts:
    """Return `facts`, or raise `DecodeError` when no real recording could have them."""
    if not LOWEST_SR <= facts.sr <= HIGHEST_SR:
        raise DecodeError(f"{str(path)!r} claims {facts.sr} Hz; {LOWEST_SR} to {HIGHEST_SR} Hz is allowed")
    if not 1 <= facts.n_channels <= MOST_CHANNELS:
        raise DecodeError(
            f"{str(path)!r} claims {facts.n_channels} channels; 1 to {MOST_CHANNELS} is allowed"
        )
    return facts
