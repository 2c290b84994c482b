"""How files are built, as far as tags go: blocks, chunks, atoms, and tags at both ends."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tunelens.base.errors import DataError
from tunelens.library.filetags.containers import end_of_id3v2

MOST_PARTS = 10_000
"""More blocks, chunks or atoms than any song has: they are not counted to their end."""

_HEADERS = {"wav": "<4sI", "aiff": ">4sI"}


@dataclass(frozen=True, slots=True)
class Part:
    """One block, chunk or atom.

    Parameters
    ----------
    name : bytes
        Four letters; of a FLAC block its one byte of type.
    start, end : int
        With its header.
    content : int
        Where the header ends.
    """

    name: bytes
    start: int
    end: int
    content: int


def size_of(file: BinaryIO) -> int:
    """Return the size of a file."""
    return file.seek(0, 2)


def flac_blocks(file: BinaryIO) -> list[Part]:
    """Return the blocks of metadata of a flac; its sound begins where the last one ends.

    Raises
    ------
    DataError
        They break off, or are too many.
    """
    return _listed(_flac_blocks(file))


def _flac_blocks(file: BinaryIO) -> Iterator[Part]:
    at, last = end_of_id3v2(file) + 4, False
    while not last:
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            raise DataError("its FLAC metadata breaks off")
        last, end = bool(head[0] & 0x80), at + 4 + int.from_bytes(head[1:], "big")
        yield Part(bytes([head[0] & 0x7F]), at, end, at + 4)
        at = end


def chunks(file: BinaryIO, kind: str) -> list[Part]:
    """Return the chunks of a wav or aiff; the last one ends with the file, whatever it says of itself.

    Raises
    ------
    DataError
        They are too many.
    """
    return _listed(_chunks(file, _HEADERS[kind]))


def _chunks(file: BinaryIO, header: str) -> Iterator[Part]:
    size, at = size_of(file), 12
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack(header, file.read(8))
        end = min(size, at + 8 + length)
        yield Part(name.upper(), at, end, at + 8)
        at = end + (length & 1)


def atoms(file: BinaryIO) -> list[Part]:
    """Return the outermost atoms of an mp4.

    Raises
    ------
    DataError
        One is longer than the file, or they are too many.
    """
    return _listed(_atoms(file))


def _atoms(file: BinaryIO) -> Iterator[Part]:
    size, at = size_of(file), 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length, name = struct.unpack(">I4s", head[:8])
        content = at + 8
        if length == 1 and len(head) == 16:
            (length,), content = struct.unpack(">Q", head[8:]), at + 16
        end = size if length == 0 else at + length
        if end < content or end > size:
            raise DataError(f"its atom {name!r} is broken")
        yield Part(name, at, end, content)
        at = end


def _listed(parts: Iterator[Part]) -> list[Part]:
    found: list[Part] = []
    for part in parts:
        if len(found) == MOST_PARTS:
            raise DataError(f"it has more than {MOST_PARTS} parts")
        found.append(part)
    return found


def id3_place(file: BinaryIO, kind: str) -> tuple[int, int] | None:
    """Return where the ID3v2 tag of an mp3, wav or aiff begins, and where what holds it ends, or None."""
    if kind == "mp3":
        return (0, end) if (end := end_of_id3v2(file, most=1)) else None
    holder = next((part for part in chunks(file, kind) if part.name == b"ID3 "), None)
    return (holder.content, holder.end + holder.end % 2) if holder else None


def before_id3v1(file: BinaryIO) -> int:
    """Return where an ID3v1 tag begins, or the end of the file."""
    size = size_of(file)
    file.seek(max(0, size - 128))
    return size - 128 if size >= 128 and file.read(3) == b"TAG" else size


def before_ape(file: BinaryIO, end: int) -> int:
    """Return where an APEv2 tag that ends at `end` begins, or `end`.

    Raises
    ------
    DataError
        It says that it begins before the file does.
    """
    file.seek(max(0, end - 32))
    footer = file.read(32)
    if end < 32 or footer[:8] != b"APETAGEX":
        return end
    size, flags = struct.unpack("<8xxxxxI4xI8x", footer)
    start = end - size - (32 if flags & 0x80000000 else 0)
    if start < 0:
        raise DataError("its APEv2 tag is broken")
    return int(start)
