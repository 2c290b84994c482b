"""A backup in the place of a library; what was there is kept."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select, update

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.progress import Progress
from tunelens.library.copies import copy_pages, followed, keep, name_for, problems_of, prove, sync
from tunelens.library.database import Database, not_a_library
from tunelens.library.faults import told
from tunelens.library.identity import path_to_text
from tunelens.library.schema import meta, tracks

KEPT = "before-restore"
LOGS = ("-wal", "-shm")


@dataclass(frozen=True)
class Restored:
    """What came back.

    Parameters
    ----------
    path : Path
        The library.
    kept : Path or None
        What was there before; None where nothing was.
    """

    path: Path
    kept: Path | None

    def to_dict(self) -> dict[str, str | None]:
        """Return the facts as a JSON object."""
        return {"library": path_to_text(self.path), "kept": path_to_text(self.kept) if self.kept else None}


def restore(backup: Path, path: Path, progress: Progress | None = None) -> Restored:
    """Put what is in `backup` into the library at `path`, whoever reads it meanwhile.

    A sound library is changed in one transaction: readers see it as it was or as it will be, and a process
    that is killed changes nothing. A damaged one is set aside.

    Raises
    ------
    NotFoundError
        There is no such backup.
    DataError
        The backup is damaged, is no library, or a newer one; `path` belongs to another program; or there is
        no room. The library is as it was.
    ParameterError
        `backup` is the library itself.
    """
    path = followed(path)
    if path.is_dir() or backup.resolve() == path.resolve():
        raise ParameterError(
            f"{str(backup)!r} cannot be brought back to {str(path)!r}", hint="name another file"
        )
    prove(backup)
    with _beside(path) as temporary:
        copy_pages(backup, temporary)
        _make_current(temporary)
        kept = _keep(path)
        _put(temporary, path, progress)
    return Restored(path, kept)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".restore-") as folder:
            yield Path(folder) / path.name
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be written: {error.strerror or error}") from error


def _make_current(path: Path) -> None:
    """Bring a copy to the schema of today, and let whoever keeps an index by revision build it anew."""
    database = Database(path)
    try:
        database.prepare(keep=False)
        with database.write() as connection:
            _renew(connection)
    finally:
        database.close()


def _renew(connection: Connection) -> None:
    held = connection.scalar(select(meta.c.value).where(meta.c.key == "revision")) or "0"
    newest = max(int(held) + 1, int(time.time()))  # above whatever the library counted since the backup
    connection.execute(update(meta).where(meta.c.key == "revision").values(value=str(newest)))
    connection.execute(update(tracks).values(revision=newest))


def _keep(path: Path) -> Path | None:
    """Copy what is at `path`, or set it aside where it is damaged; return where, or None where nothing is."""
    if not os.path.lexists(path):
        return None
    if problems_of(path):
        return _set_aside(path)
    _refuse_foreign(path)
    return keep(path, KEPT)


def _set_aside(path: Path) -> Path:
    kept = name_for(path, KEPT)
    for end in (*LOGS, ""):  # a log that stayed alone would be applied to what comes in its place
        if os.path.lexists(f"{path}{end}"):
            os.replace(f"{path}{end}", f"{kept}{end}")  # noqa: PTH105 - these ends are no suffixes
    return kept


def _refuse_foreign(path: Path) -> None:
    with told(path), closing(sqlite3.connect(path)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if names and "meta" not in names:
        raise not_a_library(path)


def _put(new: Path, path: Path, progress: Progress | None) -> None:
    if path.exists():
        copy_pages(new, path, progress)
    else:
        sync(new)
        new.replace(path)
    sync(path.parent)
