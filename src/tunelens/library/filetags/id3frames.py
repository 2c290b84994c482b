"""ID3v2.3 and 2.4 as bytes: a tag is cut into frames, and put together again with every other one as it was.

mutagen reads frames and makes new ones. It does not rewrite those of other programs, because it leaves out
what it cannot read, and joins what it finds twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from tunelens.base.errors import DataError

MOST_FRAMES = 2000
LARGEST_TAG = 1 << 26
MOST_COMPRESSED = 1 << 16
PADDING = 1024
HEADER = 10
_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
_ID = re.compile(rb"[A-Z][A-Z0-9]{2}[A-Z0-9 \0]")
_COMPRESSED = {3: 0x0080, 4: 0x0008}
_GROUPED, _SHUFFLED, _LENGTH_FIRST = 0x0040, 0x0002, 0x0001


@dataclass(frozen=True)
class Frame:
    """One frame as it stands in the tag.

    Parameters
    ----------
    name : str
        "TCON", "APIC", ...
    flags : int
        Two bytes.
    raw : bytes
        Header and content.
    """

    name: str
    flags: int
    raw: bytes


@dataclass(frozen=True)
class Tag:
    """One ID3v2 tag as it stands in a file.

    Parameters
    ----------
    version, flags : int
        2, 3 or 4; of the whole tag.
    frames : tuple of Frame
        In their order; of version 2 none are read.
    size : int
        Bytes in the file, header and padding included.
    """

    version: int
    flags: int
    frames: tuple[Frame, ...]
    size: int


def read_tag(file: BinaryIO, start: int) -> Tag | None:
    """Read the tag that begins at `start`; None when there is none.

    Raises
    ------
    DataError
        It is broken, or larger than anything that music has: reading it would take all time or memory.
    """
    file.seek(start)
    head = file.read(HEADER)
    if len(head) < HEADER or head[:3] != b"ID3":
        return None
    size, version, flags = _synchsafe(head[6:]), head[3], head[5]
    if size > LARGEST_TAG:
        raise DataError(f"its ID3 tag has {size} bytes; at most {LARGEST_TAG} are read")
    body = file.read(size)
    if len(body) < size:
        raise DataError("its ID3 tag breaks off")
    footer = HEADER if version == 4 and flags & 0x10 else 0
    frames = _checked(_body(body, version, flags), version) if version in _COMPRESSED else ()
    return Tag(version, flags, frames, HEADER + size + footer)


def _synchsafe(data: bytes) -> int:
    return (data[0] & 127) << 21 | (data[1] & 127) << 14 | (data[2] & 127) << 7 | data[3] & 127


def _plain(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _body(body: bytes, version: int, flags: int) -> bytes:
    """Return the frames without what stands before them."""
    if version == 3 and flags & _UNSYNCHRONISED:
        body = body.replace(b"\xff\x00", b"\xff")
    if flags & _EXTENDED and len(body) >= 4 and not _ID.match(body):
        return body[_synchsafe(body) :] if version == 4 else body[4 + _plain(body[:4]) :]
    return body


def _checked(body: bytes, version: int) -> tuple[Frame, ...]:
    """Cut into frames; some programs write plain sizes into version 4, and then more of it makes sense."""
    readings = [
        list(_frames(body, size_of)) for size_of in ([_plain] if version == 3 else [_synchsafe, _plain])
    ]
    frames = max(readings, key=lambda found: sum(len(frame.raw) for frame in found))
    if len(frames) > MOST_FRAMES:
        raise DataError(f"its ID3 tag has more than {MOST_FRAMES} frames")
    if sum(len(frame.raw) for frame in frames if frame.flags & _COMPRESSED[version]) > MOST_COMPRESSED:
        raise DataError("its ID3 tag has large compressed frames, which are not unpacked here")
    if body[sum(len(frame.raw) for frame in frames) :].strip(b"\0"):
        raise DataError("its ID3 tag is broken: what follows its frames is neither a frame nor room")
    return tuple(frames)


def _frames(body: bytes, size_of: Callable[[bytes], int]) -> Iterator[Frame]:
    at = 0
    while at + HEADER <= len(body) and _ID.match(body, at):
        end = at + HEADER + size_of(body[at + 4 : at + 8])
        if end > len(body):
            return
        yield Frame(body[at : at + 4].decode("ascii"), _plain(body[at + 8 : at + 10]), body[at:end])
        at = end


def key_of(frame: Frame, version: int) -> str:
    """Return the name of a frame; of a text of one's own with its description, ``TXXX:ENERGY``."""
    return f"TXXX:{_description(frame, version)}" if frame.name == "TXXX" else frame.name


def _description(frame: Frame, version: int) -> str:
    content = frame.raw[HEADER:]
    if version == 4:
        content = content[1 if frame.flags & _GROUPED else 0 :]
        content = content[4 if frame.flags & _LENGTH_FIRST else 0 :]
        content = content.replace(b"\xff\x00", b"\xff") if frame.flags & _SHUFFLED else content
    text = content[1:]
    if content[:1] in (b"\1", b"\2"):
        end = next((at for at in range(0, len(text), 2) if text[at : at + 2] == b"\0\0"), len(text))
        encoding = "utf-16-be" if content[:1] == b"\2" else "utf-16"
        return text[:end].decode(encoding, "replace")
    return text.partition(b"\0")[0].decode("utf-8" if content[:1] == b"\3" else "latin-1", "replace")


def build(tag: Tag, frames: Sequence[bytes]) -> bytes:
    """Return a tag like `tag` with these frames: of the same size where they fit, else with room to grow."""
    body = b"".join(frames)
    room = tag.size - HEADER - len(body)
    body += bytes(room if room >= 0 else PADDING)
    if len(body) > LARGEST_TAG:
        raise DataError(f"its ID3 tag would have {len(body)} bytes; at most {LARGEST_TAG} are written")
    flags = tag.flags & _UNSYNCHRONISED if tag.version == 4 else 0
    size = bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([tag.version, 0, flags]) + size + body
