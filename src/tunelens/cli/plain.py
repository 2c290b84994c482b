"""Text of strangers (names, titles, messages) as it may go to a terminal or into a line of JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from tunelens.base.text import valid
from tunelens.library.identity import escape

# Control characters move the cursor, clear the screen or retitle the window; U+2028, U+2029 break lines;
# U+202A to U+202E and U+2066 to U+2069 turn the order of what follows, so that "gpj.exe" reads "exe.jpg".
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_CONTROL_IN_JSON = re.compile("[\x7f-\x9f]")  # those that JSON itself lets stand
_PILE = re.compile("([\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]{4})[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]+")


def printable(text: str) -> str:
    r"""Return `text` with control characters and bytes that are not UTF-8 shown as ``\xNN``.

    Of accents piled on one letter four are kept.

    Examples
    --------
    >>> print(printable("\x1b[2Jtitle\n"))
    \x1b[2Jtitle\n
    >>> print(printable("caf\udce9.wav"))
    caf\xe9.wav
    """
    return _PILE.sub(r"\1", _CONTROL.sub(lambda match: repr(match[0])[1:-1], valid(text)))


def json_line(value: Mapping[str, Any], encoding: str | None = None) -> str:
    r"""Return `value` as one line of JSON in valid Unicode, without control characters.

    A byte of a name that is not UTF-8 is written as the library writes it, see `path_to_text`. Where
    `encoding` (of stdout, by default) is not UTF-8, the line is ASCII.

    Examples
    --------
    >>> print(json_line({"path": "/caf\udce9\x9b.wav"}))
    {"path": "/caf//dce9\u009b.wav"}
    >>> print(json_line({"title": "🎵"}, "ascii"))
    {"title": "\ud83c\udfb5"}
    """
    text = escape(json.dumps(value, ensure_ascii=False, allow_nan=False))
    if (encoding or getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") != "utf8":
        return json.dumps(json.loads(text))
    return _CONTROL_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
