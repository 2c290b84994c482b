"""`Table`: rows of text from CSV, TSV or Parquet, with every line accounted for."""

from __future__ import annotations

import csv
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TextIO
from unicodedata import normalize

from tunelens.audio.find import AUDIO_SUFFIXES
from tunelens.base.errors import DataError
from tunelens.base.extras import require
from tunelens.data.readers.encoding import Encoding, sniff
from tunelens.data.readers.numbers import number

MOST_BYTES = 2 << 30
MOST_COLUMNS = 20_000
MOST_ROWS = 5_000_000
LONGEST_LINE = 1 << 24
LONGEST_CELL = 1 << 22
MOST_BAD_QUOTES = 100
SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq")
_DELIMITERS = ",;\t|"
UNBALANCED = "unbalanced quotes"
TOO_LONG = f"cell of more than {LONGEST_CELL} characters"
WRONG_WIDTH = "wrong number of cells"
_MOST_SHOWN, _LONGEST_SHOWN = 10, 30


@dataclass(frozen=True)
class Line:
    """One row: its line in the file from 1, its cells, and what is wrong with it ("" for nothing)."""

    number: int
    cells: tuple[str, ...]
    fault: str = ""


class Table(Protocol):
    """Rows that can be gone through more than once."""

    path: Path
    columns: tuple[str, ...]
    decimal_comma: bool
    notes: tuple[str, ...]

    def lines(self) -> Iterator[Line]:
        """Yield the rows; cells are as many as columns unless the line has a fault."""
        ...


def open_table(path: Path, separator: str = ";") -> Table:
    """Open a table.

    Parameters
    ----------
    path : Path
        ``.parquet`` or ``.pq``; anything else is text with ``,``, ``;``, tab or ``|`` between cells, in any
        encoding that `sniff` can tell.
    separator : str
        Joins the members of a list in a cell of Parquet.

    Raises
    ------
    DataError
        It is no table, or too large.
    MissingDependencyError
        Parquet, without pyarrow.
    """
    if path.suffix.lower() in {".parquet", ".pq"}:
        return ParquetTable(path, separator)
    return CsvTable(path)


def shown(columns: Sequence[str]) -> str:
    """Return names of columns to put into a message: of rubbish not more than can be read.

    Examples
    --------
    >>> shown(["title", "x" * 1000])
    'title, xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
    """
    names = ", ".join(name[:_LONGEST_SHOWN] for name in columns[:_MOST_SHOWN])
    return names + (", ..." if len(columns) > _MOST_SHOWN else "")


def looks_like_table(path: Path) -> bool:
    """Has `path` the name of a table?"""
    return path.suffix.lower() in SUFFIXES and os.path.isfile(path)  # noqa: PTH113 - never raises


class CsvTable:
    """A table as text."""

    def __init__(self, path: Path, comment: str = "") -> None:
        self.path = path
        self._comment = comment
        self._encoding: Encoding = sniff(path, MOST_BYTES)
        with self._open() as file:
            head = [text for _, text in islice(self._physical(file), 30)]
        if not head:
            raise DataError(f"{str(path)!r} is empty")
        self._delimiter = _delimiter(head)
        first = (parse_cells(head, self._delimiter) or [[]])[0]
        if len(first) > MOST_COLUMNS:
            raise DataError(f"{str(path)!r} has {len(first)} columns; at most {MOST_COLUMNS} are read")
        self._headed = not _is_data(first, path.parent)
        self.columns = _names(first if self._headed else [f"column {i}" for i, _ in enumerate(first, 1)])
        self.decimal_comma = self._delimiter != ","
        self.notes = self._remarks()

    def _remarks(self) -> tuple[str, ...]:
        headless = "" if self._headed else "there is no row of names; columns are called by number"
        return tuple(note for note in (self._encoding.note, headless) if note)

    def _open(self) -> TextIO:
        return self.path.open(encoding=self._encoding.name, errors="replace", newline="")

    def _physical(self, file: TextIO) -> Iterator[tuple[int, str]]:
        """Yield the lines that are neither blank nor comments, with their numbers from 1."""
        position = 0
        while line := file.readline(LONGEST_LINE + 1):
            position += 1
            if len(line) > LONGEST_LINE:
                raise DataError(f"{str(self.path)!r} has a line of more than {LONGEST_LINE} characters")
            if line.strip() and not (self._comment and line.startswith(self._comment)):
                yield position, line

    def lines(self) -> Iterator[Line]:
        """Yield the rows below the names; blank lines are none."""
        with self._open() as file:
            feed = _Feed(self._physical(file))
            parsed = _parsed(feed, self._delimiter, self.path)
            for count, line in enumerate(islice(parsed, 1 if self._headed else 0, None)):
                if count >= MOST_ROWS:
                    raise DataError(f"{str(self.path)!r} has more than {MOST_ROWS} rows")
                yield self._fitted(line)

    def _fitted(self, line: Line) -> Line:
        cells, width = line.cells, len(self.columns)
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        fault = line.fault or ("" if len(cells) == width else WRONG_WIDTH)
        return Line(line.number, cells, fault)


