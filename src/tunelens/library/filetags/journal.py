"""The journal of what was written: enough to take it back, and to know the truth after a power cut.

A row is on the disk before its file is replaced. Its state is

- ``pending``: about to be written; whether it was, the file itself tells
- ``written``: the file is the new one
- ``undoing``: about to be restored
- ``undone``: restored
- ``abandoned``: never written
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.sqlite import insert

from tunelens.audio import probe
from tunelens.base.errors import TunelensError
from tunelens.library.identity import FileStamp, escape, path_to_text, text_to_path
from tunelens.library.keep import next_revision, now
from tunelens.library.schema import analyses, journal, tracks
from tunelens.library.store import Library

PENDING, WRITTEN, UNDOING, UNDONE, ABANDONED = "pending", "written", "undoing", "undone", "abandoned"
OPEN = (PENDING, UNDOING)


@dataclass(frozen=True)
class Entry:
    """One file of one batch.

    Parameters
    ----------
    id, batch : int
        Number of the row, and of the run of the program that wrote it.
    path : Path
        The file as the library knows it.
    at : str
        When, ISO 8601, UTC.
    state : str
        See the module.
    before_sha256, after_sha256 : str
        Of the file without and with the change, hex.
    before_mtime_ns : int
        When the file was changed last before.
    changes : list of dict
        As `plan.Change.to_dict` gives them.
    """

    id: int
    batch: int
    path: Path
    at: str
    state: str
    before_sha256: str
    after_sha256: str
    before_mtime_ns: int
    changes: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {
            "batch": self.batch,
            "path": path_to_text(self.path),
            "at": self.at,
            "state": self.state,
            "before_sha256": self.before_sha256,
            "after_sha256": self.after_sha256,
            "changes": self.changes,
        }


class Journal:
    """The table ``journal`` of a library, and the rows of tracks that follow it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._database = library.database

    def next_batch(self) -> int:
        """Return a number that no batch has had."""
        with self._database.read() as connection:
            return (connection.scalar(select(func.max(journal.c.batch))) or 0) + 1

    def entries(self, batch: int | None = None, states: Sequence[str] = ()) -> list[Entry]:
        """Return the entries of a batch, or all, the oldest first; of some states, or all."""
        columns = [column for column in journal.c if column.name != "patch"]
        query = select(*columns).order_by(journal.c.id)
        if batch is not None:
            query = query.where(journal.c.batch == batch)
        if states:
            query = query.where(journal.c.state.in_(states))
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def patch(self, entry: Entry) -> bytes:
        """Return what turns the new file into the old one."""
        with self._database.read() as connection:
            return bytes(connection.scalar(select(journal.c.patch).where(journal.c.id == entry.id)) or b"")

    def begin(self, batch: int, path: Path, facts: Mapping[str, Any]) -> int:
        """Note what is about to be written; a power cut after this takes nothing of it back."""
        row = {**facts, "changes": json.dumps(facts["changes"]), "batch": batch, "path": path_to_text(path)}
        with self._database.write(durable=True) as connection:
            added = connection.execute(insert(journal).values(**row, at=now(), state=PENDING))
            return int(added.lastrowid)

    def mark(self, number: int, state: str) -> None:
        """Note the state of an entry, on the disk when this returns."""
        with self._database.write(durable=True) as connection:
            _mark(connection, number, state)

    def settle(self, number: int, state: str, path: Path, old: str, new: str) -> None:
        """Note that a file is the one with SHA-256 `new`, where the library had `old`, in one transaction.

        The track follows, so that the next scan does not hear it again: sound is what it was.
        """
        stamp, said = FileStamp.of(path), _said(path)
        heard = select(tracks.c.id, tracks.c.path).where(tracks.c.sha256.in_((old, new)))
        with self._database.write() as connection:
            _mark(connection, number, state)
            for row in connection.execute(heard).all():
                if _is_one_file(text_to_path(row.path), path):
                    _follow(connection, row.id, stamp, new, said)


def _entry(row: Row[Any]) -> Entry:
    values = row._mapping
    return Entry(**{**values, "path": text_to_path(row.path), "changes": json.loads(row.changes)})


def _mark(connection: Connection, number: int, state: str) -> None:
    connection.execute(update(journal).where(journal.c.id == number).values(state=state))


def _is_one_file(a: Path, b: Path) -> bool:
    return a == b or os.path.realpath(a) == os.path.realpath(b)


def _said(path: Path) -> dict[str, str | None]:
    """Return the genre that a scan would find in the file; nothing where it would find no sound."""
    try:
        genre = probe(path).genre
    except TunelensError:
        return {}
    return {"genre": escape(genre) if genre else None}


def _follow(
    connection: Connection, number: int, stamp: FileStamp, sha256: str, said: Mapping[str, str | None]
) -> None:
    facts = {"size_bytes": stamp.size_bytes, "mtime_ns": stamp.mtime_ns}
    columns = {**facts, **said, "sha256": sha256, "revision": next_revision(connection)}
    connection.execute(update(tracks).where(tracks.c.id == number).values(**columns))
    of_track = analyses.c.track_id == number
    text = connection.scalar(select(analyses.c.document).where(of_track))
    document = _document(text, facts | {"content_sha256": sha256}, said)
    connection.execute(update(analyses).where(of_track).values(document=document))


def _document(text: str | None, facts: Mapping[str, Any], said: Mapping[str, str | None]) -> str | None:
    """Return the document of an analysis with other facts about its file; a damaged one stays as it is."""
    try:
        values = json.loads(text or "")
        values |= facts
        values["info"] |= {"size_bytes": facts["size_bytes"], **said}
    except (ValueError, TypeError, LookupError):
        return text
    return json.dumps(values, allow_nan=False, separators=(",", ":"))
