"""Bodies are unpacked in pieces, and no further than they may."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest

from tunelens.base.errors import DataError
from tunelens.charts.web.bodies import Truncated, copy_body

TEXT = bytes(range(256)) * 1000


class Pieces(io.BytesIO):
    """Remembers how much was written at once."""

    def __init__(self) -> None:
        super().__init__()
        self.largest = 0

    def write(self, piece) -> int:
        self.largest = max(self.largest, len(piece))
        return super().write(piece)


def chunks(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("", TEXT), ("identity", TEXT), ("gzip", gzip.compress(TEXT)), ("GZIP", gzip.compress(TEXT)),
     ("deflate", zlib.compress(TEXT))],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 1000, 10**6])
def test_what_was_packed_comes_out(encoding: str, body: bytes, size: int) -> None:
    sink = io.BytesIO()
    assert copy_body(chunks(body, size), encoding, sink, len(TEXT)) == len(TEXT)
    assert sink.getvalue() == TEXT


def test_a_bomb_is_inflated_piece_by_piece_up_to_the_limit() -> None:
    sink = Pieces()
    with pytest.raises(DataError, match="larger than 1000000 bytes"):
        copy_body([gzip.compress(bytes(64 << 20))], "gzip", sink, 1_000_000)
    assert sink.largest <= 1 << 16 and len(sink.getvalue()) <= 1_000_000


def test_what_follows_an_archive_is_not_waited_for() -> None:
    def endless():
        yield gzip.compress(TEXT)
        while True:
            yield b"x"

    assert copy_body(endless(), "gzip", io.BytesIO(), len(TEXT)) == len(TEXT)


def test_what_is_cut_or_not_packed_is_told() -> None:
    with pytest.raises(Truncated):
        copy_body([gzip.compress(TEXT)[:-1]], "gzip", io.BytesIO(), len(TEXT))
    with pytest.raises(DataError, match="says it is packed, and is not"):
        copy_body([TEXT], "gzip", io.BytesIO(), len(TEXT))
