"""Is the server well?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from tunelens.api.answers import Answer, answer, example
from tunelens.api.guard import TheUser
from tunelens.api.house import TheHouse
from tunelens.base.errors import TunelensError
from tunelens.base.version import __version__

ROUTER = APIRouter(tags=["server"])
WELL = {"version": __version__, "well": True, "checks": {"library": "ok", "jobs": "ok"}}


@ROUTER.get(
    "/health",
    summary="Is the server well?",
    responses={**example(WELL), 503: {"description": "Alive, and cannot do its work.", "model": Answer}},
)
def check_health(
    house: TheHouse,
    response: Response,
    user: TheUser,
    live: Annotated[bool, Query(description="Only whether it answers, not whether it can work.")] = False,
) -> Answer:
    """Say whether the library can be read and jobs be done: 200, or 503 with what is wrong.

    With `live` the answer is 200 as long as there is one: what a supervisor asks before it restarts.
    """
    if live:
        return Answer(**answer({"version": __version__, "well": True, "checks": {}}))
    checks = {"library": _library(house), "jobs": "ok" if house.jobs.working else "no thread works"}
    well = all(text == "ok" for text in checks.values())
    response.status_code = 200 if well else 503
    result = {"version": __version__, "well": well, "checks": checks}
    if user or not house.options.keys:
        result["tracks"] = house.library.count() if checks["library"] == "ok" else None
        result["damaged_jobs"] = sorted(house.jobs.damaged)
    return Answer(**answer(result))


def _library(house: TheHouse) -> str:
    try:
        house.library.revision()
    except TunelensError as error:
        return error.code
    return "ok"
