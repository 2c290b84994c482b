"""The genre that a wav has in its INFO list, the older place for tags."""

from __future__ import annotations

import struct
from typing import BinaryIO

from tunelens.library.filetags.structure import chunks

_LONGEST = 1 << 16


def info_genre(file: BinaryIO) -> tuple[str, ...]:
    """Return the genre of a wav; () where it has none."""
    for part in chunks(file, "wav"):
        if part.name == b"LIST":
            file.seek(part.content)
            if value := _genre(file.read(min(part.end - part.content, _LONGEST))):
                return (value,)
    return ()


def _genre(body: bytes) -> str:
    at = 4 if body[:4] == b"INFO" else len(body)
    while at + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, at)
        if name == b"IGNR":
            text = body[at + 8 : at + 8 + size].split(b"\0")[0]
            return text.decode("utf-8", "replace").strip()
        at += 8 + size + size % 2
    return ""
