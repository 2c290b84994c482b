"""Giving back the room that a library does not use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tunelens.base.errors import DataError
from tunelens.library.copies import problems_of
from tunelens.library.faults import DAMAGED
from tunelens.library.identity import path_to_text
from tunelens.library.store import Library
from tunelens.library.upkeep.census import size_of


@dataclass(frozen=True)
class Vacuumed:
    """How large the library at `path` was, and is, with its log; bytes."""

    path: Path
    before_bytes: int
    after_bytes: int

    @property
    def won_bytes(self) -> int:
        """What the disk got back."""
        return self.before_bytes - self.after_bytes

    def to_dict(self) -> dict[str, str | int]:
        """Return the library and its sizes as a JSON object."""
        sizes = {"before_bytes": self.before_bytes, "after_bytes": self.after_bytes}
        return {"library": path_to_text(self.path), **sizes, "won_bytes": self.won_bytes}


def vacuum(library: Library) -> Vacuumed:
    """Write `library` anew without its gaps and put its full text in order; readers go on meanwhile.

    Raises
    ------
    DataError
        Another process writes, it is damaged, or there is no room for a second copy; nothing has changed.
    """
    if problems := problems_of(library.path):  # what is written anew would look sound with rows missing
        raise DataError(f"{str(library.path)!r} is damaged: {problems[0]}", hint=DAMAGED)
    before = size_of(library.path)
    with library.database.bare() as connection:
        connection.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        connection.execute("VACUUM")
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Vacuumed(library.path, before, size_of(library.path))
