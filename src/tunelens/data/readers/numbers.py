"""Cells as numbers, dates and times."""

from __future__ import annotations

import math
import re
from datetime import date

LARGEST = 1e30
"""What is beyond is a fault of its file: its square, or its single precision, would soon be infinite."""
MISSING = frozenset({"", "nan", "na", "n/a", "#n/a", "null", "-", "?"})
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")


def is_missing(text: str) -> bool:
    """Does `text` stand for no value?"""
    return text.strip().lower() in MISSING


def number(text: str, decimal_comma: bool = False) -> float | None:
    """Return the number in `text`; NaN where it is missing, None where it is none.

    Examples
    --------
    >>> number("1.5"), number("1,5", decimal_comma=True), number("1_0"), number("n/a"), number("1e999")
    (1.5, 1.5, None, nan, None)
    """
    value = _finite(text)
    if value is not None:
        return value
    if is_missing(text):
        return math.nan
    return _finite(text.replace(",", ".", 1)) if decimal_comma else None


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if not math.isnan(value) and abs(value) <= LARGEST and "_" not in text else None


def moment(text: str) -> float:
    """Return a year or a date as a year with a fraction; NaN where none is told.

    Where day and month could be either, the year alone counts.

    Examples
    --------
    >>> moment("1999"), moment("1999-07-02"), moment("7/2/1999"), moment("soon")
    (1999.0, 1999.497, 1999.0, nan)
    """
    cleaned = text.strip().removesuffix(".0")
    found = _DATE.match(cleaned)
    if found and found[2]:
        try:
            day = date(int(found[1]), int(found[2]), int(found[3] or 1)).timetuple().tm_yday
        except ValueError:
            return float(found[1])
        return int(found[1]) + round((day - 1) / 366, 3)
    year = _YEAR.search(cleaned)
    return float(year[1]) if year else math.nan


def seconds(text: str) -> float | None:
    """Return ``90``, ``1:30`` or ``0:01:30`` as seconds; None where it is neither.

    Examples
    --------
    >>> seconds("90"), seconds("1:30.5"), seconds("later")
    (90.0, 90.5, None)
    """
    total = 0.0
    for part in text.strip().split(":"):
        value = number(part)
        if value is None or math.isnan(value) or value < 0:
            return None
        total = 60 * total + value
    return total
