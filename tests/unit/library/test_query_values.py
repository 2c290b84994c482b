"""Numbers, dates and keys as the spans that they mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tunelens.base.errors import QueryError
from tunelens.library.query import Term
from tunelens.library.query.values import Span, dates, key, numbers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2024", Span("2024-01-01", "2025-01-01", high_open=True)),
        ("2024-12", Span("2024-12-01", "2025-01-01", high_open=True)),
        ("2024-2-29", Span("2024-02-29", "2024-03-01", high_open=True)),
        ("2024-02..2024-04", Span("2024-02-01", "2024-05-01", high_open=True)),
        ("2024..", Span("2024-01-01")),
        ("..2024", Span(None, "2025-01-01", high_open=True)),
        ("<2024-05", Span(None, "2024-05-01", high_open=True)),
        ("<=2024-05", Span(None, "2024-06-01", high_open=True)),
        (">2024-05", Span("2024-06-01")),
        (">=2024-05", Span("2024-05-01")),
        ("7d", Span("2026-02-22T12:00:00+00:00")),
        ("<1y", Span(None, "2025-03-01T12:00:00+00:00", high_open=True)),
        ("9999y", Span("1026-10-30T12:00:00+00:00")),
        ("2w..1w", Span("2026-02-15T12:00:00+00:00", "9999")),
    ],
)
def test_dates(text, span):
    assert dates(Term("added", text), NOW) == span


@pytest.mark.parametrize(
    "text", ["2023-02-29", "24", "0000", "yesterday", "5x", "..", "2024-1-1-1", "９９９９９d"]
)
def test_what_is_no_date(text):
    with pytest.raises(QueryError, match="a date is needed"):
        dates(Term("added", text), NOW)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("120", [119.5, 120, 120.49], [119.49, 120.5]),
        ("0.5", [0.45, 0.549], [0.449, 0.55]),
        ("=120", [120], [119.9, 120.1]),
        ("90..110", [90, 110], [89.9, 110.1]),
        ("<0.4", [0.39], [0.4]),
        (">=2000", [2000, 2001], [1999]),
        ("-14..-9", [-14, -9], [-15, -8]),
        ("1990s", [1990, 1999], [1989, 2000]),
        ("3:30", [209.5, 210.4], [209.4, 210.5]),
        ("1:00:00", [3600], [60]),
    ],
)
def test_numbers(text, inside, outside):
    span = numbers(Term("tempo", text))
    assert all(span.holds(value) for value in inside)
    assert not any(span.holds(value) for value in outside)


def test_every_key_of_the_camelot_wheel_has_its_name():
    minor, major = "Abm Ebm Bbm Fm Cm Gm Dm Am Em Bm F#m Dbm", "B F# Db Ab Eb Bb F C G D A E"
    wheel = {f"{n}A": name for n, name in enumerate(minor.split(" "), 1)}
    wheel |= {f"{n}B": name for n, name in enumerate(major.split(" "), 1)}
    for code, name in wheel.items():
        assert key(Term("key", code)) == key(Term("key", name)), code
