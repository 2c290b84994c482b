"""One collection as two or more: by a fact, by years, by a border in a number."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.explore.collection import Collection

Flags = NDArray[np.bool_]
Pair = tuple[Collection, Collection]
YEAR = "year"
MOST_SIDES = 12
FEWEST = 8
_RANGE = re.compile(r"(\d{4})?\.\.(\d{4})?|(\d{4})(s?)")


def split_by(songs: Collection, by: str) -> list[Pair]:
    """Return the sides that `by` makes of a collection, in pairs to compare.

    Parameters
    ----------
    songs : Collection
    by : str
        ``FACT`` compares each value with all others (the 12 commonest of at least 8 songs; of two values,
        one with the other); ``FACT:x,y`` compares x with y, ``FACT:x`` x with all others. ``year`` compares
        the later half with the earlier; values of ``year`` are ``2019``, ``2010s``, ``1990..1999``,
        ``..2005`` and ``2015..``.

    Raises
    ------
    UnknownNameError
        There is no such fact, or no such value.
    ParameterError
        `by` cannot be read.
    DataError
        No song has the fact, or all have one value.

    Examples
    --------
    >>> facts, years = {"country": ("cn", "us", "cn", "us")}, np.arange(2000.0, 2004)
    >>> songs = Collection("hot", tuple("abcd"), np.ones((4, 1)), ("tempo_bpm",), years=years, facts=facts)
    >>> [(a.name, a.ids, b.ids) for a, b in split_by(songs, "country:cn,us")]
    [('cn', ('a', 'c'), ('b', 'd'))]
    >>> [(a.name, len(a), b.name, len(b)) for a, b in split_by(songs, "year:2002..,..2000")]
    [('2002..', 2, '..2000', 1)]
    """
    fact, _, told = by.partition(":")
    values = [one.strip() for one in told.split(",") if one.strip()]
    if len(values) > 2:
        raise ParameterError(f"{by!r} names {len(values)} values; one or two are allowed")
    if fact == YEAR and YEAR not in songs.facts:
        return [_of_years(songs, values)]
    if fact not in songs.facts:
        raise UnknownNameError.among("column", fact, [*songs.facts, YEAR])
    cells = np.array(songs.facts[fact], dtype=object)
    return [_pair(songs, fact, cells, pair) for pair in _wanted(songs, fact, cells, values)]


def _wanted(songs: Collection, fact: str, cells: NDArray, values: list[str]) -> list[tuple[str, str]]:
    counts = Counter(cells[cells != ""].tolist())
    for value in values:
        if value not in counts:
            raise UnknownNameError.among(f"{fact} of {songs.name}", value, list(counts)[:1000])
    if values:
        return [(values[0], values[1] if len(values) > 1 else "")]
    common = [value for value, n in counts.most_common() if n >= FEWEST]
    if len(counts) < 2 or not common:
        raise DataError(
            f"{fact!r} of {songs.name} has {len(counts)} values, {len(common)} of them with {FEWEST} songs "
            "or more; two sides are needed"
        )
    if len(counts) == 2:
        return [(common[0], next(value for value in counts if value != common[0]))]
    return [(value, "") for value in common[:MOST_SIDES]]


def _pair(songs: Collection, fact: str, cells: NDArray, pair: tuple[str, str]) -> Pair:
    one, other = pair
    rest = (cells == other) if other else (cells != one) & (cells != "")
    return _sides(_without(songs, fact), cells == one, rest, (one, other or f"≠ {one}"))


def _of_years(songs: Collection, values: list[str]) -> Pair:
    years = songs.years
    assert years is not None
    if not np.isfinite(years).any():
        raise DataError(f"no song of {songs.name} has a year", hint="a column of years or dates is needed")
    if not values:
        border = int(np.median(years[np.isfinite(years)]))
        border += int(not (years < border).any())
        values = [f"{border}..", f"..{border - 1}"]
    first, name = _within(years, values[0]), values[0]
    if len(values) == 2:
        return _sides(songs, first, _within(years, values[1]), (name, values[1]))
    return _sides(songs, first, ~first & np.isfinite(years), (name, f"≠ {name}"))


def _within(years: NDArray[np.float64], text: str) -> Flags:
    found = _RANGE.fullmatch(text)
    if found is None or text == "..":
        raise ParameterError(f"{text!r} is no year; 2019, 2010s, 1990..1999, ..2005 or 2015.. are")
    if found[3]:
        first = int(found[3])
        last = first + 9 if found[4] else first
    else:
        first, last = int(found[1] or 0), int(found[2] or 9999)
    return (years >= first) & (years < last + 1)


def _without(songs: Collection, fact: str) -> Collection:
    """Leave out what the sides were made by: it differs by construction."""
    return replace(songs, facts={name: values for name, values in songs.facts.items() if name != fact})


def _sides(songs: Collection, first: Flags, second: Flags, names: tuple[str, str]) -> Pair:
    sides = [replace(songs.take(rows), name=name) for rows, name in zip((first, second), names, strict=True)]
    for one in sides:
        if not len(one):
            raise DataError(f"no song of {songs.name} is {one.name}")
    return sides[0], replace(sides[1], notes=())
