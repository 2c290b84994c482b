"""`Table`: rows that a face draws, a report prints and a notebook takes as a data frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tunelens.base.errors import UnknownNameError
from tunelens.base.extras import require
from tunelens.base.language import say

Cell = str | float | int | bool | None


@dataclass(frozen=True)
class Table:
    """Named columns of equal length.

    Parameters
    ----------
    name : str
        What it tells, a heading.
    columns : tuple of str
        English words; a face says them in its language.
    rows : tuple of tuple
        Numbers as numbers; None where there is no value.
    note : str
        What a reader must know of it.

    Examples
    --------
    >>> table = Table("Songs", ("title", "tempo"), (("夜曲", 92.0), ("Sunny", None)))
    >>> table.column("tempo")
    (92.0, None)
    >>> Table.from_dict(table.to_dict()) == table
    True
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> tuple[Cell, ...]:
        """Return the cells of one column.

        Raises
        ------
        UnknownNameError
            There is no such column.
        """
        if name not in self.columns:
            raise UnknownNameError.among("column", name, self.columns)
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)

    def to_frame(self) -> Any:
        """Return a pandas data frame.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return require("pandas").DataFrame.from_records(list(self.rows), columns=list(self.columns))

    def to_dict(self) -> dict[str, Any]:
        """Return the table as a JSON object."""
        rows = [list(row) for row in self.rows]
        return {"name": self.name, "columns": list(self.columns), "rows": rows, "note": self.note}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from what `to_dict` returned."""
        rows = tuple(tuple(row) for row in values["rows"])
        return cls(values["name"], tuple(values["columns"]), rows, values.get("note", ""))


def shown(cell: Cell) -> str:
    """Return a cell as a reader sees it, words in the language of now.

    Examples
    --------
    >>> shown(0.123456), shown(1234.5), shown(1e-9), shown(None), shown(True), shown(7)
    ('0.123', '1,234', '1.0e-09', '', '✓', '7')
    """
    if isinstance(cell, bool):
        return "✓" if cell else ""
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, float):
        size = abs(cell)
        return f"{cell:,.0f}" if size >= 1000 else f"{cell:.1e}" if 0 < size < 1e-3 else f"{cell:.3g}"
    return "" if cell is None else say(cell)
