"""What listeners did and said: plays, skips, likes, ratings, comments."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tunelens.api.answers import Answer, Limit, answer, example
from tunelens.api.house import TheHouse
from tunelens.api.parameters import Number
from tunelens.library.feedback.events import LONGEST_NAME, LONGEST_TEXT
from tunelens.library.store import LARGEST
from tunelens.services import feedback as service

ROUTER = APIRouter(tags=["feedback"])
_NOTED = {
    "track": "The Trio - Green",
    "new": True,
    "kind": "rating",
    "at": 1795300000,
    "source": "cli",
    "value": 4.5,
    "text": None,
    "listener": "",
    "key": "/rating/1795300000/the trio/green",
    "track_id": 4,
    "title": "Green",
    "artist": "The Trio",
    "album": "Blue",
    "id": None,
}


class Said(BaseModel):
    """What a listener did with a track, or said of it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "rating", "track": 4, "value": 4.5}]}
    )
    kind: Literal["play", "skip", "like", "dislike", "rating", "comment"]
    track: Number
    value: float | None = Field(None, ge=0, le=1e15, description="Stars, 0 to 5; how often it was played.")
    text: str | None = Field(None, max_length=LONGEST_TEXT, description="What a comment says.")
    listener: str = Field("", max_length=LONGEST_NAME, description="Who; the owner where it is empty.")
    at: str = Field(
        "", max_length=60, description="When, say `2026-05-01 20:15` (UTC); now where it is empty."
    )


@ROUTER.get("/feedback", summary="Show what is liked")
def show_feedback(
    house: TheHouse,
    *,
    track: Annotated[int | None, Query(ge=1, le=LARGEST, description="All about one track.")] = None,
    listener: Annotated[
        str | None, Query(max_length=LONGEST_NAME, description="Of one listener alone.")
    ] = None,
    limit: Limit = 50,
) -> Answer:
    """Show how well tracks are liked, the best first, with an interval; or all that is known of one track."""
    found = service.overview(house.library, track, listener=listener, limit=limit)
    return Answer(**answer(found.to_dict(), "" if track is None else str(track)))


@ROUTER.post(
    "/feedback",
    summary="Like, rate, play, skip, comment",
    status_code=201,
    responses=example(_NOTED, "4", 201),
)
def note_feedback(house: TheHouse, said: Said) -> Answer:
    """Keep what a listener did with a track; of like, dislike and rating the last holds."""
    given = said.model_dump(exclude={"kind", "track"})
    noted = service.note(house.library, said.kind, said.track, **given)
    return Answer(**answer(noted.to_dict(), str(said.track)))


@ROUTER.delete("/feedback", summary="Forget feedback", responses=example({"removed": 1}))
def undo_feedback(
    house: TheHouse,
    *,
    event: Annotated[
        list[Number] | None, Query(max_length=500, description="Numbers of events; repeatable.")
    ] = None,
    source: Annotated[str, Query(max_length=100, description="All of one source: lastfm, csv, ...")] = "",
) -> Answer:
    """Forget the last that was noted by hand, some events, or all of one source."""
    gone = service.undo(house.library, event or (), source=source)
    return Answer(**answer({"removed": gone}))
