"""Which file is which: names as text, size and time as a first look, SHA-256 as the proof."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r"(?<=.)//(d[89a-f][0-9a-f]{2})", re.DOTALL)


def path_to_text(path: str | Path) -> str:
    """Return the absolute `path` as valid Unicode text that `text_to_path` turns back exactly.

    A byte of a name that is not UTF-8 is a lone surrogate in Python (PEP 383). It is written as ``//``
    and four hex digits; an absolute, normal path holds ``//`` nowhere else.

    Examples
    --------
    >>> path_to_text("/music/caf\\udce9.mp3")
    '/music/caf//dce9.mp3'
    >>> text_to_path(path_to_text("/music/caf\\udce9.mp3")) == Path("/music/caf\\udce9.mp3")
    True
    """
    return escape(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps ".."


def escape(text: str) -> str:
    """Return `text` with every lone surrogate written as `path_to_text` does."""
    return _SURROGATE.sub(lambda match: f"//{ord(match[0]):04x}", text)


def text_to_path(text: str) -> Path:
    """Return the path that `path_to_text` wrote."""
    return Path(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text))


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What a file shows without being read; a file whose stamp is unchanged is taken as unchanged.

    Parameters
    ----------
    size_bytes : int
        Size.
    mtime_ns : int
        Time of the last change, nanoseconds since 1970.
    """

    size_bytes: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> FileStamp:
        """Look at `path`; an `OSError` goes through to the caller."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the content of `path`, hex; an `OSError` goes through to the caller."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
