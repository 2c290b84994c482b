"""The library itself: what is in it, what could not be heard, is it sound, a backup of it."""

from __future__ import annotations

from fastapi import APIRouter

from tunelens.api.answers import Answer, Limit, Listed, Offset, answer, listed
from tunelens.api.house import TheHouse
from tunelens.library.upkeep.census import count

ROUTER = APIRouter(tags=["library"])


@ROUTER.get("/library", summary="Count what is in the library")
def show_library(house: TheHouse) -> Answer:
    """Count hours, codecs, years, what tracks were heard with, failures."""
    found = count(house.library)
    return Answer(**answer(found.to_dict(), str(found.path)))


@ROUTER.get("/failures", summary="List what could not be heard")
def list_failures(house: TheHouse, limit: Limit = 50, offset: Offset = 0) -> Listed:
    """List the files that could not be heard, by path, and why."""
    found = house.library.failures(limit=limit, offset=offset)
    total = house.library.count_failures()
    items = [one.to_dict() for one in found.values()]
    return Listed(**listed(items, total=total, limit=limit, offset=offset))
