"""The sound of a file without its tags: where its bytes lie, and a hash that no tag changes."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tunelens.base.errors import DataError
from tunelens.library.filetags.containers import end_of_id3v2
from tunelens.library.filetags.oggpages import packets

CHUNK = 1 << 20
Ranges = list[tuple[int, int]]
_COMMENTS, _PADDING = 4, 1
_FREE = (b"moov", b"free", b"skip")


def ranges_of(file: BinaryIO, kind: str) -> Ranges:
    """Return the (start, end) of every stretch that tags leave alone, in order; an ogg has none.

    mp3, ape: all between the tags in front and those at the end. flac: the frames, and every block of
    metadata but comments and padding. wav, aiff: every chunk but the one of tags. mp4: every atom but
    ``moov``, whose offsets move, and free room.

    Raises
    ------
    DataError
        The file is broken.
    """
    if kind == "ogg":
        return []
    ape = _between_tags
    finders = {"mp3": ape, "ape": ape, "flac": _flac, "wav": _wav, "aiff": _aiff, "mp4": _mp4}
    found = finders[kind](file)
    if any(end < start for start, end in found):
        raise DataError("it breaks off in the middle of its tags")
    return found


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _between_tags(file: BinaryIO) -> Ranges:
    return [(end_of_id3v2(file, most=1), _before_ape(file, before_id3v1(file)))]


def before_id3v1(file: BinaryIO) -> int:
    """Return where an ID3v1 tag begins, or the end of the file."""
    size = _size(file)
    file.seek(max(0, size - 128))
    return size - 128 if size >= 128 and file.read(3) == b"TAG" else size


def _before_ape(file: BinaryIO, end: int) -> int:
    """Return where an APEv2 tag that ends at `end` begins, or `end`."""
    file.seek(max(0, end - 32))
    footer = file.read(32)
    if end < 32 or footer[:8] != b"APETAGEX":
        return end
    size, flags = struct.unpack("<8xxxxxI4xI8x", footer)
    start = end - size - (32 if flags & 0x80000000 else 0)
    if start < 0:
        raise DataError("its APEv2 tag is broken")
    return start


def _flac(file: BinaryIO) -> Ranges:
    at, last, kept = end_of_id3v2(file) + 4, False, []
    while not last:
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            raise DataError("its FLAC metadata breaks off")
        last, code = bool(head[0] & 0x80), head[0] & 0x7F
        end = at + 4 + int.from_bytes(head[1:], "big")
        if code not in (_COMMENTS, _PADDING):
            kept.append((at + 1, end))  # without the bit that says "last"
        at = end
    return [*kept, (at, _size(file))]


def _wav(file: BinaryIO) -> Ranges:
    return _chunks(file, "<4sI")


def _aiff(file: BinaryIO) -> Ranges:
    return _chunks(file, ">4sI")


def _chunks(file: BinaryIO, header: str) -> Ranges:
    return [(at, end) for name, at, end in _all_chunks(file, header) if name.upper() != b"ID3 "]


def _all_chunks(file: BinaryIO, header: str) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, start and end of the chunks of a wav or aiff."""
    size, at = _size(file), 12
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack(header, file.read(8))
        end = min(size, at + 8 + length)
        yield name, at, end
        at = end + (length & 1)


def id3_place(file: BinaryIO, kind: str) -> tuple[int, int] | None:
    """Return where the ID3v2 tag of an mp3, wav or aiff begins, and where what holds it ends, or None."""
    if kind == "mp3":
        return (0, end) if (end := end_of_id3v2(file, most=1)) else None
    header = "<4sI" if kind == "wav" else ">4sI"
    chunks = ((at, end) for name, at, end in _all_chunks(file, header) if name.upper() == b"ID3 ")
    return next(((at + 8, end + end % 2) for at, end in chunks), None)


def _mp4(file: BinaryIO) -> Ranges:
    return [(start, end) for name, start, end in _atoms(file) if name not in _FREE]


def _atoms(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    size, at = _size(file), 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length, name = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack(">Q", head[8:])
        end = size if length == 0 else at + length
        if end < at + 8 or end > size:
            raise DataError(f"its atom {name!r} is broken")
        yield name, at, end
        at = end


def shifts_of(before: Ranges, after: Ranges) -> list[int]:
    """Return by how much each stretch has moved, the longest first."""
    pairs = sorted(zip(before, after, strict=False), key=lambda pair: pair[0][0] - pair[0][1])
    return list(dict.fromkeys(new[0] - old[0] for old, new in pairs))[:8]


def sound_sha256(file: BinaryIO, kind: str) -> str:
    """Return the SHA-256 of what tags leave alone, hex.

    Of an ogg it is over the packets of every stream but the comments, with their places in time.
    """
    digest = hashlib.sha256()
    if kind == "ogg":
        for packet in packets(file):
            if not packet.is_comment:
                digest.update(struct.pack("<IqI", packet.serial, packet.granule, len(packet.data)))
                digest.update(packet.data)
    for start, end in ranges_of(file, kind):
        digest.update(struct.pack("<Q", end - start))
        for part in _parts(file, start, end):
            digest.update(part)
    return digest.hexdigest()


def _parts(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end:
        part = file.read(min(CHUNK, end - start))
        if not part:
            return
        yield part
        start += len(part)


def packets_sha256(path: Path) -> str:
    """Return the SHA-256 of the packets that FFmpeg hands to its decoder, with their times, hex.

    Raises
    ------
    AudioError
        FFmpeg does not read the file.
    """
    from tunelens.audio.pyav_decoder import sound_packets

    digest = hashlib.sha256()
    for packet in sound_packets(path):
        digest.update(repr((packet.pts, packet.dts, packet.size)).encode())
        digest.update(memoryview(packet))
    return digest.hexdigest()
