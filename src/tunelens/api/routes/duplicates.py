"""Files of the same recording, and which of them to keep."""

from __future__ import annotations

from fastapi import APIRouter

from tunelens.api.answers import Answer, Limit, Offset, answer
from tunelens.api.house import TheHouse
from tunelens.api.parameters import Where
from tunelens.services.duplicates import duplicates_page

ROUTER = APIRouter(tags=["duplicates"])


@ROUTER.get("/duplicates", summary="Find files of one recording")
def find_duplicates(house: TheHouse, where: Where = "", limit: Limit = 50, offset: Offset = 0) -> Answer:
    """Group the files of one recording and say which is the best; excerpts and mixes are told apart.

    What is paged are the groups, those that take the most room first; the parts are given with the first
    page. Nothing is deleted.
    """
    page = duplicates_page(house.library, where, limit=limit, offset=offset)
    return Answer(**answer(page.to_dict(), where))
