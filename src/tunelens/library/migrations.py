"""How a library that an older Tunelens made becomes one of today, with a copy of it kept beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, bindparam, select, text, update
from sqlalchemy.schema import CreateColumn

from tunelens.base.files import atomic_path
from tunelens.library.fulltext import put_text
from tunelens.library.query import likely
from tunelens.library.rows import affect, predictions_of
from tunelens.library.schema import METADATA, SCHEMA_VERSION, VIRTUAL, analyses, meta, tags, tracks

PAGE = 1000
SINCE_2 = ("album_artist", "recording_mbid", "added_at", "valence", "arousal", "revision")


def migrate(connection: Connection, path: Path, version: int) -> None:
    """Bring the library at `path` from schema `version` up to date within a transaction, keeping a copy."""
    back_up(path, backup_path(path, version))
    for older in range(version, SCHEMA_VERSION):
        STEPS[older](connection)
    current = {"value": str(SCHEMA_VERSION)}
    connection.execute(update(meta).where(meta.c.key == "schema_version").values(**current))


def backup_path(path: Path, version: int) -> Path:
    """Return where the library at `path` is kept as it was before it left schema `version`."""
    return path.with_name(f"{path.name}.schema-{version}.backup")


def back_up(path: Path, to: Path) -> None:
    """Copy the library at `path` to `to`, as it stands after its last commit, whoever writes meanwhile."""
    with (
        atomic_path(to) as temporary,
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(temporary)) as copy,
    ):
        source.backup(copy)


def _from_1(connection: Connection) -> None:
    for name in SINCE_2:
        _add_column(connection, tracks.c[name])
    METADATA.create_all(connection)
    for index in tracks.indexes:
        index.create(connection, checkfirst=True)
    for statement in VIRTUAL:
        connection.exec_driver_sql(statement)
    connection.execute(update(tracks).values(added_at=tracks.c.analyzed_at, revision=tracks.c.id))
    connection.execute(text("INSERT INTO meta SELECT 'revision', coalesce(max(id), 0) FROM tracks"))
    _read_again(connection)


def _add_column(connection: Connection, column: Column[Any]) -> None:
    compiled = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE tracks ADD COLUMN {compiled}")


def _read_again(connection: Connection) -> None:
    """Fill what schema 1 kept in documents alone: full text, and what bundles say in numbers."""
    heard = update(tracks).where(tracks.c.id == bindparam("number"))
    for rows in _pages(connection):
        numbers = [{"number": row.id, **_affect(row.document)} for row in rows]
        connection.execute(heard, numbers)
        words = _words(connection, [row.id for row in rows])
        for row in rows:
            put_text(connection, row.id, row._asdict(), words.get(row.id, ()))


def _pages(connection: Connection) -> Iterator[Sequence[Any]]:
    columns = [tracks.c[name] for name in ("id", "title", "artist", "album", "path")]
    query = select(*columns, analyses.c.document).outerjoin(analyses).order_by(tracks.c.id).limit(PAGE)
    after = 0
    while rows := connection.execute(query.where(tracks.c.id > after)).all():
        yield rows
        after = rows[-1].id


def _words(connection: Connection, numbers: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = select(tags.c.track_id, tags.c.tag).where(tags.c.track_id.in_(numbers), likely())
    for row in connection.execute(query):
        found.setdefault(row.track_id, []).append(row.tag)
    return found


def _affect(document: str | None) -> dict[str, float | None]:
    try:
        return affect(predictions_of(document or "{}"))
    except (ValueError, LookupError, TypeError, AttributeError):  # told of by `library check`
        return affect({})


STEPS: dict[int, Callable[[Connection], None]] = {1: _from_1}
"""What leads from each schema to the next."""
