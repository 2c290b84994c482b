"""`draw_map`: songs as a map that plays, one HTML file that needs nothing else; or a picture of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.card import Card, Fact, Shown
from tunelens.base.errors import DataError, ParameterError, TunelensError, UnknownNameError
from tunelens.base.extras import require
from tunelens.base.files import atomic_path, check_writable
from tunelens.base.language import LANGUAGES, say
from tunelens.base.language import language as speaking
from tunelens.base.progress import Progress, Silent
from tunelens.explore.collection import Collection
from tunelens.explore.nearness import nearest
from tunelens.explore.projection import PROJECTIONS
from tunelens.services import report_media
from tunelens.services.map_columns import CLUSTER, SHOWN, Columns, Groups, columns_of
from tunelens.services.map_page import Page, render, urls
from tunelens.services.map_places import Places, lay
from tunelens.services.map_reading import axes_of, reading
from tunelens.services.notes import note

PAGES, PICTURES = (".html", ".htm"), (".png", ".svg")
MOST_SONGS = 300_000
MOST_SNIPPETS = 500
MOST_WITH_NEIGHBOURS = 20_000
"""Of more songs neighbours are told by the map: a page would hold millions of numbers more."""
MOST_SHOWN_BYTES = 10_000_000
"""A larger map is not put into a notebook, which is kept and sent around."""
N_NEIGHBOURS = 10
N_NAMED = 40
_FEW = 30
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MapReport(Shown):
    """What was drawn.

    Parameters
    ----------
    path : Path
        The file.
    n_songs, n_bytes : int
        Songs on the map; size of the file.
    projection : str
        One of `PROJECTIONS`.
    trust : float or None
        Trustworthiness, 0 to 1; see `tunelens.explore.projection.trust_in`.
    colour : str
        By what the songs are coloured at first.
    colours : tuple of str
        By what they can be coloured.
    neighbours : str
        ``features`` or ``map``: what tells which songs are near; ``none`` in a picture.
    n_new : int
        Songs that joined a map that was kept.
    n_snippets : int
        Songs whose seconds are in the page.
    failures : tuple of (Path, TunelensError)
        Files that gave no snippet.
    notes : tuple of str
        What a person should know of the map.
    """

    path: Path
    n_songs: int
    n_bytes: int
    projection: str
    trust: float | None
    colour: str
    colours: tuple[str, ...]
    neighbours: str
    n_new: int = 0
    n_snippets: int = 0
    failures: tuple[tuple[Path, TunelensError], ...] = ()
    notes: tuple[str, ...] = ()

    def _card(self) -> Card:
        lead = say("{n} songs", n=f"{self.n_songs:,}")
        facts = (Fact(say("file"), str(self.path)), Fact(say("projection"), self.projection, self.trust))
        small = self.path.is_file() and self.path.stat().st_size <= MOST_SHOWN_BYTES
        kind = self.path.suffix.lower()
        return Card(
            self.path.stem, lead, facts, notes=self.notes,
            page=self.path.read_text(encoding="utf-8") if small and kind in PAGES else "",
            picture=self.path.read_bytes() if small and kind == ".png" else b"",
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        plain = {
            name: getattr(self, name)
            for name in ("n_songs", "n_bytes", "projection", "trust", "colour", "neighbours")
        }
        more = {
            "n_new": self.n_new,
            "n_snippets": self.n_snippets,
            "colours": list(self.colours),
            "notes": list(self.notes),
        }
        failures = [{"path": str(path), "error": error.to_dict()} for path, error in self.failures]
        return {"out": str(self.path), **plain, **more, "failures": failures}


@dataclass(frozen=True)
class _Sounds:
    """Snippets by row, and the files that gave none."""

    snippets: Mapping[int, str] = field(default_factory=dict)
    failures: tuple[tuple[Path, TunelensError], ...] = ()


def draw_map(
    songs: Collection,
    out: str | Path,
    *,
    projection: str | None = None,
    colour: str | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    title: str | None = None,
    seed: int = 0,
    snippets: int = 0,
    language: str = "en",
    kept: Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> MapReport:
    """Write songs as a map: near each other where they are alike.

    Parameters
    ----------
    songs : Collection
        4 to 300,000.
    out : str or Path
        ``.html`` (or ``.htm``): one page that loads nothing, pans, zooms, searches and plays; ``.png`` or
        ``.svg``: a picture.
    projection : str, optional
        One of `PROJECTIONS`. By default ``umap`` where it is installed, else ``tsne``; of fewer than 30 songs
        ``pca``.
    colour : str, optional
        A fact, ``year``, a feature, one of `groups`, or ``cluster``, which are found if they are not given.
        By default clusters, genre, mood or year, whichever is there first.
    groups : mapping of str to sequence of str, optional
        Names for each song, "" where unknown: clusters that were saved, what a bundle says.
    title : str, optional
        Heading; the name of the collection.
    seed : int
        The same songs and seed give the same map.
    snippets : int
        Of so many songs, spread over the map, the page holds 12 seconds of sound, about 80 kB each; 0 to 500.
    language : {"en", "zh"}
        What the map speaks.
    kept : Path, optional
        Where the places of the songs are kept: songs that join later are put among them and move nothing.
    force : bool
        Overwrite `out`.
    progress : Progress, optional
        Told of every snippet.

    Raises
    ------
    ParameterError
        `out` has another suffix or exists, there are too many songs, or `snippets` is out of range.
    UnknownNameError
        There is no such projection, colour or language.
    DataError
        There are fewer than 4 songs, or no feature differs among them.
    MissingDependencyError
        UMAP was asked for and is not installed.
    """
    target = check_request(
        Path(out), projection=projection, language=language, snippets=snippets, force=force, n=len(songs)
    )
    with speaking(language):
        groups, exemplars = _with_clusters(songs, colour, dict(groups or {}), seed)
        columns = columns_of(songs, groups)
        first = columns.named(colour)
        places = lay(songs, method_for(projection, len(songs)), seed, kept)
        drawn = _Drawn(songs, columns, first.name, places, title or songs.name, exemplars)
        if target.suffix.lower() in PICTURES:
            return _picture(drawn, target, force)
        return _page(
            drawn, target, seed, _sounds(songs, places.projection.points, snippets, progress or Silent())
        )


@dataclass(frozen=True, eq=False)
class _Drawn:
    """All that a page and a picture have in common."""

    songs: Collection
    columns: Columns
    colour: str
    places: Places
    title: str
    exemplars: Sequence[int]

    def report(self, path: Path, neighbours: str, sounds: _Sounds | None = None) -> MapReport:
        sounds = sounds or _Sounds()
        projection = self.places.projection
        return MapReport(
            path=path,
            n_songs=len(self.songs),
            n_bytes=path.stat().st_size,
            projection=projection.method,
            trust=projection.trust,
            colour=self.colour,
            colours=tuple(column.name for column in self.columns.columns),
            neighbours=neighbours,
            n_new=self.places.n_new,
            n_snippets=len(sounds.snippets),
            failures=sounds.failures,
            notes=self.notes,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.places.projection.notes, *self.columns.notes, *map(note, self.songs.notes))


def check_request(
    out: Path, *, projection: str | None, language: str, snippets: int, force: bool, n: int = 0
) -> Path:
    """Return `out` if such a map can be drawn; errors as `draw_map` raises them, before anything is heard."""
    if out.suffix.lower() not in (*PAGES, *PICTURES):
        allowed = ", ".join((*PAGES, *PICTURES))
        raise ParameterError(f"{out.name!r} ends in {out.suffix!r}; {allowed} are allowed")
    if projection is not None and projection not in PROJECTIONS:
        raise UnknownNameError.among("projection", projection, PROJECTIONS)
    if language not in LANGUAGES:
        raise UnknownNameError.among("language", language, LANGUAGES)
    if not 0 <= snippets <= MOST_SNIPPETS:
        raise ParameterError(f"{snippets} snippets were asked for; 0 to {MOST_SNIPPETS} are allowed")
    if n > MOST_SONGS:
        raise ParameterError(
            f"{n:,} songs; a map holds {MOST_SONGS:,}", hint="a query chooses some: tunelens map genre:jazz"
        )
    return check_writable(out, force=force)


def method_for(asked: str | None, n: int) -> str:
    """Return the projection that is asked for, or the one that suits so many songs."""
    if asked is not None:
        return asked
    if n < _FEW:
        return "pca"
    try:
        require("umap")
    except TunelensError:
        return "tsne"
    return "umap"


def _with_clusters(
    songs: Collection, colour: str | None, groups: dict[str, Sequence[str]], seed: int
) -> tuple[dict[str, Sequence[str]], Sequence[int]]:
    """Find clusters where the map is to be coloured by them and there are none."""
    if colour != CLUSTER or CLUSTER in groups or CLUSTER in songs.facts:
        return groups, ()
    from tunelens.explore.clusters import cluster

    found = cluster(songs, seed=seed)
    names = (*found.names, say("in no cluster"))
    return {CLUSTER: [names[label] for label in found.labels], **groups}, [
        row for rows in found.exemplars for row in rows[:2]
    ]


# -- the page ----------------------------------------------------------------------------------------


def _page(drawn: _Drawn, target: Path, seed: int, sounds: _Sounds) -> MapReport:
    ready, n = drawn.places.prepared, len(drawn.songs)
    near = nearest(ready.Z, N_NEIGHBOURS if n <= MOST_WITH_NEIGHBOURS else 0)
    page = Page(
        drawn.title, drawn.songs, drawn.places.projection.points, drawn.columns, drawn.colour, near,
        _axes(drawn.places), tuple(_reading(drawn)), urls(drawn.songs.paths, target.parent), sounds.snippets,
    )  # fmt: skip
    with (
        atomic_path(target) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace") as file,
    ):
        file.writelines(render(page, seed))
    return drawn.report(target, "features" if near.shape[1] else "map", sounds)


def _reading(drawn: _Drawn) -> list[str]:
    """Return what a reader must know: what lies near what, what distance means, how far to trust it."""
    has_others = any(isinstance(one, Groups) and len(one.labels) > SHOWN for one in drawn.columns.columns)
    places = drawn.places
    told = reading(places.prepared.features, places.projection.method, has_others=has_others)
    return [*told, *drawn.notes]


def _axes(places: Places) -> tuple[str, ...]:
    return tuple(axis.said(at) for at, axis in enumerate(axes_of(places)))


# -- sound -------------------------------------------------------------------------------------------


def _sounds(songs: Collection, points: Floats, n: int, progress: Progress) -> _Sounds:
    """Take seconds of songs that are spread over the map; a file that fails is told and ends nothing."""
    rows = [row for row, path in enumerate(songs.paths) if path is not None] if n else []
    if not rows:
        return _Sounds()
    chosen = np.array(rows)[spread(points[rows], n)]
    snippets, failures = {}, []
    progress.start(len(chosen), "snippets")
    try:
        for row in chosen.tolist():
            path = songs.paths[row]
            assert path is not None
            try:
                snippets[row] = _snippet(path)
            except TunelensError as error:
                failures.append((path, error))
            progress.advance(str(path), ok=row in snippets)
    finally:
        progress.finish()
    return _Sounds(snippets, tuple(failures))


def _snippet(path: Path) -> str:
    from tunelens.audio import probe

    sound = report_media.snippet(path, probe(path).duration_s or 0.0)
    if not sound:
        raise DataError(f"{path.name}: this system's libsndfile writes no MP3, so there are no snippets")
    return sound


def spread(points: Floats, n: int) -> NDArray[np.intp]:
    """Return rows of n points that lie far from each other: each is the farthest from those before it.

    Examples
    --------
    >>> spread(np.array([[0.0, 0], [0.1, 0], [5, 0], [9, 9]]), 3).tolist()
    [0, 3, 2]
    """
    chosen = [0]
    away = np.linalg.norm(points - points[0], axis=1)
    while len(chosen) < min(n, len(points)):
        chosen.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(points - points[chosen[-1]], axis=1))
        away[chosen] = -1
    return np.array(chosen, np.intp)


# -- the picture -------------------------------------------------------------------------------------


def _picture(drawn: _Drawn, target: Path, force: bool) -> MapReport:
    from tunelens.plots.map import MapDisplay

    column = drawn.columns.named(drawn.colour)
    points, songs = drawn.places.projection.points, drawn.songs
    named = list(drawn.exemplars) or spread(points, N_NAMED).tolist()
    look: dict[str, Any] = (
        {"codes": column.codes, "labels": column.labels[: column.shown]}
        if isinstance(column, Groups)
        else {"values": column.values, "limits": (column.low, column.high)}
    )
    MapDisplay(
        title=drawn.title, points=points, colour=column.label, axes=_axes(drawn.places),
        titles={row: songs.titles[row] for row in named},
        notes=(*_reading(drawn)[1:2], *drawn.places.projection.notes[-1:]), **look,
    ).save(target, force=force)  # fmt: skip
    return drawn.report(target, "none")
