"""The map of a whole library, kept so that it is there at once: places of all tracks, and their colours.

Where songs lie is kept a second time, without colours, by `tunelens.services.map_places`: by that tracks
which join are put among the others and move nothing.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import NotFoundError, UnknownNameError
from tunelens.base.language import LANGUAGES, current_language, language, say
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.explore.collection import Collection
from tunelens.explore.projection import PROJECTIONS
from tunelens.library import columns as library_columns
from tunelens.library.neighbours.shelf import Kept, Shelf
from tunelens.library.store import Library
from tunelens.plots.map import palette
from tunelens.services.collections import LIBRARY, every_track
from tunelens.services.map import method_for
from tunelens.services.map_columns import CLUSTER, SHOWN, Columns, Groups, Numbers, clean, columns_of
from tunelens.services.map_page import placed
from tunelens.services.map_places import Places, lay
from tunelens.services.map_reading import Axis, axes_of, reading
from tunelens.services.map_sources import MapOptions, kept_clusters, place_of
from tunelens.services.map_words import label_of

NAME, FILE = "map", "columns"
MAGIC = b"TLMP"
FORMAT = 1
TEXTS = ("title", "artist")
STAGES = 4
MOST_GROUPS, SONGS_PER_GROUP = 8, 25
"""Without a saved run songs are in so many groups at most, as there are colours: how many clusters there
really are, which `tunelens cluster` finds out, takes minutes."""
MOST_CLUSTERED = 10_000
"""Of more tracks so many, drawn by lot, make the clusters; the others belong to the nearest centre."""
Ids = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Column:
    """One thing that songs are coloured by, or called, in the order of the map.

    Parameters
    ----------
    about : mapping
        ``name``, ``label``, ``kind`` (``number``, ``group`` or ``text``), ``n``, ``dtype``; of numbers
        ``low``, ``high``, ``floor``, ``ceiling`` and ``digits``, of groups ``labels`` and how many are
        ``shown``.
    data : bytes
        Little-endian float32 (NaN where unknown), uint16 (0 where unknown, else 1 + the place in
        ``labels``), or a JSON list of texts.
    """

    about: Mapping[str, Any]
    data: bytes

    def to_bytes(self) -> bytes:
        """Return a length (uint32), the header as JSON, and the data, which begins at a multiple of 8.

        Examples
        --------
        >>> whole = Column({"name": "year"}, b"....").to_bytes()
        >>> int.from_bytes(whole[:4], "little"), whole[4:20], whole[20:]
        (20, b'{"name": "year"}', b'    ....')
        """
        text = json.dumps(self.about, ensure_ascii=False).encode("utf-8", "backslashreplace")
        text += b" " * (-(4 + len(text)) % 8)
        return struct.pack("<I", len(text)) + text + self.data


@dataclass(frozen=True, eq=False)
class LibraryMap:
    """A map that is kept.

    Parameters
    ----------
    about : mapping
        What was noted when it was made: projection, features, revision of the library and so on.
    path : Path
        The file of its columns.
    """

    about: Mapping[str, Any]
    path: Path

    @property
    def stamp(self) -> str:
        """Return what no other map is called."""
        return self.path.name.split("-")[1]

    def points(self) -> bytes:
        """Return a header (``TLMP``, format, n, 0), int32 ids and float32 x, y from 0 to 1, little-endian."""
        ids, points = self._array("ids"), self._array("points")
        return MAGIC + struct.pack("<III", FORMAT, len(ids), 0) + ids.tobytes() + points.tobytes()

    def ids(self) -> Ids:
        """Return the tracks, in the order of the map: drawn by lot, so that the first are a fair sample."""
        return self._array("ids")

    def column(self, name: str) -> Column:
        """Return a column, its labels in the language of now.

        Raises
        ------
        UnknownNameError
            There is no such column.
        """
        known = {one["name"]: one for one in self.about["columns"]}
        if name in TEXTS:
            return Column(
                self._told({"name": name, "kind": "text", "dtype": "json"}), self._array(name).tobytes()
            )
        if name not in known:
            raise UnknownNameError.among("column", name, [*known, *TEXTS])
        one = known[name]
        return Column(self._told(one), self._array(one["array"]).tobytes())

    def _told(self, one: Mapping[str, Any]) -> dict[str, Any]:
        told = {key: value for key, value in one.items() if key != "array"}
        if one["kind"] == "group":
            texts = json.loads(self._array(f"{one['array']}l").tobytes())
            told["labels"] = texts.get(current_language(), texts["en"])
        return {**told, "label": label_of(one["name"]), "n": self.about["n"]}

    def _array(self, name: str) -> NDArray[Any]:
        with np.load(self.path, allow_pickle=False) as file:
            return np.asarray(file[name])

    def to_dict(self) -> dict[str, Any]:
        """Return what is known of the map without its points, in the language of now."""
        names = (
            "n",
            "projection",
            "features",
            "seed",
            "revision",
            "made_at",
            "trust",
            "n_new",
            "box",
            "colour",
        )
        columns = [
            {"name": one["name"], "label": label_of(one["name"]), "kind": one["kind"]}
            for one in self.about["columns"]
        ]
        axes = [Axis(one["share"], tuple(one["along"])).said(at) for at, one in enumerate(self.about["axes"])]
        told = reading(self.about["features"], self.about["projection"], has_others=self.about["has_others"])
        return {
            **{name: self.about[name] for name in names},
            "stamp": self.stamp, "columns": columns, "axes": axes, "reading": told, "palette": palette(),
        }  # fmt: skip


# -- looking at what is kept -------------------------------------------------------------------------


def kept_map(library: Library, settings: Settings | None = None) -> LibraryMap:
    """Return the map of a library as it was made last.

    Raises
    ------
    NotFoundError
        None was made yet, or what is kept is damaged.
    """
    kept = Shelf.of(library.path, settings).load(NAME)
    if kept is None or kept.facts.get("format") != FORMAT:
        raise NotFoundError("no map of this library was made yet", hint="POST /api/v1/jobs/map makes one")
    return _of(kept)


def _of(kept: Kept) -> LibraryMap:
    return LibraryMap(kept.facts, kept.paths[FILE])


def describe(library: Library, settings: Settings | None = None) -> dict[str, Any]:
    """Return what a page must know to show the map: whether there is one, and whether it still holds.

    Returns
    -------
    dict
        ``computed``; if so what `LibraryMap.to_dict` tells, and ``stale``, with ``n_joined`` tracks that are
        not on the map and ``n_gone`` points whose track is not there any more. ``projections`` and ``sets``
        of features can be asked for.
    """
    plain = {
        "n_tracks": library.count(),
        "projections": list(PROJECTIONS),
        "sets": list(library_columns.SETS),
    }
    try:
        kept = kept_map(library, settings)
    except NotFoundError:
        return {"computed": False, **plain}
    return {"computed": True, **plain, **kept.to_dict(), **_staleness(library, kept)}


def _staleness(library: Library, kept: LibraryMap) -> dict[str, Any]:
    if kept.about["revision"] == library.revision():
        return {"stale": False, "n_joined": 0, "n_gone": 0}
    there, drawn = library_columns.ids(library), kept.ids()
    joined, gone = np.setdiff1d(there, drawn), np.setdiff1d(drawn, there)
    return {"stale": True, "n_joined": len(joined), "n_gone": len(gone)}


def matching(library: Library, query: str) -> list[int]:
    """Return the numbers of all tracks that a query finds; errors as in `tunelens.library.search`."""
    return library_columns.ids(library, query).tolist()


# -- making one --------------------------------------------------------------------------------------


def make_map(
    library: Library,
    *,
    projection: str | None = None,
    features: str = "descriptors",
    seed: int = 0,
    fresh: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> LibraryMap:
    """Lay all tracks of a library out on a plane, and keep that.

    Parameters
    ----------
    projection : str, optional
        One of `PROJECTIONS`; as `tunelens.services.map.draw_map` chooses.
    features : str
        By what songs are alike; see `tunelens.services.collections.collect`.
    seed : int
        The same tracks and seed give the same map.
    fresh : bool
        Lay songs out anew; otherwise those that were there stay, and new ones are put among them.
    progress : Progress, optional
        Told of the four stages: read, coloured, laid out, kept.

    Raises
    ------
    TunelensError
        As `collect` and `draw_map` do.
    """
    settings, told = settings or Settings.from_env(), progress or Silent()
    revision = library.revision()
    told.start(STAGES, "map")
    try:
        songs = every_track(library, features)
        told.advance("read")
        coloured = _coloured(library, songs, seed)
        told.advance("coloured")
        places = _laid(
            library, songs, MapOptions(features, projection=projection, seed=seed), fresh, settings
        )
        told.advance("laid out")
        made = _keep(Shelf.of(library.path, settings), songs, places, coloured, revision)
        told.advance("kept")
    finally:
        told.finish()
    return made


def _laid(
    library: Library, songs: Collection, options: MapOptions, fresh: bool, settings: Settings
) -> Places:
    place = place_of(library.path, LIBRARY, options, settings)
    if fresh:
        place.unlink(missing_ok=True)
    return lay(songs, method_for(options.projection, len(songs)), options.seed, place)


@dataclass(frozen=True, eq=False)
class _Coloured:
    """What songs are coloured by, and what its names are called in other languages."""

    columns: Columns
    said: Mapping[str, Mapping[str, str]]

    def labels(self, column: Groups) -> dict[str, list[str]]:
        """Return the names of groups by language."""
        return {code: [self.said[code].get(one, one) for one in column.labels] for code in LANGUAGES}


def _coloured(library: Library, songs: Collection, seed: int) -> _Coloured:
    """Return the columns; names of clusters alone are ours, and said in every language."""
    by_language = _clusters(library, songs, seed)
    first = by_language["en"]
    said = {
        code: {
            clean(a): clean(b) for name in first for a, b in {*zip(first[name], groups[name], strict=True)}
        }
        for code, groups in by_language.items()
    }
    return _Coloured(columns_of(songs, first), said)


def _clusters(library: Library, songs: Collection, seed: int) -> dict[str, dict[str, Sequence[str]]]:
    """Return the names of the clusters of each song, by language and column: of kept runs, else found now."""
    found: dict[str, dict[str, Sequence[str]]] = {}
    for code in LANGUAGES:
        with language(code):
            found[code] = kept_clusters(library, songs.ids)[0]
    return found if found["en"] else _found_clusters(songs, seed)


def _found_clusters(songs: Collection, seed: int) -> dict[str, dict[str, Sequence[str]]]:
    from tunelens.explore.clusters import cluster

    rows = np.random.default_rng(seed).permutation(len(songs))[:MOST_CLUSTERED]
    k = int(np.clip(len(songs) // SONGS_PER_GROUP, 2, MOST_GROUPS))
    divided = cluster(songs.take(np.sort(rows)), k=k, seed=seed)
    labels, _ = divided.division.place(divided.prepared.again(songs).Z)
    found: dict[str, dict[str, Sequence[str]]] = {}
    for code in LANGUAGES:
        with language(code):
            names = (*divided.names, say("in no cluster"))
            found[code] = {CLUSTER: [names[label] for label in labels]}
    return found


def _keep(shelf: Shelf, songs: Collection, places: Places, coloured: _Coloured, revision: int) -> LibraryMap:
    order = np.random.default_rng(places.projection.seed).permutation(len(songs))
    inside, box = placed(places.projection.points)
    arrays: dict[str, NDArray[Any]] = {
        "ids": np.array(songs.ids).astype(np.int32)[order], "points": inside[order].astype("<f4"),
        "title": _json([clean(songs.titles[row]) for row in order]),
        "artist": _json([clean(songs.artists[row]) for row in order]),
    }  # fmt: skip
    described = []
    for at, column in enumerate(coloured.columns.columns):
        arrays |= _arrays(column, f"c{at}", coloured, order)
        described.append(_described(column, f"c{at}"))
    facts = {**_facts(places, coloured.columns, revision), "box": box, "columns": described}

    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    shelf.keep(NAME, facts, {FILE: write})
    kept = shelf.load(NAME)
    assert kept is not None
    return _of(kept)


def _json(value: object) -> NDArray[np.uint8]:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return np.frombuffer(text.encode("utf-8", "backslashreplace"), np.uint8)


def _arrays(
    column: Groups | Numbers, name: str, coloured: _Coloured, order: NDArray[np.intp]
) -> dict[str, NDArray[Any]]:
    if isinstance(column, Numbers):
        return {name: column.values[order].astype("<f4")}
    return {name: column.codes[order].astype("<u2"), f"{name}l": _json(coloured.labels(column))}


def _described(column: Groups | Numbers, array: str) -> dict[str, Any]:
    about = {"name": clean(column.name), "array": array}
    if isinstance(column, Groups):
        return about | {"kind": "group", "dtype": "u2", "shown": column.shown}
    scale = {name: getattr(column, name) for name in ("low", "high", "floor", "ceiling", "digits")}
    return about | {"kind": "number", "dtype": "f4", **scale}


def _facts(places: Places, columns: Columns, revision: int) -> dict[str, Any]:
    projection = places.projection
    return {
        "format": FORMAT,
        "n": len(projection.points),
        "revision": revision,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "projection": projection.method,
        "seed": projection.seed,
        "trust": projection.trust,
        "features": list(places.prepared.features),
        "axes": [{"share": axis.share, "along": list(axis.along)} for axis in axes_of(places)],
        "n_new": places.n_new,
        "colour": columns.named(None).name,
        "has_others": any(isinstance(one, Groups) and len(one.labels) > SHOWN for one in columns.columns),
    }
