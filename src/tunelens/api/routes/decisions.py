"""What a person decides of files that seem to be copies. Nothing is deleted here."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from tunelens.api.answers import Answer, answer, example
from tunelens.api.attachment import attachment
from tunelens.api.house import TheHouse
from tunelens.api.parameters import Number, Where
from tunelens.services import copy_decisions
from tunelens.services.duplicates import duplicates_page

ROUTER = APIRouter(tags=["duplicates"])
SCRIPT = "text/x-shellscript"


class Decision(BaseModel):
    """What is decided of a file beside the one that is kept."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"keep": 3, "copy": 8, "decision": "spare"}]}
    )
    keep: Number
    other: Number = Field(alias="copy", description="The file that seems to be a copy.")
    decision: Literal["spare", "other"] | None = Field(
        description="`spare`: a copy that may go; `other`: no copy at all; null: nobody decided."
    )


@ROUTER.get(
    "/copies",
    summary="List decisions about copies",
    responses=example({"items": [{"keep": 3, "copy": 8, "decision": "spare"}]}),
)
def list_decisions(house: TheHouse, where: Where = "") -> Answer:
    """List what was decided of the copies that are found now."""
    found = duplicates_page(house.library, where).found
    items = [one.to_dict() for one in copy_decisions.decisions(house.library, found)]
    return Answer(**answer({"items": items}, where))


@ROUTER.post("/copies", summary="Decide about a copy")
def decide_copy(house: TheHouse, asked: Decision) -> Answer:
    """Keep a decision about two files; it holds for their contents, wherever they are moved."""
    told = copy_decisions.decide(house.library, asked.keep, asked.other, asked.decision)
    return Answer(**answer(told.to_dict()))


@ROUTER.get(
    "/copies/script",
    summary="Get a script for the spare copies",
    response_class=Response,
    responses={200: {"content": {SCRIPT: {"schema": {"type": "string"}}}}},
)
def get_spare_script(house: TheHouse, where: Where = "") -> Response:
    """Get a shell script that asks, file by file, whether to delete each copy that was called spare."""
    found = duplicates_page(house.library, where).found
    data = copy_decisions.spare_script(house.library, found)
    return Response(data, media_type=SCRIPT, headers=attachment("spare-copies.sh"))
