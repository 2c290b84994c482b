"""Cluster songs of any source, keep the runs of a library, place new songs in them, compare them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.card import Card, Shown
from tunelens.base.errors import DataError, NotFoundError, ParameterError, TunelensError
from tunelens.base.language import LANGUAGES, language
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.base.table import Cell, Table
from tunelens.base.version import __version__
from tunelens.explore.clusters import CLUSTERERS, NOISE, Clustering, agreement, cluster, contingency, matched
from tunelens.explore.clusters.clustering import facts_of
from tunelens.explore.clusters.tables import clusters_table, members_table, traits_table
from tunelens.explore.collection import Collection
from tunelens.explore.prepared import Prepared
from tunelens.library.clusterings.run import NO_CLUSTER, Model, Run, Told
from tunelens.library.clusterings.store import Clusterings, Listed, Member, taken
from tunelens.library.playlists.store import checked_name
from tunelens.library.store import Library
from tunelens.services.collections import LIBRARY, collect, gather
from tunelens.services.notes import note

Ints = NDArray[np.intp]
TABLES = (".csv", ".tsv", ".json", ".toml", ".parquet")
MOST_TRAITS_KEPT = 20


@dataclass(frozen=True)
class ClusterOptions:
    """How songs are clustered.

    Parameters
    ----------
    method : str
        One of `CLUSTERERS`.
    k : int or None
        Number of clusters; None finds it.
    features : str
        What songs are compared by, as `collect` takes it.
    seed : int
    """

    method: str = "kmeans"
    k: int | None = None
    features: str = "descriptors"
    seed: int = 0


@dataclass(frozen=True, eq=False)
class ClusterReport(Shown):
    """What a run found.

    Parameters
    ----------
    source : str
        As `collect` takes it.
    options : ClusterOptions
    found : Clustering
    saved : str or None
        Name under which the library keeps it.
    failed : tuple of (Path, TunelensError)
        Files of a folder that could not be heard.
    """

    source: str
    options: ClusterOptions
    found: Clustering
    saved: str | None
    failed: tuple[tuple[Path, TunelensError], ...] = ()

    def _card(self) -> Card:
        tables = (clusters_table(self.found), traits_table(self.found))
        return Card(self.saved or self.source, tables=tables, notes=tuple(map(note, self.found.notes)))

    def tables(self) -> tuple[Table, ...]:
        """Return the clusters, what sets them apart, the curves over K if there are any, and the members."""
        choice = () if self.found.choice is None else (self.found.choice.table,)
        return (clusters_table(self.found), traits_table(self.found), *choice, members_table(self.found))

    def to_dict(self) -> dict[str, Any]:
        """Return the run as a JSON object, with all members."""
        found = self.found
        return {
            **facts_of(found),
            "name": self.saved,
            "source": self.source,
            "features_asked": self.options.features,
            "clusters": [_cluster_dict(found, label) for label in range(found.k)],
            "failed": [{"path": str(path), "error": error.to_dict()} for path, error in self.failed],
            "noise": [found.collection.ids[i] for i in found.members(NOISE)],
        }


def _cluster_dict(found: Clustering, label: int) -> dict[str, Any]:
    one, songs = found.clusters[label], found.collection
    return {
        "number": one.number,
        "name": one.name,
        "size": one.size,
        "silhouette": one.silhouette,
        "traits": [trait.to_dict() for trait in one.traits],
        "exemplars": [_song(songs, i) for i in one.exemplars],
        "members": [songs.ids[i] for i in found.members(label)],
    }


def _song(songs: Collection, row: int) -> dict[str, str]:
    return {"id": songs.ids[row], "title": songs.titles[row], "artist": songs.artists[row]}


def source_of(text: str | None) -> str:
    """Return what a person wrote as a source: nothing is the library, a query is one of the library.

    Examples
    --------
    >>> source_of(None), source_of("genre:jazz"), source_of("library:year:2020"), source_of("songs.csv")
    ('library', 'library:genre:jazz', 'library:year:2020', 'songs.csv')
    """
    if not text:
        return LIBRARY
    is_source = text == LIBRARY or text.startswith((f"{LIBRARY}:", "csv:", "json:"))
    is_file = text.lower().endswith(TABLES) or Path(text.split("+")[0]).exists()
    return text if is_source or is_file else f"{LIBRARY}:{text}"


def run_clusters(
    source: str | None = None,
    *,
    options: ClusterOptions | None = None,
    name: str | None = None,
    library: str | Path | None = None,
    settings: Settings | None = None,
    force: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> ClusterReport:
    """Cluster the songs of a source.

    Parameters
    ----------
    source : str, optional
        A query of the library, or anything that `collect` takes; by default the whole library.
    options : ClusterOptions, optional
    name : str, optional
        What the library keeps the run as: songs of the library, or of a folder, can be kept.
    library : str or Path, optional
    settings : Settings, optional
    force : bool
        Replace a run of this name.
    jobs, progress
        As in `collect`.

    Raises
    ------
    ParameterError
        The name is taken or not allowed, K is more than there are songs, or a table is to be kept.
    NotFoundError, QueryError, DataError
        As `collect` raises them.
    """
    options, source = options or ClusterOptions(), source_of(source)
    if name is not None:
        _check_name(name, source, library, force)
    asked = {"library": library, "settings": settings, "jobs": jobs, "progress": progress}
    heard = gather(source, features=options.features, **asked)  # type: ignore[arg-type]
    songs = heard.songs
    more = _described_by(songs, source, asked)
    found = cluster(songs, options.method, options.k, options.seed, described_by=more)
    if name is not None:
        with Library.open(library, create=False) as catalogue:
            _save(
                Clusterings(catalogue), checked_name(name, "clustering"), source, options, found, force=force
            )
    return ClusterReport(source, options, found, name and checked_name(name, "clustering"), heard.failed)


def _check_name(name: str, source: str, library: str | Path | None, force: bool) -> None:
    called = checked_name(name, "clustering")
    if "/" in called:
        raise ParameterError(f"{called!r} has a slash, which queries need", hint="leave it out")
    if not _is_of_library(source):
        raise ParameterError(
            f"{source!r} is a table, and the library keeps clusters of its own tracks alone",
            hint="--out writes the clusters of a table",
        )
    if not force and Path(library or Settings.from_env().library).is_file():
        with Library.open(library, create=False) as catalogue:
            if called in {one.name for one in Clusterings(catalogue).all()}:
                raise taken(called)


def _is_of_library(source: str) -> bool:
    return source == LIBRARY or source.startswith(f"{LIBRARY}:") or Path(source).is_dir()


def _described_by(songs: Collection, source: str, asked: Mapping[str, Any]) -> list[Collection]:
    """Return the same songs with what people have words for: descriptors, and tags where there are."""
    if not _is_of_library(source):
        return [found] if (found := _same(songs, collect(source, **asked))) else []
    more = []
    for features in ("descriptors", "tags"):
        try:
            again = _same(songs, collect(source, features=features, **asked))
        except NotFoundError:  # no net has heard them
            continue
        more += [again] if again else []
    return more


def _same(songs: Collection, other: Collection) -> Collection | None:
    """Return the songs of `other` in the order of `songs`; None where the source has changed meanwhile."""
    rows = {one: row for row, one in enumerate(other.ids)}
    return other.take([rows[one] for one in songs.ids]) if set(songs.ids) <= set(rows) else None


# -- what the library keeps --------------------------------------------------------------------------


def _save(
    kept: Clusterings,
    name: str,
    source: str,
    options: ClusterOptions,
    found: Clustering,
    *,
    force: bool,
    ever: int = 0,
) -> Run:
    ids = [int(one) for one in found.collection.ids]
    highest = max((one.number for one in found.clusters), default=0)
    facts = facts_of(found) | {"versions": _versions(kept, ids), "highest": max(highest, ever)}
    features = ",".join(found.collection.features) if ".json" in options.features else options.features
    run = Run(name, options.method, options.seed, _lasting(source), features, found.prepared.numbers(),
              _told(found, ids), _model(found), facts)  # fmt: skip
    distances = found.division.place(found.prepared.Z)[1]
    numbers = np.array([*(one.number for one in found.clusters), NO_CLUSTER])[found.labels]
    kept.save(run, _members(ids, numbers, distances), replace=force)
    return run


def _lasting(source: str) -> str:
    """Return a source that means the same from another folder."""
    return str(Path(source).resolve()) if Path(source).is_dir() else source


def _versions(kept: Clusterings, ids: Sequence[int]) -> dict[str, str]:
    heard = kept.heard_with(ids).most_common(1)
    return {"tunelens": __version__, "heard_with": heard[0][0] if heard else ""}


def _members(ids: Sequence[int], numbers: Ints, distances: NDArray, later: bool = False) -> list[Member]:
    return [
        Member(one, int(number), float(far) if np.isfinite(far) else None, later)
        for one, number, far in zip(ids, numbers, distances, strict=True)
    ]


def _model(found: Clustering) -> Model:
    numbers = np.array([one.number for one in found.clusters], np.intp)
    division = found.division
    return Model(division.anchors, numbers[division.anchor_labels], division.radii)


def _told(found: Clustering, ids: Sequence[int]) -> tuple[Told, ...]:
    return tuple(
        Told(
            one.number,
            {code: _said(one, code) for code in LANGUAGES},
            tuple(trait.to_dict() for trait in one.traits[:MOST_TRAITS_KEPT]),
            tuple(ids[row] for row in one.exemplars),
            one.silhouette,
        )
        for one in found.clusters
    )


def _said(one: Any, code: str) -> str:
    with language(code):
        return str(one.name)


def list_runs(library: Library) -> list[Listed]:
    """Return every run that the library keeps, the latest first."""
    return Clusterings(library).all()


@dataclass(frozen=True, eq=False)
class ShownRun:
    """A run and its members.

    Parameters
    ----------
    run : Run
    members : tuple of Member
        By cluster, the nearest first.
    names : Mapping of int to str
        What tracks are called, by number.
    notes : tuple of str
        What a person should know now.
    """

    run: Run
    members: tuple[Member, ...]
    names: Mapping[int, str]
    notes: tuple[str, ...] = ()

    def sizes(self) -> dict[int, int]:
        """Return the number of tracks by number of cluster."""
        numbers, counts = np.unique([one.number for one in self.members], return_counts=True)
        return dict(zip(numbers.tolist(), counts.tolist(), strict=True))

    def table(self) -> Table:
        """Return every member with its cluster."""
        rows = tuple(
            (one.number, self._called(one.number), one.track_id, self.names.get(one.track_id, ""),
             one.distance, one.came_later)
            for one in self.members
        )  # fmt: skip
        columns = ("number", "name", "id", "track", "distance", "came later")
        return Table(self.run.name, columns, rows)

    def _called(self, number: int) -> str:
        held = self.run.cluster(number)
        return "" if held is None else held.name

    def to_dict(self) -> dict[str, Any]:
        """Return the run as a JSON object, with its members."""
        run, sizes = self.run, self.sizes()
        return {
            **run.facts,
            "name": run.name,
            "method": run.method,
            "seed": run.seed,
            "source": run.source,
            "features_asked": run.features,
            "prepared": run.numbers,
            "clusters": [{**one.to_dict(), "size": sizes.get(one.number, 0)} for one in run.clusters],
            "members": [vars(one) for one in self.members],
            "notes_now": list(self.notes),
        }


def show_run(library: Library, name: str | None = None, number: int | None = None) -> ShownRun:
    """Return a run, the latest by default, or one of its clusters alone.

    Raises
    ------
    NotFoundError
        There is no such run, or no such cluster in it.
    """
    kept = Clusterings(library)
    run = kept.get(name)
    if number not in {None, NO_CLUSTER} and run.cluster(number or 0) is None:
        known = ", ".join(str(one.number) for one in run.clusters)
        raise NotFoundError(f"there is no cluster {number} in {run.name!r}; {known} and 0 (none) are there")
    members = tuple(kept.members(run.name, number))
    named = kept.names(one.track_id for one in members)
    notes = _outdated(kept, run, [one.track_id for one in members])
    return ShownRun(run, members, named, notes)


def _outdated(kept: Clusterings, run: Run, ids: Sequence[int]) -> tuple[str, ...]:
    """Say how many tracks were heard otherwise than those that the run was made of."""
    made_with = dict(run.facts.get("versions", {})).get("heard_with", "")
    others = sum(n for versions, n in kept.heard_with(ids).items() if _part(versions) != _part(made_with))
    text = "{n} tracks were heard with other versions than those of the run; cluster it anew (--refit)"
    return (text.format(n=others),) if others else ()


def _part(versions: str) -> object:
    """Return the version of the descriptors among versions; nets come and go without changing those."""
    try:
        return json.loads(versions or "{}").get("descriptors")
    except (ValueError, AttributeError):
        return versions


@dataclass(frozen=True)
class Compared:
    """How alike two runs are.

    Parameters
    ----------
    names : tuple of str
    agreement : float
        Adjusted Rand index on the tracks that both have.
    n : int
        Those tracks.
    table : Table
        How many tracks are in each pair of clusters.
    """

    names: tuple[str, str]
    agreement: float
    n: int
    table: Table

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {**vars(self), "names": list(self.names), "table": self.table.to_dict()}


def compare_runs(library: Library, first: str, second: str) -> Compared:
    """Compare two runs on the tracks that both have.

    Raises
    ------
    NotFoundError
        There is no such run.
    DataError
        They share no track.
    """
    kept = Clusterings(library)
    runs = [kept.get(name) for name in (first, second)]
    of = [{one.track_id: one.number for one in kept.members(run.name)} for run in runs]
    both = sorted(of[0].keys() & of[1].keys())
    if not both:
        raise DataError(f"{first!r} and {second!r} share no track", hint="compare runs of the same songs")
    a, b = ([numbers[one] for one in both] for numbers in of)
    rows, columns, counts = contingency(a, b)
    heads = tuple(_head(runs[1], int(number)) for number in columns)
    pairs = zip(rows.tolist(), counts.tolist(), strict=True)
    cells: tuple[tuple[Cell, ...], ...] = tuple((_head(runs[0], number), *row) for number, row in pairs)
    table = Table(f"{first} / {second}", (first, *heads), cells)
    return Compared((runs[0].name, runs[1].name), agreement(a, b), len(both), table)


def _head(run: Run, number: int) -> str:
    held = run.cluster(number)
    return "no cluster" if held is None else f"{number} {held.name}"


@dataclass(frozen=True)
class Updated:
    """What an update did.

    Parameters
    ----------
    name : str
    placed : Mapping of int to int
        New tracks by number of cluster; 0 are those that belong to none.
    refitted : bool
    agreement : float or None
        Of a refit with the run before it.
    n_moved : int
        Tracks whose number is another than before; 0 without a refit.
    new_clusters, gone_clusters : tuple of int
        Numbers that came and went by a refit.
    notes : tuple of str
    """

    name: str
    placed: Mapping[int, int]
    refitted: bool = False
    agreement: float | None = None
    n_moved: int = 0
    new_clusters: tuple[int, ...] = ()
    gone_clusters: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {**vars(self), "placed": {str(number): n for number, n in self.placed.items()}}


def update_run(
    library: str | Path | None,
    name: str,
    *,
    refit: bool = False,
    settings: Settings | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Updated:
    """Place the tracks of the source that came since, or cluster all of them anew.

    Placing moves and renames nothing: a new track goes to the nearest anchor, prepared with the numbers of
    the run. A refit looks for as many clusters as before; each new cluster keeps the number of the old one
    with which it shares most tracks (Hungarian method).

    Raises
    ------
    NotFoundError
        There is no such run.
    """
    with Library.open(library, create=False) as catalogue:
        run = Clusterings(catalogue).get(name)
    asked = {"library": library, "settings": settings, "jobs": jobs, "progress": progress}
    songs = collect(run.source, features=run.features, **asked)  # type: ignore[arg-type]
    with Library.open(library, create=False) as catalogue:
        kept = Clusterings(catalogue)
        return _refit(kept, run, songs, asked) if refit else _place(kept, run, songs)


def _place(kept: Clusterings, run: Run, songs: Collection) -> Updated:
    there = {one.track_id for one in kept.members(run.name)}
    rows = [row for row, one in enumerate(songs.ids) if int(one) not in there]
    if not rows:
        return Updated(run.name, {})
    new = songs.take(rows)
    ready = Prepared.from_numbers(run.numbers).again(new)
    numbers, distances = run.model.place(ready.Z)
    ids = [int(one) for one in new.ids]
    kept.add(run.name, _members(ids, numbers, distances, later=True))
    found, counts = np.unique(numbers, return_counts=True)
    notes = (*ready.notes, *_outdated(kept, run, ids))
    return Updated(run.name, dict(zip(found.tolist(), counts.tolist(), strict=True)), notes=notes)


def _refit(kept: Clusterings, run: Run, songs: Collection, asked: Mapping[str, Any]) -> Updated:
    k = len(run.clusters) if CLUSTERERS[run.method].takes_k else None
    options = ClusterOptions(run.method, k, run.features, run.seed)
    found = cluster(songs, run.method, k, run.seed, described_by=_described_by(songs, run.source, asked))
    before = {one.track_id: one.number for one in kept.members(run.name)}
    ids = [int(one) for one in songs.ids]
    old = np.array([before.get(one, NO_CLUSTER) for one in ids]) - 1  # -1: in no cluster, or not there
    ever = int(run.facts.get("highest", 0))
    renumbered = _renumbered(found, old, ever)
    _save(kept, run.name, run.source, options, renumbered, force=True, ever=ever)
    number_of = np.array([*(one.number for one in renumbered.clusters), NO_CLUSTER])[found.labels]
    known = np.array([one in before for one in ids])
    was, now = {one.number for one in run.clusters}, {one.number for one in renumbered.clusters}
    alike = agreement(old[known] + 1, number_of[known]) if known.any() else None
    numbers, counts = np.unique(number_of[~known], return_counts=True)
    return Updated(
        run.name, dict(zip(numbers.tolist(), counts.tolist(), strict=True)), True, alike,
        int((number_of[known] != old[known] + 1).sum()), tuple(sorted(now - was)), tuple(sorted(was - now)),
        found.notes,
    )  # fmt: skip


def _renumbered(found: Clustering, old: Ints, highest: int) -> Clustering:
    """Give each cluster the number of the old one that it goes on; what is new gets a number never used."""
    goes_on = matched(old, found.labels)
    fresh = iter(range(highest + 1, highest + 1 + found.k))
    numbers = [goes_on[label] + 1 if label in goes_on else next(fresh) for label in range(found.k)]
    clusters = (replace(one, number=number) for one, number in zip(found.clusters, numbers, strict=True))
    return replace(found, clusters=tuple(clusters))


def delete_run(library: Library, name: str) -> Run:
    """Forget a run and return what it was; the tracks stay."""
    kept = Clusterings(library)
    gone = kept.get(name)
    kept.delete(gone.name)
    return gone
