"""`Clusterings`: the runs of a library and which track is in which cluster."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from tunelens.base.batches import batched
from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.library.clusterings.run import NO_CLUSTER, Run
from tunelens.library.identity import escape, text_to_path
from tunelens.library.keep import now
from tunelens.library.playlists.store import checked_name
from tunelens.library.schema import clusterings, memberships, tracks
from tunelens.library.store import PAGE, Library


@dataclass(frozen=True)
class Member:
    """A track in a run.

    Parameters
    ----------
    track_id : int
    number : int
        Of its cluster; 0 belongs to none.
    distance : float or None
        To the nearest anchor, standard deviations; None where there is no anchor.
    came_later : bool
        Was it placed after the run was made?
    """

    track_id: int
    number: int
    distance: float | None
    came_later: bool = False


@dataclass(frozen=True)
class Listed:
    """A run in a list.

    Parameters
    ----------
    name, method : str
    n_clusters, n_songs, n_noise, n_later : int
        Clusters with songs; all songs; those in no cluster; those that were placed later.
    created_at, updated_at : str
        ISO 8601, UTC.
    """

    name: str
    method: str
    n_clusters: int
    n_songs: int
    n_noise: int
    n_later: int
    created_at: str
    updated_at: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return dict(vars(self))


class Clusterings:
    """The runs of a library; every change is one transaction."""

    def __init__(self, library: Library) -> None:
        self._database = library.database

    def all(self) -> list[Listed]:
        """Return every run, the latest first."""
        per_number = (
            select(
                memberships.c.clustering_id.label("run"),
                memberships.c.number,
                func.count().label("n"),
                func.sum(memberships.c.came_later).label("later"),
            )
            .group_by(memberships.c.clustering_id, memberships.c.number)
        )  # fmt: skip
        runs = select(clusterings).order_by(clusterings.c.id.desc())
        with self._database.read() as connection:
            counts: dict[int, list[Row[Any]]] = {}
            for row in connection.execute(per_number):
                counts.setdefault(row.run, []).append(row)
            return [_listed(row, counts.get(row.id, [])) for row in connection.execute(runs)]

    def get(self, name: str | None = None) -> Run:
        """Return a run by name, or the latest.

        Raises
        ------
        NotFoundError
            There is none; the hint offers the nearest.
        DataError
            It is damaged.
        """
        with self._database.read() as connection:
            row = self._row(connection, name)
        return Run.read(row.name, row.method, row.document, row.model)

    def members(self, name: str, number: int | None = None) -> list[Member]:
        """Return the tracks of a run, or of one of its clusters: by cluster, the nearest first."""
        with self._database.read() as connection:
            run = self._row(connection, name)
            here = memberships.c.clustering_id == run.id
            chosen = select(memberships).where(
                here if number is None else here & (memberships.c.number == number)
            )
            ordered = chosen.order_by(memberships.c.number, memberships.c.distance, memberships.c.track_id)
            return [
                Member(row.track_id, row.number, row.distance, bool(row.came_later))
                for row in connection.execute(ordered)
            ]

    def save(self, run: Run, members: Iterable[Member], *, replace: bool = False) -> None:
        """Keep a run.

        Raises
        ------
        ParameterError
            The name is not allowed, or taken and `replace` is not set.
        """
        called, moment = checked_name(run.name, "clustering"), now()
        with self._database.write() as connection:
            old = connection.execute(select(clusterings).where(clusterings.c.name == called)).first()
            if old is not None and not replace:
                raise taken(called)
            if old is not None:
                connection.execute(delete(clusterings).where(clusterings.c.id == old.id))
            created = moment if old is None else old.created_at
            row = {"name": called, "method": run.method, "document": run.document(),
                   "model": run.model.to_bytes(), "created_at": created, "updated_at": moment}  # fmt: skip
            number = connection.execute(
                insert(clusterings).values(row).returning(clusterings.c.id)
            ).scalar_one()
            _put(connection, number, members)

    def add(self, name: str, members: Iterable[Member]) -> None:
        """Add tracks that came later; those that are there stay where they are."""
        with self._database.write() as connection:
            run = self._row(connection, name)
            _put(connection, run.id, members)
            stamp = update(clusterings).where(clusterings.c.id == run.id)
            connection.execute(stamp.values(updated_at=now()))

    def delete(self, name: str) -> None:
        """Forget a run; its tracks stay in the library."""
        with self._database.write() as connection:
            run = self._row(connection, name)
            connection.execute(delete(clusterings).where(clusterings.c.id == run.id))

    def names(self, ids: Iterable[int]) -> dict[int, str]:
        """Return what these tracks are called, as `Track.name` has it, without reading all their tags."""
        found = {}
        chosen = select(tracks.c.id, tracks.c.title, tracks.c.artist, tracks.c.path)
        with self._database.read() as connection:
            for some in batched(ids, PAGE):
                for row in connection.execute(chosen.where(tracks.c.id.in_(some))):
                    whole = f"{row.artist} - {row.title}" if row.artist else row.title
                    found[row.id] = whole if row.title else escape(text_to_path(row.path).name)
        return found

    def heard_with(self, ids: Iterable[int]) -> Counter[str]:
        """Return how many of these tracks were heard with which versions, as JSON texts."""
        found: Counter[str] = Counter()
        with self._database.read() as connection:
            for some in batched(ids, PAGE):
                chosen = select(tracks.c.versions).where(tracks.c.id.in_(some))
                found.update(connection.scalars(chosen))
        return found

    def _row(self, connection: Connection, name: str | None) -> Row[Any]:
        latest = select(clusterings).order_by(clusterings.c.id.desc())
        if name is not None:
            latest = latest.where(clusterings.c.name == checked_name(name, "clustering"))
        row = connection.execute(latest.limit(1)).first()
        if row is None:
            raise _unknown(name, connection.scalars(select(clusterings.c.name)).all())
        return row


def taken(name: str) -> ParameterError:
    """Return the error that says that there is such a run."""
    return ParameterError(f"there is a clustering {name!r} already", hint="use --force, or another name")


def _put(connection: Connection, run: int, members: Iterable[Member]) -> None:
    wanted = {one.track_id: one for one in members}
    for some in batched(wanted, PAGE):  # a track may have gone since it was asked for
        there = connection.scalars(select(tracks.c.id).where(tracks.c.id.in_(some)))
        rows = [{**vars(wanted[number]), "clustering_id": run} for number in there]
        if rows:
            connection.execute(insert(memberships).prefix_with("OR IGNORE"), rows)


def _listed(row: Row[Any], counts: Sequence[Row[Any]]) -> Listed:
    return Listed(
        row.name,
        row.method,
        n_clusters=sum(one.number != NO_CLUSTER for one in counts),
        n_songs=sum(one.n for one in counts),
        n_noise=sum(one.n for one in counts if one.number == NO_CLUSTER),
        n_later=sum(one.later for one in counts),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _unknown(name: str | None, names: Sequence[str]) -> NotFoundError:
    if name is None:
        return NotFoundError("nothing is clustered yet", hint="tunelens cluster run makes clusters")
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "tunelens cluster list shows what is there"
    return NotFoundError(f"there is no clustering {name!r}", hint=hint)
