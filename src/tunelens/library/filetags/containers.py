"""What kind of file it is, as far as tags go, by its first bytes and not by its name."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from tunelens.base.errors import DataError

KINDS = ("mp3", "wav", "aiff", "flac", "ogg", "mp4", "ape")
"""``ape`` is whatever keeps an APEv2 tag at its end: Monkey's Audio, WavPack, Musepack, OptimFROG, TAK."""

_APE_MAGIC = (b"MAC ", b"wvpk", b"MP+", b"MPCK", b"OFR ", b"tBaK")


def kind_of(path: Path) -> str:
    """Return which of `KINDS` the file is.

    Raises
    ------
    DataError
        Its kind has no tags that can be written here.
    """
    with path.open("rb") as file:
        kind = _kind(file)
    if kind is None:
        raise DataError(
            f"{str(path)!r}: tags are written to mp3, wav, aiff, flac, ogg, opus, m4a, ape, wv and mpc, "
            f"and this is none of them",
            hint="tunelens export writes what was heard to a table",
        )
    return kind


def _kind(file: BinaryIO) -> str | None:
    head = file.read(12)
    start = end_of_id3v2(file)
    file.seek(start)
    magic = file.read(4)
    is_mpeg = _is_mpeg(magic) or (start > 0 and not magic.strip(b"\0"))
    signs = {
        "wav": head[:4] == b"RIFF" and head[8:] == b"WAVE",
        "aiff": head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"),
        "mp4": head[4:8] == b"ftyp",
        "flac": magic == b"fLaC",
        "ogg": magic == b"OggS",
        "ape": magic.startswith(_APE_MAGIC),
        "mp3": is_mpeg,
    }
    return next((kind for kind, is_it in signs.items() if is_it), None)


def _is_mpeg(magic: bytes) -> bool:
    """Is it the header of a frame of MPEG audio, layer 1 to 3? AAC has layer 0."""
    if len(magic) < 4:
        return False
    (word,) = struct.unpack(">I", magic)
    return word >> 21 == 0x7FF and word >> 17 & 3 != 0 and word >> 12 & 15 != 15


def end_of_id3v2(file: BinaryIO, most: int = 8) -> int:
    """Return where the first ID3v2 tags (at most so many) of a file end; 0 without one."""
    end = 0
    for _ in range(most):
        file.seek(end)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3" or any(byte & 0x80 for byte in head[6:]):
            return end
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        end += 10 + size + (10 if head[5] & 0x10 else 0)
    return end
