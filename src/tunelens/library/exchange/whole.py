"""The whole library as a folder of Parquet and JSON that any other program reads, with a manifest of it all.

===================== ==================================================================================
``<table>.parquet``   every table of `TABLES`, with its columns and types; vectors are lists of float32
``tracks.jsonl``      one object a line and track: its columns, its tags, everything that was heard
``playlists.json``    every playlist with its items
``manifest.json``     program, schema, when; rows, bytes and SHA-256 of every file
===================== ==================================================================================

All of it is one state of the library, whoever writes meanwhile. The folder appears whole or not at all.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    TypeDecorator,
    func,
    select,
)

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.extras import require
from tunelens.base.version import __version__
from tunelens.library.identity import sha256_of
from tunelens.library.keep import now
from tunelens.library.schema import (
    SCHEMA_VERSION,
    analyses,
    clusterings,
    corrections,
    events,
    failures,
    heads,
    layouts,
    memberships,
    playlist_items,
    playlists,
    prints,
    tags,
    texts,
    tracks,
    vectors,
)

if TYPE_CHECKING:
    from tunelens.library.store import Library

FORMAT = "tunelens-library"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
TABLES: tuple[Table, ...] = (
    tracks, analyses, tags, layouts, vectors, prints, events, playlists, playlist_items, failures,
    clusterings, memberships, corrections, heads,
)  # fmt: skip
BATCH = 500


@dataclass(frozen=True)
class Exported:
    """A library that was exported whole.

    Parameters
    ----------
    folder : Path
        Where it is.
    rows : dict of str to int
        Rows of every file.
    size_bytes : int
        Of all files together.
    """

    folder: Path
    rows: dict[str, int]
    size_bytes: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {"folder": str(self.folder), "rows": self.rows, "size_bytes": self.size_bytes}


def export_whole(library: Library, out: Path, *, force: bool = False) -> Exported:
    """Write the whole library to the folder `out`.

    Parameters
    ----------
    library : Library
        What to write.
    out : Path
        The folder to make.
    force : bool
        Put it in the place of an older export.

    Raises
    ------
    ParameterError
        `out` exists; with `force`, and is no export.
    DataError
        It cannot be written, or the library cannot be read; `out` is as it was.
    MissingDependencyError
        pyarrow is not installed.
    """
    require("pyarrow")
    _check_place(out, force)
    with _new_folder(out) as folder, library.database.read() as connection:
        rows = {f"{table.name}.parquet": _write_table(connection, table, folder) for table in TABLES}
        rows["lyrics.parquet"] = _write_lyrics(connection, folder)
        rows["tracks.jsonl"] = _write_lines(folder / "tracks.jsonl", _songs(connection))
        rows["playlists.json"] = _write_playlists(folder / "playlists.json", connection)
        size_bytes = _write_manifest(folder, rows)
    return Exported(out, rows, size_bytes)


def verify(folder: Path) -> list[str]:
    """Return the files of an export that are not as its manifest says; `DataError` without a manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        listed = {str(one["name"]): str(one["sha256"]) for one in manifest["files"]}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise DataError(f"{str(folder)!r} is no export of a library: {error}") from error
    safe = {name: sha256 for name, sha256 in listed.items() if Path(name).name == name}
    wrong = [name for name, sha256 in safe.items() if not _has(folder / name, sha256)]
    return sorted({*wrong, *listed.keys() - safe.keys()})


