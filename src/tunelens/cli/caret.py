"""Where in a query a mistake is, shown under it."""

from __future__ import annotations

from rich.cells import cell_len

from tunelens.cli.plain import printable

BEFORE, AFTER = 50, 20


def pointed(query: str, position: int) -> tuple[str, str]:
    """Return the query and a caret under its character `position`, wide characters counted as two cells.

    Of a long query only what stands around the place is shown.

    Examples
    --------
    >>> print("\\n".join(pointed("周杰伦 tempo:快", 10)))
    周杰伦 tempo:快
                 ^
    """
    before, after = printable(query[:position]), printable(query[position:])
    cut = before
    while cell_len(cut) > BEFORE:
        cut = cut[1:]
    lead = "…" if cut != before else ""
    tail = after[:AFTER] + ("…" if len(after) > AFTER else "")
    return f"{lead}{cut}{tail}", " " * cell_len(lead + cut) + "^"
