"""`Entry` and `Listing`: a playlist as files and tables hold it, before anybody looks into the library."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tunelens.base.errors import DataError

LONGEST = 10_000
"""Characters of one text."""
MOST_ENTRIES = 100_000
LONGEST_S = 1e9
"""Longer than any recording, seconds; beyond it a number is rubbish."""


@dataclass(frozen=True)
class Entry:
    """One line of a playlist.

    Parameters
    ----------
    location : str or None
        Absolute path as `path_to_text` writes it, an absolute path of Windows, or a URL.
    title, artist, album : str or None
        As `one_line` gives them.
    duration_s : float or None
        Length, seconds.
    sha256 : str or None
        Content of the file, hex.
    mbid : str or None
        MusicBrainz's identifier of the recording.
    """

    location: str | None = None
    title: str | None = None
    artist: str | None = None
    album: str | None = None
    duration_s: float | None = None
    sha256: str | None = None
    mbid: str | None = None

    @property
    def name(self) -> str:
        """What to call it: artist and title, or the end of the location."""
        if not self.title:
            return (self.location or "?").replace("\\", "/").rstrip("/").rpartition("/")[2]
        return f"{self.artist} - {self.title}" if self.artist else self.title


@dataclass(frozen=True)
class Listing:
    """A playlist file: its title, what it says of itself, its entries in order."""

    title: str | None = None
    description: str | None = None
    entries: tuple[Entry, ...] = ()


def one_line(text: Any) -> str | None:
    r"""Return `text` as every format can hold it; None for what is no text or holds nothing.

    Control characters and line breaks become spaces, characters that XML forbids U+FFFD.

    Raises
    ------
    DataError
        It has more than 10,000 characters.

    Examples
    --------
    >>> one_line(" a\r\nb "), one_line("\x00"), one_line("x\ud800")
    ('a  b', None, 'x�')
    """
    if not isinstance(text, str):
        return None
    if len(text) > LONGEST:
        raise DataError(f"a text of {len(text)} characters; a playlist may hold at most {LONGEST}")
    return "".join(_KINDS.get(unicodedata.category(char), char) for char in _legal(text)).strip() or None


_KINDS = {"Cc": " ", "Zl": " ", "Zp": " ", "Cs": "\N{REPLACEMENT CHARACTER}"}


def _legal(text: str) -> str:
    return text.replace("\ufffe", "\N{REPLACEMENT CHARACTER}").replace("\uffff", "\N{REPLACEMENT CHARACTER}")


def seconds(value: Any) -> float | None:
    """Return a length in seconds, or None for what is none: negative, not finite, no number."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 <= number <= LONGEST_S else None


def bounded(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries as a tuple.

    Raises
    ------
    DataError
        There are more than 100,000.
    """
    kept: list[Entry] = []
    for entry in entries:
        kept.append(entry)
        if len(kept) > MOST_ENTRIES:
            raise DataError(f"the playlist has more than {MOST_ENTRIES} entries")
    return tuple(kept)
