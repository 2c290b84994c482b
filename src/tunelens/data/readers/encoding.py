"""Text whose encoding nobody wrote down."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tunelens.base.errors import DataError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 16
_SAMPLE_BYTES = 1 << 20
_ASCII = bytes(range(128))


@dataclass(frozen=True)
class Encoding:
    """How to decode a file.

    Parameters
    ----------
    name : str
        As Python names it.
    note : str
        What a person should know about the choice; "" if it is sure.
    """

    name: str
    note: str = ""


def sniff(path: Path, most_bytes: int) -> Encoding:
    """Tell the encoding of a text file.

    A byte order mark is believed; else UTF-8 if the whole file is, or nearly is; else GBK if what it gives is
    common Chinese; else Windows-1252, which Latin-1 is a part of.

    Raises
    ------
    DataError
        The file is larger than `most_bytes` or is no text.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_bytes("风格,摇滚".encode("gbk"))
    >>> sniff(path, 1000).name
    'gb18030'
    """
    size = path.stat().st_size
    if size > most_bytes:
        raise DataError(
            f"{str(path)!r} has {size} bytes; at most {most_bytes} are read", hint="split the file"
        )
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    found = _by_head(head) or _by_content(path)
    _check_text(path, head.decode(found.name, "replace"))
    return found


def _by_head(head: bytes) -> Encoding | None:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name)
    if b"\0" in head[:2000]:
        even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
        return Encoding("utf-16-le" if odd > even else "utf-16-be")
    return None


def _check_text(path: Path, text: str) -> None:
    strange = sum(char < " " and char not in "\t\r\n\f" for char in text)
    if strange > 0.02 * len(text) + 1:
        raise DataError(f"{str(path)!r} is no text", hint="a table as CSV, TSV or Parquet is needed")


def _by_content(path: Path) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _legacy(_sample(path))
    return Encoding("utf-8")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _sample(path: Path) -> bytes:
    """Return the lines of the file that are not ASCII, or enough of them."""
    found = bytearray()
    with path.open("rb") as file:
        while (line := file.readline(_CHUNK)) and len(found) < _SAMPLE_BYTES:
            if line.translate(None, _ASCII):
                found += line
    return bytes(found)


def _legacy(sample: bytes) -> Encoding:
    text = sample.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= char <= "\udcff" for char in text)
    sound = sum(char > "\x7f" for char in text) - broken
    if sound > broken:
        return Encoding("utf-8", f"{broken} bytes are no UTF-8 and are read as �")
    if _is_chinese(sample):
        return Encoding("gb18030", "the text is taken as GBK")
    return Encoding("cp1252", "the text is taken as Windows-1252; save it as UTF-8 if words look wrong")


def _is_chinese(sample: bytes) -> bool:
    """Are nearly all characters of GB 2312? Other alphabets hardly ever make such pairs of bytes."""
    foreign = [char for char in sample.decode("gb18030", "replace") if char > "\x7f"][:5000]
    common = sum(len(char.encode("gb2312", "ignore")) == 2 for char in foreign)
    return bool(foreign) and common >= 0.9 * len(foreign)
