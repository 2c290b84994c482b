"""`Card`: what a result shows of itself in a notebook, as HTML and as plain text.

A card has no colours of its own but one: it takes those of the notebook, light or dark. All text of strangers
is escaped; nothing is loaded from elsewhere.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Any, Self

from tunelens.base.errors import TunelensError
from tunelens.base.language import say
from tunelens.base.table import Cell, Table, shown
from tunelens.base.text import valid

MOST_ROWS = 50
"""Rows of a table that a card shows."""

_STYLE = """
.tunelens{font:14px/1.45 system-ui,sans-serif;color:inherit;background:none;max-width:60rem}
.tunelens h4{font-size:1.1em;margin:.2em 0 .3em}
.tunelens p{margin:.2em 0 .5em}
.tunelens table{border-collapse:collapse;margin:.3em 0 .8em;font-size:inherit;color:inherit;background:none}
.tunelens caption{text-align:left;font-weight:600;padding:.2em 0;color:inherit}
.tunelens :is(th,td){text-align:left;vertical-align:top;padding:.15em .9em .15em 0;max-width:26em}
.tunelens :is(th,td){color:inherit;background:none;border:0;border-bottom:1px solid rgba(128,128,128,.25)}
.tunelens :is(th,td){overflow-wrap:anywhere;white-space:normal}
.tunelens th{font-weight:600;white-space:nowrap}
.tunelens .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.tunelens .quiet{opacity:.75}
.tunelens meter{width:5em;height:.8em;vertical-align:middle;margin-right:.5em}
.tunelens img{max-width:100%;background:#fff}
"""


@dataclass(frozen=True)
class Fact:
    """One line of a card.

    Parameters
    ----------
    name : str
        What it is, in the language of the reader.
    text : str
        The value.
    sure : float or None
        How sure it is, 0 to 1; None where nobody measured that.
    """

    name: str
    text: str
    sure: float | None = None


@dataclass(frozen=True)
class Card:
    """What a result shows of itself.

    Parameters
    ----------
    title : str
        What was asked about.
    lead : str
        The answer, in a sentence.
    facts : tuple of Fact
    tables : tuple of Table
        Their first 50 rows are shown.
    shares : collection of str
        Columns of tables that hold shares, 0 to 1: drawn as bars and written as per cent.
    notes : tuple of str
        What a person should know.
    page : str
        A whole HTML page, shown in a frame that may run its scripts and reach nothing else.
    picture : bytes
        A PNG.
    sound : bytes
        A FLAC or WAV file, with a player.

    Examples
    --------
    >>> card = Card("两只老虎 <b>", facts=(Fact("tempo", "120 BPM", 0.9),))
    >>> print(card.text())
    两只老虎 <b>
    tempo: 120 BPM (90 %)
    >>> "两只老虎 &lt;b&gt;" in card.html()
    True
    """

    title: str
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    shares: Collection[str] = ()
    notes: tuple[str, ...] = ()
    page: str = ""
    picture: bytes = b""
    sound: bytes = b""

    @classmethod
    def of_error(cls, title: str, error: TunelensError) -> Self:
        """Return what is shown where there is no answer."""
        return cls(title, error.message, notes=(error.hint,) if error.hint else ())

    def html(self) -> str:
        """Return the card as a piece of HTML."""
        return f'<div class="tunelens"><style>{_STYLE}</style>{"".join(self._parts())}</div>'

    def text(self) -> str:
        """Return the card as lines, for a terminal."""
        lines = [self.title, self.lead, *map(_line, self.facts)]
        for table in self.tables:
            lines += [table.name, *("  ".join(row) for row in self._rows(table)), _more(table)]
        return valid("\n".join(line for line in (*lines, *self.notes) if line))

    def _parts(self) -> Iterator[str]:
        if self.title:
            yield f"<h4>{_safe(self.title)}</h4>"
        if self.lead:
            yield f"<p>{_safe(self.lead)}</p>"
        if self.facts:
            yield f"<table>{''.join(map(_row_of, self.facts))}</table>"
        if self.picture:
            yield f'<img alt="{_safe(self.title)}" src="{_address("image/png", self.picture)}">'
        if self.sound:
            kind = "audio/flac" if self.sound.startswith(b"fLaC") else "audio/wav"
            yield f'<p><audio controls src="{_address(kind, self.sound)}"></audio></p>'
        yield from map(self._table, self.tables)
        yield from (f'<p class="quiet">{_safe(note)}</p>' for note in self.notes)
        if self.page:
            yield frame(self.page)

    def _rows(self, table: Table) -> Iterator[list[str]]:
        """Yield the head of a table and the rows that are shown, as texts."""
        yield [say(name) for name in table.columns]
        for row in table.rows[:MOST_ROWS]:
            yield [self._said(name, value) for name, value in zip(table.columns, row, strict=True)]

    def _said(self, column: str, value: Cell) -> str:
        return percent(value) if column in self.shares and isinstance(value, float) else shown(value)

    def _table(self, table: Table) -> str:
        right = [' class="number"' if _is_number(table.column(name)) else "" for name in table.columns]
        head, *body = self._rows(table)
        names = (f"<th{kind}>{_safe(cell)}</th>" for kind, cell in zip(right, head, strict=True))
        rows = f"<tr>{''.join(names)}</tr>"
        for texts, values in zip(body, table.rows, strict=False):
            cells = zip(right, map(self._bar, table.columns, values), texts, strict=True)
            drawn = (f"<td{kind}>{meter}{_safe(text)}</td>" for kind, meter, text in cells)
            rows += f"<tr>{''.join(drawn)}</tr>"
        left_out = f'<p class="quiet">{_safe(_more(table))}</p>' if _more(table) else ""
        caption = f"<caption>{_safe(table.name)}</caption>" if table.name else ""
        return f"<table>{caption}{rows}</table>{left_out}"

    def _bar(self, column: str, value: Cell) -> str:
        return _meter(value) if column in self.shares and isinstance(value, float) else ""


class Shown:
    """What shows itself in a notebook: a subclass says in `_card` what there is to see."""

    def _card(self) -> Card:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return self._card().html()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return both texts: notebooks would keep the long one of the dataclass beside the HTML."""
        del include, exclude
        card = self._card()
        return {"text/html": card.html(), "text/plain": card.text()}


def frame(page: str) -> str:
    """Return a page in a frame that may run its own scripts and reaches nothing of the notebook."""
    look = 'style="width:100%;height:40rem;border:0"'
    return f'<iframe sandbox="allow-scripts" srcdoc="{escape(page, quote=True)}" {look}></iframe>'


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{b64encode(data).decode()}"


def percent(share: float) -> str:
    """Return a share as a reader sees it.

    Examples
    --------
    >>> percent(0.876), percent(float("nan"))
    ('88 %', '?')
    """
    return f"{100 * share:.0f} %" if isfinite(share) else "?"


def _meter(share: float) -> str:
    return f'<meter min="0" max="1" value="{share:.3f}"></meter>' if isfinite(share) else ""


def _row_of(fact: Fact) -> str:
    sure = "" if fact.sure is None else f"{_meter(fact.sure)}{percent(fact.sure)}"
    return f"<tr><th>{_safe(fact.name)}</th><td>{_safe(fact.text)}</td><td>{sure}</td></tr>"


def _line(fact: Fact) -> str:
    return f"{fact.name}: {fact.text}" + ("" if fact.sure is None else f" ({percent(fact.sure)})")


def _is_number(values: Iterable[Cell]) -> bool:
    there = [value for value in values if value is not None]
    return bool(there) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in there
    )


def _more(table: Table) -> str:
    n = len(table) - MOST_ROWS
    return say("and {n} more rows", n=n) if n > 0 else ""


def _safe(text: str) -> str:
    return escape(valid(text), quote=True)
