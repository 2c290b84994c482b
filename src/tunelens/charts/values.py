"""Cells of charts as counts, durations, ranks and dates, as people and sites write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from unicodedata import normalize

from tunelens.data.readers.numbers import is_missing

MOST = 10**15
"""No song was used more often; what is beyond is a fault of its source."""
LONGEST_S = 7 * 86_400.0
_MILLISECONDS_FROM = 5_000.0
_SCALES = {
    "": 1, "k": 10**3, "千": 10**3, "m": 10**6, "百万": 10**6, "b": 10**9, "bn": 10**9,
    "w": 10**4, "万": 10**4, "萬": 10**4, "十万": 10**5, "千万": 10**7, "亿": 10**8, "億": 10**8,
    "万亿": 10**12,
}  # fmt: skip
_COUNT = re.compile(
    r"([+-])?\s*((?:\d{1,3}(?:[, '_\u2009]\d{3})+|\d{1,18})(?:\.\d{1,15})?(?:e[+-]?\d{1,2})?)"
    r"\s*([a-z千万萬百十亿億]{0,2})\s*(?:次|人|个|個|首|条|uses|plays|streams|videos)?\s*\+?",
    re.ASCII,
)
_RANK = re.compile(r"(?:第|no\.?|top|rank|#)?\s*(\d{1,9})(?:\.0+)?\s*(?:名|位|st|nd|rd|th)?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):([0-5]?\d(?:\.\d{1,9})?)", re.ASCII)
_SPELLED = re.compile(
    r"(?:(\d{1,3})\s*(?:h|hours?|小时|时))?\s*(?:(\d{1,4})\s*(?:m|min|mins|minutes?|分钟|分|′|'))?\s*"
    r"(?:(\d{1,6}(?:\.\d{1,9})?)\s*(?:s|sec|secs|seconds?|秒钟|秒|″|\"))?",
    re.ASCII,
)
_MILLISECONDS = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)\s*(?:ms|毫秒)", re.ASCII)
_PLAIN = re.compile(r"\d{1,12}(?:\.\d{1,15})?(?:e[+-]?\d{1,2})?", re.ASCII)


def clean(text: str) -> str:
    """Return a cell in plain characters (full-width ones are narrowed), small letters, "" where missing."""
    plain = normalize("NFKC", text[:200]).replace("−", "-").strip().casefold()
    return "" if is_missing(plain) else plain


def count(text: str, scale: int = 1) -> int | None:
    """Return how many `text` says; None where it says no number.

    Commas between groups of three digits, ``k m b``, ``万 w`` (ten thousand), ``千 百万 千万 亿``, a sign,
    a ``+`` behind and words such as 次 or ``plays`` are understood. A percentage is no count, nor is a
    fraction of nothing larger.

    Parameters
    ----------
    text : str
        A cell.
    scale : int
        What a number without a word of its own is counted in, see `count_scale`.

    Examples
    --------
    >>> [count(text) for text in ("1.2万", "3亿", "12,345", "1.5M", "-120", "10万+", "12%", "", "lots")]
    [12000, 300000000, 12345, 1500000, -120, 100000, None, None, None]
    >>> count("0.12"), count("1.2", 10_000)
    (None, 12000)
    """
    found = _COUNT.fullmatch(clean(text))
    if found is None or found[3] not in _SCALES:
        return None
    unit = _SCALES[found[3]] if found[3] else scale
    value = float(re.sub(r"[, '_\u2009]", "", found[2])) * unit
    if value > MOST or (unit == 1 and not value.is_integer()):
        return None
    return (-1 if found[1] == "-" else 1) * round(value)


def uses(text: str, scale: int = 1) -> int | None:
    """Return a count as `count` does; None where it is below 0, for nothing is used less than never.

    Examples
    --------
    >>> uses("1.2万"), uses("0"), uses("-7")
    (12000, 0, None)
    """
    found = count(text, scale)
    return None if found is None or found < 0 else found


def count_scale(name: str) -> int:
    """Return what a column of counts is counted in, if its name says it in brackets.

    Examples
    --------
    >>> count_scale("使用量（万）"), count_scale("plays (k)"), count_scale("使用量(次)")
    (10000, 1000, 1)
    """
    found = re.search(r"\(([^()]*)\)\s*$", normalize("NFKC", name).casefold())
    word = found[1].strip().rstrip("次人个條条") if found else ""
    return _SCALES.get(word, 1)


def rank(text: str) -> int | None:
    """Return a place from 1; None where `text` is none.

    Examples
    --------
    >>> [rank(text) for text in ("3", "#3", "No. 3", "第3名", "3rd", "0", "up")]
    [3, 3, 3, 3, 3, None, None]
    """
    found = _RANK.fullmatch(clean(text))
    return int(found[1]) or None if found else None


Unit = Literal["s", "ms", "min"]


def duration(text: str, unit: Unit = "s") -> float | None:
    """Return seconds; None where `text` is no duration. A number without a unit has the one given.

    Examples
    --------
    >>> [duration(text) for text in ("215", "3:35", "1:03:35", "3分35秒", "3m35s", "215000ms", "soon")]
    [215.0, 215.0, 3815.0, 215.0, 215.0, 215.0, None]
    >>> duration("215000", "ms"), duration("3.5", "min")
    (215.0, 210.0)
    """
    value = _seconds(clean(text), unit)
    return value if value is not None and 0 < value <= LONGEST_S else None


def _seconds(text: str, unit: Unit) -> float | None:
    if not text:
        return None
    if _PLAIN.fullmatch(text):
        value = float(text)
        return value / 1000 if unit == "ms" else 60 * value if unit == "min" else value
    if found := _MILLISECONDS.fullmatch(text):
        return float(found[1]) / 1000
    found = _CLOCK.fullmatch(text) or _SPELLED.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds


_UNIT_NAMES: tuple[tuple[str, Unit], ...] = (
    (r".*(?:[_(](?:ms|millis|msecs?)\)?|milliseconds|毫秒\)?)", "ms"),
    (r".*(?:[_(]mins?\)?|minutes|分钟\)?|\(分\))", "min"),
    (r".*(?:[_(]s(?:ecs?)?\)?|seconds|秒\)?)", "s"),
)


def duration_unit(name: str, cells: Iterable[str]) -> Unit:
    """Return the unit of a column of durations: of its name, else milliseconds from a median of 5,000 on.

    A median song of 5,000 seconds would be 83 minutes long, one of 5,000 milliseconds 5 seconds.

    Examples
    --------
    >>> duration_unit("duration_ms", []), duration_unit("length", ["302186"]), duration_unit("时长", ["215"])
    ('ms', 'ms', 's')
    """
    key = re.sub(r"[\s\-]+", "_", normalize("NFKC", name).strip().casefold())
    for pattern, unit in _UNIT_NAMES:
        if re.fullmatch(pattern, key):
            return unit
    numbers = sorted(float(cell) for cell in map(clean, cells) if _PLAIN.fullmatch(cell))
    return "ms" if numbers and numbers[len(numbers) // 2] >= _MILLISECONDS_FROM else "s"


Order = Literal["month first", "day first", "either"]
_TIME = r"(?:[t\s日号].*)?"
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})[-/.年](\d{{1,2}})(?:[-/.月](\d{{1,2}})(?:[日号])?{_TIME}|月)?", re.ASCII
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR = re.compile(r"(\d{4})(?:\.0|年)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\s.*)?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3})[a-z]*\.?|([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?),?"
    r"\s+(\d{4})(?:\s.*)?",
    re.ASCII,
)
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13}|\d{15,16})(?:\.\d{1,9})?", re.ASCII)
_YEARS = range(1000, 3000)


@dataclass(frozen=True)
class _Day:
    year: int
    month: int | None = None
    day: int | None = None

    def iso(self) -> str | None:
        if self.year not in _YEARS:
            return None
        if self.month is None:
            return f"{self.year:04d}"
        try:
            whole = date(self.year, self.month, self.day or 1)
        except ValueError:
            return None
        return whole.isoformat() if self.day else f"{self.year:04d}-{self.month:02d}"


def date_order(cells: Iterable[str]) -> Order:
    """Return what a column of dates such as ``6/5/2007`` writes first, from those with a part above 12.

    Examples
    --------
    >>> date_order(["6/5/2007", "7/28/2017"]), date_order(["28.7.2017"]), date_order(["6/5/2007"])
    ('month first', 'day first', 'either')
    """
    first = second = False
    for cell in cells:
        if found := _YEAR_LAST.fullmatch(clean(cell)):
            first, second = first or int(found[1]) > 12, second or int(found[2]) > 12
    if first == second:
        return "either"
    return "day first" if first else "month first"


def iso_date(text: str, order: Order = "either") -> str | None:
    """Return a day as ``YYYY-MM-DD``, less where less is told; None where `text` is no date.

    Numbers of 9 digits and more are seconds, milliseconds or microseconds since 1970, taken as UTC. Where day
    and month could be either, the year alone is kept.

    Examples
    --------
    >>> [iso_date(text) for text in ("2021年3月5日", "2021/3/5", "20210305", "5 Mar 2021", "1614902400")]
    ['2021-03-05', '2021-03-05', '2021-03-05', '2021-03-05', '2021-03-05']
    >>> iso_date("6/5/2007"), iso_date("6/5/2007", "month first"), iso_date("1999"), iso_date("soon")
    ('2007', '2007-06-05', '1999', None)
    """
    found = _day(clean(text), order)
    return found.iso() if found else None


def _day(text: str, order: Order) -> _Day | None:
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text) or _YEAR.fullmatch(text):
        return _Day(*(int(part) for part in found.groups() if part))
    if found := _YEAR_LAST.fullmatch(text):
        return _last(int(found[1]), int(found[2]), int(found[3]), order)
    if found := _NAMED.fullmatch(text):
        month = (found[2] or found[3])[:3]
        known = month in _MONTHS
        return _Day(int(found[5]), _MONTHS.index(month) + 1, int(found[1] or found[4])) if known else None
    return _since_1970(text)


def _last(first: int, second: int, year: int, order: Order) -> _Day:
    if order == "either" and (first > 12) == (second > 12):
        return _Day(year, first, first) if first == second <= 12 else _Day(year)
    month_first = order == "month first" or (order == "either" and second > 12)
    return _Day(year, first, second) if month_first else _Day(year, second, first)


def _since_1970(text: str) -> _Day | None:
    found = _EPOCH.fullmatch(text)
    if found is None:
        return None
    digits = len(found[1])
    at_s = int(found[1]) / (1 if digits <= 10 else 10**3 if digits <= 13 else 10**6)
    day = datetime.fromtimestamp(math.floor(at_s), tz=UTC)
    return _Day(day.year, day.month, day.day)
