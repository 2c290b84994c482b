"""Reader `matrix`: a table of numbers, or arrays of numpy, with labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tunelens.base.errors import DataError
from tunelens.data.readers.arrays import read_arrays
from tunelens.data.readers.columns import (
    Columns,
    Facts,
    Finder,
    find_features,
    find_path,
    group_cells,
    label_cell,
    look,
    split_cell,
    time_cell,
)
from tunelens.data.readers.harvest import UNREADABLE_NUMBER, Harvest, Row, plain
from tunelens.data.readers.numbers import is_missing, number
from tunelens.data.readers.table import Line, Table, looks_like_table, open_table
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

_ARRAYS = (".npy", ".npz")
_LOOKED_AT = 50


class Matrix:
    """Rows of numbers with labels."""

    name = "matrix"
    summary = "a CSV, TSV or Parquet with columns of numbers, or a .npy or .npz"

    def recognises(self, path: Path) -> bool:
        """Is it an array of numpy, or a table with a column of numbers?"""
        if path.suffix.lower() in _ARRAYS:
            return path.is_file()
        if not looks_like_table(path):
            return False
        try:
            return any(one.is_numeric for one in look(open_table(path), _LOOKED_AT))
        except DataError:
            return False

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read a matrix; a missing number is NaN, a text where a number must be costs the row."""
        path = Path(source).expanduser()
        harvest = Harvest(path.stem, options, f"numbers in {plain(path.name)}")
        if path.suffix.lower() in _ARRAYS:
            return read_arrays(path, harvest)
        return read_table(open_table(path, options.separator), harvest)


def read_table(table: Table, harvest: Harvest, *, leave_out: tuple[str, ...] = ()) -> Tracks:
    """Read the numbers of `table`, without the columns `leave_out`, into `harvest`.

    Raises
    ------
    DataError
        The label cannot be told, or there are no columns of numbers.
    """
    for note in table.notes:
        harvest.note(note)
    facts = look(table)
    columns = Finder(table, facts, harvest).find()
    features = find_features(table, facts, columns, harvest)
    features = tuple(at for at in features if table.columns[at] not in leave_out)
    _Reading(table, facts, columns, features, harvest).run()
    label = " > ".join(table.columns[at] for at in columns.label)
    return harvest.tracks(label=label, features=[table.columns[at] for at in features])


class _Reading:
    def __init__(
        self, table: Table, facts: list[Facts], columns: Columns, features: tuple[int, ...], harvest: Harvest
    ) -> None:
        self.table, self.columns, self.features, self.harvest = table, columns, features, harvest
        self.id = self._id_column(facts)
        self.boolean = [facts[at].booleans > 0 for at in features]
        self.seen: set[tuple[str, ...]] = set()
        self.repeats = 0

    def _id_column(self, facts: list[Facts]) -> int | None:
        """Return the column that names rows: a file, or an id that hardly ever repeats."""
        path = find_path(self.table.columns, facts)
        at = self.columns.id if path is None else path
        if at is None or at in self.columns.label or at in self.features:
            return None
        names = [line.cells[at] for line in self.table.lines() if not line.fault]
        if len(set(names)) < 0.5 * len(names):
            self.harvest.note(f"column {self.table.columns[at]!r} repeats too often to name rows")
            return None
        return at

    def run(self) -> None:
        for line in self.table.lines():
            if line.fault:
                self.harvest.drop(f"line {line.number}", line.fault)
            else:
                self._add(line)
        if self.repeats:
            self.harvest.note(f"{self.repeats} rows repeat another and are kept: no column names the rows")

    def _add(self, line: Line) -> None:
        item, name = self._named(line)
        split = split_cell(line, self.columns)
        x = self._numbers(line)
        if x is None or split is None:
            return self.harvest.drop(item, UNREADABLE_NUMBER if x is None else "unknown split")
        if self._is_repeat(line):
            return self.harvest.drop(item, "duplicate row")
        self.harvest.keep(Row(
            item, name, label_cell(line, self.columns), x=x, groups=group_cells(line, self.columns),
            split=split, time=time_cell(line, self.columns),
        ))  # fmt: skip

    def _named(self, line: Line) -> tuple[str, str]:
        name = "" if self.id is None else line.cells[self.id].strip()
        row = f"line {line.number}"
        return (row, row) if is_missing(name) else (name, name.replace("\\", "/"))

    def _is_repeat(self, line: Line) -> bool:
        """Is the row there already? Rows that nothing names may be alike by chance, and stay."""
        key = line.cells
        if key not in self.seen:
            self.seen.add(key)
            return False
        if self.columns.title is None and self.id is None:
            self.repeats += 1
            return False
        return True

    def _numbers(self, line: Line) -> np.ndarray | None:
        values = [
            self._value(line.cells[at], boolean)
            for at, boolean in zip(self.features, self.boolean, strict=True)
        ]
        return None if None in values else np.array(values, np.float64)

    def _value(self, cell: str, boolean: bool) -> float | None:
        if boolean and not is_missing(cell):
            return {"true": 1.0, "false": 0.0}.get(cell.strip().lower())
        return number(cell, self.table.decimal_comma)


MATRIX = Matrix()
