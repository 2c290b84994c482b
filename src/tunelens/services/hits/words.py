"""How values and the texts of other rooms are shown to a reader."""

from __future__ import annotations

import math
import re
from typing import Any

from tunelens.base.language import say, word
from tunelens.base.table import Table

_PROBABILITIES = ("p", "q")
_SMALL = 0.001


def said(text: str) -> str:
    """Return a text that was written elsewhere in the language of now."""
    return say(text)


def shown(value: Any, column: str = "", is_word: bool = False) -> str:
    """Return a cell as a reader wants it: few digits, thousands apart, a dash for nothing.

    Examples
    --------
    >>> shown(12345), shown(0.123456), shown(None), shown(0.0000123, "p"), shown(True), shown(1234.5)
    ('12,345', '0.123', '–', '<0.001', 'yes', '1,234')
    """
    match value:
        case None | "":
            return "–"
        case bool():
            return say("yes") if value else say("no")
        case int():
            return f"{value:,}" if not re.search(r"\byear\b", column) else str(value)
        case float():
            return _number(value, column)
        case _:
            return value_name(str(value)) if is_word else str(value)


def _number(value: float, column: str) -> str:
    if not math.isfinite(value):
        return "–"
    if column in _PROBABILITIES and value < _SMALL:
        return f"<{_SMALL}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"


def is_numeric(table: Table, column: str) -> bool:
    """Does a column hold numbers, so that its head stands on the right?"""
    cells = [cell for cell in table.column(column) if cell is not None]
    return bool(cells) and all(
        isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in cells
    )


_VALUES = (
    word("alternative rock"), word("classic rock"), word("indie rock"), word("electronica"),
    word("heavy metal"), word("progressive rock"), word("rnb"), word("indie pop"), word("electro"),
    word("opera"), word("indian"), word("new age"), word("choral"), word("classic"), word("international"),
    word("pop/rock"), word("stage & screen"), word("vocal"), word("tense"), word("calm"), word("negative"),
    word("positive"), word("other"), word("soft"), word("slow"), word("fast"), word("loud"), word("quiet"),
    word("weird"), word("major"), word("minor"),
)  # fmt: skip
"""What bundles and nets answer, as far as no other room has words for it."""
_KEY = re.compile(r"([A-G][#b♯♭]?) (major|minor)")


def value_name(text: str) -> str:
    """Return a genre, mood or key in the language of now; what there is no word for stays as it is.

    Examples
    --------
    >>> from tunelens.base.language import language
    >>> with language("zh"):
    ...     value_name("A minor"), value_name("Heavy Metal"), value_name("TIKTOK DANCE")
    ('A 小调', '重金属', 'TIKTOK DANCE')
    """
    key = _KEY.fullmatch(text)
    if key:
        major = key[2] == "major"
        return say("{tonic} major", tonic=key[1]) if major else say("{tonic} minor", tonic=key[1])
    plain = text.casefold()
    told = say(plain)
    return text if told == plain else told
