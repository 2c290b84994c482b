"""What failures of SQLite mean to a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from tunelens.base.errors import DataError

RESTORE = "tunelens library restore FILE"
DAMAGED = (
    f"tunelens library check tells what is damaged; {RESTORE} brings a backup back, "
    "tunelens library rescue FILE saves what can be read"
)

_MEANINGS = {
    "locked": "another process has held it for a minute; try again when that one is done",
    "not a database": f"if it was a library, {RESTORE} brings a backup back",
    "malformed": DAMAGED,
    "disk is full": "make room and run again; everything finished before is kept",
    "readonly": "the file or its folder may not be written; name another with --library",
    "unable to open": "is its folder there, and may you write to it?",
    "disk i/o error": "the disk or network share failed, or is full; everything finished before is kept",
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite raises about the file `path` into a `DataError` that says what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = str(error.orig if isinstance(error, DBAPIError) else error)
        hint = next((text for sign, text in _MEANINGS.items() if sign in cause.lower()), DAMAGED)
        raise DataError(f"library {str(path)!r}: {cause}", hint=_with_backup(hint, path)) from error


def _with_backup(hint: str, path: Path) -> str:
    """Name the newest backup beside the library where the hint speaks of one."""
    if RESTORE not in hint:
        return hint
    backups = sorted(path.parent.glob(f"{escape(path.stem)}.backup-*{escape(path.suffix)}"))
    return hint.replace(RESTORE, f"tunelens library restore {str(backups[-1])!r}") if backups else hint
