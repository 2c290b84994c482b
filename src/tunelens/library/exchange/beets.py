"""The library file of beets (https://beets.io): genres, ratings, plays and skips of its items.

Ratings and counts are flexible attributes that plugins write: ``rating`` (0 to 1), ``play_count``,
``skip_count``, ``last_played`` of mpdstats, and those that metasync copies from iTunes and Amarok.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Float,
    cast,
    column,
    create_engine,
    event,
    func,
    inspect,
    select,
    table,
)
from sqlalchemy.exc import DBAPIError

from tunelens.base.errors import DataError, NotFoundError
from tunelens.data.readers.numbers import number
from tunelens.library.exchange.told import Song
from tunelens.library.feedback.documents import MOST_BYTES, check_file
from tunelens.library.feedback.events import LATEST, MOST_TIMES, Event
from tunelens.library.feedback.reports import Fault
from tunelens.library.playlists.entry import seconds

SOURCE = "beets"
NO_SONG = "neither a path nor a title"
DELIMITER = "\\␀"
LONGEST_CONFIG = 1 << 20
PAGE = 1000
_RATINGS = {"rating": 1.0, "itunes_rating": 100.0, "amarok_rating": 10.0}
_COUNTS = {
    "play": ("play_count", "itunes_playcount", "amarok_playcount"),
    "skip": ("skip_count", "itunes_skipcount"),
}
_TIMES = ("last_played", "itunes_lastplayed", "amarok_lastplayed")
_ATTRIBUTES = (*_RATINGS, *_COUNTS["play"], *_COUNTS["skip"], *_TIMES)
_SETTING = re.compile(r"^(library|directory):[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_MAGIC = b"SQLite format 3\0"


def read(path: Path, *, directory: Path | None = None, listener: str = "") -> Iterator[Song | Fault]:
    """Yield the items of a library of beets.

    Parameters
    ----------
    path : Path
        ``library.db``, or beets' ``config.yaml``, which says where that is.
    directory : Path or None
        beets' music folder, which newer libraries name files below; None takes that of ``config.yaml``.
    listener : str
        Whose ratings and plays they are.

    Raises
    ------
    NotFoundError, DataError
        There is no such file, or it is no library of beets.
    """
    if path.suffix.lower() in {".yaml", ".yml"}:
        path, configured = _configured(path)
        directory = directory or configured
    check_file(path, MOST_BYTES)
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise DataError(f"{str(path)!r} is no library of beets: no SQLite file")
    yield from _songs(path, directory, listener)


def _configured(path: Path) -> tuple[Path, Path | None]:
    check_file(path, LONGEST_CONFIG)
    found = dict(_SETTING.findall(path.read_text("utf-8", "replace")))
    told = {key: Path(value.strip("'\"")).expanduser() for key, value in found.items()}
    library = path.parent / told.get("library", Path("library.db"))
    if not library.exists():
        raise NotFoundError(f"{str(path)!r} names the library {str(library)!r}, which does not exist")
    return library, told.get("directory")


def _songs(path: Path, directory: Path | None, listener: str) -> Iterator[Song | Fault]:
    engine = create_engine(URL.create("sqlite"), creator=lambda: _connect(path))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with engine.connect() as connection:
            reader = _Reader(connection, path, directory, listener)
            for page in reader.pages():
                yield from map(reader.song, page)
    except (DBAPIError, sqlite3.Error) as error:
        raise DataError(f"{str(path)!r} cannot be read: {str(error)[:200]}") from error
    finally:
        engine.dispose()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    connection.isolation_level = None
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


class _Reader:
    """Reads items with their flexible attributes, a page at a time."""

    def __init__(self, connection: Connection, path: Path, directory: Path | None, listener: str) -> None:
        self._connection = connection
        self._directory = directory
        self._listener = listener
        tables = inspect(connection).get_table_names()  # no views: whose they are, nobody knows
        columns = _columns(connection, "items") if "items" in tables else []
        if not {"id", "path", "title"} <= set(columns):
            raise DataError(f"{str(path)!r} is no library of beets: no items with path and title")
        self._items = table("items", *(column(name) for name in columns if name in _WANTED))
        self._has_more = "item_attributes" in tables
        self._best = self._best_rating()
        self._more: dict[int, dict[str, float]] = {}

    def pages(self) -> Iterator[Sequence[Any]]:
        """Yield the rows of items."""
        key = self._items.c.id
        query = select(*self._items.c).order_by(key).limit(PAGE)
        after = -1
        while rows := self._connection.execute(query.where(key > after)).mappings().all():
            self._more = self._attributes(rows[0]["id"], rows[-1]["id"])
            yield rows
            after = rows[-1]["id"]

    def _attributes(self, first: int, last: int) -> dict[int, dict[str, float]]:
        if not self._has_more:
            return {}
        of_page = (_MORE.c.entity_id >= first) & (_MORE.c.entity_id <= last) & _MORE.c.key.in_(_ATTRIBUTES)
        found: dict[int, dict[str, float]] = {}
        for row in self._connection.execute(select(_MORE).where(of_page)):
            value = number(_text(row.value))
            if value is not None and value >= 0:
                found.setdefault(row.entity_id, {})[row.key] = value
        return found

    def _best_rating(self) -> float:
        """Return what the best ``rating`` is: 1 as mpdstats writes it, unless a larger one is there."""
        if not self._has_more:
            return 1.0
        query = select(func.max(cast(_MORE.c.value, Float))).where(_MORE.c.key == "rating")
        largest = self._connection.scalar(query) or 0.0
        return next((best for best in (1.0, 5.0, 10.0, 100.0) if largest <= best), 100.0)

    def song(self, row: Mapping[str, Any]) -> Song | Fault:
        """Return what a row says."""
        where = f"item {row['id']}"
        title, artist, album = (_text(row.get(name)) for name in ("title", "artist", "album"))
        path = _path(row["path"], self._directory)
        if not title and not path:
            return Fault(where, NO_SONG)
        song = Song(
            where, path, _text(row.get("mb_trackid")), title, artist, album, seconds(row.get("length")),
            _genres(row),
        )  # fmt: skip
        more = self._more.get(row["id"], {})
        return replace(song, events=tuple(self._events(song, str(row["id"]), more)))

    def _events(self, song: Song, name: str, more: Mapping[str, float]) -> Iterator[Event]:
        at = next((int(more[key]) for key in _TIMES if 0 < more.get(key, 0) < LATEST), 0)
        bests = {**_RATINGS, "rating": self._best}
        stars = next((5 * more[key] / best for key, best in bests.items() if more.get(key, -1) >= 0), None)
        values = {"rating": stars if stars is None else min(5.0, stars)}
        for kind, keys in _COUNTS.items():
            values[kind] = next((more[key] for key in keys if 1 <= more.get(key, 0) <= MOST_TIMES), None)
        for kind, value in values.items():
            if value is not None:
                yield Event(
                    kind, at if kind == "play" else 0, SOURCE, value=value, listener=self._listener,
                    key=f"{self._listener}/{kind}/{name}", title=song.title or Path(song.path).stem,
                    artist=song.artist, album=song.album,
                )  # fmt: skip


_WANTED = ("id", "path", "title", "artist", "album", "genres", "genre", "length", "mb_trackid")
_MORE = table("item_attributes", column("entity_id"), column("key"), column("value"))


def _columns(connection: Connection, name: str) -> list[str]:
    return [str(one["name"]) for one in inspect(connection).get_columns(name)]


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def _path(value: Any, directory: Path | None) -> str:
    name = os.fsdecode(value) if isinstance(value, bytes) else _text(value)
    if not name or "\0" in name:
        return ""
    return str(directory / name) if directory is not None else name


def _genres(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the genres of an item: a list in newer libraries, one text in older ones."""
    if several := _text(row.get("genres")):
        return tuple(several.split(DELIMITER))
    return tuple(re.split(r"\s*[;,/]\s*", _text(row.get("genre")))) if row.get("genre") else ()
