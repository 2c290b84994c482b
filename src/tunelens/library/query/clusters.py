"""The clusters that a query names: ``cluster:3`` of the latest run, ``cluster:run/3``, by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from tunelens.base.errors import UnknownNameError
from tunelens.library.identity import escape
from tunelens.library.query.grammar import Term
from tunelens.library.schema import clusterings, memberships, tracks

NOISE = "noise"
ANY = "any"
_MARK = "\0"  # no query has it, so nobody can write what stands for a cluster that was found


@dataclass(frozen=True)
class _Run:
    id: int
    name: str
    numbers: dict[str, int]


def named_cluster(connection: Connection, term: Term) -> Term:
    """Return the term with the run and the number of the cluster it names.

    Raises
    ------
    QueryError
        There is no run, or no such cluster in it.
    """
    chosen = select(clusterings.c.id, clusterings.c.name, clusterings.c.document)
    runs = [_run(row) for row in connection.execute(chosen.order_by(clusterings.c.id.desc()))]
    if not runs:
        raise term.error("nothing is clustered yet", "tunelens cluster run makes clusters")
    value = escape(term.value).casefold()
    for run, wanted in _readings(runs, value):
        if wanted in run.numbers:
            return replace(term, value=f"{run.id}{_MARK}{run.numbers[wanted]}")
    known = [name for run in runs for name in (run.name.casefold(), *run.numbers)]
    hint = UnknownNameError.among("cluster", value, dict.fromkeys(known)).hint
    raise term.error(f"there is no cluster {term.value!r}", hint)


def _readings(runs: Sequence[_Run], value: str) -> list[tuple[_Run, str]]:
    """Return what a value can mean, the likeliest first: of the latest run, of a run by name, a whole run."""
    named = [(run, value.removeprefix(f"{run.name.casefold()}/")) for run in runs]
    told = [(run, rest) for run, rest in named if rest != value]
    return [(runs[0], value), *told, *((run, ANY) for run in runs if run.name.casefold() == value)]


def _run(row: Any) -> _Run:
    numbers = {ANY: -1, NOISE: 0, "0": 0}
    try:
        for one in json.loads(row.document)["clusters"]:
            told = (*one["names"].values(), one["number"])
            numbers |= {str(name).casefold(): int(one["number"]) for name in told}
    except (ValueError, LookupError, TypeError, AttributeError):  # told of by `library check`
        pass
    return _Run(row.id, row.name, numbers)


def in_cluster(term: Term) -> ColumnElement[bool]:
    """Return what a term means that `named_cluster` has found; without a library it finds nothing."""
    run, _, number = term.value.partition(_MARK)
    if not number:
        return tracks.c.id.in_(_members().where(memberships.c.number < 0))
    here = memberships.c.clustering_id == int(run)
    wanted = memberships.c.number > 0 if number == "-1" else memberships.c.number == int(number)
    return tracks.c.id.in_(_members().where(here, wanted))


def in_clusters() -> ColumnElement[bool]:
    """Return the condition under which a track is in a cluster of any run."""
    return tracks.c.id.in_(_members().where(memberships.c.number > 0))


def _members() -> Any:
    return select(memberships.c.track_id)
