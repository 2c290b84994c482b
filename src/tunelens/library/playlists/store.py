"""`Playlists`: the playlists that the library keeps, written by hand or as a saved query."""

from __future__ import annotations

import difflib
import json
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.library.identity import path_to_text, text_to_path
from tunelens.library.keep import now
from tunelens.library.playlists.entry import MOST_ENTRIES, Entry, one_line
from tunelens.library.schema import playlist_items, playlists
from tunelens.library.search import search
from tunelens.library.store import Library
from tunelens.library.track import Track

LONGEST_NAME = 200


@dataclass(frozen=True)
class Item:
    """One place of a playlist: what it says, and the track of the library where there is one."""

    entry: Entry
    track: Track | None = None

    @classmethod
    def of(cls, track: Track) -> Item:
        """Return the item for a track of the library."""
        return cls(entry_of(track), track)


@dataclass(frozen=True)
class Smart:
    """A saved query, asked anew whenever the playlist is read.

    Parameters
    ----------
    where : str
        A query, see `tunelens.library.query`.
    sort : str or None
        In what order, see `tunelens.library.search`.
    limit : int or None
        At most this many.
    """

    where: str
    sort: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Playlist:
    """A playlist without its items.

    Parameters
    ----------
    id : int
        Number in this library.
    name : str
        What it is called; no two are called the same.
    description : str or None
        What somebody says of it.
    smart : Smart or None
        The query, of a smart playlist.
    n_items : int or None
        How many it has; None for a smart one, which nobody has asked yet.
    created_at, updated_at : str
        ISO 8601, UTC.
    """

    id: int
    name: str
    description: str | None
    smart: Smart | None
    n_items: int | None
    created_at: str
    updated_at: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        plain = {name: value for name, value in vars(self).items() if name != "smart"}
        return {**plain, "smart": None if self.smart is None else vars(self.smart)}


