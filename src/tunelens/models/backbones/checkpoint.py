"""Reading a TensorFlow checkpoint (format V2) without TensorFlow.

``.index`` is a sorted string table as LevelDB writes it: blocks of prefix-compressed keys, a footer that
points at the index block, each block followed by a type byte and a masked CRC-32C. Its values are protobuf
`BundleEntryProto` messages that say where in ``.data-00000-of-00001`` a tensor lies.
Sources: LevelDB's table format document; TensorFlow's ``tensor_bundle.proto``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import BundleError

_MAGIC = 0xDB4775248B80FB57
_FOOTER = 48
_TRAILER = 5
_FLOAT32 = 1
_MASK_DELTA = 0xA282EAD8
_LONGEST_VARINT = 10


def read_checkpoint(index: bytes, data: bytes) -> dict[str, NDArray[np.float32]]:
    """Return the float32 tensors of a checkpoint of one shard.

    Parameters
    ----------
    index, data : bytes
        Content of the ``.index`` and of the ``.data-00000-of-00001`` file.

    Returns
    -------
    dict
        Tensors by name; those of the optimiser are left out.

    Raises
    ------
    BundleError
        The bytes are no such checkpoint, or damaged.
    """
    try:
        entries = dict(_entries(index))
        return {name: _tensor(name, entry, data) for name, entry in entries.items() if _wanted(name)}
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise BundleError(f"the checkpoint is damaged: {error}") from error


def _wanted(name: str) -> bool:
    return bool(name) and "/Adam" not in name and not name.endswith("_power")


def _entries(index: bytes) -> Iterator[tuple[str, bytes]]:
    if len(index) < _FOOTER or struct.unpack("<Q", index[-8:])[0] != _MAGIC:
        raise BundleError("the checkpoint's index is no string table")
    reader = _Reader(index[-_FOOTER:])
    reader.varint(), reader.varint()
    for _, handle in _block(index, reader.varint(), reader.varint()):
        place = _Reader(handle)
        for key, value in _block(index, place.varint(), place.varint()):
            yield key.decode("utf-8"), value


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    block = table[offset : offset + size]
    trailer = table[offset + size : offset + size + _TRAILER]
    if len(block) < 4 or len(trailer) < _TRAILER or trailer[0] != 0:
        raise BundleError("the checkpoint's index is cut off or compressed")
    _check_crc(block + trailer[:1], struct.unpack("<I", trailer[1:])[0], "the checkpoint's index")
    end = len(block) - 4 - 4 * struct.unpack("<I", block[-4:])[0]
    reader, key = _Reader(block[: max(0, end)]), b""
    while not reader.at_end:
        shared, fresh, length = reader.varint(), reader.varint(), reader.varint()
        key = key[:shared] + reader.take(fresh)
        yield key, reader.take(length)


@dataclass
class _Reader:
    data: bytes
    at: int = 0

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.data)

    def take(self, n: int) -> bytes:
        if n > len(self.data) - self.at:
            raise IndexError("a field reaches past its end")
        self.at += n
        return self.data[self.at - n : self.at]

    def varint(self) -> int:
        value = 0
        for i in range(_LONGEST_VARINT):
            byte = self.take(1)[0]
            value |= (byte & 127) << (7 * i)
            if byte < 128:
                return value
        raise IndexError("a number does not end")

    def fields(self) -> Iterator[tuple[int, int | bytes]]:
        """Walk over a protobuf message."""
        while not self.at_end:
            key = self.varint()
            yield key >> 3, self._value(key & 7)

    def _value(self, wire: int) -> int | bytes:
        if wire == 0:
            return self.varint()
        if wire == 2:
            return self.take(self.varint())
        if wire in (1, 5):
            return int.from_bytes(self.take(8 if wire == 1 else 4), "little")
        raise IndexError(f"wire type {wire} is unknown")


def _tensor(name: str, entry: bytes, data: bytes) -> NDArray[np.float32]:
    fields: dict[int, int | bytes] = dict(_Reader(entry).fields())
    dtype, shard, offset, size, crc = (_number(fields.get(field, 0)) for field in (1, 3, 4, 5, 6))
    shape = _shape(fields.get(2, b""))
    if dtype != _FLOAT32 or shard != 0 or prod(shape) * 4 != size or offset + size > len(data):
        raise BundleError(f"the checkpoint's tensor {name!r} is not float32 of shape {shape} within its data")
    raw = data[offset : offset + size]
    _check_crc(raw, crc, f"the checkpoint's tensor {name!r}")
    return np.frombuffer(raw, "<f4").reshape(shape).astype(np.float32)


def _number(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise IndexError("a number is needed")
    return value


def _shape(message: int | bytes) -> tuple[int, ...]:
    if isinstance(message, int):
        raise IndexError("a shape is needed")
    dims = [dim for field, dim in _Reader(message).fields() if field == 2 and isinstance(dim, bytes)]
    return tuple(_number(dict(_Reader(dim).fields()).get(1, 0)) for dim in dims)


def _check_crc(data: bytes, masked: int, what: str) -> None:
    rotated = (masked - _MASK_DELTA) & 0xFFFFFFFF
    if crc32c(data) != ((rotated >> 17) | (rotated << 15)) & 0xFFFFFFFF:
        raise BundleError(f"{what} has a wrong checksum")


def crc32c(data: bytes) -> int:
    """Return the CRC-32C (Castagnoli) of `data`, by many lanes at once.

    The checksum is linear: `data` is cut into equal lanes that numpy advances together, then each lane is
    shifted over the zeros that follow it and all are summed.

    Examples
    --------
    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    lane = max(1, int(len(data) ** 0.5))
    n_lanes = -(-len(data) // lane)
    padded = np.zeros(n_lanes * lane, np.uint8)
    padded[len(padded) - len(data) :] = np.frombuffer(data, np.uint8)
    table, crc = _crc_table(), np.zeros(n_lanes, np.uint32)
    for column in padded.reshape(n_lanes, lane).T:
        crc = table[(crc ^ column) & 255] ^ (crc >> np.uint32(8))
    shift = _zeros_operator(lane)
    total = 0
    for part in crc.tolist():
        total = _apply(shift, total) ^ part
    return total ^ _apply(_zeros_operator(len(data)), 0xFFFFFFFF) ^ 0xFFFFFFFF


@lru_cache(maxsize=1)
def _crc_table() -> NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(0x82F63B78), table >> 1).astype(np.uint32)
    return table


@lru_cache(maxsize=64)
def _zeros_operator(n_bytes: int) -> tuple[int, ...]:
    """Columns of the matrix over GF(2) that shifts a checksum over `n_bytes` zero bytes."""
    if n_bytes == 0:
        return tuple(1 << bit for bit in range(32))
    if n_bytes == 1:
        table = _crc_table()
        return tuple(int(table[(1 << bit) & 255]) ^ (1 << bit >> 8) for bit in range(32))
    half = _zeros_operator(n_bytes // 2)
    even = tuple(_apply(half, column) for column in half)
    return even if n_bytes % 2 == 0 else tuple(_apply(_zeros_operator(1), column) for column in even)


def _apply(operator: tuple[int, ...], value: int) -> int:
    result = 0
    for bit in range(value.bit_length()):
        if value >> bit & 1:
            result ^= operator[bit]
    return result
