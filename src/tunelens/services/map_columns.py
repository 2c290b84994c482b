"""What the songs of a map can be coloured by: groups and numbers, of a bounded size."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.base.language import say
from tunelens.explore.collection import Collection
from tunelens.plots.fonts import tidy
from tunelens.services.map_words import label_of

Floats = NDArray[np.float64]
YEAR, ALL, CLUSTER = "year", "songs", "cluster"
FIRST_COLOURS = (CLUSTER, "genre", "mood", YEAR)
"""By which of these songs are coloured unless it is told; else by the first column."""
SHOWN = 23
"""Groups with a colour and a shape of their own; the rarer ones are shown as others."""
MOST_LABELS = 5_000
MOST_COLUMNS = 60
MOST_NUMBERS = 12_000_000
"""Cells of numbers in a page, two bytes each before compression."""
_EDGES = (1.0, 99.0)
_FEWEST_NUMBERS = 12
_LONGEST = 200


@dataclass(frozen=True, eq=False)
class Groups:
    """A column of names.

    Parameters
    ----------
    name, label : str
        What it is called in the data, and by people.
    labels : tuple of str
        The commonest first.
    codes : ndarray of uint16, shape (n,)
        0 where unknown, else 1 + the place among `labels`.
    """

    name: str
    label: str
    labels: tuple[str, ...]
    codes: NDArray[np.uint16]

    @property
    def shown(self) -> int:
        """How many groups have a colour of their own."""
        return min(SHOWN, len(self.labels))


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of numbers.

    Parameters
    ----------
    name, label : str
        What it is called in the data, and by people.
    values : ndarray of float64, shape (n,)
        NaN where unknown.
    low, high : float
        Between which colours differ: the 1st and the 99th percentile.
    floor, ceiling : float
        The smallest and the largest.
    digits : int
        Decimals that are shown; 0 of whole numbers.
    """

    name: str
    label: str
    values: Floats
    low: float
    high: float
    floor: float
    ceiling: float
    digits: int


Column = Groups | Numbers


@dataclass(frozen=True, eq=False)
class Columns:
    """All columns of a map.

    Parameters
    ----------
    columns : tuple of Column
        Groups first.
    notes : tuple of str
        What was left out.
    """

    columns: tuple[Column, ...]
    notes: tuple[str, ...]

    def named(self, name: str | None) -> Column:
        """Return the column to colour by; of None the first of `FIRST_COLOURS` that is there.

        Raises
        ------
        UnknownNameError
            There is no such column.
        """
        known = {column.name: column for column in self.columns}
        wanted = [name] if name is not None else [*FIRST_COLOURS, *known]
        for one in wanted:
            for spelled in (one, f"{one}_bpm", f"{one}_lufs", f"{one}_s"):
                if spelled in known:
                    return known[spelled]
        raise UnknownNameError.among("colour", name or "", known)


def columns_of(songs: Collection, more: Mapping[str, Sequence[str]] | None = None) -> Columns:
    """Return what the songs can be coloured by: `more`, facts, years, features.

    Parameters
    ----------
    songs : Collection
        Facts whose values are numbers are numbers here. Facts that name nearly every song apart are left out.
    more : mapping of str to sequence of str, optional
        Names of groups, one per song, that come first: clusters, predictions of a bundle.

    Raises
    ------
    DataError
        One of `more` has another number of entries than there are songs.
    """
    for name, values in (more or {}).items():
        if len(values) != len(songs):
            raise DataError(f"{name} has {len(values)} entries; there are {len(songs)} songs")
    told = {**songs.facts, **{name: tuple(values) for name, values in (more or {}).items()}}
    order = [*(more or {}), *(name for name in songs.facts if name not in (more or {}))]
    named = {
        name: np.array([_number(text) for text in told[name]]) for name in order if name not in (more or {})
    }
    amounts = {name: values for name, values in named.items() if _are_numbers(values, told[name])}
    groups = [groups_of(name, told[name]) for name in order if name not in amounts]
    kept = [one for one in groups if one is not None and one.labels]
    numbers, notes = _bounded(dict(_numbers(songs, amounts)), len(songs))
    left = [
        label_of(name)
        for name, one in zip([n for n in order if n not in amounts], groups, strict=True)
        if one is None
    ]
    if left:
        notes.append(say("No colours of: {names} (nearly every song has its own)", names=", ".join(left)))
    found: tuple[Column, ...] = (*kept, *numbers)
    return Columns(found or (_all(len(songs)),), tuple(notes))


