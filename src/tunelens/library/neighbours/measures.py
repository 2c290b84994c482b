"""What the parts of the space are made of, read from the library in one sweep, or taken from one analysis.

A table has one row per track and NaN where a track lacks something: a net that did not hear it, descriptors
of another version, a tempo that nobody could tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from tunelens.features.descriptors import DESCRIPTORS_VERSION
from tunelens.library.analysis import Analysis
from tunelens.library.keep import names_of
from tunelens.library.neighbours.harmony import MODES, TONICS, spot
from tunelens.library.rows import POOLED, arrays_of, track_row
from tunelens.library.schema import tracks, vectors

Float32 = NDArray[np.float32]
Ids = NDArray[np.int64]

NETS = {"MSD_musicnn/penultimate": "0.1.0+1", "MTT_musicnn/penultimate": "0.1.0+1"}
"""Kinds of embedding that are heard, and the version whose numbers mean what the parts were fitted to."""
NET_DIM = 200
FACTS = ("tempo", "fifths_x", "fifths_y", "mode", "loudness", "range", "danceability", "energy", "dynamics")
DEGREES = tuple(f"degree_{i}" for i in range(12))
"""Weight of each step above the tonic: the same for a song in any key."""

_COLUMNS = (
    *("tempo_bpm", "tonic", "mode", "loudness_lufs", "loudness_range_lu", "danceability", "energy"),
    "dynamic_complexity_db",
)
_CHROMA = tuple(f"chroma_{i}.mean" for i in range(12))
_BATCH = 2000


def _named(rows: Iterable[str], statistics: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{row}.{statistic}" for row in rows for statistic in statistics)


TIMBRE = _named(
    (
        *(f"mfcc_{i}" for i in range(1, 20)),
        *(f"contrast_{i}" for i in range(7)),
        *("centroid", "bandwidth", "rolloff", "flatness", "zcr"),
    ),
    ("mean", "std"),
)
RHYTHM = (
    *_named(("onset_env", "flux"), ("mean", "std", "skew", "kurt", "p5", "p95")),
    *_named((f"mfcc_delta_{i}" for i in range(4)), ("std",)),
)
HARMONY = _named((*(f"tonnetz_{i}" for i in range(6)), *(f"chroma_{i}" for i in range(12))), ("std",))
ENERGY = _named(("rms",), ("std", "skew", "p5", "p95"))
DESCRIPTORS = (*TIMBRE, *RHYTHM, *HARMONY, *ENERGY, *_CHROMA)


@dataclass(frozen=True, eq=False)
class Measures:
    """Tables with one row per track.

    Parameters
    ----------
    tables : Mapping of str to ndarray of float32, shape (n, width)
        The kinds of `NETS`, ``descriptors`` (columns `DESCRIPTORS`), ``facts`` and ``degrees``.
    """

    tables: Mapping[str, Float32]

    def take(self, names: Sequence[str]) -> Float32:
        """Return columns, shape (n, width): a net by its kind, any other column by its own name."""
        blocks = [self.tables[name] if name in NETS else self._column(name) for name in names]
        return np.concatenate(blocks, axis=1)

    def _column(self, name: str) -> Float32:
        table, column = _PLACES[name]
        return self.tables[table][:, column : column + 1]


_PLACES = {
    name: (table, column)
    for table, names in ((POOLED, DESCRIPTORS), ("facts", FACTS), ("degrees", DEGREES))
    for column, name in enumerate(names)
}


def measures_of(analysis: Analysis) -> Measures:
    """Return the measures of one analysis, one row in each table."""
    arrays = {array.kind: array for array in arrays_of(analysis)}
    tables = {kind: _blank(1, NET_DIM) for kind in NETS}
    for kind, version in NETS.items():
        array = arrays.get(kind)
        if array is not None and array.version == version:
            _put(tables[kind], 0, array.values)
    pooled = arrays[POOLED]
    columns = _columns_of(pooled.names)
    tables[POOLED] = _blank(1, len(DESCRIPTORS)) if columns is None else pooled.values[None, columns]
    return _completed(tables, [track_row(analysis)])


def read_measures(connection: Connection, ids: Ids) -> Iterator[tuple[Ids, Measures]]:
    """Yield the measures of the tracks `ids` (ascending) in batches; tracks that have gone are left out."""
    for start in range(0, len(ids), _BATCH):
        wanted = ids[start : start + _BATCH]
        facts = _facts(connection, wanted)
        found = np.array(list(facts), np.int64)
        tables = {kind: _net(connection, kind, found) for kind in NETS}
        tables[POOLED] = _pooled(connection, found)
        yield found, _completed(tables, list(facts.values()))


def _completed(tables: dict[str, Float32], rows: Sequence[Mapping[str, Any]]) -> Measures:
    facts = np.array([_facts_of(row) for row in rows], np.float32).reshape(-1, len(FACTS))
    degrees = _degrees(tables[POOLED][:, -len(_CHROMA) :], [row["tonic"] for row in rows])
    return Measures(tables | {"facts": facts, "degrees": degrees})


def _facts_of(row: Mapping[str, Any]) -> list[float]:
    numbers = [np.nan if row[name] is None else float(row[name]) for name in _COLUMNS[3:]]
    loudness, spread, danceability, energy, dynamics = numbers
    bpm = row["tempo_bpm"]
    tempo = np.log2(bpm) if bpm and bpm > 0 else np.nan
    root = max(energy, 0.0) ** 0.5
    return [tempo, *_key(row["tonic"], row["mode"]), loudness, spread, danceability, root, dynamics]


def _key(tonic: str | None, mode: str | None) -> tuple[float, float, float]:
    """Return the place of a key on the circle of fifths, radius 1, and +1 for major, -1 for minor."""
    if tonic not in TONICS or mode not in MODES:
        return np.nan, np.nan, np.nan
    hour, letter = spot(f"{tonic} {mode}")
    angle = 2 * np.pi * hour / 12
    return np.cos(angle), np.sin(angle), 1.0 if letter == "B" else -1.0


def _degrees(chroma: Float32, tonics: Sequence[str | None]) -> Float32:
    """Turn pitch classes so that the tonic comes first; NaN where there is none."""
    lowest = np.array([TONICS.index(tonic) if tonic in TONICS else -1 for tonic in tonics], np.intp)
    turned = np.take_along_axis(chroma, (np.arange(12) + lowest[:, None]) % 12, axis=1)
    return np.where(lowest[:, None] < 0, np.float32(np.nan), turned)


def _facts(connection: Connection, wanted: Ids) -> dict[int, Mapping[str, Any]]:
    query = select(tracks.c.id, *(tracks.c[name] for name in _COLUMNS)).order_by(tracks.c.id)
    rows = connection.execute(query.where(tracks.c.id.in_(listed(wanted))))
    return {row.id: dict(row._mapping) for row in rows}


def _vectors(connection: Connection, kind: str, version: str, ids: Ids) -> Iterator[Any]:
    fields = (vectors.c.track_id, vectors.c.layout, vectors.c.data)
    mine = vectors.c.track_id.in_(listed(ids))
    query = select(*fields).where(mine, vectors.c.kind == kind, vectors.c.version == version)
    places = {number: place for place, number in enumerate(ids.tolist())}
    for row in connection.execute(query):
        yield places[row.track_id], row.layout, row.data


def _net(connection: Connection, kind: str, ids: Ids) -> Float32:
    table = _blank(len(ids), NET_DIM)
    for place, _, data in _vectors(connection, kind, NETS[kind], ids):
        _put(table, place, _floats(data))
    return table


def _pooled(connection: Connection, ids: Ids) -> Float32:
    table = _blank(len(ids), len(DESCRIPTORS))
    known: dict[str, tuple[int, NDArray[np.intp] | None]] = {}
    for place, layout, data in _vectors(connection, POOLED, str(DESCRIPTORS_VERSION), ids):
        if layout not in known:
            names = _names(connection, layout)
            known[layout] = len(names), _columns_of(names)
        width, columns = known[layout]
        values = _floats(data)
        if columns is not None and values.size == width:
            table[place] = values[columns]
    return table


def listed(ids: Ids) -> Any:
    """Return ids as a subquery: one bound value, however many there are."""
    return select(func.json_each(json.dumps(ids.tolist())).table_valued("value").c.value)


def _names(connection: Connection, layout: str) -> tuple[str, ...]:
    """Return the names that a layout stands for; none where they cannot be read."""
    try:
        return names_of(connection, layout)
    except (ValueError, TypeError, RecursionError):
        return ()


def _columns_of(names: Sequence[str]) -> NDArray[np.intp] | None:
    """Return where the columns of `DESCRIPTORS` stand; None when one is missing."""
    places = {name: place for place, name in enumerate(names)}
    if not all(name in places for name in DESCRIPTORS):
        return None
    return np.array([places[name] for name in DESCRIPTORS])


def _blank(n: int, width: int) -> Float32:
    return np.full((n, width), np.nan, np.float32)


def _floats(data: bytes) -> Float32:
    """Read a blob; one that is cut off is nothing."""
    return np.frombuffer(data, "<f4") if len(data) % 4 == 0 else np.zeros(0, np.float32)


def _put(table: Float32, place: int, values: Float32) -> None:
    if values.size == table.shape[1]:
        table[place] = values
