"""Source `csv`: tables as CSV, TSV or Parquet, in any encoding that can be told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tunelens.charts.chart import Chart
from tunelens.charts.registry import ChartOptions
from tunelens.charts.rows import Row, chart_of
from tunelens.data.readers.table import Table, looks_like_table, open_table


class TableSource:
    """A row of names, and a row for every song."""

    name = "csv"
    summary = "a table as CSV, TSV or Parquet, columns named in English or Chinese"

    def recognises(self, path: Path) -> bool:
        """Has it the name of a table?"""
        return looks_like_table(path)

    def read(self, path: Path, options: ChartOptions) -> Chart:
        """Read a table; see `tunelens.charts.rows.chart_of` for what is raised."""
        table = open_table(path)
        return chart_of(
            _rows(table), name=path.stem, source=str(path), columns=table.columns, given=options.fields,
            notes=table.notes,
        )  # fmt: skip


def _rows(table: Table) -> Iterator[Row]:
    for line in table.lines():
        cells = {} if line.fault else dict(zip(table.columns, line.cells, strict=True))
        if line.fault or any(cell.strip() for cell in line.cells):
            yield Row(f"line {line.number}", cells, line.fault)


TABLE = TableSource()