def _has(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256


# -- the folder -------------------------------------------------------------------------------------


def _check_place(out: Path, force: bool) -> None:
    if not out.exists() and not out.is_symlink():
        return
    if not force:
        raise ParameterError(f"{str(out)!r} exists", hint="use --force, or name another folder")
    if not (out / MANIFEST).is_file():
        raise ParameterError(f"{str(out)!r} is no export of a library, so it is not replaced")


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` that takes its place when the block ends without an error."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name[:50]}.") as temporary:
            folder = Path(temporary) / "new"
            folder.mkdir()
            yield folder
            _replace(out, folder, Path(temporary) / "old")
    except OSError as error:
        raise DataError(f"{str(out)!r} cannot be written: {error.strerror or error}") from error


def _replace(out: Path, folder: Path, aside: Path) -> None:
    if out.exists():
        out.rename(aside)
    try:
        folder.rename(out)
    except OSError:
        if aside.exists():
            aside.rename(out)
        raise


def _write_manifest(folder: Path, rows: dict[str, int]) -> int:
    files = [_fact(folder / name, count) for name, count in rows.items()]
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program": f"tunelens {__version__}",
        "schema_version": SCHEMA_VERSION,
        "exported_at": now(),
        "files": files,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return sum(int(one["size_bytes"]) for one in files) + len(text)


def _fact(path: Path, rows: int) -> dict[str, Any]:
    return {"name": path.name, "rows": rows, "size_bytes": path.stat().st_size, "sha256": sha256_of(path)}


# -- Parquet ----------------------------------------------------------------------------------------


def _write_table(connection: Connection, table: Table, folder: Path) -> int:
    arrow = require("pyarrow")
    fields = [(column.name, _arrow_type(arrow, column.type)) for column in table.c]
    shape: Callable[[Row[Any]], dict[str, Any]] = Row._asdict
    if table is vectors:
        fields = [(name, arrow.list_(arrow.float32()) if name == "data" else kind) for name, kind in fields]
        shape = _vector
    query = select(table).order_by(*table.primary_key.columns)
    return _write_parquet(connection, query, folder / f"{table.name}.parquet", arrow.schema(fields), shape)


def _write_lyrics(connection: Connection, folder: Path) -> int:
    arrow = require("pyarrow")
    query = select(texts.c.rowid.label("track_id"), texts.c.lyrics).where(func.length(texts.c.lyrics) > 0)
    schema = arrow.schema([("track_id", arrow.int64()), ("lyrics", arrow.string())])
    return _write_parquet(connection, query, folder / "lyrics.parquet", schema, Row._asdict)


def _write_parquet(
    connection: Connection,
    query: Select[Any],
    path: Path,
    schema: Any,
    shape: Callable[[Any], dict[str, Any]],
) -> int:
    arrow, parquet = require("pyarrow"), require("pyarrow.parquet")
    count = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        rows = connection.execution_options(yield_per=BATCH).execute(query)
        for some in rows.partitions(BATCH):
            writer.write_table(arrow.Table.from_pylist([shape(row) for row in some], schema=schema))
            count += len(some)
    return count


def _arrow_type(arrow: Any, kind: Any) -> Any:
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, BigInteger | Integer):
        return arrow.int64()
    if isinstance(kind, Float):
        return arrow.float64()
    return arrow.binary() if isinstance(kind, LargeBinary) else arrow.string()


def _vector(row: Row[Any]) -> dict[str, Any]:
    return {**row._asdict(), "data": np.frombuffer(row.data, "<f4")}


# -- JSON -------------------------------------------------------------------------------------------


def _songs(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield every track with its tags and the document of its analysis."""
    joined = select(tracks, analyses.c.document).outerjoin(analyses).order_by(tracks.c.id)
    query = joined.limit(BATCH)
    after = -1
    while rows := connection.execute(query.where(tracks.c.id > after)).all():
        said = _tags_between(connection, rows[0].id, rows[-1].id)
        for row in rows:
            fields = {name: value for name, value in row._mapping.items() if name != "document"}
            yield {
                **fields,
                "versions": _parsed(row.versions),
                "tags": said.get(row.id, []),
                "analysis": _parsed(row.document),
            }
        after = rows[-1].id


def _tags_between(connection: Connection, first: int, last: int) -> dict[int, list[dict[str, Any]]]:
    query = select(tags).where(tags.c.track_id.between(first, last))
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(query.order_by(tags.c.track_id, tags.c.model, tags.c.rank)):
        fields = {name: value for name, value in row._mapping.items() if name not in {"track_id", "word"}}
        found.setdefault(row.track_id, []).append(fields)
    return found


def _parsed(text: str | None) -> Any:
    """Return the value in a JSON text; the text itself where it is damaged, so that nothing is lost."""
    try:
        return json.loads(text or "null")
    except ValueError:
        return text


def _write_lines(path: Path, objects: Iterator[dict[str, Any]]) -> int:
    with path.open("w", encoding="utf-8") as file:
        return sum(file.write(json.dumps(one, ensure_ascii=False) + "\n") > 0 for one in objects)


def _write_playlists(path: Path, connection: Connection) -> int:
    found = []
    for row in connection.execute(select(playlists).order_by(playlists.c.id)).all():
        query = select(playlist_items).where(playlist_items.c.playlist_id == row.id)
        items = connection.execute(query.order_by(playlist_items.c.position))
        listed = [{k: v for k, v in item._mapping.items() if k != "playlist_id"} for item in items]
        found.append({**row._mapping, "items": listed})
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(found)
