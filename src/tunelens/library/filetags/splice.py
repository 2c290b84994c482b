"""Replacing bytes within a file in place, whatever its size."""

from __future__ import annotations

from typing import BinaryIO

CHUNK = 1 << 20


def splice(file: BinaryIO, start: int, end: int, data: bytes) -> None:
    """Put `data` in the place of the bytes from `start` to `end`; what follows moves.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO(b"a tag sound")
    >>> splice(file, 2, 5, b"longer tag")
    >>> file.getvalue()
    b'a longer tag sound'
    """
    size, shift = file.seek(0, 2), len(data) - (end - start)
    blocks = range(end, size, CHUNK)
    for at in reversed(blocks) if shift > 0 else blocks if shift else ():
        file.seek(at)
        part = file.read(min(CHUNK, size - at))
        file.seek(at + shift)
        file.write(part)
    file.seek(start)
    file.write(data)
    file.truncate(size + shift)
