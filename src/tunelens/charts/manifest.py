"""``manifest.csv``: which file of a folder is which song, and why others are not there.

While songs are fetched each is told in a journal beside it, a line of JSON a song; the journal is added to
the manifest when the run ends, or by the next one where it did not.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from tunelens.base.errors import DataError
from tunelens.base.files import atomic_path
from tunelens.charts.chart import Entry
from tunelens.data.readers.numbers import is_missing
from tunelens.data.readers.table import open_table

NAME = "manifest.csv"
JOURNAL = ".tunelens-journal.jsonl"
DONE, FAILED = "done", "failed"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MOST_JOURNAL_BYTES = 256 << 20


@dataclass(frozen=True)
class Item:
    """One song of a chart and its file.

    Parameters
    ----------
    music_id, title, creator, rank, date, use_count
        As of `Entry`.
    file : str
        Name in the folder of the manifest; "" where there is none.
    status : {"done", "failed"}
        Is the file there?
    reason : str
        Why not; "" where it is.
    size_bytes : int or None
        Size of the file.
    sha256 : str
        Of the file.
    duration_s : float or None
        Length that its header promises, seconds.
    url : str
        Where it came from, without query.
    """

    music_id: str
    title: str
    creator: str = ""
    rank: int | None = None
    date: str = ""
    use_count: int | None = None
    file: str = ""
    status: str = FAILED
    reason: str = ""
    size_bytes: int | None = None
    sha256: str = ""
    duration_s: float | None = None
    url: str = ""

    @classmethod
    def of(cls, entry: Entry, **found: Any) -> Self:
        """Build from an entry and what was found of it."""
        music_id, title, creator = map(plain_cell, (entry.music_id, entry.title, entry.creator))
        return cls(music_id, title, creator, entry.rank, entry.date, entry.use_count, **found)

    @property
    def is_done(self) -> bool:
        """Is there a file?"""
        return self.status == DONE

    def to_dict(self) -> dict[str, Any]:
        """Return the item as a JSON object."""
        return asdict(self)


COLUMNS = tuple(item.name for item in fields(Item))
_WHOLE = frozenset({"rank", "use_count", "size_bytes"})
_NUMBERS = _WHOLE | {"duration_s"}


def write_manifest(folder: Path, items: Iterable[Item]) -> Path:
    """Write the manifest of a folder, whole or not at all.

    It begins with a byte order mark, so that Excel shows 中文; a text that a spreadsheet would run as a
    formula gets an apostrophe before it, which `read_manifest` takes away.
    """
    path = folder / NAME
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([_cell(getattr(item, name)) for name in COLUMNS] for item in items)
    return path


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return "" if value is None else value
    plain = plain_cell(value)
    return f"'{plain}" if plain.startswith(_FORMULA_STARTS) else plain


def plain_cell(text: str) -> str:
    """Return a text as a manifest holds it: without control characters and halves of characters.

    Examples
    --------
    >>> plain_cell("two\\nlines\\x00")
    'two lines '
    """
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))


def read_manifest(folder: Path) -> dict[str, Item]:
    """Return the items of a folder by id, those of a journal that was left too; empty where there are none.

    Raises
    ------
    DataError
        ``manifest.csv`` is another table.
    """
    path, found = folder / NAME, {}
    if os.path.isfile(path):  # noqa: PTH113 - never raises
        table = open_table(path)
        if not {"music_id", "file", "status"} <= set(table.columns):
            raise DataError(
                f"{str(path)!r} is no manifest of songs", hint="choose another folder, or move the file away"
            )
        for line in table.lines():
            item = None if line.fault else _item(dict(zip(table.columns, line.cells, strict=True)))
            if item is not None:
                found[item.music_id] = item
    return {**found, **_journal(folder)}


def _item(cells: Mapping[str, str]) -> Item | None:
    texts = {name: cell[1:] if cell[:1] == "'" else cell for name, cell in cells.items() if name in COLUMNS}
    return _checked({name: _number(name, cell) if name in _NUMBERS else cell for name, cell in texts.items()})


def _number(name: str, cell: str) -> float | int | None:
    try:
        return None if is_missing(cell) else int(cell) if name in _WHOLE else float(cell)
    except ValueError:
        return None


def _checked(values: Mapping[str, Any]) -> Item | None:
    """Return an item whose file lies in the folder itself; None where it could lead elsewhere, or is none."""
    if not isinstance(values.get("music_id"), str) or not isinstance(values.get("title"), str):
        return None
    texts = {name: values[name] for name in COLUMNS if name in values and name not in _NUMBERS}
    numbers = {name: values[name] for name in _NUMBERS if isinstance(values.get(name), (int, float))}
    if not values["music_id"] or not all(isinstance(text, str) for text in texts.values()):
        return None
    item = Item(**texts, **numbers)
    return item if is_plain_name(item.file) else None


def is_plain_name(name: str) -> bool:
    """Is it the name of a file, and no path out of its folder? "" is.

    Examples
    --------
    >>> is_plain_name("夜曲.mp3"), is_plain_name("../x"), is_plain_name("a/b"), is_plain_name("C:x")
    (True, False, False, False)
    """
    return not any(char in name for char in "/\\:\0") and name not in {".", ".."}


def _journal(folder: Path) -> dict[str, Item]:
    path = folder / JOURNAL
    if not os.path.isfile(path) or path.stat().st_size > _MOST_JOURNAL_BYTES:  # noqa: PTH113 - never raises
        return {}
    found = {}
    for line in path.read_bytes().splitlines():
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            continue  # the line that was being written when the run was killed
        item = _checked(values) if isinstance(values, dict) else None
        if item is not None:
            found[item.music_id] = item
    return found


class Journal:
    """Tells every item at once, so that a run that is killed loses none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL

    def add(self, item: Item) -> None:
        """Add a line."""
        with self._path.open("ab") as file:
            file.write(json.dumps(item.to_dict(), ensure_ascii=True).encode() + b"\n")

    def clear(self) -> None:
        """Forget all lines: they are in the manifest now."""
        self._path.unlink(missing_ok=True)
