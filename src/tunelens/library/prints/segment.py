"""One immutable piece of the index: for each landmark, where it sounds.

The tracks of a segment lie behind each other on one time line, so that a place is one number of 32 bits.
One landmark in `SAMPLED` is kept, chosen by its hash alone: 100,000 songs of four minutes take 2 GB.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.features.fingerprint import Fingerprint
from tunelens.library.prints.store import Printed

SAMPLED = 4
"""Chosen by ``python -m bench identification``."""

GAP = 1 << 10
"""Silent frames between tracks, 24 s: what is looked up at once is shorter, and cannot touch two of them."""

MOST_FRAMES = 2**32 - 2**25
"""Time line of a segment, 27,000 hours."""

TRACK = np.dtype([("id", "<i8"), ("start", "<u4"), ("end", "<u4"), ("stamp", "<i8")])

_SPREAD = np.uint32(2_654_435_761)
_PARTS = 128
_PART_SHIFT = np.uint64(32 + 17)
_AT_ONCE = 1 << 20
_BLOCK = 1 << 14
_SMALL = ("keys", "starts", "tracks", "sums")
Uint64 = NDArray[np.uint64]


def sampled(found: Fingerprint) -> Fingerprint:
    """Return the landmarks that an index keeps."""
    kept = (found.hashes * _SPREAD) < np.uint32(2**32 // SAMPLED)
    return Fingerprint(found.hashes[kept], found.frames[kept])


def write_segment(folder: Path, found: Iterator[Printed]) -> Iterator[Printed]:
    """Write a segment into an empty folder and return what of `found` did not fit into its time line.

    Memory does not grow with the number of tracks: landmarks are dealt out to files by hash, and each file
    is sorted by itself.
    """
    with tempfile.TemporaryDirectory(dir=folder) as dealt:
        dealer = _Dealer(Path(dealt))
        rest = dealer.deal(found)
        arrays = _collect(dealer.parts, folder / "places.bin")
    arrays["tracks"] = np.array(dealer.tracks, TRACK)
    for name in _SMALL:
        np.save(folder / f"{name}.npy", arrays[name])
    sums = {name: zlib.crc32((folder / f"{name}.npy").read_bytes()) for name in _SMALL}
    (folder / "facts.json").write_text(json.dumps(sums), encoding="utf-8")
    return rest


class _Dealer:
    """Writes landmarks into files by hash, so that each file can be sorted in memory."""

    def __init__(self, folder: Path) -> None:
        self.parts = [folder / str(part) for part in range(_PARTS)]
        self.tracks: list[tuple[int, int, int, int]] = []
        self._held: list[Uint64] = []
        self._n_held = 0

    def deal(self, found: Iterator[Printed]) -> Iterator[Printed]:
        """Take tracks until the time line is full; return the rest."""
        start = GAP
        for one in found:
            marks = sampled(one.peaks.fingerprint())
            end = start + int(marks.frames.max(initial=0)) + 1
            if end > MOST_FRAMES:
                self._flush()
                return chain([one], found)
            self.tracks.append((one.id, start, end, one.stamp))
            self._hold(_joined(marks.hashes, marks.frames + np.int64(start)))
            start = end + GAP
        self._flush()
        return iter(())

    def _hold(self, landmarks: Uint64) -> None:
        self._held.append(landmarks)
        self._n_held += landmarks.size
        if self._n_held > _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        landmarks = np.concatenate([np.empty(0, np.uint64), *self._held])
        part = (landmarks >> _PART_SHIFT).astype(np.int64)
        order = np.argsort(part, kind="stable")
        bounds = np.searchsorted(part[order], np.arange(_PARTS + 1))
        for path, begin, end in zip(self.parts, bounds[:-1], bounds[1:], strict=True):
            with path.open("ab") as file:
                file.write(landmarks[order[begin:end]].tobytes())
        self._held, self._n_held = [], 0


def _joined(hashes: NDArray[np.uint32], places: NDArray[np.int64]) -> Uint64:
    return hashes.astype(np.uint64) << np.uint64(32) | places.astype(np.uint64)


def _collect(parts: list[Path], places: Path) -> dict[str, NDArray[Any]]:
    """Sort each part and append its places; return the small arrays."""
    keys, counts, sums = [np.empty(0, np.uint32)], [np.zeros(1, np.int64)], _Sums()
    with places.open("wb") as file:
        for part in parts:
            landmarks = np.sort(np.fromfile(part, "<u8"))
            key, count = np.unique(landmarks >> np.uint64(32), return_counts=True)
            keys.append(key.astype(np.uint32))
            counts.append(count)
            sums.write(file, landmarks.astype("<u4").tobytes())
    starts = np.cumsum(np.concatenate(counts)).astype("<u8")
    return {"keys": np.concatenate(keys), "starts": starts, "sums": sums.finish()}


class _Sums:
    """Writes bytes and keeps a checksum of every block of places."""

    def __init__(self) -> None:
        self._rest = b""
        self._sums: list[int] = []

    def write(self, file: IO[bytes], data: bytes) -> None:
        file.write(data)
        data, size = self._rest + data, 4 * _BLOCK
        whole = len(data) - len(data) % size
        self._sums += [zlib.crc32(data[i : i + size]) for i in range(0, whole, size)]
        self._rest = data[whole:]

    def finish(self) -> NDArray[np.uint32]:
        return np.array([*self._sums, zlib.crc32(self._rest)], "<u4")


class Postings(NamedTuple):
    """Where landmarks of a query sound.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Which landmark of the query.
    places : ndarray of int64, shape (n,)
        Where on the time line.
    """

    rows: NDArray[np.int64]
    places: NDArray[np.int64]


class Segment:
    """A segment on disk, mapped into memory.

    What is small is checked when it is opened, places when they are read.

    Raises
    ------
    DataError
        A file is missing, or is not what was written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        sums = self._read(lambda: json.loads((folder / "facts.json").read_text(encoding="utf-8")))
        arrays = {name: self._read(lambda name=name: self._load(name, sums)) for name in _SMALL}  # type: ignore[misc]
        self._keys, self._starts = arrays["keys"], arrays["starts"].astype(np.int64)
        self.tracks, self._sums = arrays["tracks"], arrays["sums"]
        self._places = self._read(lambda: _mapped(folder / "places.bin", int(self._starts[-1])))
        self._checked = np.zeros(len(self._sums), bool)

    def _read(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise DataError(f"the index {str(self._folder)!r} is damaged: {error}") from error

    def _load(self, name: str, sums: dict[str, int]) -> NDArray[Any]:
        path = self._folder / f"{name}.npy"
        if zlib.crc32(path.read_bytes()) != sums[name]:
            raise ValueError(f"{path.name} is not what was written")
        return np.load(path, allow_pickle=False)

    def __len__(self) -> int:
        return len(self.tracks)

    @cached_property
    def common(self) -> int:
        """Landmarks that sound more often than this say nothing: a hundred times the mean."""
        return max(1000, 100 * int(self._starts[-1]) // max(1, self._keys.size))

    def look_up(self, hashes: NDArray[np.uint32]) -> Postings:
        """Return where each of `hashes` sounds."""
        at = np.minimum(np.searchsorted(self._keys, hashes), max(0, self._keys.size - 1))
        rows = np.flatnonzero(self._keys[at] == hashes) if self._keys.size else np.empty(0, np.int64)
        begin, end = self._starts[at[rows]], self._starts[at[rows] + 1]
        telling = end - begin <= self.common
        rows, begin, end = rows[telling], begin[telling], end[telling]
        found = [self._between(first, last) for first, last in zip(begin, end, strict=True)]
        return Postings(np.repeat(rows, end - begin), np.concatenate([np.empty(0, np.int64), *found]))

    def _between(self, begin: int, end: int) -> NDArray[np.uint32]:
        for block in range(begin // _BLOCK, (end - 1) // _BLOCK + 1):
            if not self._checked[block]:
                self._check(block)
        return self._places[begin:end]

    def _check(self, block: int) -> None:
        if zlib.crc32(self._places[block * _BLOCK : (block + 1) * _BLOCK].tobytes()) != self._sums[block]:
            raise DataError(
                f"the index {str(self._folder)!r} is damaged: block {block} is not what was written"
            )
        self._checked[block] = True

    def rows_of(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of `tracks` that each place lies in, or lies in the gap before."""
        return np.minimum(np.searchsorted(self.tracks["end"], places, "right"), len(self.tracks) - 1)


def _mapped(path: Path, n: int) -> NDArray[np.uint32]:
    if path.stat().st_size != 4 * n:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes, not {4 * n}")
    return np.memmap(path, "<u4", "r") if n else np.empty(0, np.uint32)
