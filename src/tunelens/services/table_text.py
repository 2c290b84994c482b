"""Results and tables as text: JSON, CSV that no spreadsheet runs, rows of Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from tunelens.base.language import say
from tunelens.base.table import Table
from tunelens.library.export import cell


def json_text(result: Mapping[str, Any]) -> str:
    """Return a result as JSON for a file."""
    return json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def csv_text(table: Table, *, says_cells: bool = False) -> str:
    """Return a table as CSV, its columns in the language of now.

    Parameters
    ----------
    table : Table
    says_cells : bool
        Texts in its cells are words of ours, and said too.

    Examples
    --------
    >>> csv_text(Table("songs", ("title", "n"), (("=1+1", 2),)))
    "title,n\\r\\n'=1+1,2\\r\\n"
    """
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow([say(name) for name in table.columns])
    for row in table.rows:
        writer.writerow([cell(say(one) if says_cells and isinstance(one, str) else one) for one in row])
    return held.getvalue()


def markdown_row(cells: Iterable[str]) -> str:
    """Return a row of a Markdown table.

    Examples
    --------
    >>> markdown_row(["a|b", "<script>"])
    '| a\\\\|b | &lt;script> |'
    """
    return "| " + " | ".join(map(markdown_plain, cells)) + " |"


def markdown_plain(text: str) -> str:
    """Return a text on one line, in which Markdown sees neither a border of a cell nor an element of HTML."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
