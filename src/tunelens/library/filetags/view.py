"""What a person wants to see in a tag, whatever the format: five fields, and that nothing else changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, TunelensError

FIELDS = ("genre", "mood", "bpm", "key", "energy")
SEVERAL = ("genre", "mood")
"""Fields of which a file may have several values."""

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class View:
    """The tags of one file.

    Parameters
    ----------
    values : Mapping of str to tuple of str
        What it has of `FIELDS`.
    others : tuple
        Everything else, comparable: it must be the same after a change.
    format : str
        "ID3v2.3", "Vorbis comment", ...
    """

    values: Values
    others: tuple[Any, ...]
    format: str


def found(keys: Iterable[str], names: Sequence[str]) -> list[str]:
    """Return which of `keys` are among `names`, whatever their case, in the order of `names`."""
    by_name = {key.upper(): key for key in keys}
    return [by_name[name.upper()] for name in names if name.upper() in by_name]


def places(keys: Iterable[str], names: Sequence[str]) -> list[str]:
    """Return the keys under which a field is written: those that are there already, else the usual one."""
    return found(keys, names) or [names[0]]


def cleaned(values: Iterable[object]) -> tuple[str, ...]:
    """Return the values that say something, each once."""
    return tuple(dict.fromkeys(text for text in (str(value).strip() for value in values) if text))


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn whatever a library for tags raises at a file of a stranger into `DataError`."""
    try:
        yield
    except TunelensError:
        raise
    except (Exception, RecursionError) as error:  # a parser of hostile bytes may raise anything
        text = str(error) or type(error).__name__
        raise DataError(
            f"{str(path)!r}: its tags cannot be read or written: {text}", hint="the file is left as it is"
        ) from error
