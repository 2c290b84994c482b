"""Which data a request means to learn from: a folder or table inside the roots, the library, or an upload."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.data.readers.table import SUFFIXES
from tunelens.data.registry import DATASETS, ReadOptions
from tunelens.data.tracks import Tracks
from tunelens.services.jobs.context import Context

WAYS = ("path", "query", "upload")
LIBRARY, FETCHING = "library", "mirdata"
READERS = tuple(name for name in DATASETS if name not in (LIBRARY, FETCHING))
"""What a folder or table may be read by: a library is asked by a query, and nothing is fetched."""


def check_dataset(asked: Mapping[str, Any]) -> str:
    """Return which of `WAYS` a request gives.

    Raises
    ------
    ParameterError, UnknownNameError
        None or several, or no reader of that name.
    """
    given = [way for way in WAYS if asked.get(way) is not None]
    if len(given) != 1:
        raise ParameterError(
            f"{' and '.join(given) or 'nothing'} is given as dataset", hint=f"give one of {', '.join(WAYS)}"
        )
    reader = asked.get("reader")
    if reader is not None and reader not in READERS:
        raise UnknownNameError.among("dataset reader", reader, READERS)
    return given[0]


def read_tracks(asked: Mapping[str, Any], context: Context) -> Tracks:
    """Read the dataset that a request names; rows whose sound lies outside the roots are left out.

    Parameters
    ----------
    asked : Mapping
        One of ``path``, ``query`` and ``upload`` (a table); ``reader``, ``label``, ``kind``, ``group``.
    context : Context

    Raises
    ------
    NotFoundError, ParameterError, DataError
        There is none, it may not be read here, or not one row may be used.
    """
    from tunelens.data.read import read_dataset

    with _source(asked, context) as (source, reader):
        _refuse_library(source, reader)
        return _inside(read_dataset(source, reader=reader, options=options_of(asked)), context)


def options_of(asked: Mapping[str, Any]) -> ReadOptions:
    """Return what a request tells the reader."""
    given = {name: asked[name] for name in ("label", "kind") if asked.get(name) is not None}
    group = tuple(part for part in (asked.get("group") or "").split("+") if part not in ("", "cluster"))
    return ReadOptions(**given, group=group)


@contextmanager
def _source(asked: Mapping[str, Any], context: Context) -> Iterator[tuple[str, str | None]]:
    way = check_dataset(asked)
    if way == "query":
        yield f"{context.library.path}?{asked['query']}", LIBRARY
    elif way == "path":
        yield str(context.roots.resolve(asked["path"])), asked.get("reader")
    else:
        with table_of(asked["upload"], context) as path:
            yield str(path), asked.get("reader")


@contextmanager
def table_of(upload: str, context: Context) -> Iterator[Path]:
    """Give the file of an uploaded table its own suffix back for as long as it is read.

    Raises
    ------
    NotFoundError, DataError
        There is no such upload, or it is no table.
    """
    name, content = context.uploads.get(upload).name, context.uploads.path(upload)
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"the upload {name!r} is no table; {', '.join(SUFFIXES)} are read")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{suffix}"
        shutil.copyfile(content, path)
        yield path


def _refuse_library(source: str, reader: str | None) -> None:
    if reader is None and DATASETS[LIBRARY].recognises(Path(source)):
        raise DataError("a library is no dataset here", hint="ask this server's library by a query")


def _inside(tracks: Tracks, context: Context) -> Tracks:
    if tracks.paths is None:
        return tracks
    may = context.roots
    known = {
        path: may.holds(path) or (may.whole_library and _is_track(path, context))
        for path in set(tracks.paths)
    }
    rows = [i for i, path in enumerate(tracks.paths) if known[path]]
    if not rows:
        raise DataError(f"no sound of {tracks.name} lies in the folders of this server")
    return tracks if len(rows) == len(tracks) else tracks.take(rows)


def _is_track(path: Path, context: Context) -> bool:
    return bool(context.library.known([path]))
