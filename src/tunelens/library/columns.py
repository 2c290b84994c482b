"""Columns of many tracks at once: what is counted and compared over a whole library.

`Library.iterate` gives tracks one by one with all their tags; of 100,000 of them that takes minutes. Here one
statement gives one column.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, case, func, select

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.features.waveform import WAVEFORM_NAMES
from tunelens.library.query import condition_in, likely
from tunelens.library.rows import POOLED
from tunelens.library.schema import analyses, tags, tracks
from tunelens.library.store import Library
from tunelens.library.track import GROUPS
from tunelens.models.registry import DEFAULT_BACKBONES

Floats = NDArray[np.float64]

DESCRIPTORS = (
    "tempo_bpm", "tempo_confidence", "key_confidence", "loudness_lufs", "loudness_range_lu", "danceability",
    "energy", "dynamic_complexity_db", "valence", "arousal", "duration_s",
)  # fmt: skip
"""Columns of ``tracks`` that are numbers of the sound."""
EMBEDDING = f"{DEFAULT_BACKBONES[0]}/penultimate"
SETS = ("descriptors", "waveform", "tags", "pooled", "embedding")
"""Sets of features that a library has."""
_FACTS = (
    "id", "path", "sha256", "title", "artist", "album_artist", "album", "year", "genre", "tonic", "mode",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Numbers:
    """Features of tracks.

    Parameters
    ----------
    names : tuple of str
        Columns of `X`.
    X : ndarray of float64, shape (n, d)
        In the order of the numbers that were asked for; NaN where one is missing.
    """

    names: tuple[str, ...]
    X: Floats


def facts(library: Library, query: str = "") -> list[Row[Any]]:
    """Return of every track that matches a query what is known without hearing, and the descriptors; by path.

    Raises
    ------
    QueryError
        The query cannot be read.
    """
    names = dict.fromkeys((*_FACTS, *DESCRIPTORS))
    with library.database.read() as connection:
        matching = condition_in(connection, query)
        chosen = select(*(tracks.c[name] for name in names)).where(matching).order_by(tracks.c.path)
        return list(connection.execute(chosen))


def ids(library: Library, query: str = "") -> NDArray[np.int64]:
    """Return the numbers of the tracks that match a query, ascending; errors as `facts` raises them."""
    with library.database.read() as connection:
        chosen = select(tracks.c.id).where(condition_in(connection, query)).order_by(tracks.c.id)
        return np.fromiter(connection.scalars(chosen), np.int64)


def numbers(library: Library, rows: Sequence[Row[Any]], what: str) -> Numbers:
    """Return one of `SETS` of the tracks that `facts` gave.

    Parameters
    ----------
    library : Library
    rows : sequence of Row
        What `facts` returned, or some of it.
    what : str
        ``descriptors``: `DESCRIPTORS`; ``waveform``: the 42 statistics; ``pooled``: every frame feature,
        pooled; ``embedding``: the last layer but one of the first default net; ``tags``: what is the
        probability of each tag of each net, 0 where it is under 1 %.

    Raises
    ------
    UnknownNameError
        There is no such set.
    """
    readers = {"waveform": _waveform, "tags": _tags, "pooled": _pooled, "embedding": _embedding}
    if what == "descriptors":
        return Numbers(DESCRIPTORS, _matrix([[getattr(row, name) for name in DESCRIPTORS] for row in rows]))
    if what not in readers:
        raise UnknownNameError.among("set of features", what, SETS)
    return readers[what](library, _places(rows))


def top_tags(library: Library, rows: Sequence[Row[Any]], group: str) -> tuple[str, ...]:
    """Return the likeliest tag of `group` of each track that `facts` gave; "" where there is none.

    Where a bundle decided for one of them, the bundle's answers alone are told, and what it left open is "":
    tags of nets are other words ("classical" beside "Classical") and not held back.
    """
    if group not in GROUPS:
        raise ParameterError(f"group is {group!r}; it is one of {', '.join(GROUPS)}")
    of_bundle = tags.c.model == group
    told = _likeliest(library, rows, (tags.c.group == group) & likely() & of_bundle)
    return told if any(told) else _likeliest(library, rows, (tags.c.group == group) & likely())


def _likeliest(library: Library, rows: Sequence[Row[Any]], wanted: ColumnElement[bool]) -> tuple[str, ...]:
    places, found = _places(rows), [""] * len(rows)
    order = (tags.c.track_id, tags.c.probability)  # the last one of a track stays
    with library.database.read() as connection:
        for row in connection.execute(select(tags.c.track_id, tags.c.tag).where(wanted).order_by(*order)):
            if row.track_id in places:
                found[places[row.track_id]] = row.tag
    return tuple(found)


def _places(rows: Sequence[Row[Any]]) -> dict[int, int]:
    return {row.id: place for place, row in enumerate(rows)}


def _matrix(values: Sequence[Sequence[float | None]], width: int = len(DESCRIPTORS)) -> Floats:
    return np.array(values, np.float64).reshape(len(values), width)


def _waveform(library: Library, places: dict[int, int]) -> Numbers:
    X = np.full((len(places), len(WAVEFORM_NAMES)), np.nan)
    for number, text in _documents(library, "$.descriptors.waveform"):
        if number in places:
            values = json.loads(text)
            X[places[number]] = [_sane(values.get(name)) for name in WAVEFORM_NAMES]
    return Numbers(WAVEFORM_NAMES, X)


def _sane(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) and isfinite(value) else np.nan


def _documents(library: Library, part: str) -> Iterator[tuple[int, str]]:
    """Yield one part of each document; SQLite finds it without the rest becoming Python objects."""
    document = analyses.c.document
    found = case((func.json_valid(document) == 1, func.json_extract(document, part)), else_=None)
    with library.database.read() as connection:
        for row in connection.execute(select(analyses.c.track_id, found.label("part"))):
            if isinstance(row.part, str) and row.part.startswith("{"):
                yield row.track_id, row.part


def _pooled(library: Library, places: dict[int, int]) -> Numbers:
    return _vectors(library, places, POOLED)


def _embedding(library: Library, places: dict[int, int]) -> Numbers:
    return _vectors(library, places, EMBEDDING)


def _vectors(library: Library, places: dict[int, int], kind: str) -> Numbers:
    if kind not in library.kinds():
        return Numbers((), np.zeros((len(places), 0)))
    held = library.vectors(kind)
    names = held.names or tuple(f"{kind.partition('/')[0]}.{i}" for i in range(held.matrix.shape[1]))
    X = np.full((len(places), len(names)), np.nan)
    at = [(places[number], row) for row, number in enumerate(held.ids.tolist()) if number in places]
    if at:
        to, of = np.array(at).T
        X[to] = held.matrix[of]
    return Numbers(names, np.where(np.isfinite(X), X, np.nan))


def _tags(library: Library, places: dict[int, int]) -> Numbers:
    """Return probabilities by net and tag; a track that a net has not heard has NaN for all of its tags."""
    names: dict[tuple[str, str], int] = {}
    cells = []
    of_nets: ColumnElement[bool] = tags.c.model.in_(DEFAULT_BACKBONES)
    with library.database.read() as connection:
        chosen = select(tags.c.track_id, tags.c.model, tags.c.tag, tags.c.probability).where(of_nets)
        for number, model, tag, probability in connection.execute(chosen):
            if number in places:
                cells.append((places[number], names.setdefault((model, tag), len(names)), probability))
    X = np.full((len(places), len(names)), np.nan)
    if cells:
        row, column, value = np.array(cells).T
        _fill(X, row.astype(int), column.astype(int), value, [model for model, _ in names])
    order = sorted(range(len(names)), key=list(names).__getitem__)
    return Numbers(tuple(f"{m}.{t}" for m, t in sorted(names)), X[:, order])


def _fill(X: Floats, row: NDArray, column: NDArray, value: Floats, models: Sequence[str]) -> None:
    of_model = np.array(models)
    for model in set(models):
        heard = np.unique(row[of_model[column] == model])
        X[np.ix_(heard, np.flatnonzero(of_model == model))] = 0.0
    X[row, column] = value
