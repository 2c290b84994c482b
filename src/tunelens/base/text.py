"""Text of strangers as valid Unicode, which can be encoded wherever it goes."""

from __future__ import annotations

import re

_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def valid(text: str) -> str:
    r"""Return `text` without lone surrogates, which no encoding takes.

    Parameters
    ----------
    text : str
        A name of a file, a title: anything.

    Returns
    -------
    str
        Bytes of a name that are not UTF-8 (PEP 383) are shown as ``\xNN``; other lone halves of a character,
        as JSON can hold them, are U+FFFD.

    Examples
    --------
    >>> print(valid("caf\udce9"), valid("half \ud83c") == "half \ufffd")
    caf\xe9 True
    """
    return _HALVES.sub("\ufffd", text).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
