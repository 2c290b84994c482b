"""Bodies of answers, unpacked under a bound: a small answer must not become a large one unnoticed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tunelens.base.errors import DataError

ACCEPTED = "gzip, deflate"
_PIECE = 1 << 16
_AUTOMATIC = 32 + zlib.MAX_WBITS


class Truncated(Exception):  # noqa: N818 - not an error of this package: it is mapped where it is caught
    """The body ends before its end."""


def copy_body(chunks: Iterable[bytes], encoding: str, sink: BinaryIO, most_bytes: int) -> int:
    """Write the unpacked body to `sink` and return its size.

    Raises
    ------
    DataError
        It is larger than `most_bytes`, packed in a way that was not asked for, or not packed at all.
    Truncated
        It ends early.
    """
    written = 0
    for piece in _unpacked(chunks, encoding):
        written += len(piece)
        if written > most_bytes:
            raise DataError(f"the answer is larger than {most_bytes} bytes")
        sink.write(piece)
    return written


def _unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    kind = encoding.strip().lower()
    if kind in {"", "identity"}:
        return iter(chunks)
    if kind in {"gzip", "x-gzip", "deflate"}:
        return _inflated(chunks)
    raise DataError(f"the answer is packed as {encoding[:40]!r}; {ACCEPTED} is asked for")


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(_AUTOMATIC)
    for chunk in chunks:
        rest = chunk
        while rest and not unpacker.eof:
            try:
                yield unpacker.decompress(rest, _PIECE)
            except zlib.error as error:
                raise DataError("the answer says it is packed, and is not") from error
            rest = unpacker.unconsumed_tail
        if unpacker.eof:
            return
    raise Truncated
