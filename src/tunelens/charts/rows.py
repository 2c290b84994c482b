"""Rows of text, from whatever source, as entries of a chart. What cannot be read is told, never guessed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tunelens.base.errors import DataError
from tunelens.charts.chart import Chart, Entry
from tunelens.charts.columns import ALSO_MORE, FIELDS, find_fields, key_of
from tunelens.charts.mojibake import repaired
from tunelens.charts.values import (
    clean,
    count,
    count_scale,
    date_order,
    duration,
    duration_unit,
    iso_date,
    rank,
    uses,
)
from tunelens.data.readers.numbers import is_missing
from tunelens.data.tracks import Dropped

MOST_ENTRIES = 1_000_000
LONGEST_TEXT = 10_000
NO_SONG = "no title, id or audio"
_MOST_DROPPED = 10_000
_TEXTS = ("title", "creator", "audio_url", "music_id")


@dataclass(frozen=True)
class Row:
    """One row of a source.

    Parameters
    ----------
    item : str
        What to call it where it is left out: a line, or a place in a list.
    cells : Mapping of str to str
        By column; a column that is missing is an empty cell.
    fault : str
        Why it cannot be used; "" where it can.
    """

    item: str
    cells: Mapping[str, str]
    fault: str = ""


def now() -> str:
    """Return the moment, UTC, as `Chart.fetched_at` has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def chart_of(
    rows: Iterable[Row],
    *,
    name: str,
    source: str,
    columns: Sequence[str] | None = None,
    given: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    fetched_at: str = "",
) -> Chart:
    """Build a chart.

    Parameters
    ----------
    rows : iterable of Row
        In order; not more than `MOST_ENTRIES`.
    name, source, fetched_at : str
        As of `Chart`.
    columns : sequence of str, optional
        All columns; by default those of the rows.
    given : Mapping of str to str, optional
        ``field -> column`` as a person says it.
    notes : sequence of str
        What is to be said of the source already.

    Raises
    ------
    DataError
        No row names a song.
    """
    held = _held(rows, source)
    names = list(columns or dict.fromkeys(column for row in held for column in row.cells))
    if not names:
        raise DataError(f"{source} holds no songs: {len(held)} rows, and not one with a name")
    fields = find_fields(names, given)
    maker = _Maker(fields, held)
    entries = tuple(entry for row in held if (entry := maker.entry(row)) is not None)
    if not entries:
        raise DataError(
            f"{source}: not one of {len(held)} rows names a song; columns: {', '.join(names[:40])}"[:2000],
            hint="say which column is the title: --field title=COLUMN",
        )
    told = (*notes, *maker.remarks(), *_repeats(entries))
    return Chart(name, entries, source, fetched_at or now(), tuple(maker.dropped), told)


def _held(rows: Iterable[Row], source: str) -> list[Row]:
    held: list[Row] = []
    for row in rows:
        if len(held) >= MOST_ENTRIES:
            raise DataError(f"{source} has more than {MOST_ENTRIES} rows", hint="split it")
        held.append(row)
    return held


def _unless_missing(text: str) -> str:
    # songs may be called "-", "?" and "NA", so only what programs write for nothing is nothing
    return "" if text.casefold() in {"nan", "null", "n/a", "#n/a"} else text


def _repeats(entries: Sequence[Entry]) -> list[str]:
    counts = Counter(entry.music_id for entry in entries)
    again = len(entries) - len(counts)
    if not again:
        return []
    n = sum(times > 1 for times in counts.values())
    return [f"{n} ids occur more than once ({again} rows repeat an earlier id); all rows are kept"]


