"""The library itself: what is in it, what could not be heard, is it sound, a backup of it."""

from __future__ import annotations

from fastapi import APIRouter

from tunelens.api.answers import Answer, Limit, Listed, Offset, answer, example, listed
from tunelens.api.guard import TheUser
from tunelens.api.house import TheHouse
from tunelens.api.routes.jobs import SHOWN, accepted
from tunelens.library.remembered import remembered
from tunelens.library.upkeep.census import count
from tunelens.services import upkeep

ROUTER = APIRouter(tags=["library"])


@ROUTER.get("/library", summary="Count what is in the library")
def show_library(house: TheHouse) -> Answer:
    """Count hours, codecs, years, what tracks were heard with, failures."""
    found = remembered(house.library, "census", lambda: count(house.library))
    return Answer(**answer(found.to_dict(), str(found.path)))


@ROUTER.get("/failures", summary="List what could not be heard")
def list_failures(house: TheHouse, limit: Limit = 50, offset: Offset = 0) -> Listed:
    """List the files that could not be heard, by path, and why."""
    found = house.library.failures(limit=limit, offset=offset)
    total = house.library.count_failures()
    items = [one.to_dict() for one in found.values()]
    return Listed(**listed(items, total=total, limit=limit, offset=offset))


@ROUTER.get("/library/check", summary="See whether the library is sound")
def check_library(house: TheHouse) -> Answer:
    """Look at the library file, without what reads every index and every track; nothing is changed."""
    health = upkeep.check(house.library.path, quick=True)
    return Answer(**answer(health.to_dict(), str(health.path)))


@ROUTER.post(
    "/jobs/backup",
    summary="Back the library up",
    status_code=202,
    responses=example({**SHOWN, "kind": "backup", "request": {}}, SHOWN["id"], status=202),
)
def back_up_library(house: TheHouse, user: TheUser) -> Answer:
    """Copy the library to one file, also while others write, and prove the copy; the job's files have it."""
    return accepted(house, "backup", {}, user)