class Playlists:
    """The playlists of a library; every change is one transaction."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._database = library.database

    def all(self) -> list[Playlist]:
        """Return every playlist, by name."""
        counted = (
            select(playlist_items.c.playlist_id, func.count().label("n")).group_by("playlist_id").subquery()
        )
        joined = playlists.outerjoin(counted, counted.c.playlist_id == playlists.c.id)
        query = select(playlists, func.coalesce(counted.c.n, 0).label("n")).select_from(joined)
        with self._database.read() as connection:
            return [_playlist(row) for row in connection.execute(query.order_by(playlists.c.name))]

    def get(self, name: str) -> Playlist:
        """Return the playlist of this name.

        Raises
        ------
        NotFoundError
            There is none; the hint offers the nearest.
        """
        found = self.all()
        wanted = checked_name(name)
        for playlist in found:
            if playlist.name == wanted:
                return playlist
        raise _unknown(wanted, [playlist.name for playlist in found])

    def items(self, name: str) -> list[Item]:
        """Return what a playlist holds, in order; a smart one is asked now."""
        playlist = self.get(name)
        if playlist.smart is not None:
            return [Item.of(track) for track in self.asked(playlist.smart)]
        query = select(playlist_items).where(playlist_items.c.playlist_id == playlist.id)
        with self._database.read() as connection:
            rows = list(connection.execute(query.order_by(playlist_items.c.position)))
        return self._joined(rows)

    def asked(self, smart: Smart) -> list[Track]:
        """Return the tracks that a query finds now."""
        found = search(self._library, smart.where, sort=smart.sort or "", limit=smart.limit)
        return list(found.tracks)

    def _joined(self, rows: Sequence[Row[Any]]) -> list[Item]:
        """Give each row its track: by number, or by path where the number was lost."""
        lost = [text_to_path(row.path) for row in rows if row.track_id is None and row.path]
        known = self._library.known(path for path in lost if path.is_absolute())
        by_path = {path_to_text(path): one.id for path, one in known.items()}
        numbers = [row.track_id or by_path.get(row.path, 0) for row in rows]
        found = {track.id: track for track in self._library.tracks_by_id(set(numbers))}
        return [_item(row, found.get(number)) for row, number in zip(rows, numbers, strict=True)]

    def create(
        self, name: str, items: Iterable[Item] = (), *, description: str | None = None, replace: bool = False
    ) -> Playlist:
        """Make a playlist of `items`.

        Raises
        ------
        ParameterError
            The name is not allowed, or taken and `replace` is not set.
        DataError
            More than 100,000 items, or the library cannot be written.
        """
        values = {"kind": "list", "query": None, "description": one_line(description)}
        return self._make(name, values, list(items), replace=replace)

    def create_smart(
        self, name: str, smart: Smart, *, description: str | None = None, replace: bool = False
    ) -> Playlist:
        """Keep a query as a playlist; errors as in `create`, and a query that is none."""
        self.asked(Smart(smart.where, smart.sort, 1))
        query = json.dumps(vars(smart), ensure_ascii=False)
        values = {"kind": "smart", "query": query, "description": one_line(description)}
        return self._make(name, values, [], replace=replace)

    def _make(self, name: str, values: dict[str, Any], items: list[Item], *, replace: bool) -> Playlist:
        called = checked_name(name)
        moment = now()
        with self._database.write() as connection:
            old = connection.execute(select(playlists).where(playlists.c.name == called)).first()
            if old is not None and not replace:
                raise ParameterError(
                    f"there is a playlist {called!r} already", hint="use --force, or another name"
                )
            if old is not None:
                connection.execute(delete(playlists).where(playlists.c.id == old.id))
            created = moment if old is None else old.created_at
            row = {"name": called, "created_at": created, "updated_at": moment, **values}
            number = connection.execute(insert(playlists).values(row).returning(playlists.c.id)).scalar_one()
            _put_rows(connection, number, [_row(item) for item in items])
        return self.get(called)

    def add(self, name: str, items: Iterable[Item], *, at: int | None = None) -> Playlist:
        """Put `items` before place `at`, counted from 1, or at the end.

        Raises
        ------
        NotFoundError
            There is no such playlist.
        ParameterError
            It is a query, or has no such place.
        """
        new = [_row(item) for item in items]

        def change(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
            place = len(rows) if at is None else at - 1
            if not 0 <= place <= len(rows):
                raise ParameterError(f"place {at} is not in {name!r}; 1 to {len(rows) + 1} are allowed")
            return [*rows[:place], *new, *rows[place:]]

        return self._rewrite(name, change)

    def remove(self, name: str, places: Iterable[int]) -> Playlist:
        """Take out the items at `places`, counted from 1; errors as in `add`."""
        gone = set(places)

        def change(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
            wrong = sorted(place for place in gone if not 1 <= place <= len(rows))
            if wrong:
                raise ParameterError(f"place {wrong[0]} is not in {name!r}, which has {len(rows)} items")
            return [row for place, row in enumerate(rows, 1) if place not in gone]

        return self._rewrite(name, change)

    def _rewrite(self, name: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Playlist:
        playlist = self.get(name)
        if playlist.smart is not None:
            raise ParameterError(
                f"{playlist.name!r} is a saved query, its items are found anew every time",
                hint="tunelens playlist smart changes the query",
            )
        here = playlist_items.c.playlist_id == playlist.id
        columns = [playlist_items.c[column] for column in _COLUMNS]
        with self._database.write() as connection:
            held = connection.execute(select(*columns).where(here).order_by(playlist_items.c.position))
            rows = change([dict(row._mapping) for row in held])
            connection.execute(delete(playlist_items).where(here))
            _put_rows(connection, playlist.id, rows)
            stamp = update(playlists).where(playlists.c.id == playlist.id).values(updated_at=now())
            if connection.execute(stamp).rowcount != 1:
                raise NotFoundError(f"the playlist {playlist.name!r} has just gone")
        return self.get(name)

    def delete(self, name: str) -> None:
        """Forget a playlist; its tracks stay in the library."""
        playlist = self.get(name)
        with self._database.write() as connection:
            connection.execute(delete(playlists).where(playlists.c.id == playlist.id))


_COLUMNS = ("track_id", "path", "title", "artist", "duration_s")


def checked_name(name: str, of: str = "playlist") -> str:
    """Return the name of a playlist, or of another thing, as the library keeps it: one line, composed.

    Raises
    ------
    ParameterError
        It is empty or has more than 200 characters.
    """
    called = one_line(unicodedata.normalize("NFC", name[: LONGEST_NAME + 1]))
    if called is None or len(called) > LONGEST_NAME:
        raise ParameterError(f"the name of a {of} has 1 to {LONGEST_NAME} characters, not {len(name)}")
    return called


def entry_of(track: Track) -> Entry:
    """Return what a playlist file says of a track."""
    return Entry(
        location=path_to_text(track.path),
        title=one_line(track.title),
        artist=one_line(track.artist),
        album=one_line(track.album),
        duration_s=track.duration_s,
        sha256=track.sha256,
        mbid=track.recording_mbid,
    )


def _unknown(name: str, names: Sequence[str]) -> NotFoundError:
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "tunelens playlist list shows what is there"
    return NotFoundError(f"there is no playlist {name!r}", hint=hint)


def _playlist(row: Row[Any]) -> Playlist:
    smart = _smart(row) if row.kind == "smart" else None
    n_items = None if smart else row.n
    return Playlist(row.id, row.name, row.description, smart, n_items, row.created_at, row.updated_at)


def _smart(row: Row[Any]) -> Smart:
    try:
        return Smart(**json.loads(row.query))
    except (TypeError, ValueError) as error:
        raise DataError(f"the query of playlist {row.name!r} is damaged", hint="delete it") from error


def _item(row: Row[Any], track: Track | None) -> Item:
    if track is not None:
        return Item.of(track)
    return Item(Entry(row.path, row.title, row.artist, duration_s=row.duration_s))


def _row(item: Item) -> dict[str, Any]:
    entry = item.entry
    return {
        "track_id": item.track and item.track.id,
        "path": entry.location,
        "title": entry.title,
        "artist": entry.artist,
        "duration_s": entry.duration_s,
    }


def _put_rows(connection: Connection, number: int, rows: Sequence[dict[str, Any]]) -> None:
    if len(rows) > MOST_ENTRIES:
        raise DataError(f"a playlist of {len(rows)} items; at most {MOST_ENTRIES} are kept")
    if rows:
        placed = [{"playlist_id": number, "position": place, **row} for place, row in enumerate(rows, 1)]
        connection.execute(insert(playlist_items), placed)
