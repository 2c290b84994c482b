"""The tracks of the library: searched, counted, and one with all that is known of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from tunelens.api.answers import Answer, Limit, Listed, Offset, answer, listed
from tunelens.api.house import TheHouse
from tunelens.api.parameters import MOST_QUERY, TrackNumber
from tunelens.library.identity import path_to_text
from tunelens.services import search

ROUTER = APIRouter(tags=["tracks"])
MOST_FACETS = 20

Sought = Annotated[
    str,
    Query(max_length=MOST_QUERY, description="What to find; see docs/search.md. Empty finds every track."),
]


@ROUTER.get("/tracks", summary="Find tracks")
def find_tracks(
    house: TheHouse,
    *,
    query: Sought = "",
    sort: Annotated[
        str,
        Query(
            max_length=200,
            description="Order, say `-year,tempo`; by relevance where there are words, else by path.",
        ),
    ] = "",
    seed: Annotated[int, Query(ge=0, le=2**31 - 1, description="Which order `random` is.")] = 0,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Listed:
    """Find tracks by words, tags, numbers, dates and what listeners said; each tells what of it matched."""
    found = search.search(house.library, query, sort=sort, seed=seed, limit=limit, offset=offset)
    items = [hit.to_dict() for hit in found.hits]
    return Listed(**listed(items, total=found.total, limit=limit, offset=offset, path=query))


@ROUTER.get("/tracks/{number}", summary="Show a track")
def show_track(house: TheHouse, number: TrackNumber) -> Answer:
    """Show everything that is known of one track, and how sure it is."""
    analysis = house.library.get(number)
    return Answer(**answer({"id": number, **analysis.to_dict()}, path_to_text(analysis.path)))


@ROUTER.get("/facets", summary="Count tracks by genre, key, year, ...")
def count_facets(
    house: TheHouse,
    query: Sought = "",
    names: Annotated[
        str,
        Query(min_length=1, max_length=200, description="Which: genre, mood, key, year, decade, artist, ..."),
    ] = "genre,key,decade",
    most: Annotated[int, Query(ge=1, le=500, description="Values of each, at most.")] = MOST_FACETS,
) -> Answer:
    """Count what a query finds, by each of some facets; every value tells the term that finds it."""
    wanted = [name.strip() for name in names.split(",")]
    counted = search.count(house.library, query, wanted, most=most)
    return Answer(**answer(counted.to_dict(), query))
