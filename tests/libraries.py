"""Libraries of other times, as files."""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path

N_SONGS = 3
V1 = Path(__file__).with_name("library_v1.sql.xz")
"""What Tunelens 0.1.0 wrote in schema 1, as `sqlite3.Connection.iterdump` gives it: three songs heard with
descriptors and one net (one name in 中文, one with quotes), and a file that could not be heard."""

V2 = Path(__file__).with_name("library_v2.db.xz")
"""The file of the same songs in schema 2, with a playlist, a saved query and a like."""

V3 = Path(__file__).with_name("library_v3.db.xz")
"""The same in schema 3, with a clustering and a track that is in it."""


def v2(path: Path) -> Path:
    """Write a library of schema 2 to `path`."""
    return _unpacked(V2, path)


def v3(path: Path) -> Path:
    """Write a library of schema 3 to `path`."""
    return _unpacked(V3, path)


def _unpacked(packed: Path, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.decompress(packed.read_bytes()))
    return path


def v1(path: Path, *, copies: int = 1) -> Path:
    """Write a library of schema 1 to `path`; each of its tracks as often as `copies` says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.executescript(lzma.decompress(V1.read_bytes()).decode("utf-8"))
        raw.execute("PRAGMA journal_mode = WAL")
        for number in range(1, copies):
            _again(raw, number)
    return path


def _again(raw: sqlite3.Connection, number: int) -> None:
    shift, path = f"+ {N_SONGS * number}", f"|| ' {number}'"
    for table in ("tracks", "analyses", "tags", "vectors"):
        names = [f'"{row[1]}"' for row in raw.execute(f"PRAGMA table_info({table})")]
        key = "id" if table == "tracks" else "track_id"
        values = [name + {f'"{key}"': shift, '"path"': path}.get(name, "") for name in names]
        rows = f"SELECT {', '.join(values)} FROM {table} WHERE {key} <= {N_SONGS}"
        raw.execute(f"INSERT INTO {table} ({', '.join(names)}) {rows}")


def dump(path: Path) -> list[str]:
    """Return everything that is in a file, as SQL."""
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())