class _Feed:
    """Lines for a csv reader, which remembers those of the row at hand and takes lines back."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._again: deque[tuple[int, str]] = deque()
        self.row: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.row.append(self._again.popleft() if self._again else next(self._lines))
        return self.row[-1][1]

    def take_back(self) -> None:
        """Give all lines of this row but its first once more."""
        self._again.extendleft(reversed(self.row[1:]))
        del self.row[1:]


def _parsed(feed: _Feed, delimiter: str, path: Path) -> Iterator[Line]:
    reader = csv.reader(feed, delimiter=delimiter)
    bad = 0
    while True:
        feed.row.clear()
        cells = _next_row(reader)
        if not feed.row:
            return
        if cells is not None and _is_whole(cells, feed.row, delimiter):
            yield Line(feed.row[0][0], tuple(cells))
            continue
        fault = TOO_LONG if cells is None and len(feed.row) == 1 else UNBALANCED
        feed.take_back()
        bad += fault == UNBALANCED
        if bad > MOST_BAD_QUOTES:
            raise DataError(
                f"{str(path)!r} has more than {MOST_BAD_QUOTES} lines with a quote that is not closed",
                hint='write a quote inside of a cell twice: "say ""hi"""',
            )
        yield Line(feed.row[0][0], (), fault)


def _is_whole(cells: list[str], lines: list[tuple[int, str]], delimiter: str) -> bool:
    if len(lines) == 1:
        return not (cells and cells[-1].endswith(("\n", "\r")))
    return _is_balanced([text for _, text in lines], delimiter)


def _next_row(reader: Any) -> list[str] | None:
    with _longer_cells():
        try:
            return next(reader, [])
        except csv.Error:
            return None


def _is_balanced(lines: list[str], delimiter: str) -> bool:
    rows = parse_cells(lines, delimiter, strict=True)
    return rows is not None and len(rows) == 1


def parse_cells(lines: Iterable[str], delimiter: str = ",", strict: bool = False) -> list[list[str]] | None:
    """Return the rows of `lines` up to a cell longer than `LONGEST_CELL`; None if `strict` finds a fault."""
    rows: list[list[str]] = []
    with _longer_cells():
        try:
            for row in csv.reader(lines, delimiter=delimiter, strict=strict):
                rows.append(row)
        except csv.Error:
            return None if strict else rows
    return rows


@contextmanager
def _longer_cells() -> Iterator[None]:
    # the limit is one for the whole process: others must find it as they left it
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _delimiter(head: list[str]) -> str:
    """Return what divides the first line into most cells, so that the lines below agree."""

    def fitness(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in parse_cells(head, delimiter) or [[]]]
        return (sum(width == widths[0] for width in widths) if widths[0] > 1 else 0, widths[0])

    return max(_DELIMITERS, key=fitness)


def _is_data(cells: list[str], folder: Path) -> bool:
    """Is the first row no row of names: has it a fraction, or a file that is there?"""
    if any("." in cell and number(cell) is not None for cell in cells):
        return True
    sound = [cell for cell in cells if Path(cell).suffix.lower() in AUDIO_SUFFIXES]
    return any(os.path.isfile(folder / cell) for cell in sound)  # noqa: PTH113 - never raises


def _names(cells: Iterable[Any]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    names = []
    for position, cell in enumerate(cells, 1):
        name = normalize("NFC", str(cell)).strip().strip("\ufeff") or f"unnamed {position}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


class ParquetTable:
    """A table in Apache Parquet; numbers and lists become text as CSV would have it."""

    decimal_comma = False

    def __init__(self, path: Path, separator: str) -> None:
        self.path = path
        self.notes: tuple[str, ...] = ()
        self._separator = separator
        with self._file() as file:
            facts = file.metadata
            if facts.num_columns > MOST_COLUMNS or facts.num_rows > MOST_ROWS:
                raise DataError(
                    f"{str(path)!r} has {facts.num_rows} rows and {facts.num_columns} columns; "
                    f"at most {MOST_ROWS} and {MOST_COLUMNS} are read"
                )
            size = sum(facts.row_group(i).total_byte_size for i in range(facts.num_row_groups))
            if size > MOST_BYTES:
                raise DataError(f"{str(path)!r} unpacks to {size} bytes; at most {MOST_BYTES} are read")
            self.columns = _names(file.schema_arrow.names)

    def _file(self) -> Any:
        parquet, arrow = require("pyarrow.parquet"), require("pyarrow")
        try:
            return parquet.ParquetFile(self.path)
        except arrow.ArrowException as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> DataError:
        return DataError(f"{str(self.path)!r} is no Parquet that can be read: {str(error)[:200]}")

    def lines(self) -> Iterator[Line]:
        """Yield the rows."""
        arrow = require("pyarrow")
        count = 0
        with self._file() as file:
            try:
                for batch in file.iter_batches(batch_size=1000):
                    columns = [column.to_pylist() for column in batch.columns]
                    for cells in zip(*columns, strict=True):
                        count += 1
                        yield Line(count, tuple(self._text(cell) for cell in cells))
            except arrow.ArrowException as error:
                raise self._broken(error) from error

    def _text(self, cell: Any) -> str:
        if cell is None:
            return ""
        if isinstance(cell, list | tuple):
            return self._separator.join(str(one) for one in cell if one is not None)
        return str(cell)
