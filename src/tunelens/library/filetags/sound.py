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
from tunelens.library.filetags.structure import atoms, before_ape, before_id3v1, chunks, flac_blocks, size_of

CHUNK = 1 << 20
MOST_TAGS = 1 << 27
Ranges = list[tuple[int, int]]
_FLAC_TAGS = (b"\x04", b"\x01")
_MP4_TAGS = (b"moov", b"free", b"skip")


def ranges_of(file: BinaryIO, kind: str) -> Ranges:
    """Return the (start, end) of every stretch that tags leave alone, in order; an ogg has none.

    mp3, ape: all between the tags in front and those at the end. flac: the frames, and every block of
    metadata but comments and padding. wav, aiff: every chunk but the one of tags. mp4: every atom but
    ``moov``, whose offsets move, and free room.

    Raises
    ------
    DataError
        The file is broken, or its tags are larger than anything that music has.
    """
    if kind == "ogg":
        return []
    found = _ranges(file, kind)
    if any(end < start for start, end in found):
        raise DataError("it breaks off in the middle of its tags")
    if size_of(file) - sum(end - start for start, end in found) > MOST_TAGS:
        raise DataError(f"its tags have more than {MOST_TAGS >> 20} MiB")
    return found


def _ranges(file: BinaryIO, kind: str) -> Ranges:
    if kind == "flac":
        blocks = flac_blocks(file)
        kept = [(part.start + 1, part.end) for part in blocks if part.name not in _FLAC_TAGS]
        return [(0, blocks[0].start), *kept, (blocks[-1].end, size_of(file))]
    if kind == "mp4":
        return [(part.start, part.end) for part in atoms(file) if part.name not in _MP4_TAGS]
    if kind in ("wav", "aiff"):
        return [(part.start, part.end) for part in chunks(file, kind) if part.name != b"ID3 "]
    return [(end_of_id3v2(file, most=1), before_ape(file, before_id3v1(file)))]


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


def packets_sha256(path: Path, kind: str) -> str:
    """Return the SHA-256 of the packets that FFmpeg hands to its decoder, with their times, hex.

    The last packet of an mp3 may have the tags behind it: it is cut where they begin. Those of ``ape`` are
    left out, for the same reason: its sound is one stretch of bytes that does not even move.

    Raises
    ------
    AudioError
        FFmpeg does not read the file.
    """
    from tunelens.audio.pyav_decoder import sound_packets

    digest = hashlib.sha256()
    if kind == "ape":
        return digest.hexdigest()
    end = _end_of_mp3(path) if kind == "mp3" else None
    for packet in sound_packets(path):
        data = memoryview(packet)[: None if end is None or packet.pos is None else max(0, end - packet.pos)]
        digest.update(repr((packet.pts, packet.dts, len(data))).encode() if data else b"")
        digest.update(data)
    return digest.hexdigest()


def _end_of_mp3(path: Path) -> int:
    with path.open("rb") as file:
        return ranges_of(file, "mp3")[0][1]
