"""How a file is named that a browser saves."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

LONGEST = 150
_FORBIDDEN = '<>:"/\\|?*'


def attachment(name: str) -> dict[str, str]:
    """Return the header that offers a file under a name in any script, as RFC 6266 and RFC 8187 have it.

    What no file system takes becomes ``_``; old clients are given the ASCII of it.

    Examples
    --------
    >>> attachment("晚上 1/2.m3u8")["content-disposition"]
    'attachment; filename="__ 1_2.m3u8"; filename*=UTF-8\\'\\'%E6%99%9A%E4%B8%8A%201_2.m3u8'
    """
    safe = "".join(map(_allowed, name)).strip(" .") or "download"
    stem, dot, suffix = safe.rpartition(".")
    short = f"{stem[:LONGEST]}{dot}{suffix[:10]}"
    plain = "".join(char if char.isascii() and char not in "%;" else "_" for char in short)
    return {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(short, safe='')}"
    }


def _allowed(char: str) -> str:
    return "_" if char in _FORBIDDEN or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else char
