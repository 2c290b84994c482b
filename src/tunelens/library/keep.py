"""What of an analysis is written, and how it is read back; each function works within a transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Integer, Row, Text, cast, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from tunelens.base.errors import DataError, TunelensError
from tunelens.library.analysis import Analysis, Print
from tunelens.library.corrections import told
from tunelens.library.corrections.correction import YOURS
from tunelens.library.fulltext import put_text
from tunelens.library.identity import path_to_text, text_to_path
from tunelens.library.query import likely
from tunelens.library.rows import (
    IMPORTED,
    NamedArray,
    arrays_of,
    document_of,
    predictions_of,
    restore_taggings,
    tag_rows,
    track_row,
)
from tunelens.library.schema import analyses, failures, layouts, meta, prints, tags, tracks, vectors

MOST_DIGITS = 18
REPAIR = "tunelens library check --repair counts anew"
FILLED_IN = ("title", "artist", "album")
"""Columns that another source may have filled in; they stay while the file is the same and says nothing."""


def put(connection: Connection, analysis: Analysis) -> int:
    """Keep `analysis` as the truth about its path and return the number of the track."""
    name = path_to_text(analysis.path)
    columns = [tracks.c[column] for column in ("id", "sha256", *FILLED_IN)]
    old = connection.execute(select(*columns).where(tracks.c.path == name)).first()
    same = old is not None and old.sha256 == analysis.content_sha256
    if old is not None and same:
        analysis = _with_older_parts(connection, old.id, analysis)
        filled_in = {column: old._mapping[column] for column in FILLED_IN}
    else:
        filled_in = {}
    row = {"path": name, **track_row(analysis)}
    row |= {column: row[column] or value for column, value in filled_in.items()}
    number = _put_track(connection, row)
    _put_prints(connection, number, analysis.prints)
    for table in (vectors, analyses):
        connection.execute(delete(table).where(table.c.track_id == number))
    stays = (IMPORTED, YOURS) if same else (IMPORTED,)
    gone = [~tags.c.model.startswith(begin) for begin in stays]
    connection.execute(delete(tags).where(tags.c.track_id == number, *gone))
    connection.execute(insert(analyses).values(track_id=number, document=document_of(analysis)))
    _put_tags(connection, number, tag_rows(analysis.taggings, analysis.predictions))
    told.adopt(connection, number, name, analysis.content_sha256)
    told.tell(connection, number)
    words = likely_tags(connection, number)
    put_text(connection, number, {**row, "lyrics": analysis.info.lyrics}, words)
    for array in arrays_of(analysis):
        _put_array(connection, number, array)
    connection.execute(delete(failures).where(failures.c.path == name))
    return number


def put_heard_tags(connection: Connection, number: int) -> None:
    """Give a track the tags back that nets and bundles heard in it; of a damaged row, none."""
    try:
        with undamaged(number):
            held = read_held(connection, number)
            if held is not None:
                taggings = restore_taggings(held.document, held.arrays)
                _put_tags(connection, number, tag_rows(taggings, predictions_of(held.document)))
    except DataError:  # told of by `library check`
        return


def _put_tags(connection: Connection, number: int, rows: list[dict[str, Any]]) -> None:
    if rows:
        given = [{"track_id": number, **row} for row in rows]
        connection.execute(insert(tags).on_conflict_do_nothing(), given)


def likely_tags(connection: Connection, number: int) -> list[str]:
    """Return the tags of a track that count, as full text lists them."""
    query = select(tags.c.tag).where(tags.c.track_id == number, likely())
    return list(connection.scalars(query.order_by(tags.c.model, tags.c.rank)))


def next_revision(connection: Connection) -> int:
    """Count one more change and return its number."""
    counted = update(meta).where(meta.c.key == "revision")
    value = cast(cast(meta.c.value, Integer) + 1, Text)
    return int(connection.execute(counted.values(value=value).returning(meta.c.value)).scalar_one())


def revision_of(connection: Connection) -> int:
    """Return how many changes were counted.

    Raises
    ------
    DataError
        What is there is no number.
    """
    counted = connection.scalar(select(meta.c.value).where(meta.c.key == "revision")) or "0"
    if not counted.isdecimal() or len(counted) > MOST_DIGITS:
        raise DataError(f"the library is damaged: it counts {counted[:40]!r} changes", hint=REPAIR)
    return int(counted)


def _put_track(connection: Connection, row: Mapping[str, Any]) -> int:
    moment = now()
    values = {**row, "analyzed_at": moment, "revision": next_revision(connection)}
    statement = insert(tracks).values(added_at=moment, **values)
    upsert = statement.on_conflict_do_update(index_elements=["path"], set_=values).returning(tracks.c.id)
    return connection.execute(upsert).scalar_one()


def _with_older_parts(connection: Connection, number: int, analysis: Analysis) -> Analysis:
    try:
        with undamaged(number):
            held = read_held(connection, number)
            older = restore_taggings(held.document, held.arrays) if held else ()
    except DataError:  # nothing of a damaged row is worth keeping
        return analysis
    if held is None:
        return analysis
    asked = {tagging.model for tagging in analysis.taggings}
    kept = tuple(tagging for tagging in older if tagging.model not in asked)
    versions = {tagging.model: held.versions[tagging.model] for tagging in kept}
    if held.prints and not analysis.prints:
        analysis = replace(analysis, prints=tuple(held.prints))
        versions["prints"] = held.versions.get("prints", "")
    return replace(analysis, taggings=analysis.taggings + kept, versions={**versions, **analysis.versions})


def _put_prints(connection: Connection, number: int, found: tuple[Print, ...]) -> None:
    connection.execute(delete(prints).where(prints.c.track_id == number))
    if found:
        rows = [{"track_id": number, "kind": p.kind, "version": p.version, "data": p.data} for p in found]
        connection.execute(insert(prints), rows)


def _put_array(connection: Connection, number: int, array: NamedArray) -> None:
    if array.names:
        known = insert(layouts).values(id=array.layout, names=json.dumps(array.names, ensure_ascii=False))
        connection.execute(known.on_conflict_do_nothing())
    values = np.atleast_2d(array.values)
    connection.execute(
        insert(vectors).values(
            track_id=number,
            kind=array.kind,
            version=array.version,
            layout=array.layout,
            n_rows=values.shape[0],
            dim=values.shape[1],
            data=values.astype("<f4").tobytes(),
        )
    )


@dataclass(frozen=True)
class Held:
    """Where a track is, what it was heard with, and everything that was heard."""

    path: Path
    versions: Mapping[str, str]
    document: str
    arrays: list[NamedArray]
    prints: list[Print]


@contextmanager
def undamaged(number: int) -> Iterator[None]:
    """Map what a row raises whose content nobody here has written."""
    try:
        yield
    except TunelensError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(
            f"track {number} is damaged in the library ({type(error).__name__}: {error})",
            hint="tunelens analyze --force hears it again",
        ) from error


def read_held(connection: Connection, number: int) -> Held | None:
    """Return what is held of a track; None when it has gone."""
    columns = (tracks.c.path, tracks.c.versions, analyses.c.document)
    row = connection.execute(select(*columns).join(analyses).where(tracks.c.id == number)).first()
    if row is None:
        return None
    found = connection.execute(select(vectors).where(vectors.c.track_id == number))
    arrays = [_array(connection, one) for one in found]
    known = connection.execute(select(prints).where(prints.c.track_id == number).order_by(prints.c.kind))
    known_by = [Print(one.kind, one.version, one.data) for one in known]
    return Held(text_to_path(row.path), versions_of(row.versions), row.document, arrays, known_by)


def _array(connection: Connection, row: Row[Any]) -> NamedArray:
    values = np.frombuffer(row.data, "<f4").reshape(row.n_rows, row.dim).astype(np.float32)
    return NamedArray(row.kind, row.version, names_of(connection, row.layout), values)


def names_of(connection: Connection, layout: str) -> tuple[str, ...]:
    """Return the names that a layout stands for."""
    text = connection.scalar(select(layouts.c.names).where(layouts.c.id == layout))
    return tuple(json.loads(text)) if text else ()


def versions_of(text: str) -> dict[str, str]:
    """Return what a track was heard with; nothing when that cannot be read, so that it is heard again."""
    try:
        versions = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return versions if isinstance(versions, dict) else {}


def now() -> str:
    """Return the time as the library writes it: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
