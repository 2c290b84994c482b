"""The library as a file for other programs: CSV, JSON, Parquet, or Spotify's audio features.

Files are written whole or not at all. Text is UTF-8. CSV begins with a byte order mark, so that Excel shows
中文, and a text that a spreadsheet would run as a formula gets an apostrophe before it.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tunelens.base.batches import batched
from tunelens.base.errors import MissingDependencyError, UnknownNameError
from tunelens.base.files import atomic_path, check_writable
from tunelens.library.query import condition
from tunelens.library.spotify import spotify_features
from tunelens.library.store import Library
from tunelens.library.track import GROUPS, Track

TEXT_COLUMNS = ("path", "title", "artist", "album", "genre", "container", "codec", "key", "tonic", "mode")
COLUMNS = (
    "id", "path", "title", "artist", "album", "year", "genre", "duration_s", "tempo_bpm", "tempo_confidence",
    "key", "tonic", "mode", "key_confidence", "loudness_lufs", "loudness_range_lu", "danceability", "energy",
    "dynamic_complexity_db", "container", "codec", "sr", "n_channels", "bit_rate", "size_bytes", "sha256",
    "analyzed_at",
)  # fmt: skip
AT_ONCE = 500
TAG_COLUMNS = {f"{group}_tags": group for group in GROUPS}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export(library: Library, out: Path, *, format: str, where: str = "", force: bool = False) -> int:
    """Write the tracks that match `where` to `out` and return how many there are.

    Parameters
    ----------
    library : Library
        What to write.
    out : Path
        The file to make.
    format : str
        One of `FORMATS`: csv, json, parquet, spotify.
    where : str
        A filter, see `tunelens.library.query`.
    force : bool
        Overwrite `out` if it exists.

    Raises
    ------
    UnknownNameError
        No such format.
    ParameterError
        `out` exists, or `where` is not a filter.
    DataError
        `out` cannot be written.
    MissingDependencyError
        Parquet without pyarrow.
    """
    _check(format, where)
    check_writable(out, force=force)
    tracks = _Counted(library.iterate(where))
    with atomic_path(out) as temporary, temporary.open("wb") as file:
        file.writelines(FORMATS[format](tracks))
    return tracks.n


def stream(library: Library, *, format: str, where: str = "") -> Iterator[bytes]:
    """Return what `export` writes, piece by piece, a page of tracks in memory at a time.

    Each page is read by itself, so that whoever takes the pieces slowly holds nobody up; a track that
    changes meanwhile is told as it was or as it is.

    Raises
    ------
    UnknownNameError, ParameterError, MissingDependencyError
        As in `export`, before the first piece is asked for.
    """
    _check(format, where)
    library.count(where)  # a playlist that a filter names may not be there
    pieces = FORMATS[format](track for page in library.pages(where) for track in page)
    return chain([next(pieces)], pieces)


def _check(format: str, where: str) -> None:
    if format not in FORMATS:
        raise UnknownNameError.among("export format", format, FORMATS)
    condition(where)


class _Counted:
    """Tracks that are counted as they go by."""

    def __init__(self, tracks: Iterable[Track]) -> None:
        self._tracks, self.n = tracks, 0

    def __iter__(self) -> Iterator[Track]:
        for track in self._tracks:
            self.n += 1
            yield track


def record(track: Track) -> dict[str, Any]:
    """Return `track` as one flat row: `COLUMNS`, then the likely tags of each group as lists."""
    fields = track.to_dict()
    tags = {column: list(track.likely_tags(group)) for column, group in TAG_COLUMNS.items()}
    return {name: fields[name] for name in COLUMNS} | tags


def _csv(tracks: Iterable[Track]) -> Iterator[bytes]:
    held = io.StringIO(newline="")
    table = csv.writer(held)
    table.writerow([*COLUMNS, *TAG_COLUMNS])
    yield codecs.BOM_UTF8
    for some in batched(tracks, AT_ONCE):
        table.writerows([cell(value) for value in record(track).values()] for track in some)
        yield _taken(held)
    yield _taken(held)


def _taken(held: io.StringIO) -> bytes:
    data = held.getvalue().encode("utf-8")
    held.seek(0)
    held.truncate()
    return data


def cell(value: Any) -> Any:
    """Return a value as a cell of a CSV: lists joined, what a spreadsheet would run made harmless."""
    text = "; ".join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA_STARTS) else text


def _objects(objects: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    before = "[\n"
    for some in batched(objects, AT_ONCE):
        lines = (json.dumps(item, ensure_ascii=False, allow_nan=False) for item in some)
        yield (before + ",\n".join(lines)).encode("utf-8")
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def _json(tracks: Iterable[Track]) -> Iterator[bytes]:
    return _objects(track.to_dict() for track in tracks)


def _spotify(tracks: Iterable[Track]) -> Iterator[bytes]:
    return _objects(spotify_features(track) for track in tracks)


def _parquet(tracks: Iterable[Track]) -> Iterator[bytes]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingDependencyError(
            "Parquet needs pyarrow", hint="pip install 'tunelens[parquet]'"
        ) from error
    schema, held = _parquet_schema(pa), _Passed()
    with parquet.ParquetWriter(held, schema) as writer:
        for rows in batched(map(record, tracks), 10_000):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            yield held.taken()
    yield held.taken()


class _Passed(io.RawIOBase):
    """A file that is given away as it is written."""

    def __init__(self) -> None:
        self._held, self._before = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def tell(self) -> int:
        return self._before + len(self._held)

    def taken(self) -> bytes:
        """Return what has been written since this was asked last."""
        data = bytes(self._held)
        self._before += len(data)
        self._held.clear()
        return data


def _parquet_schema(pa: Any) -> Any:
    whole = ("id", "year", "sr", "n_channels", "bit_rate", "size_bytes")
    kinds = {name: pa.string() for name in (*TEXT_COLUMNS, "sha256", "analyzed_at")}
    kinds |= {name: pa.int64() for name in whole}
    kinds |= {name: pa.list_(pa.string()) for name in TAG_COLUMNS}
    return pa.schema([(name, kinds.get(name, pa.float64())) for name in (*COLUMNS, *TAG_COLUMNS)])


FORMATS: dict[str, Callable[[Iterable[Track]], Iterator[bytes]]] = {
    "csv": _csv,
    "json": _json,
    "parquet": _parquet,
    "spotify": _spotify,
}
