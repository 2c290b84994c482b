"""Times as other programs write them, as seconds since 1970."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

_MONTHS = {name: i for i, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
_CLOCK = r"(?:[T,日\s]\s*(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?)?"
_ZONE = r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{_CLOCK}{_ZONE}", re.ASCII)
_DAY_FIRST = re.compile(rf"(\d{{1,2}}) ([A-Za-z]{{3}})[a-z]* (\d{{4}}){_CLOCK}{_ZONE}", re.ASCII)
_NUMBER = re.compile(r"\d{1,16}(?:\.\d{1,9})?", re.ASCII)
_MILLISECONDS = 10**11
_END = 2**38
_DAY_S = 86_400


def epoch_s(text: str) -> int | None:
    """Return a time as seconds since 1970; None where it is none. A time without a zone is UTC.

    Examples
    --------
    >>> epoch_s("2018-05-24 22:02:07"), epoch_s("12 Mar 2020 14:22"), epoch_s("1700000000000"), epoch_s("?")
    (1527199327, 1584022920, 1700000000, None)
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        number = float(text)
        return int(number / 1000 if number >= _MILLISECONDS else number) if number < _END * 1000 else None
    if found := _YEAR_FIRST.fullmatch(text):
        return _moment(found[1], found[2], found[3], found[4], found[5], found[6], found[7])
    if found := _DAY_FIRST.fullmatch(text):
        month = str(_MONTHS.get(found[2].lower(), 0))
        return _moment(found[3], month, found[1], found[4], found[5], found[6], found[7])
    return None


def is_to_come(at: int) -> bool:
    """Has a time not been yet, whatever zone its clock meant?"""
    return at > time.time() + _DAY_S


def _moment(*parts: str | None) -> int | None:
    *numbers, zone = parts
    try:
        at = datetime(*(int(part or 0) for part in numbers), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None
    seconds = int(at.timestamp()) - _offset_s(zone or "")
    return seconds if 0 <= seconds < _END else None


def _offset_s(zone: str) -> int:
    if not zone.startswith(("+", "-")):
        return 0
    digits = zone[1:].replace(":", "")
    return (1 if zone[0] == "+" else -1) * 60 * (60 * int(digits[:2]) + int(digits[2:]))
