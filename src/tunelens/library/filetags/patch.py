"""A small patch that turns a file with new tags back into the file it was, byte for byte.

It holds the bytes that are only in the old file, and where the others lie in the new one. Sound that was
moved by a larger tag costs a dozen bytes.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Protocol

import numpy as np

from tunelens.base.errors import DataError

MAGIC = b"TLP1"
CHUNK = 1 << 20
SHORTEST_COPY = 24
ROUNDS = 3
WORTH_SEEKING, MOST_SOUGHT, NEAR, ANCHOR = 256, 8, 1 << 18, 48
MOST_LITERALS = 1 << 26


@dataclass(frozen=True, slots=True)
class Copy:
    """Bytes of the old file that stand in the new one too.

    Parameters
    ----------
    start, end : int
        Where in the old file.
    shift : int
        How much further on in the new one.
    """

    start: int
    end: int
    shift: int


class Sink(Protocol):
    """What `apply_patch` writes to."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


class Sha256:
    """A file of which only the hash is wanted."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def write(self, data: bytes, /) -> None:
        """Take the next bytes."""
        self._digest.update(data)

    def hexdigest(self) -> str:
        """Return the SHA-256 of all bytes, hex."""
        return self._digest.hexdigest()


def make_patch(old: BinaryIO, new: BinaryIO, shifts: Iterable[int] = ()) -> bytes:
    """Return what `apply_patch` needs to make `old` of `new`.

    Parameters
    ----------
    old, new : binary files
        Seekable.
    shifts : iterable of int
        By how many bytes parts may have moved, the likeliest first. The difference of the two sizes and
        none are tried in any case.

    Raises
    ------
    DataError
        More than `MOST_LITERALS` bytes are only in the old file.

    Examples
    --------
    >>> old, new = io.BytesIO(b"tag" + bytes(9999)), io.BytesIO(b"longer tag" + bytes(9999))
    >>> back = io.BytesIO()
    >>> apply_patch(new, make_patch(old, new), back)
    >>> back.getvalue() == old.getvalue()
    True
    """
    size, size_new = _size(old), _size(new)
    gaps, copies = [(0, size)], list[Copy]()
    for tried in range(ROUNDS):
        given = dict.fromkeys([*shifts, size_new - size, 0])
        for shift in _seen(old, new, gaps) if tried else given:
            found = [copy for gap in gaps for copy in _equal(old, new, gap, shift, size_new)]
            copies += found
            gaps = list(_without(gaps, found))
    return MAGIC + zlib.compress(_packed(old, size, sorted(copies, key=lambda copy: copy.start)))


def _seen(old: BinaryIO, new: BinaryIO, gaps: list[tuple[int, int]]) -> list[int]:
    """Return by how much the largest gaps may have moved: a few bytes of each are sought near its place."""
    large = [gap for gap in gaps if gap[1] - gap[0] >= WORTH_SEEKING]
    found: dict[int, None] = {}
    for start, end in sorted(large, key=lambda gap: gap[0] - gap[1])[:MOST_SOUGHT]:
        origin = max(0, start - NEAR)
        there = _read(new, origin, min(end - start, MOST_LITERALS) + 2 * NEAR)
        for place in (start, (3 * start + end) // 4, (start + end) // 2):
            hit = there.find(_read(old, place, ANCHOR))
            if hit >= 0:
                found[origin + hit - place] = None
    return list(found)


def _size(file: BinaryIO) -> int:
    return file.seek(0, io.SEEK_END)


def _read(file: BinaryIO, start: int, n: int) -> bytes:
    file.seek(start)
    return file.read(n)


def _equal(old: BinaryIO, new: BinaryIO, gap: tuple[int, int], shift: int, size_new: int) -> Iterator[Copy]:
    """Yield the stretches of a gap that stand `shift` bytes further on in the new file."""
    begin, end = max(gap[0], -shift), min(gap[1], size_new - shift)
    run = (begin, begin)
    for at in range(begin, end, CHUNK):
        n = min(CHUNK, end - at)
        for start, stop in _stretches(_read(old, at, n), _read(new, at + shift, n)):
            if at + start != run[1]:
                yield from _worth_copying(run, shift)
                run = (at + start, at + start)
            run = (run[0], at + stop)
    yield from _worth_copying(run, shift)


def _worth_copying(run: tuple[int, int], shift: int) -> Iterator[Copy]:
    if run[1] - run[0] >= SHORTEST_COPY:
        yield Copy(*run, shift)


def _stretches(here: bytes, there: bytes) -> list[tuple[int, int]]:
    """Return where two chunks of one size agree for long, and what may go on beyond their ends."""
    if here == there:
        return [(0, len(here))]
    places = np.flatnonzero(np.frombuffer(here, np.uint8) != np.frombuffer(there, np.uint8))
    starts, stops = np.append(0, places + 1), np.append(places, len(here))
    kept = stops - starts >= SHORTEST_COPY
    kept[[0, -1]] = True
    return list(zip(starts[kept].tolist(), stops[kept].tolist(), strict=True))


def _without(gaps: list[tuple[int, int]], copies: list[Copy]) -> Iterator[tuple[int, int]]:
    """Yield what is left of the gaps; both are in the order of the old file."""
    held: Iterator[Copy | None] = iter([*copies, None])
    copy = next(held)
    for start, end in gaps:
        at = start
        while copy is not None and copy.start < end:
            if copy.start > at:
                yield at, copy.start
            at, copy = copy.end, next(held)
        if at < end:
            yield at, end


def _packed(old: BinaryIO, size: int, copies: list[Copy]) -> bytes:
    """Return the steps (how many bytes of its own, how many copied, how far moved), then its own bytes."""
    steps, literals = bytearray(), bytearray()
    at = shift = 0
    for copy in [*copies, Copy(size, size, 0)]:
        moved = copy.shift - shift
        for value in (copy.start - at, copy.end - copy.start, 2 * moved if moved >= 0 else -2 * moved - 1):
            steps += _number(value)
        if len(literals) + copy.start - at > MOST_LITERALS:
            raise DataError(f"undoing it would take more than {MOST_LITERALS >> 20} MiB of the old file")
        literals += _read(old, at, copy.start - at)
        at, shift = copy.end, copy.shift
    return _number(len(copies) + 1) + bytes(steps + literals)


def _number(value: int) -> bytes:
    """Return a whole number, seven bits a byte, the lowest first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def apply_patch(new: BinaryIO, patch: bytes, out: Sink) -> None:
    """Write the old file to `out`.

    Raises
    ------
    DataError
        The patch is damaged, or belongs to another file.
    """
    body = io.BytesIO(_unpacked(patch))
    n_steps = _next(body)
    steps = list(islice(_steps(body), n_steps))
    at = shift = 0
    for own, copied, moved in steps:
        _copy(body, own, out)
        at, shift = at + own, shift + moved
        if copied:
            new.seek(max(0, at + shift))
            _copy(new, copied, out)
        at += copied


def _unpacked(patch: bytes) -> bytes:
    try:
        if patch[: len(MAGIC)] != MAGIC:
            raise _damaged()
        return zlib.decompressobj().decompress(patch[len(MAGIC) :], 2 * MOST_LITERALS)
    except zlib.error as error:
        raise _damaged() from error


def _damaged() -> DataError:
    return DataError("the patch that would undo it is damaged", hint="restore the file from a copy")


def _steps(body: BinaryIO) -> Iterator[tuple[int, int, int]]:
    while True:
        own, copied, moved = _next(body), _next(body), _next(body)
        yield own, copied, -(moved + 1) // 2 if moved % 2 else moved // 2


def _next(body: BinaryIO) -> int:
    value = place = 0
    while byte := body.read(1):
        value |= (byte[0] & 0x7F) << place
        place += 7
        if byte[0] < 0x80:
            return value
    raise _damaged()


def _copy(source: BinaryIO, n: int, out: Sink) -> None:
    while n > 0:
        part = source.read(min(n, CHUNK))
        if not part:
            raise _damaged()
        out.write(part)
        n -= len(part)
