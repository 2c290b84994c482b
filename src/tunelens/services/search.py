"""`search`: what of a library a query finds, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tunelens.base.card import Card, Shown
from tunelens.base.language import say
from tunelens.library import facets as library_facets
from tunelens.library import search as library_search
from tunelens.library.facets import MOST, Facet
from tunelens.library.facts import SURE, tracks_table
from tunelens.library.matches import Match, matches
from tunelens.library.remembered import remembered
from tunelens.library.search import PAGE
from tunelens.library.store import Library
from tunelens.library.track import Track


@dataclass(frozen=True)
class Hit:
    """A track that was found, and what of it the words and tags of the query match."""

    track: Track
    matched: tuple[Match, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the track as JSON knows it, with what matched under ``matched``."""
        return {**self.track.to_dict(), "matched": [vars(match) for match in self.matched]}


@dataclass(frozen=True)
class Found(Shown):
    """A page of what a query finds.

    Parameters
    ----------
    query : str
        The query.
    hits : tuple of Hit
        In the order that was asked for.
    total : int
        How many tracks it finds in all.
    offset : int
        How many were left out before the first.
    """

    query: str
    hits: tuple[Hit, ...]
    total: int
    offset: int = 0

    def _card(self) -> Card:
        table = tracks_table([hit.track for hit in self.hits])
        lead = say("{n} of {total}", n=len(self.hits), total=f"{self.total:,}")
        return Card(self.query, lead, tables=(table,), shares=SURE)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {**vars(self), "hits": [hit.to_dict() for hit in self.hits]}


@dataclass(frozen=True)
class Counts:
    """How what a query finds is divided.

    Parameters
    ----------
    query : str
        The query.
    total : int
        How many tracks it finds.
    facets : Mapping of str to Facet
        By name.
    """

    query: str
    total: int
    facets: Mapping[str, Facet]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        plain = {name: _plain(facet) for name, facet in self.facets.items()}
        return {"query": self.query, "total": self.total, "facets": plain}


def _plain(facet: Facet) -> dict[str, Any]:
    return {"n_values": facet.n_values, "counts": [vars(count) for count in facet.counts]}


def search(
    library: Library,
    query: str = "",
    *,
    sort: str = "",
    seed: int = 0,
    limit: int | None = PAGE,
    offset: int = 0,
    why: bool = True,
) -> Found:
    """Return a page of what `query` finds; parameters and errors as in `tunelens.library.search`.

    Without `why` hits do not say what matched, which takes longer than finding thousands of them.
    """
    page = library_search.search(library, query, sort=sort, seed=seed, limit=limit, offset=offset)
    said = matches(library, query, page.tracks) if why else {}
    hits = tuple(Hit(track, said.get(track.id, ())) for track in page.tracks)
    return Found(query, hits, page.total, offset)


def count(library: Library, query: str, facets: Sequence[str], *, most: int = MOST) -> Counts:
    """Count what `query` finds by each of `facets`; errors as in `tunelens.library.facets`.

    What was counted before is known for as long as the library stays as it is.
    """
    names = tuple(dict.fromkeys(facets))
    return remembered(library, ("facets", query, names, most), lambda: _count(library, query, names, most))


def _count(library: Library, query: str, names: Sequence[str], most: int) -> Counts:
    counted = library_facets.facets(library, query, names, most=most)
    return Counts(query, library.count(query), {facet.name: facet for facet in counted})
