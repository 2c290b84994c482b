"""The checkpoint reader, on tables written here by an independent writer, and on damaged ones."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from tunelens.base.errors import BundleError
from tunelens.models.backbones.checkpoint import crc32c, read_checkpoint


def varint(n: int) -> bytes:
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def slow_crc(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> bytes:
    crc = slow_crc(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def block(entries: list[tuple[bytes, bytes]]) -> bytes:
    out, last = b"", b""
    for key, value in entries:
        shared = next(
            (i for i, (a, b) in enumerate(zip(key, last, strict=False)) if a != b), min(len(key), len(last))
        )
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    out += struct.pack("<II", 0, 1)
    return out + b"\0" + masked(out + b"\0")


def checkpoint(tensors: dict[str, np.ndarray]) -> tuple[bytes, bytes]:
    data, entries = b"", [(b"", b"\x08\x01")]
    for name, value in sorted(tensors.items()):
        raw = value.astype("<f4").tobytes()
        dims = b"".join(b"\x12" + varint(len(d)) + d for d in (b"\x08" + varint(n) for n in value.shape))
        entry = b"\x08\x01\x12" + varint(len(dims)) + dims + b"\x20" + varint(len(data))
        entries.append((name.encode(), entry + b"\x28" + varint(len(raw)) + b"\x35" + masked(raw)))
        data += raw
    body = block(entries)
    handle = varint(0) + varint(len(body) - 5)
    index = block([(b"z", handle)])
    footer = varint(0) + varint(0) + varint(len(body)) + varint(len(index) - 5)
    return body + index + footer.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57), data


@pytest.fixture
def tensors(rng: np.random.Generator) -> dict[str, np.ndarray]:
    shapes = {
        "conv2d/kernel": (7, 3, 1, 2),
        "conv2d/bias": (2,),
        "conv2d_1/bias": (300,),
        "conv2d/bias/Adam": (2,),
    }
    return {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}


def test_tensors_come_back_bit_for_bit(tensors: dict[str, np.ndarray]) -> None:
    found = read_checkpoint(*checkpoint(tensors))
    assert set(found) == {"conv2d/kernel", "conv2d/bias", "conv2d_1/bias"}
    for name, value in found.items():
        np.testing.assert_array_equal(value, tensors[name])


def test_every_damaged_byte_is_noticed(tensors: dict[str, np.ndarray]) -> None:
    index, data = checkpoint(tensors)
    body_and_index = len(index) - 48
    for at in range(body_and_index):
        hurt = bytearray(index)
        hurt[at] ^= 0x41
        with pytest.raises(BundleError):
            read_checkpoint(bytes(hurt), data)
    hurt = bytearray(data)
    hurt[1] ^= 1
    with pytest.raises(BundleError, match="checksum"):
        read_checkpoint(index, bytes(hurt))


def test_cut_off_files_and_other_files_are_refused(tensors: dict[str, np.ndarray]) -> None:
    index, data = checkpoint(tensors)
    for wrong in (b"", b"\0" * 100, index[:-1], index[60:], index[-48:], b"PK\x03\x04" + index[:50]):
        with pytest.raises(BundleError):
            read_checkpoint(wrong, data)
    with pytest.raises(BundleError):
        read_checkpoint(index, data[:10])


def test_crc32c(rng: np.random.Generator) -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4
    for n in (0, 1, 2, 3, 5, 100, 999):
        data = rng.bytes(n)
        assert crc32c(data) == slow_crc(data)
