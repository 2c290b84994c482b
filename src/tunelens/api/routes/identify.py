"""What sounds here: songs of the library in a sound, and files of the same recording."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from tunelens.api.answers import Answer, answer, example
from tunelens.api.guard import TheUser
from tunelens.api.house import TheHouse
from tunelens.api.parameters import TrackNumber
from tunelens.api.routes.jobs import SHOWN, accepted
from tunelens.api.sound import SoundRef
from tunelens.library.prints.sightings import LIKELY
from tunelens.services.identify import MOST_SPEED, identify
from tunelens.services.matches import matches

ROUTER = APIRouter(tags=["identify"])
LONGEST_S = 60.0


class Sought(SoundRef):
    """A sound, and how closely it is looked up."""

    speed: float = Field(5.0, ge=0, le=MOST_SPEED, description="Changes of speed up to so many percent.")
    least: float = Field(LIKELY, gt=0, le=1, description="Confidence from which a song counts as found.")


class SoughtNow(Sought):
    """An excerpt of a sound."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"track": 1, "start_s": 2, "duration_s": 6}]}
    )
    start_s: float = Field(0.0, ge=0, le=86_400, description="Where the excerpt begins, seconds.")
    duration_s: float = Field(LONGEST_S, gt=0, le=LONGEST_S, description="How much is heard, seconds.")


@ROUTER.post("/identify", summary="Say which songs sound in an excerpt")
def identify_sound(house: TheHouse, heard: SoughtNow) -> Answer:
    """Say which songs of the library sound in up to a minute of sound, where, and from where in the song."""
    (found,) = identify(
        house.library,
        heard.resolve(house),
        speed=heard.speed,
        least=heard.least,
        offset_s=heard.start_s,
        duration_s=heard.duration_s,
        settings=house.settings,
    )
    if found.error is not None:
        raise found.error
    return Answer(**answer(found.to_dict(), heard.path or heard.upload or str(heard.track)))


@ROUTER.post(
    "/jobs/identify",
    summary="Say which songs sound in a long file",
    status_code=202,
    responses=example({**SHOWN, "kind": "identify", "request": {"track": 1}}, SHOWN["id"], status=202),
)
def identify_long_sound(house: TheHouse, user: TheUser, body: Sought) -> Answer:
    """Say which songs of the library sound in a whole file, say a mix of hours."""
    body.resolve(house)
    return accepted(house, "identify", body.model_dump(exclude_none=True), user)


@ROUTER.get("/tracks/{number}/matches", summary="Find files of the same recording")
def find_matches(house: TheHouse, number: TrackNumber) -> Answer:
    """Find the files that hold the recording of a track too: copies, excerpts of it, mixes that it is in."""
    found = matches(house.library, number)
    return Answer(**answer(found.to_dict(), str(number)))
