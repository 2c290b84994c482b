"""Which keys sound well one after the other: the circle of fifths, and the wheel that DJs turn.

A key is text, ``"A minor"``, as `Track.key` gives it. Spellings of one key are one key: Db is C#.
"""

from __future__ import annotations

from typing import Literal

from tunelens.base.errors import ParameterError

TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MODES = ("major", "minor")
KEYS = tuple(f"{tonic} {mode}" for mode in MODES for tonic in TONICS)
FARTHEST = 7
"""Largest `distance`: the other side of the wheel, in the other mode."""
COMPATIBLE = 1

_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHIFT = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}


def spot(key: str) -> tuple[int, Literal["A", "B"]]:
    """Return where `key` stands on the wheel: the hour, 1 to 12, and A for minor or B for major.

    Raises
    ------
    ParameterError
        It is no key.

    Examples
    --------
    >>> spot("A minor"), spot("C major"), spot("Db major")
    ((8, 'A'), (8, 'B'), (3, 'B'))
    """
    tonic, _, mode = key.partition(" ")
    if tonic[:1] not in _NATURAL or tonic[1:] not in _SHIFT or mode not in MODES:
        raise ParameterError(f"{key!r} is no key", hint='write "A minor" or "C# major"')
    relative_major = _NATURAL[tonic[0]] + _SHIFT[tonic[1:]] + (3 if mode == "minor" else 0)
    return (relative_major * 7 + 7) % 12 + 1, "A" if mode == "minor" else "B"


def camelot(key: str) -> str:
    """Return the key as DJs write it.

    Examples
    --------
    >>> camelot("A minor"), camelot("F# major")
    ('8A', '2B')
    """
    hour, letter = spot(key)
    return f"{hour}{letter}"


def distance(a: str, b: str) -> int:
    """Return the steps between two keys: one a fifth, one between major and its relative minor; 0 to 7.

    Examples
    --------
    >>> distance("A minor", "A minor"), distance("A minor", "C major"), distance("C major", "G major")
    (0, 1, 1)
    >>> distance("C major", "F# minor")
    4
    """
    (hour_a, letter_a), (hour_b, letter_b) = spot(a), spot(b)
    apart = abs(hour_a - hour_b)
    return min(apart, 12 - apart) + (letter_a != letter_b)


def compatible(a: str, b: str) -> bool:
    """Do DJs mix these keys? The same, its relative, or a fifth up or down in the same mode.

    Examples
    --------
    >>> compatible("A minor", "E minor"), compatible("A minor", "C major"), compatible("A minor", "A major")
    (True, True, False)
    """
    return distance(a, b) <= COMPATIBLE


def mixable(key: str) -> tuple[str, ...]:
    """Return the keys that are `compatible` with `key`, nearest first.

    Examples
    --------
    >>> mixable("A minor")
    ('A minor', 'C major', 'D minor', 'E minor')
    """
    return tuple(sorted((one for one in KEYS if compatible(key, one)), key=lambda one: distance(key, one)))
