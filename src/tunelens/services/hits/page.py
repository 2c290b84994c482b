"""What the report shows, section by section, before it is written as HTML, Markdown or JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tunelens.base.table import Table

if TYPE_CHECKING:
    from tunelens.plots.display import Display


@dataclass(frozen=True)
class Finding:
    """One sentence that a reader takes along.

    Parameters
    ----------
    kind : str
        "differs" (what was found), "sure" (how sure that is) or "unknown" (what cannot be told).
    text : str
        In the language of the report.
    """

    kind: str
    text: str


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture with what it shows.

    Parameters
    ----------
    key : str
        Its name in `HitsReport.displays`.
    display : Display
        Draws it.
    caption : str
        What to see in it, in the language of the report.
    alt : str
        For those who cannot see it, in the language of the report.
    is_wide : bool
        Takes the whole width.
    """

    key: str
    display: Display
    caption: str
    alt: str
    is_wide: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table with what it tells.

    Parameters
    ----------
    key : str
        Its name in `HitsReport.tables`.
    table : Table
        Columns are English words, said when they are shown.
    caption : str
        In the language of the report.
    said : tuple of str
        Columns whose cells are words that are said, not names.
    most : int
        Rows that the page shows; the others are counted.
    is_long : bool
        Can be filtered, and scrolls.
    is_folded : bool
        Unfolds on demand.
    """

    key: str
    table: Table
    caption: str = ""
    said: tuple[str, ...] = ()
    most: int = 1000
    is_long: bool = False
    is_folded: bool = False


@dataclass(frozen=True)
class Player:
    """A song to hear a few seconds of."""

    title: str
    artist: str
    path: Path | None
    note: str = ""


@dataclass(frozen=True)
class Listing:
    """Something with a name, songs to hear, and a table that unfolds."""

    title: str
    lines: tuple[str, ...] = ()
    players: tuple[Player, ...] = ()
    sheet: Sheet | None = None
    fold: str = ""


@dataclass(frozen=True)
class Section:
    """One chapter; every text is in the language of the report.

    Parameters
    ----------
    key : str
        What links go to.
    title : str
        Heading.
    lines : tuple of str
        Paragraphs.
    figures, sheets, listings : tuple
        What it shows.
    warnings : tuple of str
        What a reader must know before believing it.
    links : tuple of (str, str)
        Text and address, relative to the report.
    codes : tuple of str
        What a person types.
    after : tuple of str
        Paragraphs below them.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    listings: tuple[Listing, ...] = ()
    warnings: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    codes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
