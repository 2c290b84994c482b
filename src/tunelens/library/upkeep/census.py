"""What is in a library, in counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, case, distinct, func, select, true

from tunelens.library.identity import path_to_text
from tunelens.library.schema import events, failures, meta, playlists, prints, tracks
from tunelens.library.store import Library

UNKNOWN = "unknown"
_SUMS = (func.count(), func.total(tracks.c.duration_s), func.total(tracks.c.size_bytes))


@dataclass(frozen=True)
class Group:
    """Some tracks: how many, how long together, how large their files are."""

    n_tracks: int
    hours: float
    music_bytes: int


@dataclass(frozen=True)
class Census:
    """What is in a library.

    Parameters
    ----------
    path : Path
        The file.
    size_bytes, free_bytes : int
        Its size with its log, and what of it holds nothing (``vacuum`` gives that back).
    schema : int
        Version of its tables.
    whole : Group
        All tracks.
    codecs : Mapping of str to Group
        By codec, the most frequent first.
    years : Mapping of str to int
        Tracks by year, the earliest first; those without one at the end as "unknown".
    versions : Mapping of str to Mapping of str to int
        What tracks were heard with (descriptors, nets, the program), and how many with each version.
    failures : Mapping of str to int
        Files that could not be heard, by code of the error.
    with_prints : int
        Tracks that have an audio fingerprint.
    events, playlists : int
        Plays, likes and the like; lists.
    first_added, last_analyzed : str or None
        ISO 8601, UTC.
    """

    path: Path
    size_bytes: int
    free_bytes: int
    schema: int
    whole: Group
    codecs: Mapping[str, Group]
    years: Mapping[str, int]
    versions: Mapping[str, Mapping[str, int]]
    failures: Mapping[str, int]
    with_prints: int
    events: int
    playlists: int
    first_added: str | None
    last_analyzed: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON knows them."""
        return asdict(self) | {"path": path_to_text(self.path)}


def count(library: Library) -> Census:
    """Count what is in `library`.

    Raises
    ------
    DataError
        It is damaged.
    """
    with library.database.read() as connection:
        return Census(
            path=library.path,
            size_bytes=size_of(library.path),
            free_bytes=pragma(connection, "freelist_count") * pragma(connection, "page_size"),
            schema=_schema(connection),
            whole=_group(*connection.execute(select(*_SUMS)).one()),
            codecs=_codecs(connection),
            years=_years(connection),
            versions=_versions(connection),
            failures=_counts(connection, select(failures.c.code, func.count()).group_by(failures.c.code)),
            with_prints=_n(connection, select(func.count(distinct(prints.c.track_id)))),
            events=_n(connection, select(func.count()).select_from(events)),
            playlists=_n(connection, select(func.count()).select_from(playlists)),
            first_added=connection.scalar(select(func.min(tracks.c.added_at))),
            last_analyzed=connection.scalar(select(func.max(tracks.c.analyzed_at))),
        )


def size_of(path: Path) -> int:
    """Return the bytes of a library with its log."""
    files = (path, Path(f"{path}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def pragma(connection: Connection, name: str) -> int:
    """Return what SQLite says of itself."""
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def _schema(connection: Connection) -> int:
    return int(connection.scalar(select(meta.c.value).where(meta.c.key == "schema_version")) or 0)


def _group(n: int, seconds: float, size_bytes: float) -> Group:
    return Group(n, seconds / 3600, int(size_bytes))


def _codecs(connection: Connection) -> dict[str, Group]:
    name = func.coalesce(tracks.c.codec, UNKNOWN)
    rows = connection.execute(select(name, *_SUMS).group_by(name).order_by(func.count().desc(), name))
    return {codec: _group(*sums) for codec, *sums in rows}


def _years(connection: Connection) -> dict[str, int]:
    year = tracks.c.year
    rows = connection.execute(select(year, func.count()).group_by(year).order_by(year.is_(None), year))
    return {UNKNOWN if value is None else str(value): n for value, n in rows}


def _versions(connection: Connection) -> dict[str, dict[str, int]]:
    """Count each entry of `Analysis.versions`; a damaged one counts as none."""
    valid = case((func.json_valid(tracks.c.versions) == 1, tracks.c.versions), else_="{}")
    each = func.json_each(valid).table_valued("key", "value")
    query = select(each.c.key, each.c.value, func.count()).select_from(tracks).join(each, true())
    found: dict[str, dict[str, int]] = {}
    for name, version, n in connection.execute(query.group_by(each.c.key, each.c.value)):
        found.setdefault(str(name), {})[str(version)] = n
    return found


def _counts(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {str(name): n for name, n in connection.execute(query)}


def _n(connection: Connection, query: Select[Any]) -> int:
    return connection.scalar(query) or 0
