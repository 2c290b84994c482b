"""What stands after a colon: numbers, dates and keys, as the spans of values that they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_

from tunelens.library.query.grammar import Term

_DURATION = r"\d+:[0-5]\d(?::[0-5]\d)?"
_NUMBER = re.compile(rf"{_DURATION}|[+-]?(?:\d{{1,15}}\.?\d{{0,15}}|\.\d{{1,15}})", re.ASCII)
_DECADE = re.compile(r"(?P<decade>\d{3})0s", re.ASCII)
_DATE = re.compile(r"(?P<year>[1-9]\d{3})(?:-(?P<month>\d\d?)(?:-(?P<day>\d\d?))?)?", re.ASCII)
_AGO = re.compile(r"(?P<count>\d{1,4})(?P<unit>[dwmy])", re.ASCII | re.IGNORECASE)
_NEVER, _MOST_DAYS = "9999", 365 * 1000
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_RANGE = re.compile(r"(?P<low>.*?)\.\.(?P<high>.*)")
_COMPARED = re.compile(r"(?P<sign><=|>=|<|>|=)?(?P<one>.*)")
_KEY = re.compile(r"([a-g])([#♯b♭]?)\s*(m|min|minor|maj|major|)", re.IGNORECASE)
_CAMELOT = re.compile(r"(1[0-2]|[1-9])([ab])", re.IGNORECASE)

_NATURAL = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
SPELLINGS = (
    ("C", "B#"), ("C#", "Db"), ("D",), ("D#", "Eb"), ("E", "Fb"), ("F", "E#"),
    ("F#", "Gb"), ("G",), ("G#", "Ab"), ("A",), ("A#", "Bb"), ("B", "Cb"),
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """What one number or date means.

    Parameters
    ----------
    first, last : float or str
        What ``>=`` and ``<``, and what ``<=`` and ``>`` compare with.
    near : Span
        The values that are meant where nothing is compared.
    last_open : bool
        Is `last` the first value after the point? So it is of a date, which is a span of time.
    """

    first: Any
    last: Any
    near: Span
    last_open: bool = False


@dataclass(frozen=True)
class Span:
    """The values from `low` to `high`; None is no bound. An open end leaves out the bound itself."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    def on(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition that `column` lies in the span."""
        ends: list[ColumnElement[bool]] = []
        if self.low is not None:
            ends.append(column > self.low if self.low_open else column >= self.low)
        if self.high is not None:
            ends.append(column < self.high if self.high_open else column <= self.high)
        return and_(*ends)

    def holds(self, value: float) -> bool:
        """Does `value` lie in the span?"""
        above = self.low is None or (value > self.low if self.low_open else value >= self.low)
        below = self.high is None or (value < self.high if self.high_open else value <= self.high)
        return above and below


def numbers(term: Term) -> Span:
    """Return the numbers that a term means: ``120`` (rounds to it), ``90..110``, ``<0.4``, ``1990s``.

    Raises
    ------
    QueryError
        It is no number.
    """
    if match := _DECADE.fullmatch(_plain(term)):
        first = 10 * int(match["decade"])
        return Span(first, first + 9)
    span = _span(_plain(term), _number)
    if span is None:
        raise term.error(f"{term.field} is {term.value!r}; a number, 1..2, <2 or >=2 is needed,")
    return span


def dates(term: Term, now: datetime | None = None) -> Span:
    """Return the times that a term means, as ISO 8601 text: ``2024``, ``2024-05..``, ``<2024-05-01``, ``7d``.

    Raises
    ------
    QueryError
        It is no date.
    """
    moment = now or datetime.now(UTC)
    span = _span(_plain(term), lambda text: _date(text, moment))
    if span is None:
        wanted = "2024, 2024-05, 2024-05-31, a range of those, or 7d, 2w, 3m, 1y for the time until now"
        raise term.error(f"{term.field} is {term.value!r}; a date is needed,", f"write {wanted}")
    return span


def key(term: Term) -> tuple[tuple[str, ...], str]:
    """Return the tonic as it may be spelled, and the mode: ``Am``, ``"C# minor"``, ``Db``, ``8A``.

    Raises
    ------
    QueryError
        It is no key.
    """
    if match := _CAMELOT.fullmatch(_plain(term)):
        minor = match[2].lower() == "a"
        pitch = (9 if minor else 0) + 7 * (int(match[1]) - 8)
    elif match := _KEY.fullmatch(term.value.strip()):
        minor = match[3].lower() in {"m", "min", "minor"} and match[3] != "M"
        pitch = _NATURAL[match[1].lower()] + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(match[2].lower(), 0)
    else:
        raise term.error(f"key is {term.value!r}; Am, C#, Bb minor or 8A is needed,")
    return SPELLINGS[pitch % 12], "minor" if minor else "major"


def _plain(term: Term) -> str:
    text = unicodedata.normalize("NFKC", term.value).strip()
    return f"={text}" if term.exact else text


def _span(text: str, read: Callable[[str], Point | None]) -> Span | None:
    if match := _RANGE.fullmatch(text):
        return _between(match["low"], match["high"], read)
    match = _COMPARED.fullmatch(text)
    point = read(match["one"]) if match else None
    return _compared(match["sign"], point) if match and point else None


def _between(low: str, high: str, read: Callable[[str], Point | None]) -> Span | None:
    first, last = read(low), read(high)
    if not (low or high) or bool(low) != bool(first) or bool(high) != bool(last):
        return None
    return Span(first and first.first, last and last.last, high_open=bool(last and last.last_open))


def _compared(sign: str | None, point: Point) -> Span:
    spans = {
        "<": Span(high=point.first, high_open=True),
        "<=": Span(high=point.last, high_open=point.last_open),
        ">": Span(low=point.last, low_open=not point.last_open),
        ">=": Span(low=point.first),
        "=": Span(point.first, point.last, high_open=point.last_open),
    }
    return spans[sign] if sign else point.near


def _number(text: str) -> Point | None:
    if not _NUMBER.fullmatch(text):
        return None
    value = 0.0
    for part in text.split(":"):
        value = value * 60 + float(part)
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    return Point(value, value, Span(value - half, value + half, high_open=True))


def _date(text: str, now: datetime) -> Point | None:
    if match := _AGO.fullmatch(text):
        days = int(match["count"]) * _DAYS[match["unit"].lower()]
        since = (now - timedelta(days=min(days, _MOST_DAYS))).isoformat(timespec="seconds")
        return Point(since, _NEVER, Span(since))
    match = _DATE.fullmatch(text)
    span = _period(*(int(part) if part else None for part in match.groups())) if match else None
    return Point(span.low, span.high, span, last_open=True) if span else None


def _period(year: int | None, month: int | None, day: int | None) -> Span | None:
    try:
        start = date(year or 0, month or 1, day or 1)
        if day:
            end = start + timedelta(days=1)
        else:
            end = date(start.year + (month in (None, 12)), month % 12 + 1 if month else 1, 1)
    except (ValueError, OverflowError):
        return None
    return Span(start.isoformat(), end.isoformat(), high_open=True)
