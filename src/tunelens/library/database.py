"""The SQLite file itself: how it is opened, written and checked, and what its failures mean."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import URL, Connection, Engine, PoolProxiedConnection, create_engine, event, inspect, select

from tunelens.base.errors import DataError, NotFoundError
from tunelens.library.copies import followed, is_frozen, reader
from tunelens.library.faults import told
from tunelens.library.migrations import migrate
from tunelens.library.schema import METADATA, SCHEMA_VERSION, meta

BUSY_MS = 60_000


class Database:
    """One SQLite file in WAL mode; every write is one immediate transaction.

    With ``synchronous=NORMAL`` a commit survives the death of the process at any instant. A power cut may
    take back the last few commits, as whole tracks, and damages nothing.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._engine = _frozen_engine(path) if read_only else _engine(path)
        self._durable_engine: Engine | None = None
        self._watch: PoolProxiedConnection | None = None
        self._watching = threading.Lock()
        self._name = token_hex(4)

    def changes(self) -> str:
        """Return a text that is another one after every commit, by whichever process and to whichever table.

        It holds as long as this object: another one has other texts for the same state.
        """
        with told(self.path), self._watching:
            if self._watch is None:
                self._watch = (
                    self._engine.raw_connection()
                )  # it counts what others commit, and is not given back
            counted = self._watch.cursor().execute("PRAGMA data_version").fetchone()[0]
        return f"{self._name}-{counted}"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the library."""
        with told(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """Give a connection whose work is committed when the block ends, or not at all.

        With `durable` even a power cut right after the block does not take it back; that costs an fsync.
        """
        engine = self._durable() if durable else self._engine
        with told(self.path), engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
            yield connection

    @contextmanager
    def bare(self) -> Iterator[sqlite3.Connection]:
        """Give SQLite's own connection outside any transaction, for what is none: VACUUM and the like."""
        with told(self.path), closing(self._engine.raw_connection()) as pooled:
            yield pooled.driver_connection  # type: ignore[misc]

    def _durable(self) -> Engine:
        if self._durable_engine is None:
            self._durable_engine = _engine(self.path)
            event.listen(self._durable_engine, "connect", _set_durable)
        return self._durable_engine

    def prepare(self, *, keep: bool = True) -> None:
        """Create the tables where they are missing, or bring them up to date; then `keep` a copy.

        A file that is not ours, or newer, is refused.

        Raises
        ------
        DataError
            Not a library, or a newer one.
        """
        with self.read() as connection:
            there = inspect(connection)
            names, views = set(there.get_table_names()), set(there.get_view_names())
        if not names | views:
            self._create()
        elif "meta" not in names or views & METADATA.tables.keys():  # a view can go on for ever
            raise not_a_library(self.path)
        if self._version() < SCHEMA_VERSION:
            self._migrate(keep)

    def _create(self) -> None:
        with self.write() as connection:
            METADATA.create_all(connection)
            stamp = meta.insert().prefix_with("OR IGNORE")
            facts = {"schema_version": SCHEMA_VERSION, "revision": 0}
            connection.execute(stamp, [{"key": key, "value": str(value)} for key, value in facts.items()])

    def _version(self) -> int:
        with self.read() as connection:
            return _checked(_schema_of(connection), self.path)

    def _migrate(self, keep: bool) -> None:
        if self.read_only:
            raise DataError(
                f"{str(self.path)!r} was written by an older Tunelens and cannot be brought up to date here",
                hint="copy it to a place where you may write, and name the copy with --library",
            )
        with self.write() as connection:  # another process may have done it while this one waited
            version = _checked(_schema_of(connection), self.path)
            if version < SCHEMA_VERSION:
                migrate(connection, self.path, version, keep=keep)

    def close(self) -> None:
        """Let go of the file."""
        if self._watch is not None:
            self._watch.close()
        self._engine.dispose()
        if self._durable_engine is not None:
            self._durable_engine.dispose()


def not_a_library(path: Path) -> DataError:
    """Return the error that says that a file belongs to another program."""
    return DataError(
        f"{str(path)!r} is an SQLite file, but not a Tunelens library", hint="name another with --library"
    )


def _schema_of(connection: Connection) -> str | None:
    return connection.scalar(select(meta.c.value).where(meta.c.key == "schema_version"))


def _checked(text: str | None, path: Path) -> int:
    if text is None or not text.isdecimal() or int(text) < 1:
        raise DataError(
            f"{str(path)!r} is not a Tunelens library (schema version {text!r})",
            hint="name another with --library; if it was one, restore a backup",
        )
    if int(text) > SCHEMA_VERSION:
        raise DataError(
            f"{str(path)!r} was written by a newer Tunelens "
            f"(schema {text}; this one knows up to {SCHEMA_VERSION})",
            hint="pip install --upgrade tunelens, or name another file with --library",
        )
    return int(text)


def open_database(path: Path, *, create: bool) -> Database:
    """Open the library file `path`, making it first if `create`.

    Raises
    ------
    NotFoundError
        The file does not exist and `create` is False.
    DataError
        It cannot be opened, is a folder, is not a library, or is newer than this program.
    """
    path = followed(path)
    if os.path.isdir(path):  # noqa: PTH112 - never raises
        raise DataError(
            f"{str(path)!r} is a folder; a library is one file", hint="add a file name to --library"
        )
    if not create and not os.path.isfile(path):  # noqa: PTH113
        raise NotFoundError(f"there is no library at {str(path)!r}", hint="tunelens analyze FOLDER makes one")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot make the folder of {str(path)!r}: {error.strerror}") from error
    database = Database(path, read_only=not create and is_frozen(path))
    try:
        database.prepare()
    except BaseException:
        database.close()
        raise
    return database


def _frozen_engine(path: Path) -> Engine:
    """Read without writing; a log that a writer has left beside the file is read where SQLite can."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)), creator=lambda: reader(path, frozen=True)
    )
    event.listen(engine, "begin", _begin)
    return engine


def _engine(path: Path) -> Engine:
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says, not where sqlite3 guesses
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cell_size_check = ON")  # damage is told where it is met, not where it ends
    wanted = "journal_mode = WAL" if _is_ours(connection) else "journal_mode"
    mode = connection.execute(f"PRAGMA {wanted}").fetchone()[0]
    connection.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")


def _is_ours(connection: sqlite3.Connection) -> bool:
    """May this file be changed to WAL mode: is it new, or a library that this program knows?"""
    kinds = dict(connection.execute("SELECT name, type FROM sqlite_master").fetchall())
    if kinds.get("meta") != "table":
        return not kinds
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return bool(row) and str(row[0]).isdecimal() and int(row[0]) <= SCHEMA_VERSION


def _set_durable(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
