"""Is the server well?"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from tunelens.api.answers import Answer, answer, example
from tunelens.api.house import TheHouse
from tunelens.base.version import __version__

ROUTER = APIRouter(tags=["server"])


@ROUTER.get("/health", responses=example({"version": __version__, "tracks": 12}))
def check_health(house: TheHouse) -> Answer:
    """Say whether the library can be read, and how many tracks are in it."""
    result: dict[str, Any] = {"version": __version__, "tracks": house.library.count()}
    return Answer(**answer(result))