def _number(text: str) -> float:
    try:
        value = float(text) if text else math.nan
    except ValueError:
        return math.nan
    return value if abs(value) < 1e30 else math.nan


def _are_numbers(values: Floats, texts: Sequence[str]) -> bool:
    known = ~np.isnan(values)
    return int(known.sum()) == sum(map(bool, texts)) and len(set(values[known])) >= _FEWEST_NUMBERS


def _all(n: int) -> Groups:
    return Groups(ALL, label_of(ALL), (label_of(ALL),), np.ones(n, np.uint16))


def groups_of(name: str, texts: Sequence[str]) -> Groups | None:
    """Return a column of names, the commonest first; None where nearly every song has its own."""
    cleaned = {text: clean(text) for text in set(texts)}
    counts = Counter(cleaned[text] for text in texts)
    n_unknown = counts.pop("", 0)
    if len(counts) > MOST_LABELS or len(counts) > max(SHOWN, 0.5 * (len(texts) - n_unknown)):
        return None
    labels = tuple(sorted(counts, key=lambda label: (-counts[label], label)))
    at = {label: code for code, label in enumerate(labels, 1)} | {"": 0}
    return Groups(name, label_of(name), labels, np.array([at[cleaned[text]] for text in texts], np.uint16))


def _numbers(songs: Collection, amounts: Mapping[str, Floats]) -> Iterator[tuple[str, Floats]]:
    assert songs.years is not None
    yield YEAR, songs.years
    yield from zip(songs.features, songs.X.T, strict=True)
    yield from amounts.items()


def _bounded(columns: Mapping[str, Floats], n: int) -> tuple[list[Numbers], list[str]]:
    """Return as many columns as a page can hold, and a note on the others."""
    found = [one for one in (numbers_of(name, values) for name, values in columns.items()) if one]
    most = max(1, min(MOST_COLUMNS, MOST_NUMBERS // max(1, n)))
    if len(found) <= most:
        return found, []
    note = say("The first {most} of {n} numbers are held; --features chooses others", most=most, n=len(found))
    return found[:most], [note]


def numbers_of(name: str, values: Floats) -> Numbers | None:
    """Return a column of numbers; None where not one is known.

    Examples
    --------
    >>> years = numbers_of("year", np.array([1999.0, 2020, np.nan]))
    >>> years.floor, years.ceiling, years.digits, years.label
    (1999.0, 2020.0, 0, 'Year')
    """
    known = values[np.isfinite(values) & (np.abs(np.nan_to_num(values)) < 1e30)]
    if not len(known):
        return None
    low, high = np.percentile(known, _EDGES)
    is_whole = bool((known == np.round(known)).all())
    digits = 0 if is_whole else _digits(float(high - low) or float(np.ptp(known)))
    if is_whole:
        low, high = round(low), round(high)
    tidy_values = np.where(np.isin(values, known), values, np.nan)
    return Numbers(
        name,
        label_of(name),
        tidy_values,
        float(low),
        float(high),
        float(known.min()),
        float(known.max()),
        digits,
    )


def _digits(width: float) -> int:
    """Return so many decimals that a hundredth of the width shows."""
    return int(np.clip(1 - math.floor(math.log10(width)), 1, 8)) if width > 0 else 2


def clean(text: str) -> str:
    """Return a text on one line, of at most 200 characters, without what controls or turns others round.

    Examples
    --------
    >>> clean("a\\x00b\\u202ec\\n"), len(clean("x" * 200_000))
    ('a bc', 200)
    """
    if len(text) <= _LONGEST and text.isascii() and text.isprintable() and text == text.strip():
        return text
    return tidy(text)
