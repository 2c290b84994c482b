"""Ogg, as far as tags need it: pages, and the packets that are cut into them (RFC 3533)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tunelens.base.errors import DataError

_HEADER = struct.Struct("<4sBBqIIIB")
_COMMENTS = (b"\x03vorbis", b"OpusTags", b"\x81theora", b"\x84FLAC")
_FLAC_COMMENTS, _SPEEX = 4, b"Speex   "
LARGEST_PACKET = 1 << 26


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of one stream.

    Parameters
    ----------
    serial : int
        Which stream.
    index : int
        Which packet of it, from 0.
    granule : int
        Position in time of the page on which it ends.
    data : bytes
        What it holds.
    is_comment : bool
        Does it hold the tags?
    """

    serial: int
    index: int
    granule: int
    data: bytes
    is_comment: bool


@dataclass(slots=True)
class _Stream:
    first: bytes = b""
    pending: bytes = b""
    n: int = 0


def packets(file: BinaryIO) -> Iterator[Packet]:
    """Yield the packets of a file in the order in which they end.

    Raises
    ------
    DataError
        It is no ogg, or a page or a packet of it is broken.
    """
    streams: dict[int, _Stream] = {}
    file.seek(0)
    while page := _page(file):
        granule, serial, parts = page
        stream = streams.setdefault(serial, _Stream())
        for data, ends in parts:
            stream.pending += data
            if len(stream.pending) > LARGEST_PACKET:
                raise DataError("a packet of it is too large")
            if ends:
                yield _finished(serial, granule, stream)


def _finished(serial: int, granule: int, stream: _Stream) -> Packet:
    data, index = stream.pending, stream.n
    if index == 0:
        stream.first = data
    stream.pending, stream.n = b"", index + 1
    return Packet(serial, index, granule, data, _is_comment(stream.first, index, data))


def _is_comment(first: bytes, index: int, data: bytes) -> bool:
    if first.startswith(b"\x7fFLAC"):
        return index > 0 and len(data) > 4 and data[0] & 0x7F == _FLAC_COMMENTS
    return index == 1 and (data.startswith(_COMMENTS) or first.startswith(_SPEEX))


def _page(file: BinaryIO) -> tuple[int, int, list[tuple[bytes, bool]]] | None:
    head = file.read(_HEADER.size)
    if not head:
        return None
    if len(head) < _HEADER.size:
        return -1, 0, [(head, True)]  # what breaks off at the end stays as it is
    magic, _, _, granule, serial, _, _, n = _HEADER.unpack(head)
    if magic != b"OggS":
        raise DataError("it is no ogg throughout")
    sizes = file.read(n)
    return granule, serial, list(_cut(file, sizes))


def _cut(file: BinaryIO, sizes: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield the parts of packets on a page, and whether they end on it."""
    length = 0
    for size in sizes:
        length += size
        if size < 255:
            yield file.read(length), True
            length = 0
    if length:
        yield file.read(length), False
