"""What is sung, as the tags of a file or a text file beside it have it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from tunelens.audio.decoders import open_file
from tunelens.base.errors import TunelensError

LONGEST = 20_000
MOST_BYTES = 256 * 1024
SIDECARS = (".lrc", ".LRC", ".txt")

_TAG = re.compile(r"(?:wm/)?(?:un)?(?:synced|synchronised)?[ _]?lyrics(?:-\w{1,8})?")
_TIMES = re.compile(r"\[\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?\]|<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")
_HEADER = re.compile(r"\[(?:ar|al|ti|au|by|re|ve|la|id|lr|length|offset|tool|#)\s*:[^\]]*\]", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_KANA = re.compile("[\u3041-\u30ff]")


def lyrics_of(path: Path, tags: Mapping[str, str]) -> str | None:
    """Return the lyrics of the file `path`: from its `tags`, else from an ``.lrc`` or ``.txt`` of its name.

    Times of karaoke and headers are left out, and what goes beyond `LONGEST` characters; a text file of more
    than `MOST_BYTES` is not read.
    """
    embedded = (value for name, value in tags.items() if _TAG.fullmatch(name.lower()))
    beside = (_read(path.with_suffix(suffix)) for suffix in SIDECARS)
    return next((sung for text in (*embedded, *beside) if text and (sung := sung_words(text))), None)


def sung_words(text: str) -> str | None:
    """Return the lines of `text`, which may be in the format LRC, without times and headers.

    Examples
    --------
    >>> sung_words("[ar:Anna]\\n[00:12.00]Hello\\n[00:15.50]<00:15.60>my <00:16.00>friend")
    'Hello\\nmy friend'
    """
    plain = _TIMES.sub("", _HEADER.sub("", text[: 2 * MOST_BYTES]))
    lines = (" ".join(_CONTROL.sub(" ", line).split()) for line in plain.splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST] or None


def _read(path: Path) -> str | None:
    try:
        with os.fdopen(open_file(path), "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (TunelensError, OSError):  # not there, not a file, not ours to read: then there are no lyrics
        return None
    return _decoded(content) if len(content) <= MOST_BYTES else None


def _decoded(content: bytes) -> str | None:
    """Guess the encoding: lyrics from China and Japan are often in that of an old Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        return None
    japanese = _in(content, "cp932")
    if japanese and len(_KANA.findall(japanese)) < len(japanese) / 10:
        japanese = None
    return _in(content, "utf-8-sig") or japanese or _in(content, "gb18030") or content.decode("latin-1")


def _in(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