class _Maker:
    """Makes entries, and counts what it had to repair, make up or leave unread."""

    def __init__(self, fields: Mapping[str, str], rows: Sequence[Row]) -> None:
        self.fields = fields
        self.dropped: list[Dropped] = []
        self._counts: Counter[str] = Counter()
        self._parsers = self._choose(rows)
        self._used = {name for name in fields.values() if key_of(name) not in ALSO_MORE}
        self._bare = [field for field in fields if not any(map(clean, self._column(rows, field)))]

    def _choose(self, rows: Sequence[Row]) -> dict[str, Callable[[str], Any]]:
        """Return how each field is read; units and the order of dates are told from the whole column."""
        self.unit = duration_unit(self.fields.get("duration_s", ""), self._column(rows, "duration_s"))
        self.order = date_order(self._column(rows, "date"))
        return {
            "duration_s": lambda text: duration(text, self.unit),
            "use_count": partial(uses, scale=count_scale(self.fields.get("use_count", ""))),
            "increase": partial(count, scale=count_scale(self.fields.get("increase", ""))), "rank": rank,
            "date": lambda text: iso_date(text, self.order),
        }  # fmt: skip

    def _column(self, rows: Sequence[Row], field: str) -> list[str]:
        name = self.fields.get(field)
        return [] if name is None else [row.cells.get(name, "") for row in rows if not row.fault]

    def entry(self, row: Row) -> Entry | None:
        """Return the entry of a row, or None and the reason in `dropped`."""
        if row.fault:
            self._left_out(row, row.fault)
            return None
        cells = {name: self._text(cell) for name, cell in row.cells.items()}
        facts = {field: cells.get(name, "") for field, name in self.fields.items()}
        texts = {field: _unless_missing(facts.get(field, "")) for field in _TEXTS}
        if not (texts["title"] or texts["music_id"] or texts["audio_url"]):
            self._left_out(row, NO_SONG)
            return None
        read = {field: self._read(field, text) for field, text in facts.items() if field in self._parsers}
        unread = {self.fields[field] for field, value in read.items() if value is None}
        texts["music_id"] = texts["music_id"] or self._made_id(texts)
        return Entry(
            **{**texts, **read, "date": read.get("date") or ""},
            more=self._more(cells, unread),
        )

    def _left_out(self, row: Row, reason: str) -> None:
        self._counts["dropped"] += 1
        if len(self.dropped) < _MOST_DROPPED:
            self.dropped.append(Dropped(row.item, reason))

    def _text(self, cell: str) -> str:
        if len(cell) > LONGEST_TEXT:
            self._counts["cut"] += 1
        plain = " ".join(cell[:LONGEST_TEXT].split()) if "\n" in cell or "\r" in cell else cell.strip()
        if plain.isascii():
            return plain
        better = repaired(plain)
        self._counts["repaired"] += better != plain
        return better.encode("utf-8", "replace").decode("utf-8")

    def _read(self, field: str, text: str) -> Any:
        value = self._parsers[field](text) if clean(text) else None
        self._counts[field] += value is None and bool(clean(text))
        return value

    def _made_id(self, texts: Mapping[str, str]) -> str:
        self._counts["made"] += 1
        told = "\0".join((texts["title"] or texts["audio_url"], texts["creator"]))
        return f"song-{hashlib.sha256(told.encode()).hexdigest()[:16]}"

    def _more(self, cells: Mapping[str, str], unread: set[str]) -> dict[str, str]:
        used = self._used - unread if unread else self._used
        return {name: cell for name, cell in cells.items() if name not in used and not is_missing(cell)}

    def remarks(self) -> list[str]:
        """Return what a person should know of how the rows were read."""
        taken = ", ".join(f"{field} = {name!r}" for field, name in self.fields.items())
        told = [f"columns: {taken}"] if taken else []
        if "duration_s" in self.fields:
            told.append(f"a duration without a unit is taken in {self.unit}")
        if self._counts["made"]:
            told.append(f"{self._counts['made']} rows have no id; one is made of title and creator")
        if self._counts["repaired"]:
            told.append(
                f"{self._counts['repaired']} cells of mis-encoded text are repaired (BeyoncÃ© = Beyoncé)"
            )
        if self._counts["cut"]:
            told.append(f"{self._counts['cut']} cells are cut to {LONGEST_TEXT} characters")
        told += [f"nothing is in {self.fields[field]!r}, taken as {field}" for field in self._bare]
        told += [self._unread(field) for field in FIELDS if self._counts[field]]
        if self._counts["dropped"] > len(self.dropped):
            told.append(f"{self._counts['dropped']} rows are left out; the first {_MOST_DROPPED} are named")
        return told

    def _unread(self, field: str) -> str:
        return f"{self._counts[field]} cells of {self.fields[field]!r} are no {field}; they stay in more"
