"""Reader `manifest`: a table with a row per file, or per excerpt of a file."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from tunelens.base.errors import DataError
from tunelens.data.readers.audio_index import AudioIndex, file_id, keep_file
from tunelens.data.readers.columns import (
    Columns,
    Finder,
    find_path,
    group_cells,
    label_cell,
    look,
    position_of,
    split_cell,
    time_cell,
)
from tunelens.data.readers.harvest import UNREADABLE_NUMBER, Harvest, Row, plain
from tunelens.data.readers.numbers import is_missing, number, seconds
from tunelens.data.readers.table import Line, Table, looks_like_table, open_table
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

_LOOKED_AT = 50
_UNREADABLE = float("nan")


class Manifest:
    """Rows of files with labels."""

    name = "manifest"
    summary = "a CSV, TSV or Parquet with a column of files and a column of labels"

    def recognises(self, path: Path) -> bool:
        """Has it a column of files, of which one exists, or nothing else to learn from?"""
        if not looks_like_table(path):
            return False
        try:
            table = open_table(path)
        except DataError:
            return False
        facts = look(table, _LOOKED_AT)
        at = find_path(table.columns, facts)
        if at is None:
            return False
        index = AudioIndex(path.parent)
        rows = islice((line for line in table.lines() if not line.fault), _LOOKED_AT)
        found = any(index.find(line.cells[at])[0] for line in rows)
        return found or sum(one.is_numeric for one in facts) < 3

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read a manifest; paths are relative to its folder or to ``options.audio``."""
        path = Path(source).expanduser()
        table = open_table(path, options.separator)
        harvest = Harvest(path.stem, options, f"files named by {plain(path.name)}")
        for note in table.notes:
            harvest.note(note)
        facts = look(table)
        at = find_path(table.columns, facts)
        if at is None:
            raise DataError(
                f"{str(path)!r} has no column of files; columns: {', '.join(table.columns[:40])}",
                hint="name one of them 'path'; for a table of numbers use matrix:FILE",
            )
        columns = Finder(table, facts, harvest).find(path=at)
        _Reading(table, columns, harvest).run()
        return harvest.tracks(label=_label_name(table, columns), features=options.features)


def _label_name(table: Table, columns: Columns) -> str:
    return " > ".join(table.columns[at] for at in columns.label)


class _Reading:
    def __init__(self, table: Table, columns: Columns, harvest: Harvest) -> None:
        self.table, self.columns, self.harvest = table, columns, harvest
        self.index = AudioIndex(table.path.parent, harvest.options.audio)
        self.base = harvest.options.audio or table.path.parent
        self.features = [position_of(table.columns, name) for name in harvest.options.features]

    def run(self) -> None:
        for line in self.table.lines():
            if line.fault:
                self.harvest.drop(f"line {line.number}", line.fault)
            else:
                self._add(line)

    def _add(self, line: Line) -> None:
        cell = line.cells[self.columns.path or 0]
        item = cell.strip() or f"line {line.number}"
        path, reason = self.index.find(cell)
        if path is None:
            return self.harvest.drop(item, reason)
        split = split_cell(line, self.columns)
        if split is None:
            return self.harvest.drop(item, "unknown split")
        start, end = self._bound(line, self.columns.start), self._bound(line, self.columns.end)
        if start is _UNREADABLE or end is _UNREADABLE:
            return self.harvest.drop(item, UNREADABLE_NUMBER)
        if end is not None and end <= (start or 0.0):
            return self.harvest.drop(item, "excerpt ends before it begins")
        self._keep(line, item, path, split, (start, end))

    def _keep(
        self, line: Line, item: str, path: Path, split: str, excerpt: tuple[float | None, float | None]
    ) -> None:
        x = self._numbers(line)
        if self.features and x is None:
            return self.harvest.drop(item, UNREADABLE_NUMBER)
        keep_file(self.harvest, Row(
            item, plain(file_id(path, self.base)) + _excerpt_mark(*excerpt), label_cell(line, self.columns),
            path=path, x=x, groups=group_cells(line, self.columns), split=split,
            time=time_cell(line, self.columns), start_s=excerpt[0], end_s=excerpt[1],
        ))  # fmt: skip

    def _numbers(self, line: Line) -> np.ndarray | None:
        values = [number(line.cells[at], self.table.decimal_comma) for at in self.features]
        if not values or None in values:
            return None
        return np.array(values, np.float64)

    def _bound(self, line: Line, at: int | None) -> float | None:
        if at is None or is_missing(line.cells[at]):
            return None
        value = seconds(line.cells[at])
        return _UNREADABLE if value is None else value


def _excerpt_mark(start: float | None, end: float | None) -> str:
    if start is None and end is None:
        return ""
    return f"#{'' if start is None else f'{start:g}'}-{'' if end is None else f'{end:g}'}"


MANIFEST = Manifest()
