"""How a library that an older Tunelens made becomes one of today, with a proved copy of it kept beside it.

A migration is one transaction: killed at any instant, or on a full disk, it leaves the library as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Table, bindparam, insert, inspect, select, text, update
from sqlalchemy.schema import CreateColumn

from tunelens.library.copies import back_up, name_for
from tunelens.library.retext import pages
from tunelens.library.rows import affect, predictions_of
from tunelens.library.schema import METADATA, SCHEMA_VERSION, analyses, meta, texts, tracks

PAGE = 1000


def migrate(connection: Connection, path: Path, version: int, *, keep: bool = True) -> None:
    """Bring the library at `path` from schema `version` up to date.

    Parameters
    ----------
    connection : Connection
        Within a transaction that writes, so that no other process changes or migrates it meanwhile.
    path : Path
        Its file.
    version : int
        Schema that it has.
    keep : bool
        Keep a copy beside it, ``music.schema-1-20261231T235959Z.db``.

    Raises
    ------
    DataError
        It is damaged, or there is no room; nothing has changed.
    """
    if keep:
        back_up(path, name_for(path, f"schema-{version}"))
    _bring_layout(connection)
    for older in range(version, SCHEMA_VERSION):
        STEPS[older](connection)
    current = {"value": str(SCHEMA_VERSION)}
    connection.execute(update(meta).where(meta.c.key == "schema_version").values(**current))


def _bring_layout(connection: Connection) -> None:
    """Make the tables, columns and indexes of today that are missing, and drop indexes that are no more."""
    for table in METADATA.sorted_tables:
        if inspect(connection).has_table(table.name):
            _add_columns(connection, table)
            _bring_indexes(connection, table)
    METADATA.create_all(connection)


def _add_columns(connection: Connection, table: Table) -> None:
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            compiled = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {compiled}")


def _bring_indexes(connection: Connection, table: Table) -> None:
    there = {str(index["name"]) for index in inspect(connection).get_indexes(table.name)}
    for index in table.indexes:
        index.create(connection, checkfirst=True)
    for name in there - {index.name for index in table.indexes}:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')


def _from_1(connection: Connection) -> None:
    connection.execute(update(tracks).values(added_at=tracks.c.analyzed_at, revision=tracks.c.id))
    connection.execute(
        text("INSERT OR REPLACE INTO meta SELECT 'revision', coalesce(max(id), 0) FROM tracks")
    )
    _read_documents(connection)
    for page in pages(connection):
        rows = [{"rowid": number, "lyrics": "", **said} for number, said in page.items()]
        connection.execute(insert(texts), rows)


def _read_documents(connection: Connection) -> None:
    """Fill the columns for what schema 1 kept in documents alone: the numbers that bundles say."""
    heard = update(tracks).where(tracks.c.id == bindparam("number"))
    query = select(analyses).order_by(analyses.c.track_id).limit(PAGE)
    after = -1
    while rows := connection.execute(query.where(analyses.c.track_id > after)).all():
        numbers = [{"number": row.track_id, **_affect(row.document)} for row in rows]
        connection.execute(heard, numbers)
        after = rows[-1].track_id


def _affect(document: str | None) -> dict[str, float | None]:
    try:
        return affect(predictions_of(document or "{}"))
    except (ValueError, LookupError, TypeError, AttributeError):  # told of by `library check`
        return affect({})


def _has_new_tables(_connection: Connection) -> None:
    """Schemas 3 and 4 have new tables alone, and they are made already."""


STEPS: dict[int, Callable[[Connection], None]] = {1: _from_1, 2: _has_new_tables, 3: _has_new_tables}
"""What leads from each schema to the next."""
