"""Deflated bytes of a stranger, read within bounds."""

from __future__ import annotations

import zlib

from tunelens.base.errors import DataError


def inflated(data: bytes, most: int) -> bytes:
    """Return what was deflated into `data`, at most `most` bytes.

    Raises
    ------
    DataError
        It is cut off, larger, or nothing of the kind.

    Examples
    --------
    >>> inflated(zlib.compress(b"peaks"), 100)
    b'peaks'
    """
    reader = zlib.decompressobj()
    try:
        found = reader.decompress(data, most)
    except zlib.error as error:
        raise DataError(f"a print of {len(data)} bytes is damaged: {error}") from error
    if not reader.eof:
        raise DataError(f"a print of {len(data)} bytes is damaged: it is cut off, or beyond {most} bytes")
    return found
