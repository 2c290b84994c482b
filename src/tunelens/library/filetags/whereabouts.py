"""Which tracks are in a folder, and where a file has gone since its tags were written."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import select

from tunelens.library.identity import path_to_text, text_to_path
from tunelens.library.query import condition_in
from tunelens.library.schema import tracks
from tunelens.library.store import Library

_LAST = "\U0010ffff"


def numbers(library: Library, where: str = "", folder: Path | None = None) -> list[int]:
    """Return the numbers of the tracks that match a filter, of those in a folder or of all, by path.

    Raises
    ------
    ParameterError
        `where` is not a filter.
    """
    query = select(tracks.c.id).order_by(tracks.c.path)
    if folder is not None:
        first = path_to_text(folder).rstrip(os.sep) + os.sep
        query = query.where(tracks.c.path > first, tracks.c.path < first + _LAST)
    with library.database.read() as connection:
        return list(connection.scalars(query.where(condition_in(connection, where))))


def found_again(library: Library, path: Path, sha256: str) -> Path:
    """Return where a file is that was at `path`: there, or where a scan has found its content."""
    if os.path.lexists(path):
        return path
    with library.database.read() as connection:
        known = connection.scalars(select(tracks.c.path).where(tracks.c.sha256 == sha256)).all()
    return next((one for one in map(text_to_path, known) if os.path.lexists(one)), path)
