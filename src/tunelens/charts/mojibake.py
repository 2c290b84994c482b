"""Text that was UTF-8, was read as Latin-1 or Windows-1252, and was saved again: ``BeyoncÃ©``."""

from __future__ import annotations

import re

_SUSPECT = re.compile("[\xc2-\xf4\u0192\u2020\u02c6\u0160\u0152\u017d\u017e\u0161\u0153\u0178]")
_MOST_TIMES = 3
_LONGEST = 10_000


def repaired(text: str) -> str:
    """Return what was meant, or `text` as it is.

    A text is changed only where turning it back into the bytes of Windows-1252 (or Latin-1) loses nothing
    and these bytes are UTF-8: a round trip that is exact. What is written correctly hardly ever is.
    Text that was spoilt twice is repaired twice.

    Examples
    --------
    >>> repaired("BeyoncÃ©"), repaired("å‘¨æ\x9d°ä¼¦"), repaired("Beyoncé"), repaired("ATENÇÃO")
    ('Beyoncé', '周杰伦', 'Beyoncé', 'ATENÇÃO')
    """
    for _ in range(_MOST_TIMES):
        better = _once(text) if len(text) <= _LONGEST and _SUSPECT.search(text) else None
        if better is None:
            break
        text = better
    return text


def _once(text: str) -> str | None:
    spoilt = _bytes(text)
    if spoilt is None:
        return None
    try:
        return spoilt.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _bytes(text: str) -> bytes | None:
    """Return `text` as Windows-1252, whose five unused places programs fill as Latin-1 does."""
    out = bytearray()
    for char in text:
        try:
            out += char.encode("cp1252")
        except UnicodeEncodeError:
            if ord(char) > 0xFF:
                return None
            out.append(ord(char))
    return bytes(out)
