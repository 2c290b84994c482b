"""The library as a file for other programs: CSV, JSON, Parquet, or Spotify's audio features.

Files are written whole or not at all. Text is UTF-8. CSV begins with a byte order mark, so that Excel shows
中文, and a text that a spreadsheet would run as a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
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
    if format not in FORMATS:
        raise UnknownNameError.among("export format", format, FORMATS)
    condition(where)
    check_writable(out, force=force)
    with atomic_path(out) as temporary:
        return FORMATS[format](temporary, library.iterate(where))


def record(track: Track) -> dict[str, Any]:
    """Return `track` as one flat row: `COLUMNS`, then the likely tags of each group as lists."""
    fields = track.to_dict()
    tags = {column: list(track.likely_tags(group)) for column, group in TAG_COLUMNS.items()}
    return {name: fields[name] for name in COLUMNS} | tags


def _write_csv(path: Path, tracks: Iterable[Track]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow([*COLUMNS, *TAG_COLUMNS])
        for track in tracks:
            table.writerow([cell(value) for value in record(track).values()])
            count += 1
    return count


def cell(value: Any) -> Any:
    """Return a value as a cell of a CSV: lists joined, what a spreadsheet would run made harmless."""
    text = "; ".join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA_STARTS) else text


def _write_objects(path: Path, objects: Iterator[dict[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, item in enumerate(objects, 1):
            file.write(
                ("[\n" if count == 1 else ",\n") + json.dumps(item, ensure_ascii=False, allow_nan=False)
            )
        file.write("\n]\n" if count else "[]\n")
    return count


def _write_json(path: Path, tracks: Iterable[Track]) -> int:
    return _write_objects(path, (track.to_dict() for track in tracks))


def _write_spotify(path: Path, tracks: Iterable[Track]) -> int:
    return _write_objects(path, (spotify_features(track) for track in tracks))


def _write_parquet(path: Path, tracks: Iterable[Track]) -> int:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingDependencyError(
            "Parquet needs pyarrow", hint="pip install 'tunelens[parquet]'"
        ) from error
    schema = _parquet_schema(pa)
    count = 0
    with parquet.ParquetWriter(path, schema) as writer:
        for rows in batched(map(record, tracks), 10_000):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            count += len(rows)
    return count


def _parquet_schema(pa: Any) -> Any:
    whole = ("id", "year", "sr", "n_channels", "bit_rate", "size_bytes")
    kinds = {name: pa.string() for name in (*TEXT_COLUMNS, "sha256", "analyzed_at")}
    kinds |= {name: pa.int64() for name in whole}
    kinds |= {name: pa.list_(pa.string()) for name in TAG_COLUMNS}
    return pa.schema([(name, kinds.get(name, pa.float64())) for name in (*COLUMNS, *TAG_COLUMNS)])


FORMATS: dict[str, Callable[[Path, Iterable[Track]], int]] = {
    "csv": _write_csv,
    "json": _write_json,
    "parquet": _write_parquet,
    "spotify": _write_spotify,
}
